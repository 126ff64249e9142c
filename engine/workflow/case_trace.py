"""What happened to a case, for those who may see it: timeline, opinions, diagram marks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session, aliased, undefer

from engine.identity.users import User
from engine.kernel.actor import Actor
from engine.kernel.errors import NotFound
from engine.workflow.copies import has_copy
from engine.workflow.definitions import DefinitionCache
from engine.workflow.diagram import Node
from engine.workflow.items import own_queues, seen_lists
from engine.workflow.readers import is_confidential, reads
from engine.workflow.roads import roads_of
from engine.workflow.states import ENDED, OPEN_ITEMS, InstanceState, StepState
from engine.workflow.tables import (
    Job,
    MessageSubscription,
    ProcessDefinition,
    ProcessInstance,
    Step,
    Submission,
    WorkItem,
)
from engine.workflow.working_time import Timekeeper, TimeUsed, stops_of


@dataclass(frozen=True, slots=True)
class Entry:
    """One act in a case."""

    at: datetime
    node_id: str
    step_name: str
    actor_id: int | None
    actor: str
    operation: str
    decision: str | None
    opinion: str
    on_behalf_of: str | None
    values: Mapping[str, Any]
    signature: int | None = None
    """Id of the stored picture of the hand-written signature."""
    work_item_id: int | None = None


@dataclass(frozen=True, slots=True)
class ItemRow:
    """One work item of a step: whose it was, from when to when, and the working time it took."""

    work_item_id: int
    person: str | None
    """Who handled it, else who has it; None while it lies in a list."""
    offered_to: str
    state: str
    origin: str
    decision: str | None
    arrived_at: datetime
    read_at: datetime | None
    finished_at: datetime | None
    time: TimeUsed | None


@dataclass(frozen=True, slots=True)
class StepRow:
    """One visit of a user task, with who has it now or who decided it.

    `opened_at` is its arrival, `completed_at` its finish. `time` is the working time it has used, without what the case
    was suspended for; None when `steps_of` was asked without a calendar.
    """

    step_id: int
    node_id: str
    name: str
    state: str
    opened_at: datetime
    due_at: datetime | None
    completed_at: datetime | None
    decision: str | None
    people: tuple[str, ...]
    offered_to: tuple[str, ...]
    time: TimeUsed | None = None
    items: tuple[ItemRow, ...] = ()

    @property
    def work_minutes_used(self) -> int | None:
        """Working minutes between arrival and finish, or until now; see `TimeUsed`."""
        return None if self.time is None else self.time.minutes

    @property
    def limit(self) -> int | None:
        """The node's limit in the same minutes; None where it sets none."""
        return None if self.time is None else self.time.limit


@dataclass(frozen=True, slots=True)
class DiagramMarks:
    """Node ids for the progress diagram."""

    current: tuple[str, ...]
    done: tuple[str, ...]


def visible_instance(session: Session, actor: Actor, instance_id: int, now: datetime) -> ProcessInstance:
    """The case for somebody who may see it: initiator, handler, deputy, supervisor; for others it does not exist."""
    instance = session.get(ProcessInstance, instance_id)
    if instance is None or not may_see(session, actor, instance, now):
        raise NotFound()
    return instance


def may_see(session: Session, actor: Actor, instance: ProcessInstance, now: datetime) -> bool:
    """Whether the actor has to do with the case."""
    if actor.is_system or (actor.user_id is not None and instance.initiator_id == actor.user_id):
        return True
    if reads(session, actor, instance):
        return True
    if has_copy(session, actor.user_id, instance.id):
        return True
    queues = list(own_queues(session, actor, now, instance.process_key))
    lists = [seen.items for seen in seen_lists(session, actor, now)]
    involved = select(WorkItem.id).where(
        WorkItem.instance_id == instance.id,
        or_(WorkItem.completed_by == actor.user_id, WorkItem.offered_to.in_(queues), *lists),
    )
    return session.scalar(select(exists(involved))) or False


def sees_whole(session: Session, actor: Actor, instance: ProcessInstance) -> bool:
    """Whether somebody who may see the case sees all of it; of a confidential one others see their own acts only."""
    return actor.is_system or not is_confidential(session, instance) or reads(session, actor, instance)


def timeline(session: Session, instance_id: int) -> list[Entry]:
    """Everything people did in the case, in order."""
    names = {user.id: user.name for user in session.scalars(select(User).where(User.id.in_(_people(instance_id))))}
    steps = dict(session.execute(select(Step.node_id, Step.name).where(Step.instance_id == instance_id)).all())
    query = select(Submission).where(Submission.instance_id == instance_id).order_by(Submission.id)
    return [
        Entry(
            row.at, row.node_id, steps.get(row.node_id, "提交" if row.operation == "start" else row.node_id),
            row.actor_id, names.get(row.actor_id or 0, "系统"), row.operation, row.decision,
            row.content.get("opinion", ""), names.get(row.on_behalf_of or 0), row.content.get("values", {}),
            row.content.get("signature"), row.work_item_id,
        )
        for row in session.scalars(query)
    ]  # fmt: skip


