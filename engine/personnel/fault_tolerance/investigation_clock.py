"""The working days of an investigation: the clock stands still while material is awaited [domain 5.3]."""

from dataclasses import dataclass, replace
from datetime import date, datetime

from engine.kernel.errors import Conflict, RuleViolation
from engine.personnel.calendar import WorkCalendar

CLAUSE = "10.1"


@dataclass(frozen=True, slots=True)
class InvestigationClock:
    """`used` are the working days of earlier spells; `running_since` is empty while the clock stands still."""

    allowed: int
    used: int = 0
    running_since: date | None = None
    extended: bool = False

    def start(self, today: date) -> "InvestigationClock":
        """Runs from tomorrow on: the first working day counted is the one after `today`."""
        if self.running_since is not None:
            raise Conflict("调查期限已在计算中")
        return replace(self, running_since=today)

    def stop(self, calendar: WorkCalendar, today: date) -> "InvestigationClock":
        """Stands still; the day of stopping is counted when it is a working day."""
        if self.running_since is None:
            raise Conflict("调查期限已暂停计算")
        return replace(self, used=self.spent(calendar, today), running_since=None)

    def extend(self, workdays: int) -> "InvestigationClock":
        """More working days, once."""
        self.check_extensible()
        return replace(self, allowed=self.allowed + workdays, extended=True)

    def check_extensible(self) -> None:
        """Refuses a second extension."""
        if self.extended:
            raise RuleViolation("调查期限只能延长一次，请在期限内办结", clause=CLAUSE)

    def spent(self, calendar: WorkCalendar, today: date) -> int:
        """Working days used up to and including `today`."""
        if self.running_since is None:
            return self.used
        return self.used + max(calendar.workdays_between(self.running_since, today), 0)

    def due(self, calendar: WorkCalendar) -> datetime:
        """When the time is over if the clock does not stop again."""
        if self.running_since is None:
            raise Conflict("调查期限已暂停计算")
        if self.allowed <= self.used:
            return calendar.deadline(self.running_since, 0).at
        return calendar.deadline(self.running_since, self.allowed - self.used).at
