"""The read side: my work, my group's work, what I did and started, and the trace of a case - as frozen rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, and_, false, func, literal, or_, select, tuple_, union_all
from sqlalchemy.orm import Session, aliased

from engine.identity.organisations import Organisation
from engine.identity.users import User
from engine.kernel.actor import Actor
from engine.workflow.items import SeenList, seen_lists
from engine.workflow.readers import readable
from engine.workflow.tables import ProcessDefinition, ProcessInstance, Step, WorkItem

Rows = Select[*tuple[Any, ...]]
COUNT_LIMIT = 999
"""Counts stop here and are shown as 999+, so that a count never reads a long list."""


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
    definition_id: int
    case_state: str
    origin: str
    queue: str | None


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


@dataclass(frozen=True, slots=True)
class Next:
    """The item that comes next in a queue, and how many wait in it; COUNT_LIMIT + 1 means more than that."""

    work_item_id: int | None
    waiting: int


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
        _ordered(_narrowed(select(WorkItem.id, key.label("at")).where(_in_list(seen)), narrow), order, after)
        .limit(limit + 1)
        .subquery()
        for seen in queues.values()
    ]
    merged = union_all(*(select(part.c.id, part.c.at) for part in parts)).subquery()
    direction = (merged.c.at, merged.c.id) if order is Order.DUE else (merged.c.at.desc(), merged.c.id.desc())
    ids = session.execute(select(merged.c.id, merged.c.at).order_by(*direction).limit(limit + 1)).all()
    rows = _work_rows(session, [row.id for row in ids[:limit]])
    return Page(rows, Cursor(ids[limit - 1].at, ids[limit - 1].id) if len(ids) > limit else None)


def done_work(
    session: Session, actor: Actor, *, narrow: Filter = Filter(), typed: str = "",
    cases: Sequence[tuple[str, str]] = (), after: Cursor | None = None, limit: int = 50,
) -> Page:  # fmt: skip
    """The items the actor has decided, newest first; with `typed` those of the cases that `search` would find."""
    query = select(WorkItem.id, WorkItem.completed_at).where(WorkItem.completed_by == actor.user_id)
    if typed or narrow.organisation_id is not None:
        query = query.join(ProcessInstance, ProcessInstance.id == WorkItem.instance_id)
    if typed:
        query = query.where(case_is(typed, cases))
    query = _about(query, narrow)
    if after is not None:
        query = query.where(
            or_(WorkItem.completed_at < after.at, and_(WorkItem.completed_at == after.at, WorkItem.id < after.id))
        )
    ids = session.execute(query.order_by(WorkItem.completed_at.desc(), WorkItem.id.desc()).limit(limit + 1)).all()
    rows = _work_rows(session, [row.id for row in ids[:limit]])
    last = ids[limit - 1] if len(ids) > limit else None
    return Page(rows, None if last is None or last.completed_at is None else Cursor(last.completed_at, last.id))


def started_cases(
    session: Session, actor: Actor, *, state: str | None = None, typed: str = "",
    cases: Sequence[tuple[str, str]] = (), after: Cursor | None = None, limit: int = 50,
) -> Page:  # fmt: skip
    """The cases the actor has started, newest first."""
    query = select(ProcessInstance).where(ProcessInstance.initiator_id == actor.user_id)
    if state is not None:
        query = query.where(ProcessInstance.state == state)
    if typed:
        query = query.where(case_is(typed, cases))
    return _cases(session, query, after, limit)


def all_cases(
    session: Session, actor: Actor, *, state: str | None = None, process_key: str | None = None,
    organisation_id: int | None = None, typed: str = "", cases: Sequence[tuple[str, str]] = (),
    after: Cursor | None = None, limit: int = 50,
) -> Page:  # fmt: skip
    """The cases at and below the organisations that the actor supervises or is named a reader for, newest first.

    With `typed` only those whose number begins with it, or which are among `cases` (process, case number).
    """
    query = select(ProcessInstance).where(readable(session, actor))
    if state is not None:
        query = query.where(ProcessInstance.state == state)
    if process_key is not None:
        query = query.where(ProcessInstance.process_key == process_key)
    if organisation_id is not None:
        query = query.where(ProcessInstance.organisation_id == organisation_id)
    if typed:
        query = query.where(case_is(typed, cases))
    return _cases(session, query, after, limit)


def counts(session: Session, actor: Actor, now: datetime) -> list[QueueCount]:
    """Open items by process and node; each node of each list is read up to COUNT_LIMIT only."""
    parts = [
        _count_of(queue, process_key, node_id, _in_list(here), now)
        for queue, seen in _queues(session, actor, now, Filter()).items()
        for process_key, node_id in _nodes_of(session, queue)
        if (here := [each for each in seen if each.process_key in (None, process_key)])
    ]
    totals: dict[tuple[str, str], QueueCount] = {}
    for row in session.execute(union_all(*parts)) if parts else ():
        found = totals.get((row[0], row[1]), QueueCount(row[0], row[1], row[2], 0, 0))
        totals[row[0], row[1]] = QueueCount(
            row[0], row[1], row[2], min(found.count + row[3], COUNT_LIMIT + 1), found.overdue + (row[4] or 0)
        )
    return [totals[key] for key in sorted(totals) if totals[key].count]


def open_total(session: Session, actor: Actor, now: datetime, narrow: Filter = Filter()) -> int:
    """How many items are open for the actor; COUNT_LIMIT + 1 means more than that."""
    queues = _queues(session, actor, now, narrow)
    parts = [_narrowed(select(WorkItem.id).where(_in_list(seen)), narrow) for seen in queues.values()]
    if not parts:
        return 0
    limited = [select(part.order_by(WorkItem.due_order).limit(COUNT_LIMIT + 1).subquery().c.id) for part in parts]
    return min(session.scalar(select(func.count()).select_from(union_all(*limited).subquery())) or 0, COUNT_LIMIT + 1)


def next_item(
    session: Session, actor: Actor, now: datetime, *, narrow: Filter, after: Cursor | None = None,
    skip: int | None = None,
) -> Next:  # fmt: skip
    """The item that follows `after` in the actor's list of a process and node, from the beginning when none follows.

    `skip` is the item that was just handled or passed over.
    """
    waiting = open_total(session, actor, now, narrow)
    for start in dict.fromkeys((after, None)):
        page = my_work(session, actor, now, narrow=narrow, after=start, limit=2)
        found = next((row.work_item_id for row in page.rows if row.work_item_id != skip), None)
        if found is not None:
            return Next(found, waiting)
    return Next(None, waiting)


def place_of(session: Session, work_item_id: int) -> Cursor:
    """Where an item stands in a list by due date, also when it is no longer open."""
    return Cursor(session.scalars(select(WorkItem.due_order).where(WorkItem.id == work_item_id)).one(), work_item_id)


def search(
    session: Session, actor: Actor, now: datetime, typed: str, *, cases: Sequence[tuple[str, str]] = (),
    narrow: Filter = Filter(), order: Order = Order.DUE, limit: int = 50,
) -> list[WorkRow]:  # fmt: skip
    """Open items of the actor by the beginning of their case number, or of the `cases` (process, case number)."""
    query = _ordered(_found(session, actor, now, typed, cases, narrow), order, None).limit(limit)
    return _work_rows(session, list(session.scalars(query)))


def search_total(
    session: Session, actor: Actor, now: datetime, typed: str, *, cases: Sequence[tuple[str, str]] = (),
    narrow: Filter = Filter(),
) -> int:  # fmt: skip
    """How many open items `search` would find; COUNT_LIMIT + 1 means more than that."""
    found = _found(session, actor, now, typed, cases, narrow).limit(COUNT_LIMIT + 1).subquery()
    return session.scalar(select(func.count()).select_from(found)) or 0


def chosen_work(session: Session, actor: Actor, now: datetime, ids: Sequence[int]) -> list[WorkRow]:
    """Those of the items that are open for the actor, in the order in which they were named."""
    queues = _queues(session, actor, now, Filter())
    here = or_(false(), *map(_in_list, queues.values()))
    open_now = set(session.scalars(select(WorkItem.id).where(WorkItem.id.in_(ids), here)))
    return _work_rows(session, [id_ for id_ in ids if id_ in open_now])


def _found(
    session: Session, actor: Actor, now: datetime, typed: str, cases: Sequence[tuple[str, str]], narrow: Filter
) -> Rows:
    queues = _queues(session, actor, now, narrow)
    lists = or_(false(), *map(_in_list, queues.values()))
    query = select(WorkItem.id).join(ProcessInstance, ProcessInstance.id == WorkItem.instance_id)
    return _about(query.where(lists, case_is(typed, cases)), narrow)


def case_is(typed: str, cases: Sequence[tuple[str, str]]) -> ColumnElement[bool]:
    """The case's number begins with what was typed, or the case is among `cases`."""
    named = tuple_(ProcessInstance.process_key, ProcessInstance.business_key).in_(list(cases))
    return or_(ProcessInstance.business_key.startswith(typed.upper(), autoescape=True), named)