def _people(instance_id: int) -> Any:
    query = select(Submission.actor_id).where(Submission.instance_id == instance_id)
    return query.union(select(Submission.on_behalf_of).where(Submission.instance_id == instance_id))


def steps_of(
    session: Session, instance_id: int, definitions: DefinitionCache | None = None, now: datetime | None = None
) -> list[StepRow]:
    """The visits of user tasks, in order; with `definitions` and `now` also the working time they used."""
    steps = session.scalars(select(Step).where(Step.instance_id == instance_id).order_by(Step.id)).all()
    items: dict[int, list[tuple[WorkItem, str | None, str | None]]] = {}
    for item, handler, holder in session.execute(_ITEMS.where(WorkItem.instance_id == instance_id)):
        items.setdefault(item.step_id, []).append((item, handler, holder))
    clock = None if definitions is None or now is None else _Clock.of(session, instance_id, definitions, now)
    return [_step_row(step, items.get(step.id, []), clock) for step in steps]


_HANDLER, _HOLDER = aliased(User), aliased(User)
_ITEMS = (
    select(WorkItem, _HANDLER.name, _HOLDER.name)
    .outerjoin(_HANDLER, _HANDLER.id == WorkItem.completed_by)
    .outerjoin(_HOLDER, _HOLDER.id == WorkItem.assignee_id)
    .order_by(WorkItem.position, WorkItem.id)
)


@dataclass(frozen=True)
class _Clock:
    """What measures the time of one case: calendar, stops, and the limits of its nodes."""

    keeper: Timekeeper
    nodes: Mapping[str, Node]

    @classmethod
    def of(cls, session: Session, instance_id: int, definitions: DefinitionCache, now: datetime) -> "_Clock":
        instance = session.get_one(ProcessInstance, instance_id)
        nodes = definitions.get(session, instance.definition_id).process.nodes
        return cls(Timekeeper(definitions.calendar, now, stops_of(session, instance_id, now)), nodes)

    def used(self, step: Step, start: datetime, end: datetime | None) -> TimeUsed:
        node = self.nodes.get(step.node_id)
        return self.keeper.used(start, end, None if node is None else node.settings.deadline, step.due_at)


def _step_row(step: Step, items: Sequence[tuple[WorkItem, str | None, str | None]], clock: _Clock | None) -> StepRow:
    return StepRow(
        step.id, step.node_id, step.name, step.state, step.opened_at, step.due_at, step.completed_at,
        step.decision, tuple(handler for _, handler, _ in items if handler),
        tuple(item.offered_to for item, _, _ in items if item.state in OPEN_ITEMS),
        clock.used(step, step.opened_at, step.completed_at) if clock else None,
        tuple(_item_row(step, item, handler or holder, clock) for item, handler, holder in items),
    )  # fmt: skip


def _item_row(step: Step, item: WorkItem, person: str | None, clock: _Clock | None) -> ItemRow:
    time = clock.used(step, item.created_at, item.completed_at) if clock else None
    return ItemRow(
        item.id, person, item.offered_to, item.state, item.origin, item.decision, item.created_at, item.read_at,
        item.completed_at, time,
    )  # fmt: skip


def diagram_marks(session: Session, instance: ProcessInstance) -> DiagramMarks:
    """Which nodes are done and which hold the case now, from the rows (no marking is restored).

    What lies between two steps, and behind the last of them, is taken from the drawing: the shortest way that passes
    no other step.
    """
    steps = session.execute(
        select(Step.node_id, Step.state).where(Step.instance_id == instance.id).order_by(Step.id)
    ).all()
    current = set() if instance.state in ENDED else {node for node, state in steps if state == StepState.OPEN}
    roads = roads_of(session, instance.definition_id)
    if instance.state not in ENDED:
        current |= {node for node in _waiting(session, instance.id) if roads.holds_a_token(node)}
    ends = roads.ends_named(instance.outcome or "") if instance.state == InstanceState.COMPLETED else []
    done = {node for node, state in steps if state != StepState.OPEN}
    visited = [node for node, _ in steps]
    done |= roads.between(visited) | roads.onward(visited, [*sorted(current - set(visited)), *ends]) | set(ends)
    return DiagramMarks(tuple(sorted(current)), tuple(sorted(done - current)))


def _waiting(session: Session, instance_id: int) -> set[str]:
    """Nodes that wait for a message or a moment, also those that only watch over a step."""
    messages = select(MessageSubscription.node_id).where(MessageSubscription.instance_id == instance_id)
    jobs = select(Job.node_id).where(Job.instance_id == instance_id, Job.token.is_not(None))
    return {node for node in (*session.scalars(messages), *session.scalars(jobs)) if node}


def diagram_xml(session: Session, definition_id: int) -> bytes:
    """The drawing of a definition."""
    query = select(ProcessDefinition).where(ProcessDefinition.id == definition_id)
    return session.execute(query.options(undefer(ProcessDefinition.xml))).scalar_one().xml
