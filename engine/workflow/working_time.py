"""Working time used by a step or an item, against the node's limit; suspended time does not count."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.kernel.clock import CHINA
from engine.kernel.history import HistoryEvent
from engine.workflow.calendars import DAY_MINUTES, WorkingCalendar, office_minutes
from engine.workflow.diagram import Deadline, DeadlineUnit

Span = tuple[datetime, datetime]
SUSPENDED, RESUMED = "process_instance.suspended", "process_instance.resumed"


@dataclass(frozen=True, slots=True)
class TimeUsed:
    """`minutes` of working time used; `limit` in the same minutes, None where the node sets none.

    Where the limit counts hours, minutes run by the clock; else they are office minutes of working days, and the day of
    arrival is not counted [民法典 第201条]. One working day has `DAY_MINUTES`.
    """

    minutes: int
    limit: int | None
    unit: DeadlineUnit

    @property
    def late(self) -> bool:
        """Whether the limit is over."""
        return self.limit is not None and self.minutes > self.limit

    @property
    def text(self) -> str:
        """用时 1 个工作日，限 2 个工作日."""
        used = f"用时 {_words(self.minutes, self.unit)}"
        return used if self.limit is None else f"{used}，限 {_words(self.limit, self.unit)}"


def _words(minutes: int, unit: DeadlineUnit) -> str:
    if unit is DeadlineUnit.WORKDAYS and minutes >= DAY_MINUTES:
        days = minutes * 10 // DAY_MINUTES
        return f"{days // 10}.{days % 10} 个工作日" if days % 10 else f"{days // 10} 个工作日"
    if minutes >= 60:
        return f"{minutes // 60} 小时"
    return f"{minutes} 分钟" if minutes else "不足 1 个工作日" if unit is DeadlineUnit.WORKDAYS else "不足 1 分钟"


@dataclass(frozen=True)
class Timekeeper:
    """Measures on a calendar up to `now`, leaving out the `stops` of one case."""

    calendar: WorkingCalendar
    now: datetime
    stops: Sequence[Span]

    def used(
        self, start: datetime, end: datetime | None, deadline: Deadline | None, due_at: datetime | None
    ) -> TimeUsed:
        """Time from `start` until `end` (None: still going on) against the limit."""
        unit = DeadlineUnit.WORKDAYS if deadline is None else deadline.unit
        limit = None
        if deadline is not None:
            limit = deadline.amount * (DAY_MINUTES if unit is DeadlineUnit.WORKDAYS else 60)
        elif due_at is not None:
            limit = self._minutes(start, due_at, unit)
        return TimeUsed(self._minutes(start, end or self.now, unit), limit, unit)

    def _minutes(self, start: datetime, end: datetime, unit: DeadlineUnit) -> int:
        if unit is DeadlineUnit.WORKDAYS:
            start = datetime.combine(start.astimezone(CHINA).date() + timedelta(days=1), time(), CHINA)
        stood = sum(self._count(max(start, since), min(end, until), unit) for since, until in self.stops)
        return max(0, self._count(start, end, unit) - stood)

    def _count(self, start: datetime, end: datetime, unit: DeadlineUnit) -> int:
        if end <= start:
            return 0
        if unit is DeadlineUnit.WORKDAYS:
            return office_minutes(self.calendar, start, end)
        return int((end - start).total_seconds() // 60)


def stops_of(session: Session, instance_id: int, now: datetime) -> list[Span]:
    """When the case was suspended, from its history; a stop that goes on ends now."""
    query = select(HistoryEvent.type, HistoryEvent.at).where(
        HistoryEvent.chain == f"instance:{instance_id}", HistoryEvent.type.in_((SUSPENDED, RESUMED))
    )
    spans: list[Span] = []
    since: datetime | None = None
    for type_, at in session.execute(query.order_by(HistoryEvent.number)):
        if type_ == SUSPENDED:
            since = at
        elif since is not None:
            spans.append((since, at))
            since = None
    return spans if since is None else [*spans, (since, now)]