def _nodes_of(session: Session, queue: str) -> list[tuple[str, str]]:
    """The (process, node) pairs that wait in a list, found by jumping along its index from one to the next."""
    found: list[tuple[str, str]] = []
    pairs = select(WorkItem.process_key, WorkItem.node_id).where(WorkItem.queue == queue)
    pairs = pairs.order_by(WorkItem.process_key, WorkItem.node_id).limit(1)
    row = session.execute(pairs).first()
    while row is not None:
        process_key, node_id = row
        found.append((process_key, node_id))
        same_process = pairs.where(WorkItem.process_key == process_key, WorkItem.node_id > node_id)
        # one comparison a column: SQLite does not jump along an index on a comparison of pairs
        row = session.execute(same_process).first()
        row = row or session.execute(pairs.where(WorkItem.process_key > process_key)).first()
    return found


def _count_of(queue: str, process_key: str, node_id: str, seen: ColumnElement[bool], now: datetime) -> Rows:
    here = (WorkItem.queue == queue, WorkItem.process_key == process_key, WorkItem.node_id == node_id, seen)
    part = (
        select((WorkItem.due_order < now).cast(Integer).label("late"))
        .where(*here)
        .order_by(WorkItem.due_order)
        .limit(COUNT_LIMIT + 1)
        .subquery()
    )
    name = select(Step.name).join(WorkItem, WorkItem.step_id == Step.id).where(*here).limit(1).scalar_subquery()
    return select(literal(process_key), literal(node_id), name, func.count(), func.sum(part.c.late)).select_from(part)


