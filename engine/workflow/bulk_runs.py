"""Bulk acts: the same act on many things, each in a transaction of its own; it can be left and gone on with.

A run is begun with all its entries. Whoever looks at it has the next ones done; what is done is marked in the same
transaction as the act itself, so that an entry is never done twice, however often the page is opened.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, delete, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine.kernel.actor import Actor
from engine.kernel.command import Command, CommandContext
from engine.kernel.errors import Forbidden, Invalid, NotFound
from engine.kernel.store import Base, BigId, Code, EncryptedText, UtcDateTime
from engine.workflow.handing_over import tell_heir

MOST = 500
"""Things of one run."""
KEPT = timedelta(days=30)
"""How long the result of a run can be looked at."""


class EntryState(StrEnum):
    """What became of one thing."""

    PENDING = "pending"
    DONE = "done"
    REFUSED = "refused"


class BulkRun(Base):
    """One bulk act of one person."""

    __tablename__ = "bulk_run"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"))
    act: Mapped[str] = mapped_column(Code)
    label: Mapped[str] = mapped_column(String(64), comment="what the act is called on its pages")
    text: Mapped[str] = mapped_column(EncryptedText, default="", comment="the common opinion or reason")
    to_user_id: Mapped[int | None] = mapped_column(comment="who gets the things, where the act hands them on")
    from_user_id: Mapped[int | None] = mapped_column(comment="whose things they are, when he leaves")
    back: Mapped[str] = mapped_column(String(512), default="", comment="the list that the run was begun from")
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (Index("ix_bulk_run_user", "user_id", "id"), {"sqlite_autoincrement": True})


class BulkEntry(Base):
    """One thing of a run and what became of it."""

    __tablename__ = "bulk_entry"
    run_id: Mapped[int] = mapped_column(ForeignKey("bulk_run.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    instance_id: Mapped[int] = mapped_column(ForeignKey("process_instance.id", ondelete="CASCADE"), index=True)
    work_item_id: Mapped[int | None] = mapped_column(ForeignKey("work_item.id", ondelete="CASCADE"), index=True)
    title: Mapped[str] = mapped_column(EncryptedText)
    step_name: Mapped[str] = mapped_column(String(128), default="")
    choice: Mapped[str] = mapped_column(Code, default="", comment="the decision, or the way of sending back")
    state: Mapped[str] = mapped_column(Code, default=EntryState.PENDING.value)
    message: Mapped[str] = mapped_column(EncryptedText, default="")

    __table_args__ = (Index("ix_bulk_entry_state", "run_id", "state", "position"),)


@dataclass(frozen=True, slots=True)
class NewEntry:
    """A thing to be acted on."""

    instance_id: int
    work_item_id: int | None
    title: str
    step_name: str = ""
    choice: str = ""


@dataclass(frozen=True, slots=True)
class EntryRow:
    """A thing of a run, as its page shows it."""

    position: int
    instance_id: int
    work_item_id: int | None
    title: str
    step_name: str
    choice: str
    state: str
    message: str


@dataclass(frozen=True, slots=True)
class RunRow:
    """A run and how far it is."""

    id: int
    act: str
    label: str
    text: str
    to_user_id: int | None
    from_user_id: int | None
    back: str
    started_at: datetime
    done: int
    refused: int
    pending: int

    @property
    def total(self) -> int:
        return self.done + self.refused + self.pending


@dataclass(frozen=True)
class BeginBulkRun:
    """Notes what shall be done; nothing of it is done yet. Answers the id of the run.

    Earlier runs of the person whose time is over are forgotten.
    """

    act: str
    label: str
    text: str
    entries: tuple[NewEntry, ...]
    to_user_id: int | None = None
    from_user_id: int | None = None
    back: str = ""

    def execute(self, context: CommandContext) -> int:
        if context.actor.user_id is None:
            raise Forbidden()
        if not self.entries or len(self.entries) > MOST:
            raise Invalid(f"一次可以批量办理 1 至 {MOST} 件，请调整选择。")
        self._forget_old(context)
        run = BulkRun(user_id=context.actor.user_id, act=self.act, label=self.label, text=self.text,
                      to_user_id=self.to_user_id, from_user_id=self.from_user_id, back=self.back[:512],
                      started_at=context.now)  # fmt: skip
        context.session.add(run)
        context.session.flush()
        context.session.add_all(
            BulkEntry(run_id=run.id, position=position, instance_id=entry.instance_id, title=entry.title,
                      work_item_id=entry.work_item_id, step_name=entry.step_name, choice=entry.choice, message="",
                      state=EntryState.PENDING)
            for position, entry in enumerate(self.entries)
        )  # fmt: skip
        return run.id

    def _forget_old(self, context: CommandContext) -> None:
        old = select(BulkRun.id).where(
            BulkRun.user_id == context.actor.user_id, BulkRun.started_at < context.now - KEPT
        )
        ids = list(context.session.scalars(old))
        context.session.execute(delete(BulkEntry).where(BulkEntry.run_id.in_(ids)))
        context.session.execute(delete(BulkRun).where(BulkRun.id.in_(ids)))


@dataclass(frozen=True)
class DoBulkEntry:
    """Acts on one thing of a run that still waits; the act authorises itself. Answers whether it acted."""

    run_id: int
    position: int
    command: Command[Any]
    message: str

    def execute(self, context: CommandContext) -> bool:
        entry = _own_entry(context, self.run_id, self.position)
        if entry.state != EntryState.PENDING:
            return False
        self.command.execute(context)
        entry.state, entry.message = EntryState.DONE, self.message
        return True


@dataclass(frozen=True)
class RefuseBulkEntry:
    """Notes why one thing could not be acted on."""

    run_id: int
    position: int
    message: str

    def execute(self, context: CommandContext) -> None:
        entry = _own_entry(context, self.run_id, self.position)
        if entry.state == EntryState.PENDING:
            entry.state, entry.message = EntryState.REFUSED, self.message


@dataclass(frozen=True)
class RetryBulkRun:
    """What was refused is tried once more. Answers how many things that are."""

    run_id: int

    def execute(self, context: CommandContext) -> int:
        again = _held(context, self.run_id, EntryState.REFUSED)
        for entry in again:
            entry.state, entry.message = EntryState.PENDING, ""
        return len(again)


@dataclass(frozen=True)
class StopBulkRun:
    """What is not done yet is left undone. Answers how many things that are."""

    run_id: int

    def execute(self, context: CommandContext) -> int:
        left = _held(context, self.run_id, EntryState.PENDING)
        for entry in left:
            entry.state, entry.message = EntryState.REFUSED, "已停止，没有办理。"
        return len(left)


@dataclass(frozen=True)
class TellHeir:
    """Whoever was handed the things of a run hears of it once, when the run is through."""

    run_id: int

    def execute(self, context: CommandContext) -> None:
        run = run_of(context.session, context.actor, self.run_id)
        if run.to_user_id is not None and run.done and not run.pending:
            tell_heir(context, run.to_user_id, run.done)


def run_of(session: Session, actor: Actor, run_id: int) -> RunRow:
    """A run of the actor; a stranger's does not exist."""
    run = _own_run(session, actor, run_id)
    return _rows(session, [run])[0]


