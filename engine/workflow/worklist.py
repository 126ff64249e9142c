"""The read side: my work, my group's work, what I did and started, and the trace of a case - as frozen rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Select, and_, func, or_, select, union_all
from sqlalchemy.orm import Session, aliased

from engine.identity.organisations import Organisation
from engine.identity.users import User
from engine.kernel.actor import Actor
from engine.workflow.tables import ProcessDefinition, ProcessInstance, Step, WorkItem
from engine.workflow.work_items import own_queues

COUNT_LIMIT = 999
"""Counts stop here and are shown as 999+, so that a count never reads a long list."""
SUPERVISORS = ("county_head", "county_clerk", "street_leader", "process_admin", "audit_admin", "city_officer")
"""Roles that see all cases at or below their organisation."""


class Order(StrEnum):
    """How a list is sorted."""

    DUE = "due"
    NEWEST = "newest"


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where the next page begins: behind this moment and id."""

    at: datetime
    id: int


@dataclass(frozen=True, slots=True)
class Filter:
    """What a list is narrowed to."""

    process_key: str | None = None
    node_id: str | None = None
    organisation_id: int | None = None
    overdue_before: datetime | None = None
    mine_only: bool = False


@dataclass(frozen=True, slots=True)
class WorkRow:
    """One line of a worklist."""

    work_item_id: int
    instance_id: int
    title: str
    process_key: str
    node_id: str
    step_name: str
    business_key: str
    organisation: str
    state: str
    assignee: str | None
    offered_to: str
    arrived_at: datetime
    due_at: datetime | None
    completed_at: datetime | None
    decision: str | None


@dataclass(frozen=True, slots=True)
class CaseRow:
    """One line of a list of cases."""

    instance_id: int
    process_key: str
    process_name: str
    title: str
    business_key: str
    organisation: str
    initiator: str | None
    state: str
    outcome: str | None
    started_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class Page:
    """Some rows and where the next ones begin."""

    rows: Sequence[Any]
    next: Cursor | None


@dataclass(frozen=True, slots=True)
class QueueCount:
    """How many open items a node has for somebody; COUNT_LIMIT + 1 means more than that."""

    process_key: str
    node_id: str
    step_name: str
    count: int
    overdue: int


def my_work(
    session: Session, actor: Actor, now: datetime, *, narrow: Filter = Filter(), order: Order = Order.DUE,
    after: Cursor | None = None, limit: int = 50,
) -> Page:  # fmt: skip
    """The open items of the actor: his own, those of his groups and of the people he stands in for.

    Each list is read by its index up to the page's size and merged, so that a page costs the same in a list of a
    thousand and of a hundred thousand.
    """
    queues = _queues(session, actor, now, narrow)
    if not queues:
        return Page((), None)
    key = WorkItem.due_order if order is Order.DUE else WorkItem.created_at
    parts = [
        _ordered(_narrowed(select(WorkItem.id, key.label("at")).where(WorkItem.queue == queue), narrow), order, after)
        .limit(limit + 1)
        .subquery()
        for queue in queues
    ]
    merged = union_all(*(select(part.c.id, part.c.at) for part in parts)).subquery()
    direction = (merged.c.at, merged.c.id) if order is Order.DUE else (merged.c.at.desc(), merged.c.id.desc())
    ids = session.execute(select(merged.c.id, merged.c.at).order_by(*direction).limit(limit + 1)).all()
    rows = _work_rows(session, [row.id for row in ids[:limit]])
    return Page(rows, Cursor(ids[limit - 1].at, ids[limit - 1].id) if len(ids) > limit else None)


