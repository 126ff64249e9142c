"""What is asked of the worker, what he may ask for, and his cases."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import render_template, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.personnel.appraisal.queries import own_years
from engine.personnel.exits.cases import ExitCase
from engine.personnel.exits.evidence import known_to_the_person
from engine.personnel.exits.states import ENDED
from engine.personnel.secondment.secondments import Secondment
from engine.personnel.secondment.states import ON_LOAN, SecondmentState
from engine.personnel.workers import Worker
from webapp.fault_tolerance.places import own_clearings, own_faults
from webapp.permissions import requires
from webapp.rendering import cn_date
from webapp.visit import actor, engine, reading
from webapp.worker.asks import asked_of, may_ask
from webapp.worker.blueprint import blueprint
from webapp.worker.people import ROLES, own_record

MOST = 20


@dataclass(frozen=True, slots=True)
class OwnCase:
    """One case of the worker."""

    kind: str
    title: str
    state: str
    tone: str
    href: str
    note: str


@blueprint.get("/cases")
@requires(*ROLES)
def cases() -> str:
    """我的事项."""
    now = engine().clock.now()
    with reading() as session:
        worker = own_record(session)
        return render_template(
            "worker/cases.html", worker=worker, asks=asked_of(session, actor(), now),
            remedies=may_ask(session, actor(), now), cases=[] if worker is None else _cases(session, worker),
        )  # fmt: skip


def _cases(session: Session, worker: Worker) -> list[OwnCase]:
    return [
        *_exits(session, worker), *_secondments(session, worker), *_appraisals(session), *_confidential(session)
    ]


def _exits(session: Session, worker: Worker) -> Sequence[OwnCase]:
    query = select(ExitCase).where(ExitCase.worker_id == worker.id).order_by(ExitCase.id.desc()).limit(MOST)
    return [
        OwnCase("退出", case.ground.label, case.state.label, "wait" if case.state in ENDED else "warn",
                url_for("worker.exit_case", number=case.number), f"{cn_date(case.started_at)}提出")
        for case in session.scalars(query) if known_to_the_person(case)
    ]  # fmt: skip


def _secondments(session: Session, worker: Worker) -> Sequence[OwnCase]:
    query = select(Secondment).where(Secondment.worker_id == worker.id).order_by(Secondment.id.desc()).limit(MOST)
    return [
        OwnCase("借调", f"借调到{row.office}", row.state.label,
                "bad" if row.state is SecondmentState.OVERDUE else "go" if row.state in ON_LOAN else "wait",
                url_for("secondment.show", number=row.number), f"{cn_date(row.starts_on)} 至 {cn_date(row.ends_on)}")
        for row in session.scalars(query)
    ]  # fmt: skip


def _appraisals(session: Session) -> Sequence[OwnCase]:
    user_id = actor().user_id
    years = [] if user_id is None else own_years(session, user_id, engine().clock.now())
    return [
        OwnCase("年度考核", f"{year.year} 年度", year.grade.label if year.grade else year.state.label,
                "good" if year.grade else "go", url_for("appraisal.mine"), "")
        for year in years[:3]
    ]  # fmt: skip


def _confidential(session: Session) -> Sequence[OwnCase]:
    faults = [("容错", row.number, row.state.label, row.opened_at) for row in own_faults(session, actor())]
    clearings = [("澄清", row.number, row.state.label, row.opened_at) for row in own_clearings(session, actor())]
    return [
        OwnCase(kind, str(number), state, "go", url_for("fault_tolerance.mine"), f"{cn_date(opened)}提出")
        for kind, number, state, opened in [*faults, *clearings][:MOST]
    ]
