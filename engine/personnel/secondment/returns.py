"""The monthly return that a street hands in to the county; without anybody it is a zero return [domain 4]."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ForeignKey, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine.kernel.command import CommandContext
from engine.kernel.errors import Conflict, Invalid
from engine.kernel.store import Base, UtcDateTime
from engine.personnel.authority import require_role
from engine.personnel.secondment.queries import StreetMonth, monthly_return
from engine.personnel.secondment.rules import latest_end


class SecondmentReturn(Base):
    """What a street reported for one month; the numbers of that day, never changed."""

    __tablename__ = "secondment_return"
    id: Mapped[int] = mapped_column(primary_key=True)
    street_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    month: Mapped[date] = mapped_column(comment="its first day")
    carried: Mapped[int]
    begun: Mapped[int]
    ended: Mapped[int]
    away: Mapped[int]
    overdue: Mapped[int]
    reported_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    reported_at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (UniqueConstraint("street_id", "month"),)


@dataclass(frozen=True, slots=True)
class ReportMonth:
    """A street's clerk hands in the return of a month that is over, once."""

    street_id: int
    month: date

    def execute(self, context: CommandContext) -> StreetMonth:
        require_role(context, self.street_id, "street_clerk")
        month = self.month.replace(day=1)
        if latest_end(month, 1) >= context.today:
            raise Invalid(f"{month:%Y-%m} 还没有结束，月末后再报送")
        if month in {row.month for row in returns_of(context.session, [self.street_id], month)}:
            raise Conflict(f"{month:%Y-%m} 的借调月报已经报送")
        line = monthly_return(context.session, [self.street_id], month, context.today)[0]
        context.session.add(
            SecondmentReturn(
                street_id=self.street_id, month=month, carried=line.before, begun=line.begun, ended=line.ended,
                away=line.away, overdue=line.overdue, reported_by=context.actor.user_id, reported_at=context.now,
            )
        )  # fmt: skip
        context.record("secondment.month_reported", f"organisation:{self.street_id}", month=f"{month:%Y-%m}",
                       away=line.away)  # fmt: skip
        return line


def returns_of(session: Session, street_ids: Collection[int], month: date) -> list[SecondmentReturn]:
    """The returns of a month that the streets have handed in."""
    query = select(SecondmentReturn).where(
        SecondmentReturn.street_id.in_(street_ids), SecondmentReturn.month == month
    )
    return list(session.scalars(query))
