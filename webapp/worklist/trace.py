"""The course of a case as its pages show it: who did what with which words, what waits now, what comes next."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.identity.roles import LABELS
from engine.identity.users import User
from engine.kernel.actor import Actor
from engine.kernel.clock import CHINA
from engine.workflow.case_trace import Entry, ItemRow, StepRow, sees_whole, steps_of, timeline
from engine.workflow.definitions import Definition, DefinitionCache
from engine.workflow.informing import NoteKind, notes_of
from engine.workflow.operations import ACT_LABELS
from engine.workflow.prediction import PredictedNode, predicted_nodes
from engine.workflow.states import (
    OPEN_ITEMS,
    ORIGIN_LABELS,
    STEP_LABELS,
    UNDECIDED_ITEMS,
    Origin,
    StepState,
    WorkItemState,
)
from engine.workflow.tables import CaseNote, ProcessInstance
from engine.workflow.working_time import TimeUsed
from webapp.visit import engine
from webapp.worklist.interventions import interventions_of

DECIDING = ("complete", "send_back", "skip")
HANDING = {
    "delegate": Origin.DELEGATED, "add_before": Origin.BEFORE, "add_after": Origin.AFTER, "add_beside": Origin.BESIDE,
}  # fmt: skip
"""Acts that give something to others -> how their items come to be."""
VOID = {StepState.SUPERSEDED: "已失效", StepState.CANCELLED: "已取消"}


@dataclass(frozen=True, slots=True)
class Event:
    """One line of the timeline; `state` is done, now or next."""

    title: str
    at: datetime | None
    who: str
    text: str
    state: str
    basis: str = ""
    node_id: str = ""
    arrived: datetime | None = None
    read_at: datetime | None = None
    time: TimeUsed | None = None
    void: str = ""
    """Why the act counts no more; empty while it does."""
    signature: int | None = None
    files: Sequence[tuple[int, str]] = ()
    exceptional: bool = False


@dataclass(frozen=True, slots=True)
class Signature:
    """One opinion on the paper form (审批表)."""

    step: str
    decision: str
    opinion: str
    name: str
    at: datetime
    picture: int | None = None


def events_of(session: Session, instance_id: int, definition: Definition, actor: Actor) -> list[Event]:
    """Everything that happened, where the case is now, and what comes; of a confidential case only one's own acts."""
    instance = session.get_one(ProcessInstance, instance_id)
    steps = steps_of(session, instance_id, engine().service(DefinitionCache), engine().clock.now())
    places = _places(steps)
    whole = sees_whole(session, actor, instance)
    entries = [entry for entry in timeline(session, instance_id) if _shown(entry)]
    acts = [_act(entry, definition, places) for entry in entries if whole or entry.actor_id == actor.user_id]
    if not whole:
        return [*acts, *_notes(session, instance_id, actor.user_id)]
    told = [*_interventions(session, instance_id, definition), *acts, *_notes(session, instance_id)]
    gone = [event for step in steps if (event := _unfinished(step, definition)) is not None]
    done = sorted([*told, *gone], key=lambda event: event.at or instance.started_at)
    now = [event for step in steps if step.state == StepState.OPEN for event in _waiting(step, definition)]
    ahead = predicted_nodes(session, engine().service(DefinitionCache), instance)
    return [*done, *now, *_next(session, ahead)]


def signatures_of(
    session: Session, instance_id: int, definition: Definition, actor: Actor
) -> Iterator[Signature]:
    """The valid opinions that stand on the paper form; of a confidential case only the actor's own."""
    whole = sees_whole(session, actor, session.get_one(ProcessInstance, instance_id))
    places = _places(steps_of(session, instance_id))
    for entry in timeline(session, instance_id):
        valid = entry.node_id and entry.operation in DECIDING and not _void(entry, places)
        if valid and (whole or entry.actor_id == actor.user_id):
            decision = decision_label(definition, entry.node_id, entry.decision)
            step = entry.step_name + _origin_words(places.get(entry.work_item_id or 0))
            yield Signature(step, decision, entry.opinion, _who(entry), entry.at, entry.signature)


def node_notes(events: Iterable[Event]) -> Mapping[str, Sequence[str]]:
    """What the drawing tells of each node: who, when, with which words; the latest last."""
    found: dict[str, list[str]] = {}
    for event in events:
        if event.node_id and event.state != "next":
            when = "" if event.at is None else f"{event.at.astimezone(CHINA):%m-%d %H:%M}"
            result = event.title.partition("：")[2]
            parts = (event.who, when, result, event.text, event.void)
            found.setdefault(event.node_id, []).append(" ".join(part for part in parts if part))
    return {node: lines[-3:] for node, lines in found.items()}


def steps_drawn(definition: Definition) -> Sequence[tuple[str, str]]:
    """(node, name) of the steps of a drawing, for the list beside it."""
    return [(node.id, node.name) for node in definition.process.nodes.values() if node.kind == "userTask"]


def decision_label(definition: Definition, node_id: str, decision: str | None) -> str:
    """How the node calls a decision."""
    node = definition.process.nodes.get(node_id)
    return "" if decision is None else (node.settings.decisions.get(decision, decision) if node else decision)


