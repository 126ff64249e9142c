"""The working calendar as the engine sees it; the personnel room brings the legal one."""

from datetime import datetime, timedelta
from typing import Protocol

from engine.kernel.clock import CHINA


class WorkingCalendar(Protocol):
    """Working days; `version` names the state of the calendar a deadline was made with."""

    @property
    def version(self) -> str: ...

    def add_workdays(self, start: datetime, days: int) -> datetime:
        """The moment `days` working days after `start`, aware."""
        ...


class PlainCalendar:
    """Monday to Friday, for a workflow engine without a legal calendar."""

    version = "plain"

    def add_workdays(self, start: datetime, days: int) -> datetime:
        moment = start.astimezone(CHINA)
        while days > 0:
            moment += timedelta(days=1)
            if moment.weekday() < 5:
                days -= 1
        return moment.astimezone(start.tzinfo)
