"""The legal calendar of the personnel room as the working calendar of the workflow engine."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from engine.kernel.clock import Clock, local_date
from engine.kernel.store import Store
from engine.personnel.calendar import WorkCalendar
from engine.personnel.holidays import work_calendar

FRESH = timedelta(minutes=1)
"""How long a loaded calendar is used before the table is read again."""


@dataclass
class LegalCalendar:
    """Working days of the holiday table; a deadline in working days ends when the offices close."""

    store: Store
    clock: Clock
    _loaded: tuple[datetime, WorkCalendar] | None = field(default=None)

    @property
    def version(self) -> str:
        return self.current().version

    def add_workdays(self, start: datetime, days: int) -> datetime:
        return self.current().deadline(local_date(start), days).at

    def is_workday(self, day: date) -> bool:
        return self.current().is_workday(day)

    def current(self) -> WorkCalendar:
        """The calendar as the table has it, read again every minute."""
        now = self.clock.now()
        if self._loaded is None or not timedelta(0) <= now - self._loaded[0] < FRESH:
            with self.store.reading() as session:
                self._loaded = (now, work_calendar(session))
        return self._loaded[1]
