"""What waits for the person: by process, the first few, and what is late or due within two working days."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from engine.delegates.legal_calendar import LegalCalendar
from engine.workflow.worklist import COUNT_LIMIT, Filter, QueueCount, counts, my_work, open_total, process_names
from webapp.home.panels import Look
from webapp.visit import engine
from webapp.worklist.lists import Line, line_of

FIRST = 6
SOON_WORKDAYS = 2


@dataclass(frozen=True, slots=True)
class ProcessCount:
    """How much of a process waits for the person."""

    key: str
    name: str
    count: int
    late: int


@dataclass(frozen=True, slots=True)
class Waiting:
    """The work of the person, counted and begun."""

    total: int
    late: int
    soon: int
    """Not late yet, due within two working days."""
    processes: Sequence[ProcessCount]
    first: Sequence[Line]


def soon_until(now: datetime) -> datetime:
    """What is due before this is due within two working days, that moment included."""
    return engine().service(LegalCalendar).add_workdays(now, SOON_WORKDAYS) + timedelta(seconds=1)


def waiting_for(look: Look) -> Waiting:
    """Everything that the person's lists hold, read up to COUNT_LIMIT."""
    found = counts(look.session, look.actor, look.now)
    if not found:
        return Waiting(0, 0, 0, (), ())
    names = process_names(look.session)
    first = my_work(look.session, look.actor, look.now, limit=FIRST).rows
    late = sum(count.overdue for count in found)
    soon = open_total(look.session, look.actor, look.now, Filter(overdue_before=soon_until(look.now)))
    return Waiting(
        min(sum(count.count for count in found), COUNT_LIMIT + 1), late, max(0, soon - late),
        _by_process(found, names), [line_of(row, look.now) for row in first],
    )  # fmt: skip


def _by_process(found: Sequence[QueueCount], names: Mapping[str, str]) -> list[ProcessCount]:
    totals: dict[str, ProcessCount] = {}
    for count in found:
        before = totals.get(count.process_key)
        totals[count.process_key] = ProcessCount(
            count.process_key, names.get(count.process_key, count.process_key),
            min((before.count if before else 0) + count.count, COUNT_LIMIT + 1),
            (before.late if before else 0) + count.overdue,
        )  # fmt: skip
    return sorted(totals.values(), key=lambda total: (-total.late, -total.count))
