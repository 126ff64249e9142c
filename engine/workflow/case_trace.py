"""What happened to a case, for those who may see it: timeline, opinions, diagram marks."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.orm import Session, undefer

from engine.identity.users import User
from engine.kernel.actor import Actor
from engine.kernel.errors import NotFound
from engine.workflow.copies import has_copy
from engine.workflow.readers import is_confidential, reads
from engine.workflow.roads import roads_of
from engine.workflow.states import ENDED, OPEN_ITEMS, StepState
from engine.workflow.tables import (
    Job,
    MessageSubscription,
    ProcessDefinition,
    ProcessInstance,
    Step,
    Submission,
    WorkItem,
)
from engine.workflow.work_items import own_queues


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


@dataclass(frozen=True, slots=True)
class StepRow:
    """One visit of a user task, with who has it now or who decided it."""

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
    involved = select(WorkItem.id).where(
        WorkItem.instance_id == instance.id,
        (WorkItem.queue.in_(queues)) | (WorkItem.completed_by == actor.user_id) | (WorkItem.offered_to.in_(queues)),
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
        )
        for row in session.scalars(query)
    ]  # fmt: skip


def _people(instance_id: int) -> Any:
    query = select(Submission.actor_id).where(Submission.instance_id == instance_id)
    return query.union(select(Submission.on_behalf_of).where(Submission.instance_id == instance_id))


def steps_of(session: Session, instance_id: int) -> list[StepRow]:
    """The visits of user tasks, in order."""
    steps = session.scalars(select(Step).where(Step.instance_id == instance_id).order_by(Step.id)).all()
    query = (
        select(WorkItem, User.name)
        .outerjoin(User, User.id == (WorkItem.completed_by))
        .where(WorkItem.instance_id == instance_id)
    )
    items: dict[int, list[tuple[WorkItem, str | None]]] = {}
    for item, name in session.execute(query):
        items.setdefault(item.step_id, []).append((item, name))
    return [
        StepRow(
            step.id, step.node_id, step.name, step.state, step.opened_at, step.due_at, step.completed_at,
            step.decision, tuple(name for _, name in items.get(step.id, []) if name),
            tuple(item.offered_to for item, _ in items.get(step.id, []) if item.state in OPEN_ITEMS),
        )
        for step in steps
    ]  # fmt: skip


def diagram_marks(session: Session, instance: ProcessInstance) -> DiagramMarks:
    """Which nodes are done and which hold the case now, from the rows (no marking is restored).

    What lies between two steps is taken from the drawing: the shortest way that passes no other step.
    """
    steps = session.execute(
        select(Step.node_id, Step.state).where(Step.instance_id == instance.id).order_by(Step.id)
    ).all()
    current = set() if instance.state in ENDED else {node for node, state in steps if state == StepState.OPEN}
    roads = roads_of(session, instance.definition_id)
    if instance.state not in ENDED:
        current |= {node for node in _waiting(session, instance.id) if roads.holds_a_token(node)}
    done = {node for node, state in steps if state != StepState.OPEN}
    done |= roads.between([node for node, _ in steps])
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
