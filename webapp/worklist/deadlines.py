"""Remaining and used time in working days, on the legal calendar."""

from datetime import datetime

from engine.delegates.legal_calendar import LegalCalendar
from engine.kernel.clock import local_date
from engine.workflow.steps import NEVER
from webapp.due import Due, due_of
from webapp.visit import engine


def due(at: datetime | None, now: datetime) -> Due | None:
    """What remains until `at`, in working days, within a day in hours."""
    if at is None or at >= NEVER:
        return None
    days = engine().service(LegalCalendar).current().remaining(now, at).workdays
    return due_of(at, now, workdays=days if days > 0 else None)


def used(opened: datetime, closed: datetime) -> str:
    """用时 2 个工作日; within a day in hours or minutes."""
    days = engine().service(LegalCalendar).current().workdays_between(local_date(opened), local_date(closed))
    if days > 0:
        return f"用时 {days} 个工作日"
    minutes = int((closed - opened).total_seconds() // 60)
    return f"用时 {minutes // 60} 小时" if minutes >= 60 else f"用时 {max(minutes, 1)} 分钟"
