"""Counting absence without leave in half days on the legal calendar [N 11.5; domain 6.8].

Only working days count; absence goes on over weekends and holidays. A half day closes the run it follows: for the
other half the person was at work, and in doubt the count is the lower one.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from engine.personnel.calendar import WorkCalendar
from engine.personnel.dates import add_months

CONSECUTIVE_LIMIT = Decimal(10)
"""More than so many working days in a row is a ground for exit [N 11.5]."""
TOTAL_LIMIT = Decimal(20)
"""More than so many working days within a year is a ground for exit [N 11.5]."""
CONSECUTIVE_WARNINGS = (Decimal(3), Decimal(5), Decimal(8), Decimal(10))
TOTAL_WARNINGS = (Decimal(15),)
RETURN_NOTICE_AT = Decimal(3)
"""A written summons to return (返岗催告书) is due."""
FULL, HALF = Decimal(1), Decimal("0.5")


@dataclass(frozen=True, slots=True)
class Absence:
    """One entry of the ledger: `days` working days from `starts_on` on."""

    starts_on: date
    days: Decimal


@dataclass(frozen=True, slots=True)
class AbsenceCount:
    """What the ledger of one person amounts to."""

    consecutive: Decimal
    """The longest run, in working days."""
    total: Decimal
    """The most within one year, in working days."""
    run_from: date | None
    """First day of the longest run."""

    @property
    def grounds_exit(self) -> bool:
        """Over one of the limits: exactly 10 or 20 is not over [N 11.5]."""
        return self.consecutive > CONSECUTIVE_LIMIT or self.total > TOTAL_LIMIT

    @property
    def return_notice_due(self) -> bool:
        return self.consecutive >= RETURN_NOTICE_AT

    @property
    def warnings(self) -> tuple[str, ...]:
        """Every threshold that was reached, the lowest first."""
        consecutive = [f"连续旷工达 {step} 个工作日" for step in CONSECUTIVE_WARNINGS if self.consecutive >= step]
        return (*consecutive, *(f"1年内累计旷工达 {step} 个工作日" for step in TOTAL_WARNINGS if self.total >= step))

    @property
    def text(self) -> str:
        return f"最长连续旷工 {self.consecutive} 个工作日，1年内累计 {self.total} 个工作日"


def count_absence(
    entries: Iterable[Absence], calendar: WorkCalendar, *, by_calendar_year: bool = False
) -> AbsenceCount:
    """Longest run and highest total; a year is 12 months rolling unless the county counts by calendar years."""
    days = absent_days(entries, calendar)
    run, run_from = _longest_run(days, calendar)
    return AbsenceCount(run, _highest_total(days, by_calendar_year), run_from)


def absent_days(entries: Iterable[Absence], calendar: WorkCalendar) -> Mapping[date, Decimal]:
    """Working day -> part of it that was missed, never more than one day; in order of days."""
    found: dict[date, Decimal] = {}
    for entry in entries:
        day, left = calendar.add_workdays(entry.starts_on, 0), entry.days
        while left > 0:
            found[day] = min(FULL, found.get(day, Decimal(0)) + min(left, FULL))
            day, left = calendar.add_workdays(day, 1), left - FULL
    return dict(sorted(found.items()))


def _longest_run(days: Mapping[date, Decimal], calendar: WorkCalendar) -> tuple[Decimal, date | None]:
    best, best_from = Decimal(0), None
    run, run_from, expected = Decimal(0), None, None
    for day, part in days.items():
        if day != expected:
            run, run_from = Decimal(0), day
        run += part
        if run > best:
            best, best_from = run, run_from
        closed = part < FULL and day == expected
        expected = None if closed else calendar.add_workdays(day, 1)
    return best, best_from


def _highest_total(days: Mapping[date, Decimal], by_calendar_year: bool) -> Decimal:
    return max((_total_until(days, day, by_calendar_year) for day in days), default=Decimal(0))


def _total_until(days: Mapping[date, Decimal], end: date, by_calendar_year: bool) -> Decimal:
    first = date(end.year, 1, 1) if by_calendar_year else add_months(end, -12) + timedelta(days=1)
    return sum((part for day, part in days.items() if first <= day <= end), Decimal(0))
