"""Completion through HTTP, and the worklist page with 1,000, 10,000 and 100,000 open items."""

from datetime import timedelta
from pathlib import Path

from sqlalchemy import func, insert, select

from engine.identity.passwords import hash_password
from engine.installation import build_engine
from engine.kernel.clock import FixedClock
from engine.kernel.settings import Settings
from engine.kernel.store import Store, open_store
from engine.workflow.tables import ProcessInstance, Step, WorkItem
from tests.bench.office import middle, timed
from tests.visitor import PASSWORD, Visitor
from tests.web.worklist.stage import START, Stage, make_stage
from webapp.application import create_app
from webapp.rooms import ROOMS

REVIEWS = 30
OPEN_ITEMS = (1_000, 10_000, 100_000)
LOOKS = 15


def measure_pages(folder: Path) -> None:
    """A reviewer at his desk."""
    settings = Settings(folder, f"sqlite:///{folder / 'pages.db'}", bytes(range(32)))
    store = open_store(settings.database_url, settings.cipher())
    store.create_all()
    clock = FixedClock(START)
    stage = make_stage(build_engine(settings, clock=clock, store=store), clock, hash_password(PASSWORD))
    stage.open_registration()
    applicants = [stage.registers() for _ in range(REVIEWS)]
    reviewer = Visitor(create_app(stage.engine, ROOMS))
    reviewer.sign_in("county_reviewer")
    _reviews(stage, reviewer, [applicant.number for applicant in applicants[:-1]])
    _lists(stage, reviewer, store, applicants[-1].number)
    store.close()


def _reviews(stage: Stage, reviewer: Visitor, numbers: list[str]) -> None:
    times = []
    for number in numbers:
        page = f"/worklist/items/{stage.item(number, 'first_review')}"
        reviewer.get(page)
        taken: list[int] = []
        times.append(timed(lambda: taken.append(reviewer.post(page, {"decision": "pass"}).status_code)))  # noqa: B023
        if taken != [302]:
            raise RuntimeError(f"the review of {number} was answered with {taken}")
        stage.clock.advance(timedelta(seconds=20))
    print(f"completion through HTTP      {middle(times):8.2f} ms")


def _lists(stage: Stage, reviewer: Visitor, store: Store, number: str) -> None:
    first = 0.0
    for wanted in OPEN_ITEMS:
        _fill(stage, store, number, wanted)
        times = [timed(lambda: reviewer.get("/worklist/")) for _ in range(LOOKS)]
        shown = middle(times)
        first = first or shown
        print(f"worklist, {wanted:7,} open      {shown:8.2f} ms = {shown / first:.2f} x the first")


def _fill(stage: Stage, store: Store, number: str, wanted: int) -> None:
    """More open items of the same kind, written below the engine: only the reading is measured."""
    with store.engine.begin() as connection:
        model = connection.execute(select(WorkItem).where(WorkItem.id == stage.item(number, "first_review"))).one()
        case = connection.execute(
            select(ProcessInstance.__table__).where(ProcessInstance.id == model.instance_id)
        ).one()
        step = connection.execute(select(Step).where(Step.id == model.step_id)).one()
        there = connection.execute(select(func.count()).where(WorkItem.queue == model.queue)).scalar_one()
        ids = {t: connection.execute(select(func.max(t.id))).scalar_one() for t in (ProcessInstance, Step, WorkItem)}
        new = range(1, wanted - there + 1)
        connection.execute(insert(ProcessInstance.__table__), [
            case._asdict() | {"id": ids[ProcessInstance] + n, "business_key": f"Z-{ids[ProcessInstance] + n}"}
            for n in new
        ])  # fmt: skip
        connection.execute(insert(Step), [
            step._asdict() | {"id": ids[Step] + n, "instance_id": ids[ProcessInstance] + n} for n in new
        ])  # fmt: skip
        connection.execute(insert(WorkItem), [
            model._asdict() | {
                "id": ids[WorkItem] + n, "instance_id": ids[ProcessInstance] + n, "step_id": ids[Step] + n,
                "due_order": model.due_order + timedelta(seconds=n),
                "created_at": model.created_at + timedelta(seconds=n),
            }
            for n in new
        ])  # fmt: skip
