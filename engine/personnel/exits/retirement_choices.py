"""Earlier or later retirement by choice, and who has been told that retirement is near [domain 6.6]."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ForeignKey, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine.kernel.command import CommandContext
from engine.kernel.errors import Invalid, NotFound, RuleViolation
from engine.kernel.store import Base, EncryptedText, UtcDateTime
from engine.personnel.dates import add_months
from engine.personnel.exits.retirement import ALERT_MONTHS, ELASTIC_MONTHS, kind_of, original_day, retirement_day
from engine.personnel.workers import Worker

AHEAD_MONTHS = 3
"""A choice is told so many months before it takes effect."""
CLAUSE = "L44(2)"


class RetirementChoice(Base):
    """The day that a worker chose instead of the statutory one; the newest counts."""

    __tablename__ = "retirement_choice"
    id: Mapped[int] = mapped_column(primary_key=True)
    worker_id: Mapped[int] = mapped_column(ForeignKey("worker.id"), index=True)
    statutory_on: Mapped[date]
    chosen_on: Mapped[date]
    reason: Mapped[str] = mapped_column(EncryptedText, default="")
    recorded_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)


class RetirementAlert(Base):
    """The street was told that somebody retires; once for each day of retirement."""

    __tablename__ = "retirement_alert"
    id: Mapped[int] = mapped_column(primary_key=True)
    worker_id: Mapped[int] = mapped_column(ForeignKey("worker.id"), index=True)
    retires_on: Mapped[date]
    told_at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (UniqueConstraint("worker_id", "retires_on"),)


@dataclass(frozen=True, slots=True)
class ChooseRetirement:
    """The worker, or his street's clerk on his written wish, chooses another day within the law's bounds."""

    worker_id: int
    chosen_on: date
    reason: str = ""

    def execute(self, context: CommandContext) -> int:
        worker = context.session.get(Worker, self.worker_id)
        if worker is None or not worker.active or not _may_choose(context, worker):
            raise NotFound("没有找到这名社区工作者")
        statutory = statutory_day(worker)
        _check_choice(worker, statutory, self.chosen_on, context.today)
        row = RetirementChoice(
            worker_id=worker.id, statutory_on=statutory, chosen_on=self.chosen_on, reason=self.reason.strip(),
            recorded_by=context.actor.user_id, recorded_at=context.now,
        )  # fmt: skip
        context.session.add(row)
        context.session.flush()
        context.record("retirement.chosen", f"worker:{worker.id}", chosen_on=self.chosen_on, statutory_on=statutory)
        return row.id


@dataclass(frozen=True, slots=True)
class Retiring:
    """Somebody whose retirement is near, with the day that counts."""

    worker_id: int
    name: str
    statutory_on: date
    retires_on: date

    @property
    def chosen(self) -> bool:
        return self.retires_on != self.statutory_on


def statutory_day(worker: Worker) -> date:
    """The day on which the statutory age is reached."""
    return retirement_day(worker.born, kind_of(worker.sex))


def retires_on(session: Session, worker: Worker) -> date:
    """The day that counts: the chosen one, else the statutory one."""
    query = select(RetirementChoice.chosen_on).where(RetirementChoice.worker_id == worker.id)
    return session.scalar(query.order_by(RetirementChoice.id.desc()).limit(1)) or statutory_day(worker)


def retiring(session: Session, street_ids: frozenset[int] | set[int], today: date) -> list[Retiring]:
    """Active workers of the streets who retire within six months or should have, the nearest first."""
    until = add_months(today, ALERT_MONTHS)
    oldest = add_months(until, -YOUNGEST * 12)
    query = select(Worker).where(Worker.street_id.in_(street_ids), Worker.active, Worker.born <= oldest)
    found = [
        Retiring(worker.id, worker.name, statutory_day(worker), retires_on(session, worker))
        for worker in session.scalars(query.order_by(Worker.born, Worker.id))
    ]
    return sorted((one for one in found if one.retires_on <= until), key=lambda one: (one.retires_on, one.worker_id))


YOUNGEST = 50
"""Nobody retires younger, also by choice."""


def _may_choose(context: CommandContext, worker: Worker) -> bool:
    actor = context.actor
    himself = actor.user_id is not None and actor.user_id == worker.user_id
    return himself or actor.has_role("street_clerk", organisation_id=worker.street_id)


def _check_choice(worker: Worker, statutory: date, chosen: date, today: date) -> None:
    if chosen < add_months(today, AHEAD_MONTHS):
        raise Invalid(fields={"chosen_on": f"弹性退休须至少提前 {AHEAD_MONTHS} 个月书面提出"})
    original = original_day(worker.born, kind_of(worker.sex))
    earliest = max(add_months(statutory, -ELASTIC_MONTHS), original)
    latest = add_months(statutory, ELASTIC_MONTHS)
    if not earliest <= chosen <= latest:
        raise RuleViolation(
            f"法定退休日期为 {statutory}；提前或延后最多三年，且不得早于原法定退休年龄，"
            f"可以选择 {earliest} 至 {latest}",
            clause=CLAUSE,
        )
