"""Ledgers the appraisal reads: training days, absence, and notes of a year [N 6.4, 9.8; domain 3.4, 3.5]."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from types import MappingProxyType

from sqlalchemy import CheckConstraint, ForeignKey, String, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine.kernel.command import CommandContext
from engine.kernel.errors import Invalid, NotFound
from engine.kernel.store import Base, EncryptedText, FixedDecimal, UtcDateTime
from engine.personnel.appraisal.terms import AbsenceKind, Discipline
from engine.personnel.authority import require_role
from engine.personnel.columns import TermColumn
from engine.personnel.vocabulary import Post
from engine.personnel.workers import Worker

HalfDays = FixedDecimal(1)
TRAINING_DAYS: Mapping[Post, Decimal] = MappingProxyType(
    {Post.CHIEF: Decimal(5), Post.DEPUTY: Decimal(3), Post.GENERAL: Decimal(3)}
)
"""Days of training a year by post [N 6.4]."""


class TrainingEntry(Base):
    """Training that a worker attended."""

    __tablename__ = "training_entry"
    id: Mapped[int] = mapped_column(primary_key=True)
    worker_id: Mapped[int] = mapped_column(ForeignKey("worker.id"), index=True)
    held_on: Mapped[date]
    days: Mapped[Decimal] = mapped_column(HalfDays)
    title: Mapped[str] = mapped_column(String(120))
    recorded_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (CheckConstraint("days > 0 AND days <= 600", name="days"),)


class LeaveEntry(Base):
    """Working days on which a worker was away, for the appraisal of the year of its first day."""

    __tablename__ = "leave_entry"
    id: Mapped[int] = mapped_column(primary_key=True)
    worker_id: Mapped[int] = mapped_column(ForeignKey("worker.id"), index=True)
    kind: Mapped[AbsenceKind] = mapped_column(TermColumn(AbsenceKind))
    starts_on: Mapped[date]
    days: Mapped[Decimal] = mapped_column(HalfDays, comment="working days, halves allowed")
    note: Mapped[str] = mapped_column(EncryptedText, default="")
    recorded_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (CheckConstraint("days > 0 AND days <= 3000", name="days"),)


class ConductEntry(Base):
    """What a year's appraisal must know of a person's conduct; only counts and the heaviest sanction, no story."""

    __tablename__ = "conduct_entry"
    id: Mapped[int] = mapped_column(primary_key=True)
    worker_id: Mapped[int] = mapped_column(ForeignKey("worker.id"), index=True)
    year: Mapped[int]
    discipline: Mapped[Discipline] = mapped_column(TermColumn(Discipline), default=Discipline.NONE)
    under_investigation: Mapped[bool] = mapped_column(default=False)
    recorded_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)


@dataclass(frozen=True, slots=True)
class RecordTraining:
    """The street notes training; in half days [N 6.4]."""

    worker_id: int
    held_on: date
    days: Decimal
    title: str

    def execute(self, context: CommandContext) -> int:
        worker = _worker_for(context, self.worker_id)
        _check_days(self.days, Decimal(60))
        _check_day(context, self.held_on, "held_on")
        if not self.title.strip():
            raise Invalid(fields={"title": "请填写培训名称"})
        entry = TrainingEntry(
            worker_id=worker.id, held_on=self.held_on, days=self.days, title=self.title.strip(),
            recorded_by=context.actor.user_id, recorded_at=context.now,
        )  # fmt: skip
        return _kept(context, entry, worker, "training.recorded")


@dataclass(frozen=True, slots=True)
class RecordLeave:
    """The street notes absence in working days."""

    worker_id: int
    kind: AbsenceKind
    starts_on: date
    days: Decimal
    note: str = ""

    def execute(self, context: CommandContext) -> int:
        worker = _worker_for(context, self.worker_id)
        _check_days(self.days, Decimal(300))
        _check_day(context, self.starts_on, "starts_on")
        entry = LeaveEntry(
            worker_id=worker.id, kind=self.kind, starts_on=self.starts_on, days=self.days, note=self.note.strip(),
            recorded_by=context.actor.user_id, recorded_at=context.now,
        )  # fmt: skip
        return _kept(context, entry, worker, "leave.recorded")


@dataclass(frozen=True, slots=True)
class RecordConduct:
    """Discipline officers of the county note what the appraisal of a year must know."""

    worker_id: int
    year: int
    discipline: Discipline
    under_investigation: bool = False

    def execute(self, context: CommandContext) -> int:
        worker = context.session.get(Worker, self.worker_id)
        if worker is None:
            raise NotFound()
        require_role(context, worker.county_id, "discipline_officer", "county_head")
        entry = ConductEntry(
            worker_id=worker.id, year=self.year, discipline=self.discipline,
            under_investigation=self.under_investigation, recorded_by=context.actor.user_id, recorded_at=context.now,
        )  # fmt: skip
        return _kept(context, entry, worker, "conduct.recorded")


def _worker_for(context: CommandContext, worker_id: int) -> Worker:
    """The worker, for a clerk of his street."""
    worker = context.session.get(Worker, worker_id)
    if worker is None or not (
        context.actor.is_system or context.actor.has_role("street_clerk", organisation_id=worker.street_id)
    ):
        raise NotFound()
    return worker


def _check_days(days: Decimal, most: Decimal) -> None:
    if not 0 < days <= most or days % Decimal("0.5") != 0:
        raise Invalid(fields={"days": f"天数应为 0.5 的倍数，最多 {most} 天"})


def _check_day(context: CommandContext, day: date, field: str) -> None:
    if day > context.today:
        raise Invalid(fields={field: "日期不能晚于今天"})


def _kept(context: CommandContext, entry: TrainingEntry | LeaveEntry | ConductEntry, worker: Worker, fact: str) -> int:
    context.session.add(entry)
    context.session.flush()
    context.record(fact, f"worker:{worker.id}", entry=entry.id)
    return entry.id


def training_days(session: Session, worker_id: int, year: int) -> Decimal:
    """Days of training in a year."""
    query = select(func.sum(TrainingEntry.days)).where(
        TrainingEntry.worker_id == worker_id, TrainingEntry.held_on >= date(year, 1, 1),
        TrainingEntry.held_on <= date(year, 12, 31),
    )  # fmt: skip
    return session.scalar(query) or Decimal(0)


def leave_days(session: Session, worker_id: int, year: int) -> dict[AbsenceKind, Decimal]:
    """Working days away in a year, by kind."""
    query = (
        select(LeaveEntry.kind, func.sum(LeaveEntry.days))
        .where(LeaveEntry.worker_id == worker_id, LeaveEntry.starts_on >= date(year, 1, 1),
               LeaveEntry.starts_on <= date(year, 12, 31))
        .group_by(LeaveEntry.kind)
    )  # fmt: skip
    found: dict[AbsenceKind, Decimal] = dict(session.execute(query).all())
    return found


def conduct_of(session: Session, worker_id: int, year: int) -> tuple[Discipline, bool]:
    """The heaviest sanction of the year, and whether an investigation is open."""
    query = select(ConductEntry).where(ConductEntry.worker_id == worker_id, ConductEntry.year == year)
    entries = list(session.scalars(query.order_by(ConductEntry.id)))
    heaviest = max((entry.discipline for entry in entries), key=lambda one: one.level, default=Discipline.NONE)
    return heaviest, bool(entries) and entries[-1].under_investigation


def training_met(post: Post, days: Decimal) -> bool:
    """Whether the year's training of the post is complete [N 6.4]."""
    return days >= TRAINING_DAYS[post]
