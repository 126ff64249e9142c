"""The course of a case as its pages show it: timeline with opinions and working time, marks of the diagram."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from engine.identity.roles import LABELS
from engine.kernel.actor import Actor
from engine.workflow.case_trace import Entry, StepRow, sees_whole, steps_of, timeline
from engine.workflow.definitions import Definition
from engine.workflow.roads import roads_of
from engine.workflow.states import StepState
from engine.workflow.tables import ProcessInstance
from webapp.worklist.deadlines import used

OPERATIONS = {"start": "提交", "send_back": "退回"}


@dataclass(frozen=True, slots=True)
class Event:
    """One line of the timeline; `state` is done, now or next."""

    title: str
    at: datetime | None
    who: str
    text: str
    state: str
    basis: str = ""


@dataclass(frozen=True, slots=True)
class Signature:
    """One opinion on the paper form (审批表)."""

    step: str
    decision: str
    opinion: str
    name: str
    at: datetime


def events_of(session: Session, instance_id: int, definition: Definition, actor: Actor) -> list[Event]:
    """What people did, and where the case is now; of a confidential case only the actor's own acts."""
    entries = timeline(session, instance_id)
    if not sees_whole(session, actor, session.get_one(ProcessInstance, instance_id)):
        own = [entry for entry in entries if entry.actor_id == actor.user_id]
        return [_done(entry, definition, []) for entry in own]
    steps = steps_of(session, instance_id)
    done = [_done(entry, definition, steps) for entry in entries]
    waiting = [step for step in steps if step.state == StepState.OPEN]
    return [*done, *(_now(step, definition) for step in waiting), *_next(session, definition, waiting)]


def signatures_of(
    session: Session, instance_id: int, definition: Definition, actor: Actor
) -> Iterator[Signature]:
    """The opinions that stand on the paper form; of a confidential case only the actor's own."""
    whole = sees_whole(session, actor, session.get_one(ProcessInstance, instance_id))
    for entry in timeline(session, instance_id):
        if entry.node_id and (whole or entry.actor_id == actor.user_id):
            name = entry.actor if entry.on_behalf_of is None else f"{entry.actor}（代{entry.on_behalf_of}）"
            decision = decision_label(definition, entry.node_id, entry.decision)
            yield Signature(entry.step_name, decision, entry.opinion, name, entry.at)


def decision_label(definition: Definition, node_id: str, decision: str | None) -> str:
    """How the node calls a decision."""
    node = definition.process.nodes.get(node_id)
    return "" if decision is None else (node.settings.decisions.get(decision, decision) if node else decision)


def offered_words(offered_to: str) -> str:
    """Who a group item waits for."""
    role, _, place = offered_to.partition("@")
    return LABELS.get(role, role) if place else ""


def _done(entry: Entry, definition: Definition, steps: Sequence[StepRow]) -> Event:
    step = next((s for s in steps if s.node_id == entry.node_id and s.completed_at == entry.at), None)
    decision = OPERATIONS.get(entry.operation) or decision_label(definition, entry.node_id, entry.decision)
    who = entry.actor if entry.on_behalf_of is None else f"{entry.actor}（代{entry.on_behalf_of}）"
    spent = "" if step is None or step.completed_at is None else used(step.opened_at, step.completed_at)
    title = f"{entry.step_name}：{decision}" if entry.node_id and decision else entry.step_name
    text = "　".join(part for part in (entry.opinion, f"（{spent}）" if spent else "") if part)
    return Event(title, entry.at, who, text, "done", _basis(definition, entry.node_id))


def _now(step: StepRow, definition: Definition) -> Event:
    waiting = "、".join(dict.fromkeys(words for offer in step.offered_to if (words := offered_words(offer))))
    return Event(f"{step.name}：办理中", step.opened_at, waiting, "", "now", _basis(definition, step.node_id))


def _next(session: Session, definition: Definition, waiting: Sequence[StepRow]) -> Iterator[Event]:
    """What may follow, when the case waits at one step."""
    ahead = roads_of(session, definition.id).next_steps(waiting[0].node_id) if len(waiting) == 1 else []
    if ahead:
        yield Event("可能的下一环节：" + "、".join(node.name for node in ahead), None, "", "", "next")


def _basis(definition: Definition, node_id: str) -> str:
    node = definition.process.nodes.get(node_id)
    return node.settings.basis if node else ""
