"""Remaining time as people read it: in working days, and until when."""

from dataclasses import dataclass
from datetime import datetime

from engine.kernel.clock import CHINA


@dataclass(frozen=True, slots=True)
class Due:
    """When something is due; `workdays` is how many whole working days remain, None where the clock counts."""

    at: datetime
    late: bool
    soon: bool
    workdays: int | None = None
    hours: int | None = None

    @property
    def text(self) -> str:
        """剩 2 个工作日，11月25日 17:00 截止."""
        local = self.at.astimezone(CHINA)
        until = f"{local.month}月{local.day}日 {local:%H:%M} 截止"
        if self.late:
            return f"已逾期，{until}"
        if self.workdays is not None:
            return f"剩 {self.workdays} 个工作日，{until}" if self.workdays else f"今天到期，{until}"
        if self.hours is None:
            return until
        return f"剩 {self.hours} 小时，{until}" if self.hours else f"剩不到 1 小时，{until}"


def due_of(at: datetime | None, now: datetime, *, workdays: int | None = None, soon_hours: int = 24) -> Due | None:
    """The remaining time of something due `at`; None when it has no end."""
    if at is None:
        return None
    hours = int((at - now).total_seconds() // 3600)
    soon = workdays <= 1 if workdays is not None else hours < soon_hours
    return Due(at, late=at <= now, soon=soon, workdays=workdays, hours=hours if hours < 72 else None)
