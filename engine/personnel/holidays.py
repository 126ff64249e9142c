"""The legal calendar in the store: announced holidays and make-up days, editable, each change a new version."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import String, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine.kernel.command import CommandContext
from engine.kernel.errors import Forbidden, Invalid
from engine.kernel.store import Base, UtcDateTime
from engine.personnel.calendar import WorkCalendar


class HolidayDay(Base):
    """A day that is not what its weekday says: off on a weekday, worked on a weekend."""

    __tablename__ = "holiday_day"
    day: Mapped[date] = mapped_column(primary_key=True)
    is_workday: Mapped[bool] = mapped_column(comment="true: make-up day; false: day off")
    name: Mapped[str] = mapped_column(String(64), comment="such as 国庆节")


class HolidayYear(Base):
    """A year whose arrangement is announced; its version grows with every change."""

    __tablename__ = "holiday_year"
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    version: Mapped[int] = mapped_column(default=1)
    source: Mapped[str] = mapped_column(String(200), comment="document of the State Council")
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)


@dataclass(frozen=True, slots=True)
class DayRule:
    """One day of the announcement."""

    day: date
    is_workday: bool
    name: str


def work_calendar(session: Session) -> WorkCalendar:
    """The calendar as it stands now."""
    days = session.execute(select(HolidayDay.day, HolidayDay.is_workday)).all()
    years = session.execute(select(HolidayYear.year, HolidayYear.version).order_by(HolidayYear.year)).all()
    return WorkCalendar(
        holidays=frozenset(day for day, works in days if not works),
        make_up_days=frozenset(day for day, works in days if works),
        years=frozenset(year for year, _ in years),
        version=".".join(f"{year}v{version}" for year, version in years[-2:]),
    )


def days_of_year(session: Session, year: int) -> list[DayRule]:
    """The days of one year that differ from their weekday, in order."""
    query = select(HolidayDay).where(HolidayDay.day.between(date(year, 1, 1), date(year, 12, 31)))
    return [DayRule(d.day, d.is_workday, d.name) for d in session.scalars(query.order_by(HolidayDay.day))]


@dataclass(frozen=True, slots=True)
class SaveHolidayDays:
    """An administrator enters or corrects the announced days of one year; answers the new version."""

    year: int
    days: Sequence[DayRule]
    source: str

    def execute(self, context: CommandContext) -> int:
        if not context.actor.is_system and not context.actor.has_role("system_admin", "process_admin"):
            raise Forbidden()
        self._check()
        version = replace_year(context.session, self.year, self.days, self.source, context.now)
        context.record("calendar.changed", f"calendar:{self.year}", version=version, days=len(self.days))
        return version

    def _check(self) -> None:
        wrong = [rule.day for rule in self.days if rule.day.year != self.year]
        if wrong:
            raise Invalid(f"{wrong[0]} 不在 {self.year} 年内，请核对")
        if len({rule.day for rule in self.days}) != len(self.days):
            raise Invalid("同一天出现了两次，请核对")
        pointless = [rule.day for rule in self.days if rule.is_workday and rule.day.weekday() < 5]
        if pointless:
            raise Invalid(f"{pointless[0]} 本来就是工作日，不能设为调休上班日")
        if not self.source.strip():
            raise Invalid("请填写放假安排的文件依据", fields={"source": "请填写放假安排的文件依据"})


def replace_year(session: Session, year: int, days: Iterable[DayRule], source: str, now: datetime) -> int:
    """Puts `days` in place of what the year had; answers the version."""
    session.execute(delete(HolidayDay).where(HolidayDay.day.between(date(year, 1, 1), date(year, 12, 31))))
    session.add_all(HolidayDay(day=d.day, is_workday=d.is_workday, name=d.name) for d in days)
    entry = session.get(HolidayYear, year)
    if entry is None:
        entry = HolidayYear(year=year, version=0, source=source, changed_at=now)
        session.add(entry)
    entry.version, entry.source, entry.changed_at = entry.version + 1, source, now
    session.flush()
    return entry.version


def announced_years(session: Session) -> list[int]:
    """The years with an announced arrangement."""
    return list(session.scalars(select(HolidayYear.year).order_by(HolidayYear.year)))
