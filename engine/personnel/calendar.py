"""Arithmetic with working days: weekends, State Council holidays and make-up days; versions are kept with deadlines."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from engine.kernel.clock import CHINA

OFFICE_CLOSES = time(17, 0)
"""A deadline counted in working days ends when the offices close."""


@dataclass(frozen=True, slots=True)
class WorkCalendar:
    """The legal calendar: weekdays off and weekend days worked, for the years that have been announced.

    In a year that has not been announced only weekends count as days off; `assumed` tells
    so that every page can say that the date may still move.
    """

    holidays: frozenset[date]
    """Days off, also those that fall on a weekend."""
    make_up_days: frozenset[date]
    """Weekend days worked in exchange (调休)."""
    years: frozenset[int]
    """Years with an announced arrangement."""
    version: str
    """Kept with every deadline that was computed."""

    def is_workday(self, day: date) -> bool:
        if day in self.make_up_days:
            return True
        return day.weekday() < 5 and day not in self.holidays

    def add_workdays(self, start: date, count: int) -> date:
        """The `count`-th working day after `start` (before it when negative); 0: the first one from `start` on."""
        if count == 0:
            return start if self.is_workday(start) else self.add_workdays(start, 1)
        day, left = start, abs(count)
        step = timedelta(days=1 if count > 0 else -1)
        while left:
            day += step
            left -= self.is_workday(day)
        return day

    def workdays_between(self, start: date, end: date) -> int:
        """Working days after `start` up to and including `end`; negative when `end` is earlier."""
        if end < start:
            return -self.workdays_between(end, start)
        return sum(self.is_workday(start + timedelta(days=n)) for n in range(1, (end - start).days + 1))

    def deadline(self, start: date, workdays: int) -> "Deadline":
        """When a period of `workdays` that begins the day after `start` is over."""
        end = self.add_workdays(start, workdays)
        return Deadline(datetime.combine(end, OFFICE_CLOSES, CHINA), self.version, self.assumed(start, end))

    def assumed(self, start: date, end: date) -> bool:
        """Whether the span touches a year whose holidays are not yet announced."""
        return any(year not in self.years for year in range(start.year, end.year + 1))

    def remaining(self, now: datetime, until: datetime) -> "Remaining":
        """Working time left, for the chips of lists."""
        today, last = now.astimezone(CHINA).date(), until.astimezone(CHINA).date()
        hours = int((until - now).total_seconds() // 3600)
        return Remaining(self.workdays_between(today, last), hours, until < now, self.assumed(today, last))


@dataclass(frozen=True, slots=True)
class Deadline:
    """A moment on the calendar, with the version of the calendar it was counted on."""

    at: datetime
    calendar_version: str
    assumed: bool
    """Counted with weekends only, because that year's holidays are not announced."""


@dataclass(frozen=True, slots=True)
class Remaining:
    """Time left until a deadline."""

    workdays: int
    hours: int
    overdue: bool
    assumed: bool

    @property
    def text(self) -> str:
        """剩 2 个工作日 / 剩 3 小时 / 已超期 1 个工作日."""
        if self.overdue:
            return f"已超期 {-self.workdays} 个工作日" if self.workdays < 0 else "今日已超期"
        if self.workdays > 0:
            return f"剩 {self.workdays} 个工作日"
        return f"剩 {self.hours} 小时" if self.hours else "不足 1 小时"
