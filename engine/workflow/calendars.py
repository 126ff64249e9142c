"""The working calendar as the engine sees it; the personnel room brings the legal one."""

from datetime import date, datetime, time, timedelta
from typing import Protocol

from engine.kernel.clock import CHINA

OFFICE_OPENS, OFFICE_CLOSES = time(9, 0), time(17, 0)
"""Between these moments working minutes are counted."""
DAY_MINUTES = (OFFICE_CLOSES.hour - OFFICE_OPENS.hour) * 60
"""Working minutes of one working day."""


class WorkingCalendar(Protocol):
    """Working days; `version` names the state of the calendar a deadline was made with."""

    @property
    def version(self) -> str: ...

    def add_workdays(self, start: datetime, days: int) -> datetime:
        """The moment `days` working days after `start`, aware."""
        ...

    def is_workday(self, day: date) -> bool:
        """Whether offices are open on that day in China."""
        ...


class PlainCalendar:
    """Monday to Friday, for a workflow engine without a legal calendar."""

    version = "plain"

    def add_workdays(self, start: datetime, days: int) -> datetime:
        moment = start.astimezone(CHINA)
        while days > 0:
            moment += timedelta(days=1)
            if self.is_workday(moment.date()):
                days -= 1
        return moment.astimezone(start.tzinfo)

    def is_workday(self, day: date) -> bool:
        return day.weekday() < 5


def office_minutes(calendar: WorkingCalendar, start: datetime, end: datetime) -> int:
    """Working minutes between two moments: those of working days within the office hours."""
    day, last, minutes = start.astimezone(CHINA).date(), end.astimezone(CHINA).date(), 0
    while day <= last:
        if calendar.is_workday(day):
            opens = max(start, datetime.combine(day, OFFICE_OPENS, CHINA))
            closes = min(end, datetime.combine(day, OFFICE_CLOSES, CHINA))
            minutes += max(0, int((closes - opens).total_seconds() // 60))
        day += timedelta(days=1)
    return minutes
