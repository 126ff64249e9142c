"""Cases under way for who runs the processes: where each stands, and the ways to hold, move or end it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import render_template, request
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from engine.identity.organisations import Organisation
from engine.workflow.readers import readable
from engine.workflow.states import INSTANCE_LABELS, InstanceState, StepState
from engine.workflow.tables import ProcessDefinition, ProcessInstance, Step
from webapp.operations.blueprint import blueprint
from webapp.paging import after_key, page_of
from webapp.permissions import requires
from webapp.visit import actor, engine, reading

PAGE = 50
UNDER_WAY = (InstanceState.ACTIVE, InstanceState.SUSPENDED)


@dataclass(frozen=True, slots=True)
class CaseLine:
    """One case that has not ended."""

    id: int
    number: str
    title: str
    process: str
    place: str
    state: str
    steps: str
    """The steps that are open, with a word where one is late."""
    late: bool
    started_at: datetime
    suspended_at: datetime | None


@blueprint.get("/cases")
@requires("process_admin")
def cases() -> str:
    """The cases that have not ended, the newest first, narrowed by number, process and state."""
    number, process, state = (request.args.get(name, "").strip() for name in ("number", "process", "state"))
    with reading() as session:
        versions = select(ProcessDefinition.key, ProcessDefinition.name).order_by(ProcessDefinition.version)
        names = dict(session.execute(versions).all())
        query = _query(session, number, process, state)
        page = page_of(_lines(session, query, names), size=PAGE, key=lambda line: line.id)
    states = {each.value: INSTANCE_LABELS[each] for each in UNDER_WAY}
    return render_template(
        "operations/cases.html", page=page, number=number, process=process, state=state, processes=names, states=states
    )


def _query(session: Session, number: str, process: str, state: str) -> Select[ProcessInstance, str]:
    after = after_key()
    query = (
        select(ProcessInstance, Organisation.name)
        .join(Organisation, Organisation.id == ProcessInstance.organisation_id)
        .where(readable(session, actor()), ProcessInstance.state.in_(UNDER_WAY))
    )
    if isinstance(after, int):
        query = query.where(ProcessInstance.id < after)
    if number:
        query = query.where(ProcessInstance.business_key.startswith(number, autoescape=True))
    if process:
        query = query.where(ProcessInstance.process_key == process)
    if state in UNDER_WAY:
        query = query.where(ProcessInstance.state == state)
    return query.order_by(ProcessInstance.id.desc()).limit(PAGE + 1)


def _lines(
    session: Session, query: Select[ProcessInstance, str], names: Mapping[str, str]
) -> Sequence[CaseLine]:
    rows = session.execute(query).all()
    now = engine().clock.now()
    opened: dict[int, list[Step]] = {}
    wanted = select(Step).where(Step.instance_id.in_([case.id for case, _ in rows]), Step.state == StepState.OPEN)
    for step in session.scalars(wanted.order_by(Step.id)):
        opened.setdefault(step.instance_id, []).append(step)
    return [
        CaseLine(
            case.id, case.business_key, case.title, names.get(case.process_key, case.process_key), place, case.state,
            "、".join(dict.fromkeys(step.name for step in opened.get(case.id, []))),
            any(step.due_at is not None and step.due_at < now for step in opened.get(case.id, [])),
            case.started_at, case.suspended_at,
        )
        for case, place in rows
    ]  # fmt: skip
