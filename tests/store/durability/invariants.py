"""What must hold in a store at any time: the invariants I1 to I7, told as a list of what is broken."""

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from sqlalchemy import ColumnElement, func, select, text
from sqlalchemy.orm import Session

from engine.kernel.history import ChainHead, HistoryChain, HistoryEvent, verify_chain
from engine.kernel.process_engine import ProcessEngine
from engine.workflow.definitions import DefinitionCache
from engine.workflow.runs import _restore
from engine.workflow.spiff import WaitKind
from engine.workflow.states import ENDED, OPEN_ITEMS, UNDECIDED_ITEMS, StepState, WorkItemState
from engine.workflow.tables import (
    Incident,
    Job,
    Message,
    MessageSubscription,
    ProcessInstance,
    Step,
    Submission,
    WorkItem,
)

_COUNTS = {"complete": 1, "send_back": 1, "withdraw": -1}
_TELLS = {"work_item.completed": 1, "work_item.sent_back": 1, "work_item.withdrawn": -1}


def invariants(engine: ProcessEngine) -> list[str]:
    """Everything that is broken; empty when the store is sound."""
    with engine.reading() as session:
        checks: list[Callable[[ProcessEngine, Session], Iterator[str]]] = [
            _submitted_once, _cases_wait_for_something, _rows_agree_with_markings, _items_agree_with_steps,
            _chains_hold, _no_orphans, _database_is_sound,
        ]  # fmt: skip
        return [problem for check in checks for problem in check(engine, session)]


def _submitted_once(_: ProcessEngine, session: Session) -> Iterator[str]:
    """I1, I2: a decided item has exactly one submission that was not taken back, any other none; the history agrees."""
    kept = Counter[int | None]()
    for item_id, operation in session.execute(select(Submission.work_item_id, Submission.operation)):
        kept[item_id] += _COUNTS.get(operation, 0)
    told = Counter[str]()
    for subject, type_ in session.execute(select(HistoryEvent.subject, HistoryEvent.type)):
        told[subject] += _TELLS.get(type_, 0)
    for item in session.scalars(select(WorkItem)):
        expected = int(item.state in (WorkItemState.COMPLETED, WorkItemState.SENT_BACK))
        if kept[item.id] != expected:
            yield f"I1 work item {item.id} is {item.state} with {kept[item.id]} submissions"
        if told[f"work_item:{item.id}"] != expected:
            yield f"I2 work item {item.id} is {item.state}, in the history {told[f'work_item:{item.id}']}"


def _cases_wait_for_something(_: ProcessEngine, session: Session) -> Iterator[str]:
    """I3: an active case has something open; a finished one nothing."""
    for case in session.scalars(select(ProcessInstance)):
        open_rows = _open_rows(session, case.id)
        if case.state in ENDED and any(open_rows.values()):
            yield f"I3 case {case.id} is {case.state} with {open_rows}"
        if case.state not in ENDED and not any(open_rows.values()):
            yield f"I3 case {case.id} is {case.state} and waits for nothing"


def _open_rows(session: Session, case: int) -> dict[str, int]:
    def count(table: Any, *where: ColumnElement[bool]) -> int:
        query = select(func.count()).select_from(table).where(table.instance_id == case, *where)
        return session.scalar(query) or 0

    return {
        "items": count(WorkItem, WorkItem.completed_at.is_(None)),
        "steps": count(Step, Step.state == StepState.OPEN),
        "jobs": count(Job),
        "subscriptions": count(MessageSubscription),
        "incidents": count(Incident, Incident.resolved_at.is_(None)),
    }


def _rows_agree_with_markings(engine: ProcessEngine, session: Session) -> Iterator[str]:
    """I3: what the marking waits for is what stands in the tables, no more and no less."""
    for case in session.scalars(select(ProcessInstance).where(ProcessInstance.state.not_in(ENDED))):
        definition = engine.service(DefinitionCache).get(session, case.definition_id)
        waits = _restore(_Reading(engine, session), case, definition).waits()  # type: ignore[arg-type]
        of_kind = {kind: {wait.token for wait in waits if wait.kind is kind} for kind in WaitKind}
        tables: dict[WaitKind, tuple[Any, ColumnElement[bool]]] = {
            WaitKind.USER: (Step, Step.state == StepState.OPEN),
            WaitKind.TIMER: (Job, Job.kind == "timer"),
            WaitKind.JOB: (Job, Job.kind.in_(["service", "batch"])),
            WaitKind.MESSAGE: (MessageSubscription, MessageSubscription.id > 0),
        }
        for kind, (table, where) in tables.items():
            rows = set(session.scalars(select(table.token).where(table.instance_id == case.id, where)))
            if rows != of_kind[kind]:
                yield f"I3 case {case.id}: marking waits for {kind} at {of_kind[kind]}, rows at {rows}"


class _Reading:
    """As much of a command's context as restoring a marking needs."""

    def __init__(self, engine: ProcessEngine, session: Session) -> None:
        self.cipher, self.session = engine.store.cipher, session


def _items_agree_with_steps(_: ProcessEngine, session: Session) -> Iterator[str]:
    for step in session.scalars(select(Step)):
        items = list(session.scalars(select(WorkItem).where(WorkItem.step_id == step.id)))
        open_items = [item for item in items if item.state in OPEN_ITEMS]
        if (step.state == StepState.OPEN) != bool(open_items):
            yield f"I3 step {step.id} is {step.state} with {len(open_items)} open items"
        for item in items:
            if (item.queue is not None) != (item in open_items) or (
                (item.completed_at is None) != (item.state in UNDECIDED_ITEMS)
            ):
                yield f"I3 work item {item.id} is {item.state} in queue {item.queue}, closed at {item.completed_at}"


def _chains_hold(engine: ProcessEngine, session: Session) -> Iterator[str]:
    """I4: every chain verifies, and no event is outside one."""
    heads: dict[str, ChainHead] = {f"instance:{case.id}": case for case in session.scalars(select(ProcessInstance))}
    heads |= {chain.name: chain for chain in session.scalars(select(HistoryChain))}
    for name, head in heads.items():
        broken = verify_chain(session, engine.store.cipher, name, head)
        if broken is not None:
            yield f"I4 {broken}"
    if strangers := set(session.scalars(select(HistoryEvent.chain))) - set(heads):
        yield f"I4 events of unknown chains {strangers}"


def _no_orphans(_: ProcessEngine, session: Session) -> Iterator[str]:
    """I6: a message is either buffered or on its way, each job of a message has one."""
    messages = set(session.scalars(select(Message.id)))
    for job in session.scalars(select(Job).where(Job.kind == "message")):
        if job.payload["message"] not in messages:
            yield f"I6 job {job.id} carries a message that does not exist"



def _database_is_sound(engine: ProcessEngine, session: Session) -> Iterator[str]:
    """I7; PostgreSQL keeps its foreign keys by itself."""
    if engine.store.dialect == "sqlite":
        for pragma in ("integrity_check", "foreign_key_check"):
            rows = [tuple(row) for row in session.execute(text(f"PRAGMA {pragma}"))]
            if rows not in ([("ok",)], []):
                yield f"I7 {pragma}: {rows[:3]}"
