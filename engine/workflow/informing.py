"""Telling people without moving a case: copies by hand, read marks, reminders (催办) and comments (沟通)."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.identity.users import User
from engine.kernel.command import CommandContext
from engine.kernel.errors import Conflict, Forbidden, Invalid
from engine.workflow.case_trace import visible_instance
from engine.workflow.copies import send_copies
from engine.workflow.diagram import Operation
from engine.workflow.items import take_item
from engine.workflow.notifications import handlers_of, notify
from engine.workflow.people import is_colleague, require_colleague
from engine.workflow.readers import reads
from engine.workflow.runs import lock_instance, open_run
from engine.workflow.states import ENDED, OPEN_ITEMS, InstanceState
from engine.workflow.tables import CaseNote, ProcessInstance, WorkItem

URGE_EVERY = timedelta(hours=4)
"""A case is urged no more often than this, whoever urges."""
LONGEST_NOTE = 2_000
MOST_ATTACHMENTS = 20


class NoteKind(StrEnum):
    COMMENT = "comment"
    URGE = "urge"


@dataclass(frozen=True)
class SendCopies:
    """Sends copies of the case to colleagues by hand (抄送); they read, nothing waits for them."""

    work_item_id: int
    user_ids: tuple[int, ...]
    note: str = ""

    def execute(self, context: CommandContext) -> None:
        taken = take_item(context, self.work_item_id, "copy")
        taken.require(Operation.COPY)
        if not self.user_ids:
            raise Invalid(fields={"person": "请选择抄送人员。"})
        for user_id in self.user_ids:
            require_colleague(context.session, taken.run.instance, user_id)
        send_copies(taken.run, taken.step, self.user_ids, self.note[:LONGEST_NOTE], context.actor.user_id)


@dataclass(frozen=True)
class MarkItemRead:
    """The first opening of an item by its handler is stamped (已阅)."""

    work_item_id: int

    def execute(self, context: CommandContext) -> None:
        item = take_item(context, self.work_item_id, "draft").item
        if item.read_at is None and context.actor.user_id is not None:
            item.read_at, item.read_by = context.now, context.actor.user_id


@dataclass(frozen=True)
class UrgeCase:
    """Reminds the handlers of the open steps (催办): by the initiator, an earlier handler or a supervisor.

    Answers how many people were told.
    """

    instance_id: int
    note: str = ""

    def execute(self, context: CommandContext) -> int:
        instance = lock_instance(context, self.instance_id)
        visible_instance(context.session, context.actor, instance.id, context.now)
        if not may_urge(context, instance):
            raise Forbidden("只有发起人、前面的办理人和主管人员可以催办。")
        if instance.state in ENDED or instance.state == InstanceState.SUSPENDED:
            raise Conflict("此件已结束或已挂起，不需要催办。")
        self._limit_rate(context)
        items = list(context.session.scalars(
            select(WorkItem).where(WorkItem.instance_id == instance.id, WorkItem.state.in_(sorted(OPEN_ITEMS)))
        ))  # fmt: skip
        people = [user_id for user_id in handlers_of(context, items) if user_id != context.actor.user_id]
        if not people:
            raise Conflict("此件现在没有等待他人办理，不需要催办。")
        body = f"“{instance.title}”请尽快办理。{self.note[:LONGEST_NOTE]}"
        notify(context, people, "urged", "催办", body, instance.id)
        _note(context, instance, NoteKind.URGE, self.note, ())
        open_run(context, instance).record("case.urged", f"process_instance:{instance.id}", people=people)
        return len(people)

    def _limit_rate(self, context: CommandContext) -> None:
        query = select(CaseNote.at).where(
            CaseNote.instance_id == self.instance_id, CaseNote.kind == NoteKind.URGE,
            CaseNote.at > context.now - URGE_EVERY,
        )  # fmt: skip
        if context.session.scalar(query.limit(1)) is not None:
            hours = int(URGE_EVERY.total_seconds() // 3600)
            raise Conflict(f"此件刚刚催办过，{hours}小时内只能催办一次。")


def may_urge(context: CommandContext, instance: ProcessInstance) -> bool:
    """Whether the actor waits for the case: initiator, earlier handler or supervisor."""
    actor = context.actor
    if actor.is_system or (actor.user_id is not None and actor.user_id == instance.initiator_id):
        return True
    handled = select(WorkItem.id).where(WorkItem.instance_id == instance.id, WorkItem.completed_by == actor.user_id)
    if actor.user_id is not None and context.session.scalar(handled.limit(1)) is not None:
        return True
    return reads(context.session, actor, instance)


@dataclass(frozen=True)
class AddComment:
    """Says something about a case without moving it (沟通).

    `attachments` are (file id, name) pairs of files that the caller has just stored for the actor; ids never come from
    outside. Whoever sees the case may read them. The people in `tell` get a message; they must be able to see the case
    themselves.
    """

    instance_id: int
    text: str
    attachments: tuple[tuple[int, str], ...] = field(default=(), repr=False)
    tell: tuple[int, ...] = ()

    def execute(self, context: CommandContext) -> None:
        if not self.text.strip() or len(self.text) > LONGEST_NOTE:
            raise Invalid(fields={"text": f"请填写沟通内容，不超过{LONGEST_NOTE}字。"})
        if len(self.attachments) > MOST_ATTACHMENTS:
            raise Invalid(fields={"attachments": f"一次最多附{MOST_ATTACHMENTS}个文件。"})
        instance = lock_instance(context, self.instance_id)
        visible_instance(context.session, context.actor, instance.id, context.now)
        for user_id in self.tell:
            require_colleague(context.session, instance, user_id)
        _note(context, instance, NoteKind.COMMENT, self.text, self.attachments)
        body = f"{context.actor.name}在“{instance.title}”中留言：{self.text[:200]}"
        told = [*self.tell, *_initiator(context, instance)]
        notify(context, told, "case_commented", "新的留言", body, instance.id)
        open_run(context, instance).record("case.commented", f"process_instance:{instance.id}",
                                           attachments=len(self.attachments))  # fmt: skip


def _initiator(context: CommandContext, instance: ProcessInstance) -> list[int]:
    """Who began the case, when it is a colleague: what officers say among each other is not for applicants."""
    user_id = instance.initiator_id
    if user_id is None or user_id == context.actor.user_id:
        return []
    return [user_id] if is_colleague(context.session, instance, user_id) else []


def _note(
    context: CommandContext, instance: ProcessInstance, kind: NoteKind, text: str,
    attachments: Sequence[tuple[int, str]],
) -> None:  # fmt: skip
    context.session.add(
        CaseNote(instance_id=instance.id, kind=kind, user_id=context.actor.user_id, at=context.now,
                 text=text[:LONGEST_NOTE], attachments=[list(each) for each in attachments] or None)
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class NoteRow:
    """A comment or reminder, for the timeline of a case."""

    at: datetime
    kind: str
    author: str
    text: str
    attachments: Sequence[tuple[int, str]]
    """(file id, name) pairs."""
    note_id: int = 0


def notes_of(session: Session, instance_id: int) -> list[NoteRow]:
    """What was said about a case, in order."""
    query = (
        select(CaseNote, User.name)
        .outerjoin(User, User.id == CaseNote.user_id)
        .where(CaseNote.instance_id == instance_id)
        .order_by(CaseNote.at, CaseNote.id)
    )
    return [
        NoteRow(note.at, note.kind, name or "系统", note.text, tuple(map(_pair, note.attachments or ())), note.id)
        for note, name in session.execute(query)
    ]


def _pair(kept: Sequence[int | str]) -> tuple[int, str]:
    file_id, name = kept
    return int(file_id), str(name)
