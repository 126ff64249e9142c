"""Absence without leave of one worker: entries, warnings at the thresholds, summons to return, the proposal [N 11.5].

The entries are those the appraisal reads too; there is one ledger.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import ForeignKey, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine.kernel.command import CommandContext
from engine.kernel.errors import Conflict, Invalid, NotFound
from engine.kernel.store import Base, EncryptedText, UtcDateTime
from engine.personnel.appraisal.ledgers import LeaveEntry, RecordLeave
from engine.personnel.appraisal.terms import AbsenceKind
from engine.personnel.columns import TermColumn
from engine.personnel.exits.absence import Absence, AbsenceCount, count_absence
from engine.personnel.exits.proposals import propose_exit
from engine.personnel.exits.terms import ExitGround, Service
from engine.personnel.holidays import work_calendar
from engine.personnel.policy import policy_at
from engine.personnel.settings import ABSENCE_YEAR
from engine.personnel.workers import Worker


class AbsenceWarning(Base):
    """A threshold that was reached; said once for each run of absence."""

    __tablename__ = "absence_warning"
    id: Mapped[int] = mapped_column(primary_key=True)
    worker_id: Mapped[int] = mapped_column(ForeignKey("worker.id"), index=True)
    run_from: Mapped[date]
    text: Mapped[str] = mapped_column(String(64))
    warned_at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (UniqueConstraint("worker_id", "run_from", "text"),)


class ReturnNotice(Base):
    """A summons to return to work (返岗催告书) with the proof of its service."""

    __tablename__ = "return_notice"
    id: Mapped[int] = mapped_column(primary_key=True)
    worker_id: Mapped[int] = mapped_column(ForeignKey("worker.id"), index=True)
    run_from: Mapped[date]
    number: Mapped[str] = mapped_column(String(64))
    served_on: Mapped[date]
    way: Mapped[Service] = mapped_column(TermColumn(Service))
    proof: Mapped[str] = mapped_column(EncryptedText)

    __table_args__ = (UniqueConstraint("worker_id", "run_from", "number"),)


@dataclass(frozen=True, slots=True)
class RecordAbsence:
    """The street's clerk enters absence without leave, in half days; answers the warnings that are new."""

    worker_id: int
    starts_on: date
    days: Decimal
    note: str = ""

    def execute(self, context: CommandContext) -> list[str]:
        RecordLeave(self.worker_id, AbsenceKind.UNEXCUSED, self.starts_on, self.days, self.note).execute(context)
        worker = context.session.get_one(Worker, self.worker_id)
        found = absence_of(context.session, worker, context.today)
        fresh = _warn(context, worker, found)
        if found.grounds_exit and found.run_from is not None:
            source = f"absence:{worker.id}:{found.run_from}"
            propose_exit(context, worker, ExitGround.ABSENCE.value, "11.5", found.text, source)
        return fresh


@dataclass(frozen=True, slots=True)
class RecordReturnNotice:
    """The street's clerk notes that the summons was served; due from the third day of a run on."""

    worker_id: int
    number: str
    served_on: date
    way: Service
    proof: str

    def execute(self, context: CommandContext) -> int:
        worker = context.session.get(Worker, self.worker_id)
        if worker is None or not context.actor.has_role("street_clerk", organisation_id=worker.street_id):
            raise NotFound()
        self._check(context)
        found = absence_of(context.session, worker, context.today)
        if not found.return_notice_due or found.run_from is None:
            raise Conflict("连续旷工不满 3 个工作日，不需要返岗催告")
        notice = ReturnNotice(
            worker_id=worker.id, run_from=found.run_from, number=self.number.strip(), served_on=self.served_on,
            way=self.way, proof=self.proof.strip(),
        )  # fmt: skip
        context.session.add(notice)
        context.session.flush()
        context.record("absence.return_notice_served", f"worker:{worker.id}", served_on=self.served_on)
        return notice.id

    def _check(self, context: CommandContext) -> None:
        problems = {}
        if not self.number.strip():
            problems["number"] = "请填写催告书编号"
        if not self.proof.strip():
            problems["proof"] = "请填写送达凭证"
        if self.served_on > context.today:
            problems["served_on"] = "送达日期不能晚于今天"
        if problems:
            raise Invalid(fields=problems)


def absence_of(session: Session, worker: Worker, day: date) -> AbsenceCount:
    """What the ledger amounts to, by the county's way of counting a year."""
    policy = policy_at(session, worker.county_id, day)
    entries = [Absence(entry.starts_on, entry.days) for entry in absence_entries(session, worker.id)]
    return count_absence(entries, work_calendar(session), by_calendar_year=policy[ABSENCE_YEAR] == "calendar")


def absence_entries(session: Session, worker_id: int) -> Sequence[LeaveEntry]:
    """The entries of absence without leave, the oldest first."""
    query = select(LeaveEntry).where(LeaveEntry.worker_id == worker_id, LeaveEntry.kind == AbsenceKind.UNEXCUSED)
    return session.scalars(query.order_by(LeaveEntry.starts_on, LeaveEntry.id)).all()


def return_notices(session: Session, worker_id: int) -> Sequence[ReturnNotice]:
    """The summonses that were served."""
    return session.scalars(select(ReturnNotice).where(ReturnNotice.worker_id == worker_id)).all()


def _warn(context: CommandContext, worker: Worker, found: AbsenceCount) -> list[str]:
    if found.run_from is None:
        return []
    query = select(AbsenceWarning.text).where(
        AbsenceWarning.worker_id == worker.id, AbsenceWarning.run_from == found.run_from
    )
    known = set(context.session.scalars(query))
    fresh = [text for text in found.warnings if text not in known]
    context.session.add_all(
        AbsenceWarning(worker_id=worker.id, run_from=found.run_from, text=text, warned_at=context.now) for text in fresh
    )
    if fresh:
        context.record("absence.warned", f"worker:{worker.id}", warnings=fresh)
    return fresh