def offered_words(offered_to: str) -> str:
    """Who a group item waits for."""
    role, _, place = offered_to.partition("@")
    return LABELS.get(role, role) if place else ""


Place = tuple[StepRow, ItemRow]


def _places(steps: Sequence[StepRow]) -> Mapping[int, Place]:
    return {item.work_item_id: (step, item) for step in steps for item in step.items}


def _shown(entry: Entry) -> bool:
    return entry.operation in ACT_LABELS


def _act(entry: Entry, definition: Definition, places: Mapping[int, Place]) -> Event:
    place = places.get(entry.work_item_id or 0)
    word = ACT_LABELS[entry.operation]
    if entry.operation in ("complete", "skip"):
        answered = place is not None and place[1].origin == Origin.DELEGATED
        word = "答复" if answered else decision_label(definition, entry.node_id, entry.decision) or word
    elif place is not None:
        word += _whom(entry, place)
    title = f"{entry.step_name}{_origin_words(place)}：{word}" if entry.node_id else entry.step_name
    event = Event(
        title, entry.at, _who(entry), entry.opinion, "done", _basis(definition, entry.node_id), entry.node_id,
        void=_void(entry, places), signature=entry.signature,
    )  # fmt: skip
    if place is None or entry.operation not in DECIDING:
        return event
    item = place[1]
    return replace(event, arrived=item.arrived_at, read_at=item.read_at, time=item.time)


def _whom(entry: Entry, place: Place) -> str:
    """Whom the act gave something to, or took it from."""
    step, item = place
    if entry.operation == "remove":
        return f"：{item.person}" if item.person else ""
    origin = HANDING.get(entry.operation, item.origin if entry.operation == "transfer" else None)
    given = [
        one.person for one in step.items
        if one.origin == origin and one.arrived_at == entry.at and one.work_item_id > item.work_item_id and one.person
    ]  # fmt: skip
    return f"给{'、'.join(given)}" if given else ""


def _void(entry: Entry, places: Mapping[int, Place]) -> str:
    place = places.get(entry.work_item_id or 0)
    if place is None or entry.operation != "complete":
        return ""
    step, item = place
    if item.state == WorkItemState.WITHDRAWN or (item.state in UNDECIDED_ITEMS and step.state == StepState.OPEN):
        return "已撤回"
    return VOID.get(StepState(step.state), "")


def _origin_words(place: Place | None) -> str:
    label = ORIGIN_LABELS[Origin(place[1].origin)] if place is not None else ""
    return f"（{label}）" if label else ""


def _who(entry: Entry) -> str:
    return entry.actor if entry.on_behalf_of is None else f"{entry.actor}代{entry.on_behalf_of}"


def _unfinished(step: StepRow, definition: Definition) -> Event | None:
    """A step that ended without anybody's decision."""
    if step.state != StepState.CANCELLED:
        return None
    title = f"{step.name}：{STEP_LABELS[step.state]}"
    return Event(
        title, step.completed_at, "", "", "done", _basis(definition, step.node_id), step.node_id, step.opened_at,
        void="未办理",
    )  # fmt: skip


def _waiting(step: StepRow, definition: Definition) -> Iterator[Event]:
    """The people whose turn it is, and those who wait for them."""
    for item in step.items:
        if item.state in UNDECIDED_ITEMS:
            word = "办理中" if item.state in OPEN_ITEMS else "等待他人先办"
            who = item.person or f"{offered_words(item.offered_to)}（待认领）"
            label = ORIGIN_LABELS[Origin(item.origin)]
            title = f"{step.name}{f'（{label}）' if label else ''}：{word}"
            yield Event(
                title, None, who, "", "now", _basis(definition, step.node_id), step.node_id, item.arrived_at,
                item.read_at, step.time,
            )  # fmt: skip


def _next(session: Session, ahead: Sequence[PredictedNode]) -> Iterator[Event]:
    for node in ahead:
        ids = [int(queue.removeprefix("user:")) for queue in node.queues if queue.startswith("user:")]
        names = session.scalars(select(User.name).where(User.id.in_(ids)).order_by(User.sort_key)) if ids else ()
        who = "、".join(names) or "、".join(LABELS.get(role, role) for role in node.roles)
        yield Event(f"预计下一步：{node.name}", None, who, "", "next", node_id=node.node_id)


def _notes(session: Session, instance_id: int, only_of: int | None = None) -> Iterator[Event]:
    query = select(CaseNote.id).where(CaseNote.instance_id == instance_id)
    shown = set(session.scalars(query if only_of is None else query.where(CaseNote.user_id == only_of)))
    for note in [note for note in notes_of(session, instance_id) if note.note_id in shown]:
        title = "催办" if note.kind == NoteKind.URGE else "沟通"
        yield Event(title, note.at, note.author, note.text, "done", files=note.attachments)


def _interventions(session: Session, instance_id: int, definition: Definition) -> Iterator[Event]:
    for each in interventions_of(session, instance_id, definition):
        yield Event(each.title, each.at, each.who, each.text, "done", exceptional=each.exceptional)


def _basis(definition: Definition, node_id: str) -> str:
    node = definition.process.nodes.get(node_id)
    return node.settings.basis if node else ""