def _queues(session: Session, actor: Actor, now: datetime, narrow: Filter) -> dict[str, list[SeenList]]:
    """The lists of the actor -> what he sees there."""
    found: dict[str, list[SeenList]] = {}
    for seen in seen_lists(session, actor, now):
        if seen.queue.startswith("user:") or not narrow.mine_only:
            found.setdefault(seen.queue, []).append(seen)
    return found


def _in_list(seen: Sequence[SeenList]) -> ColumnElement[bool]:
    """What is seen in one list, by its index."""
    here = WorkItem.queue == seen[0].queue
    if any(each.process_key is None and each.role is None for each in seen):
        return here
    return and_(here, or_(*(each.items for each in seen)))


def _narrowed(query: Rows, narrow: Filter) -> Rows:
    if narrow.organisation_id is not None:
        query = query.join(ProcessInstance, ProcessInstance.id == WorkItem.instance_id)
    return _about(query, narrow)


def _about(query: Rows, narrow: Filter) -> Rows:
    """The conditions of a filter; one on the organisation needs the case beside the item."""
    if narrow.process_key is not None:
        query = query.where(WorkItem.process_key == narrow.process_key)
    if narrow.node_id is not None:
        query = query.where(WorkItem.node_id == narrow.node_id)
    if narrow.overdue_before is not None:
        query = query.where(WorkItem.due_order < narrow.overdue_before)
    if narrow.organisation_id is not None:
        query = query.where(ProcessInstance.organisation_id == narrow.organisation_id)
    return query


def _ordered(query: Rows, order: Order, after: Cursor | None) -> Rows:
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
               Organisation.name, assignee.name, ProcessInstance.definition_id, ProcessInstance.state)
        .join(Step, Step.id == WorkItem.step_id)
        .join(ProcessInstance, ProcessInstance.id == WorkItem.instance_id)
        .join(Organisation, Organisation.id == ProcessInstance.organisation_id)
        .outerjoin(assignee, assignee.id == WorkItem.assignee_id)
        .where(WorkItem.id.in_(ids))
    )  # fmt: skip
    rows = {
        item.id: WorkRow(
            item.id, item.instance_id, title, item.process_key, item.node_id, step, key, place, item.state, person,
            item.offered_to, item.created_at, due, item.completed_at, item.decision, definition, case_state,
            item.origin, item.queue,
        )
        for item, step, due, title, key, place, person, definition, case_state in session.execute(query)
    }  # fmt: skip
    return [rows[id_] for id_ in ids if id_ in rows]


def _cases(session: Session, query: Select[ProcessInstance], after: Cursor | None, limit: int) -> Page:
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
    rows = [CaseRow(*tuple(row)) for row in session.execute(chosen)]
    last = rows[limit - 1] if len(rows) > limit else None
    return Page(tuple(rows[:limit]), None if last is None else Cursor(last.started_at, last.instance_id))


def newest_definitions(session: Session) -> dict[str, int]:
    """Process -> id of its newest version, of all that are deployed."""
    return {key: id_ for key, id_, _ in session.execute(_newest())}


def process_names(session: Session) -> dict[str, str]:
    """Process -> what its newest version is called; no definition is compiled for a name."""
    return {key: name for key, _, name in session.execute(_newest())}


def _newest() -> Rows:
    newest = (
        select(ProcessDefinition.key, func.max(ProcessDefinition.version).label("version"))
        .group_by(ProcessDefinition.key)
        .subquery()
    )
    query = select(ProcessDefinition.key, ProcessDefinition.id, ProcessDefinition.name).join(
        newest, and_(newest.c.key == ProcessDefinition.key, newest.c.version == ProcessDefinition.version)
    )
    return query.order_by(ProcessDefinition.key)