def my_runs(session: Session, actor: Actor, limit: int = 20) -> list[RunRow]:
    """The actor's last runs, the newest first."""
    query = select(BulkRun).where(BulkRun.user_id == actor.user_id).order_by(BulkRun.id.desc()).limit(limit)
    return _rows(session, list(session.scalars(query)))


def unfinished_run(session: Session, actor: Actor) -> int | None:
    """The newest run of the actor, when things of it still wait; a page that was left is found again by this."""
    newest = select(func.max(BulkRun.id)).where(BulkRun.user_id == actor.user_id).scalar_subquery()
    query = select(BulkEntry.run_id).where(BulkEntry.run_id == newest, BulkEntry.state == EntryState.PENDING)
    return session.scalar(query.limit(1))


def entries_of(
    session: Session, run_id: int, state: EntryState | None = None, limit: int = MOST
) -> Sequence[EntryRow]:
    """The things of a run, in their order; `run_of` has authorised."""
    query = select(BulkEntry).where(BulkEntry.run_id == run_id)
    if state is not None:
        query = query.where(BulkEntry.state == state)
    return [
        EntryRow(row.position, row.instance_id, row.work_item_id, row.title, row.step_name, row.choice, row.state,
                 row.message)
        for row in session.scalars(query.order_by(BulkEntry.position).limit(limit))
    ]  # fmt: skip


def _own_run(session: Session, actor: Actor, run_id: int) -> BulkRun:
    run = session.get(BulkRun, run_id)
    if run is None or run.user_id != actor.user_id:
        raise NotFound()
    return run


def _held(context: CommandContext, run_id: int, state: EntryState) -> Sequence[BulkEntry]:
    """The entries in that state, held until the transaction ends: what is being done just now is waited for."""
    _own_run(context.session, context.actor, run_id)
    query = select(BulkEntry).where(BulkEntry.run_id == run_id, BulkEntry.state == state)
    return list(context.session.scalars(query.order_by(BulkEntry.position).with_for_update()))


def _own_entry(context: CommandContext, run_id: int, position: int) -> BulkEntry:
    """The entry, held until the transaction ends: two pages of one run never act on it together."""
    _own_run(context.session, context.actor, run_id)
    query = select(BulkEntry).where(BulkEntry.run_id == run_id, BulkEntry.position == position).with_for_update()
    entry = context.session.scalar(query)
    if entry is None:
        raise NotFound()
    return entry


def _rows(session: Session, runs: Sequence[BulkRun]) -> list[RunRow]:
    query = (
        select(BulkEntry.run_id, BulkEntry.state, func.count())
        .where(BulkEntry.run_id.in_([run.id for run in runs]))
        .group_by(BulkEntry.run_id, BulkEntry.state)
    )
    found = {(run_id, state): number for run_id, state, number in session.execute(query)}
    return [
        RunRow(run.id, run.act, run.label, run.text, run.to_user_id, run.from_user_id, run.back, run.started_at,
               *(found.get((run.id, state), 0) for state in (EntryState.DONE, EntryState.REFUSED, EntryState.PENDING)))
        for run in runs
    ]  # fmt: skip
