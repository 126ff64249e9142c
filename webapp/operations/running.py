"""What runs and what is stuck: incidents, waiting jobs, batches."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import Session

from engine.identity.administration import served_organisations
from engine.kernel.actor import Actor
from engine.kernel.errors import Conflict
from engine.workflow.incidents import RetryIncident
from engine.workflow.readers import readable
from engine.workflow.states import JobState
from engine.workflow.tables import Batch, Incident, Job, ProcessInstance
from webapp.operations.blueprint import blueprint
from webapp.operations.labels import INCIDENT_LABELS, JOB_LABELS, node_names
from webapp.paging import after_moment, page_of
from webapp.permissions import requires
from webapp.visit import actor, execute, reading

READERS = ("process_admin", "audit_admin")
PAGE = 50


@dataclass(frozen=True, slots=True)
class IncidentRow:
    """Something that cannot move without a person."""

    id: int
    case: str
    instance_id: int | None
    node: str
    kind: str
    message: str
    raised_at: datetime
    resolved_at: datetime | None


@dataclass(frozen=True, slots=True)
class JobRow:
    """Something that will be done later."""

    id: int
    kind: str
    case: str
    instance_id: int | None
    node: str
    due_at: datetime
    state: str
    attempts: int
    error: str


@dataclass(frozen=True, slots=True)
class BatchRow:
    """Work in chunks."""

    id: int
    kind: str
    case: str
    done: int
    total: int
    started_at: datetime
    ended_at: datetime | None


def open_incidents(session: Session, _actor: Actor) -> int:
    """How many incidents wait, up to a hundred; for the navigation."""
    query = select(Incident.id).where(Incident.resolved_at.is_(None), _served(session, Incident.instance_id))
    return len(session.scalars(query.limit(100)).all())


@blueprint.get("/incidents")
@requires(*READERS)
def incidents() -> str:
    """Open incidents, then the last that were resolved."""
    with reading() as session:
        waiting = _incidents(session, select(Incident).where(Incident.resolved_at.is_(None)).order_by(Incident.id))
        resolved = select(Incident).where(Incident.resolved_at.is_not(None)).order_by(Incident.resolved_at.desc())
        done = _incidents(session, resolved.limit(20))
    return render_template("operations/incidents.html", waiting=waiting, done=done)


@blueprint.post("/incidents/<int:incident_id>/retry")
@requires("process_admin")
def retry_incident(incident_id: int) -> ResponseReturnValue:
    """Let the failed work be tried again at once."""
    try:
        execute(RetryIncident(incident_id))
    except Conflict as error:
        flash(error.message, "warning")
    else:
        flash("已安排立即重试，成功后异常自动关闭。", "success")
    return redirect(url_for("operations.incidents"))


@blueprint.get("/jobs")
@requires(*READERS)
def jobs() -> str:
    """Waiting timers, messages, retries and chunks, the soonest first."""
    moment, last = after_moment()
    query = select(Job).order_by(Job.due_at, Job.id).limit(PAGE + 1)
    if moment is not None:
        query = query.where((Job.due_at > moment) | ((Job.due_at == moment) & (Job.id > last)))
    with reading() as session:
        rows = _jobs(session, query)
        batches = _batches(session)
    page = page_of(rows, size=PAGE, key=lambda row: [row.due_at.isoformat(), row.id])
    return render_template("operations/jobs.html", page=page, batches=batches, failed=JobState.FAILED)


def _served(session: Session, mine: Any) -> ColumnElement[bool]:
    """What belongs to a case within the person's part of the tree, or to no case at all."""
    places = [unit.id for unit in served_organisations(session, actor(), *READERS)]
    inside = select(ProcessInstance.id).where(ProcessInstance.organisation_id.in_(places))
    return or_(mine.is_(None), mine.in_(inside))


def _incidents(session: Session, query: Select[Incident]) -> Sequence[IncidentRow]:
    found = session.scalars(query.where(_served(session, Incident.instance_id)).limit(200)).all()
    cases = _cases(session, [row.instance_id for row in found])
    return [
        IncidentRow(
            row.id, _number(cases, row.instance_id), row.instance_id,
            _node(session, cases, row.instance_id, row.node_id), INCIDENT_LABELS.get(row.kind, row.kind), row.message,
            row.raised_at, row.resolved_at,
        )
        for row in found
    ]  # fmt: skip


def _jobs(session: Session, query: Select[Job]) -> Sequence[JobRow]:
    found = session.scalars(query.where(_served(session, Job.instance_id))).all()
    cases = _cases(session, [row.instance_id for row in found])
    return [
        JobRow(
            row.id, JOB_LABELS.get(row.kind, row.kind), _number(cases, row.instance_id), row.instance_id,
            _node(session, cases, row.instance_id, row.node_id), row.due_at, row.state, row.attempts, row.error or "",
        )
        for row in found
    ]  # fmt: skip


def _batches(session: Session) -> Sequence[BatchRow]:
    """Batches under way, then the last that were finished."""
    query = select(Batch).where(_served(session, Batch.instance_id))
    found = session.scalars(query.order_by(Batch.ended_at.is_not(None), Batch.id.desc()).limit(20)).all()
    cases = _cases(session, [row.instance_id for row in found])
    return [
        BatchRow(row.id, JOB_LABELS["batch"], _number(cases, row.instance_id), row.done, row.total, row.started_at,
                 row.ended_at)
        for row in found
    ]  # fmt: skip


def _cases(session: Session, ids: Sequence[int | None]) -> dict[int, ProcessInstance]:
    """The cases that the person may read; of a confidential one he learns only that something of it waits."""
    known = ProcessInstance.id.in_([id_ for id_ in ids if id_ is not None])
    query = select(ProcessInstance).where(known, readable(session, actor()))
    return {row.id: row for row in session.scalars(query)}


def _number(cases: dict[int, ProcessInstance], instance_id: int | None) -> str:
    if instance_id is None:
        return ""
    case = cases.get(instance_id)
    return "保密案件" if case is None else case.business_key


def _node(session: Session, cases: dict[int, ProcessInstance], instance_id: int | None, node_id: str | None) -> str:
    case = cases.get(instance_id or 0)
    if case is None or node_id is None:
        return node_id or "" if instance_id is None else ""
    return node_names(session, case.definition_id).get(node_id, node_id)

