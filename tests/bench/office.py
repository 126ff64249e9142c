"""The thing that is measured: a 25-node diagram with 8 user tasks and 30-field forms on a durable SQLite file."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from sqlalchemy import event

from engine.identity.organisations import OrganisationKind, add_organisation
from engine.identity.users import RoleMembership, User, load_actor
from engine.kernel.actor import SYSTEM, Actor
from engine.kernel.clock import SystemClock
from engine.kernel.command import CommandContext
from engine.kernel.process_engine import ProcessEngine
from engine.kernel.settings import Settings
from engine.kernel.store import Store, open_store
from engine.workflow.calendars import PlainCalendar
from engine.workflow.definitions import DefinitionCache, Deploy
from engine.workflow.instances import StartProcess
from engine.workflow.runs import LiveCache
from tests.store.workflow.drawing import Drawing

USER_TASKS = 8
PLAIN_STEPS = 5
FIELDS = {f"field_{n:02d}": f"填写的内容第 {n} 项，若干文字" for n in range(30)}


def bench_drawing() -> Drawing:
    """Start, 8 user tasks with an exclusive gateway behind 5 of them, 5 scripts, 6 ends: 25 nodes."""
    drawing = Drawing("bench").start()
    previous = "begin"
    for n in range(USER_TASKS):
        drawing.user(f"task_{n}", groups="county_clerk", organisation="county", outputs="decision",
                     decisions="pass:通过,reject:不通过")  # fmt: skip
        drawing.flow(previous, f"task_{n}")
        previous = f"task_{n}"
        if n < PLAIN_STEPS:
            drawing.gateway(f"gate_{n}", default=f"gate_{n}_to_out_{n}").end(f"out_{n}")
            drawing.script(f"note_{n}", f'"{n}"', f"note_{n}")
            drawing.flow(previous, f"gate_{n}").flow(f"gate_{n}", f"note_{n}", '= decision = "pass"')
            drawing.flow(f"gate_{n}", f"out_{n}")
            previous = f"note_{n}"
    return drawing.end().flow(previous, "over")


@dataclass
class Counter:
    """Statements, commits and bytes of bound values."""

    statements: int = 0
    commits: int = 0
    written: int = 0


@dataclass
class BenchOffice:
    """An engine on a file with one clerk."""

    engine: ProcessEngine
    store: Store
    clerk: Actor
    street: int
    county: int

    def start(self, key: str) -> int:
        return self.engine.execute(StartProcess("bench", key, self.street, f"事项{key}"), actor=SYSTEM)


@dataclass(frozen=True)
class _People:
    def execute(self, context: CommandContext) -> list[int]:
        county = add_organisation(context.session, OrganisationKind.COUNTY, "c", "清溪县")
        street = add_organisation(context.session, OrganisationKind.STREET, "s", "东门街道", county)
        clerk = User(login="clerk", name="王敏", active=True, created_at=context.now)
        context.session.add(clerk)
        context.session.flush()
        context.session.add(RoleMembership(user_id=clerk.id, role="county_clerk", organisation_id=county.id))
        return [county.id, street.id, clerk.id]


@contextmanager
def open_office(folder: Path) -> Iterator[BenchOffice]:
    """An office in `folder`, with the bench diagram deployed."""
    settings = Settings(folder, f"sqlite:///{folder / 'bench.db'}", bytes(range(32)))
    store = open_store(settings.database_url, settings.cipher())
    store.create_all()
    clock = SystemClock()
    services = {DefinitionCache: DefinitionCache(clock, PlainCalendar()), LiveCache: LiveCache(2000)}
    engine = ProcessEngine(settings, store, clock, services)
    county, street, clerk = engine.execute(_People(), actor=SYSTEM)
    engine.execute(Deploy({"bench.bpmn": bench_drawing().xml()}), actor=SYSTEM)
    with engine.reading() as session:
        office = BenchOffice(engine, store, load_actor(session, clerk), street, county)
    try:
        yield office
    finally:
        store.close()


@contextmanager
def counting(store: Store) -> Iterator[Counter]:
    """Counts while it lasts only, so that nothing that is timed pays for the counting."""
    counter = Counter()

    def statement(_c: object, _cursor: object, text: str, parameters: Any, *_: object) -> None:
        if text.startswith(("BEGIN", "PRAGMA")):
            return
        counter.statements += 1
        if not text.startswith("SELECT"):
            rows: Sequence[Any] = parameters if isinstance(parameters, list) else [parameters]
            counter.written += sum(_size(value) for row in rows for value in row)

    def commit(_c: object) -> None:
        counter.commits += 1

    event.listen(store.engine, "before_cursor_execute", statement)
    event.listen(store.engine, "commit", commit)
    yield counter
    event.remove(store.engine, "before_cursor_execute", statement)
    event.remove(store.engine, "commit", commit)


def _size(value: object) -> int:
    if isinstance(value, str):
        return len(value.encode())
    return len(value) if isinstance(value, (bytes, memoryview)) else 8


def timed(action: Callable[[], object]) -> float:
    """Seconds that `action` took."""
    begin = time.perf_counter()
    action()
    return time.perf_counter() - begin


def middle(values: Sequence[float]) -> float:
    """The median in milliseconds."""
    return median(values) * 1000
