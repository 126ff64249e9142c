"""The one clock: UTC inside, Asia/Shanghai for people."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

CHINA = ZoneInfo("Asia/Shanghai")


class Clock(Protocol):
    """Says what time it is; the only source of the present in the product."""

    def now(self) -> datetime:
        """The present, timezone-aware, in UTC."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)


@dataclass
class FixedClock:
    """A clock that moves only when told to, for tests and for replaying cases."""

    moment: datetime

    def now(self) -> datetime:
        return self.moment.astimezone(UTC)

    def advance(self, step: timedelta) -> None:
        self.moment += step

    def move_to(self, moment: datetime) -> None:
        self.moment = moment


def local_clock(clock: Clock) -> Callable[[], datetime]:
    """Tells the present as people in China read it, for what speaks of days: FEEL's today() and now()."""
    return lambda: clock.now().astimezone(CHINA)


def local_date(moment: datetime) -> date:
    """The calendar date in China at `moment`."""
    return moment.astimezone(CHINA).date()