def done_work(session: Session, actor: Actor, *, after: Cursor | None = None, limit: int = 50) -> Page:
    """The items the actor has decided, newest first."""
    query = select(WorkItem.id, WorkItem.completed_at).where(WorkItem.completed_by == actor.user_id)
    if after is not None:
        query = query.where(
            or_(WorkItem.completed_at < after.at, and_(WorkItem.completed_at == after.at, WorkItem.id < after.id))
        )
    ids = session.execute(query.order_by(WorkItem.completed_at.desc(), WorkItem.id.desc()).limit(limit + 1)).all()
    rows = _work_rows(session, [row.id for row in ids[:limit]])
    last = ids[limit - 1] if len(ids) > limit else None
    return Page(rows, None if last is None or last.completed_at is None else Cursor(last.completed_at, last.id))


def started_cases(session: Session, actor: Actor, *, after: Cursor | None = None, limit: int = 50) -> Page:
    """The cases the actor has started, newest first."""
    return _cases(session, select(ProcessInstance).where(ProcessInstance.initiator_id == actor.user_id), after, limit)


def all_cases(
    session: Session, actor: Actor, *, state: str | None = None, process_key: str | None = None,
    after: Cursor | None = None, limit: int = 50,
) -> Page:  # fmt: skip
    """The cases at and below the organisations that the actor supervises, newest first."""
    places = actor.organisations(*SUPERVISORS)
    if not places:
        return Page((), None)
    paths = session.scalars(select(Organisation.path).where(Organisation.id.in_(places)))
    below = select(Organisation.id).where(or_(*(Organisation.path.startswith(path) for path in paths)))
    query = select(ProcessInstance).where(ProcessInstance.organisation_id.in_(below))
    if state is not None:
        query = query.where(ProcessInstance.state == state)
    if process_key is not None:
        query = query.where(ProcessInstance.process_key == process_key)
    return _cases(session, query, after, limit)


def counts(session: Session, actor: Actor, now: datetime) -> list[QueueCount]:
    """Open items by process and node; each list is read up to COUNT_LIMIT only."""
    totals: dict[tuple[str, str], list[int]] = {}
    for queue in _queues(session, actor, now, Filter()):
        part = (
            select(WorkItem.process_key, WorkItem.node_id, (WorkItem.due_order < now).label("late"))
            .where(WorkItem.queue == queue)
            .order_by(WorkItem.due_order, WorkItem.id)
            .limit(COUNT_LIMIT + 1)
            .subquery()
        )
        grouped = select(part.c.process_key, part.c.node_id, part.c.late, func.count()).group_by(*part.c[:3])
        for process_key, node_id, late, number in session.execute(grouped):
            found = totals.setdefault((process_key, node_id), [0, 0])
            found[0] += number
            found[1] += number if late else 0
    names = _step_names(session, list(totals))
    return [
        QueueCount(process, node, names.get((process, node), node), *numbers)
        for (process, node), numbers in sorted(totals.items())
    ]


def next_item(session: Session, actor: Actor, now: datetime, *, after_id: int, process_key: str, node_id: str) -> int | None:
    """The item that comes next in the same queue, for people who clear it one by one."""
    page = my_work(session, actor, now, narrow=Filter(process_key, node_id), limit=2)
    return next((row.work_item_id for row in page.rows if row.work_item_id != after_id), None)


def search(session: Session, actor: Actor, now: datetime, business_key: str, limit: int = 20) -> list[WorkRow]:
    """Open items of the actor by the beginning of their case number."""
    queues = _queues(session, actor, now, Filter())
    query = (
        select(WorkItem.id)
        .join(ProcessInstance, ProcessInstance.id == WorkItem.instance_id)
        .where(WorkItem.queue.in_(queues), ProcessInstance.business_key.startswith(business_key, autoescape=True))
        .order_by(WorkItem.due_order)
        .limit(limit)
    )
    return _work_rows(session, list(session.scalars(query)))


def _queues(session: Session, actor: Actor, now: datetime, narrow: Filter) -> list[str]:
    queues = list(own_queues(session, actor, now))
    return [queue for queue in queues if queue.startswith("user:")] if narrow.mine_only else queues


