"""Durable completion of a user task through the engine against the floor."""

from pathlib import Path

from tests.bench.floor import Floor
from tests.bench.office import FIELDS, USER_TASKS, BenchOffice, middle, open_office, timed
from engine.kernel.store import Store
from engine.workflow.work_items import CompleteWorkItem
from engine.workflow.tables import WorkItem
from sqlalchemy import select, text

INSTANCES = 60
WARM = 5


def measure_completion(folder: Path) -> None:
    """Engine and floor in turn, so that both see the same machine."""
    with open_office(folder) as office:
        _play(office, "warm", None)
        bytes_each = _cost(office)
        floor = Floor(folder, bytes_each)
        engine_times: list[float] = []
        floor_times: list[float] = []
        start_times: list[float] = []
        for n in range(INSTANCES):
            begin: list[int] = []
            start_times.append(timed(lambda: begin.append(office.start(f"B-{n}"))))
            workflow = floor.start()
            for _ in range(USER_TASKS):
                item = _open_item(office, begin[0])
                engine_times.append(timed(lambda: _complete(office, item, f"k-{n}-{item}")))
                floor_times.append(timed(lambda: floor.complete(workflow)))
        floor.close()
        ratio = middle(engine_times) / middle(floor_times)
        print(f"completion, engine           {middle(engine_times):8.2f} ms")
        print(f"completion, floor            {middle(floor_times):8.2f} ms")
        print(f"completion / floor           {ratio:8.2f}      (expected <= 2.5)")
        print(f"start of an instance         {middle(start_times):8.2f} ms = {middle(start_times) / middle(floor_times):.2f} floors")
        print(f"bytes a finished instance    {_stored(office.store) / (INSTANCES + 2):8.0f}      (database after vacuum, evenly)")


def _cost(office: BenchOffice) -> int:
    """Statements, commits and bytes of the completions of one instance."""
    counts: list[tuple[int, int, int]] = []
    _play(office, "cost", counts)
    statements = max(row[0] for row in counts)
    commits = max(row[1] for row in counts)
    written = sorted(row[2] for row in counts)[len(counts) // 2]
    print(f"statements a completion      {statements:8d}      (expected <= 10)")
    print(f"commits a completion         {commits:8d}      (expected 1)")
    print(f"bytes written a completion   {written:8d}      (expected <= 10240)")
    return written


def _play(office: BenchOffice, key: str, counts: list[tuple[int, int, int]] | None) -> None:
    instance = office.start(key)
    for n in range(USER_TASKS):
        item = _open_item(office, instance)
        office.counter.reset()
        _complete(office, item, f"{key}-{n}")
        if counts is not None:
            counts.append((office.counter.statements, office.counter.commits, office.counter.written))


def _open_item(office: BenchOffice, instance: int) -> int:
    with office.engine.reading() as session:
        query = select(WorkItem.id).where(WorkItem.instance_id == instance, WorkItem.queue.is_not(None))
        return session.scalars(query).one()


def _complete(office: BenchOffice, item: int, key: str) -> None:
    office.engine.execute(
        CompleteWorkItem(item, "pass", "同意", FIELDS), actor=office.clerk, idempotency_key=key
    )


def _stored(store: Store) -> int:
    with store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.rollback()
        pages = connection.execute(text("PRAGMA page_count")).scalar_one()
        free = connection.execute(text("PRAGMA freelist_count")).scalar_one()
        size = connection.execute(text("PRAGMA page_size")).scalar_one()
    return (pages - free) * size
