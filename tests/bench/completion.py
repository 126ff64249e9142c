"""Durable completion of a user task through the engine against the floor."""

from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from sqlalchemy import select, text

from engine.kernel.store import Store
from engine.workflow.tables import WorkItem
from engine.workflow.work_items import CompleteWorkItem
from tests.bench.floor import Floor
from tests.bench.office import FIELDS, USER_TASKS, BenchOffice, Counter, counting, middle, open_office, timed

INSTANCES = 60
WARM = 5


@dataclass
class Times:
    """Seconds of each kind, in the order they were measured."""

    start: list[float] = field(default_factory=list)
    engine: list[float] = field(default_factory=list)
    floor: list[float] = field(default_factory=list)


def measure_completion(folder: Path) -> None:
    """Engine and floor in turn, so that both see the same machine."""
    with open_office(folder) as office:
        _play(office, "warm", None)
        floor = Floor(folder, _cost(office))
        times = Times()
        for n in range(INSTANCES):
            _race(office, floor, f"B-{n}", times)
        floor.close()
        floors = middle(times.floor)
        print(f"completion, engine           {middle(times.engine):8.2f} ms")
        print(f"completion, floor            {floors:8.2f} ms")
        print(f"completion / floor           {middle(times.engine) / floors:8.2f}      (expected <= 2.5)")
        print(f"start of an instance         {middle(times.start):8.2f} ms = {middle(times.start) / floors:.2f} floors")
        print(
            f"bytes a finished instance    {_stored(office.store) / (INSTANCES + 2):8.0f}      (database / instances)"
        )


def _race(office: BenchOffice, floor: Floor, key: str, times: Times) -> None:
    """One instance on both sides, step by step."""
    instances: list[int] = []
    times.start.append(timed(lambda: instances.append(office.start(key))))
    workflow = floor.start()
    for n in range(USER_TASKS):
        item = _open_item(office, instances[0])
        times.engine.append(timed(partial(_complete, office, item, f"{key}-{n}")))
        times.floor.append(timed(partial(floor.complete, workflow)))


def _cost(office: BenchOffice) -> int:
    """Statements, commits and bytes of the completions of one instance."""
    counts: list[Counter] = []
    _play(office, "cost", counts)
    statements = max(each.statements for each in counts)
    commits = max(each.commits for each in counts)
    written = sorted(each.written for each in counts)[len(counts) // 2]
    print(f"statements a completion      {statements:8d}      (expected <= 10)")
    print(f"commits a completion         {commits:8d}      (expected 1)")
    print(f"bytes written a completion   {written:8d}      (expected <= 10240)")
    return written


def _play(office: BenchOffice, key: str, counts: list[Counter] | None) -> None:
    instance = office.start(key)
    for n in range(USER_TASKS):
        item = _open_item(office, instance)
        if counts is None:
            _complete(office, item, f"{key}-{n}")
            continue
        with counting(office.store) as counter:
            _complete(office, item, f"{key}-{n}")
        counts.append(counter)


def _open_item(office: BenchOffice, instance: int) -> int:
    with office.engine.reading() as session:
        query = select(WorkItem.id).where(WorkItem.instance_id == instance, WorkItem.queue.is_not(None))
        return session.scalars(query).one()


def _complete(office: BenchOffice, item: int, key: str) -> None:
    office.engine.execute(CompleteWorkItem(item, "pass", "同意", FIELDS), actor=office.clerk, idempotency_key=key)


def _stored(store: Store) -> int:
    with store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.rollback()
        pages = connection.execute(text("PRAGMA page_count")).scalar_one()
        free = connection.execute(text("PRAGMA freelist_count")).scalar_one()
        size = connection.execute(text("PRAGMA page_size")).scalar_one()
    return (pages - free) * size