def _narrowed(query: Select[Any], narrow: Filter) -> Select[Any]:
    if narrow.process_key is not None:
        query = query.where(WorkItem.process_key == narrow.process_key)
    if narrow.node_id is not None:
        query = query.where(WorkItem.node_id == narrow.node_id)
    if narrow.overdue_before is not None:
        query = query.where(WorkItem.due_order < narrow.overdue_before)
    if narrow.organisation_id is not None:
        query = query.join(ProcessInstance, ProcessInstance.id == WorkItem.instance_id).where(
            ProcessInstance.organisation_id == narrow.organisation_id
        )
    return query


def _ordered(query: Select[Any], order: Order, after: Cursor | None) -> Select[Any]:
    if order is Order.DUE:
        if after is not None:
            later = and_(WorkItem.due_order == after.at, WorkItem.id > after.id)
            query = query.where(or_(WorkItem.due_order > after.at, later))
        return query.order_by(WorkItem.due_order, WorkItem.id)
    if after is not None:
        older = and_(WorkItem.created_at == after.at, WorkItem.id < after.id)
        query = query.where(or_(WorkItem.created_at < after.at, older))
    return query.order_by(WorkItem.created_at.desc(), WorkItem.id.desc())


def _work_rows(session: Session, ids: Sequence[int]) -> list[WorkRow]:
    assignee = aliased(User)
    query = (
        select(WorkItem, Step.name, Step.due_at, ProcessInstance.title, ProcessInstance.business_key,
               Organisation.name, assignee.name)
        .join(Step, Step.id == WorkItem.step_id)
        .join(ProcessInstance, ProcessInstance.id == WorkItem.instance_id)
        .join(Organisation, Organisation.id == ProcessInstance.organisation_id)
        .outerjoin(assignee, assignee.id == WorkItem.assignee_id)
        .where(WorkItem.id.in_(ids))
    )  # fmt: skip
    rows = {
        item.id: WorkRow(
            item.id, item.instance_id, title, item.process_key, item.node_id, step, key, place, item.state, person,
            item.offered_to, item.created_at, due, item.completed_at, item.decision,
        )
        for item, step, due, title, key, place, person in session.execute(query)
    }  # fmt: skip
    return [rows[id_] for id_ in ids if id_ in rows]


def _cases(session: Session, query: Select[tuple[ProcessInstance]], after: Cursor | None, limit: int) -> Page:
    if after is not None:
        older = and_(ProcessInstance.started_at == after.at, ProcessInstance.id < after.id)
        query = query.where(or_(ProcessInstance.started_at < after.at, older))
    chosen = (
        query.with_only_columns(
            ProcessInstance.id, ProcessInstance.process_key, ProcessDefinition.name, ProcessInstance.title,
            ProcessInstance.business_key, Organisation.name, User.name, ProcessInstance.state,
            ProcessInstance.outcome, ProcessInstance.started_at, ProcessInstance.ended_at,
        )
        .join(ProcessDefinition, ProcessDefinition.id == ProcessInstance.definition_id)
        .join(Organisation, Organisation.id == ProcessInstance.organisation_id)
        .outerjoin(User, User.id == ProcessInstance.initiator_id)
        .order_by(ProcessInstance.started_at.desc(), ProcessInstance.id.desc())
        .limit(limit + 1)
    )  # fmt: skip
    rows = [CaseRow(*row) for row in session.execute(chosen)]
    last = rows[limit - 1] if len(rows) > limit else None
    return Page(tuple(rows[:limit]), None if last is None else Cursor(last.started_at, last.instance_id))


def _step_names(session: Session, keys: Sequence[tuple[str, str]]) -> dict[tuple[str, str], str]:
    names: dict[tuple[str, str], str] = {}
    for process_key, node_id in keys:
        found = (
            select(Step.name)
            .join(WorkItem, WorkItem.step_id == Step.id)
            .where(WorkItem.process_key == process_key, WorkItem.node_id == node_id, WorkItem.queue.is_not(None))
            .limit(1)
        )
        names[process_key, node_id] = session.scalar(found) or node_id
    return names
