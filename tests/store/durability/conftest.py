"""The small office of the workflow tests, and ways to let several people act at once."""

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import pytest

from engine.kernel.clock import FixedClock
from engine.kernel.process_engine import ProcessEngine
from engine.kernel.settings import Settings
from engine.kernel.store import Store
from engine.workflow.calendars import PlainCalendar
from engine.workflow.definitions import DefinitionCache
from engine.workflow.delegates import BATCHES, DELEGATES, BatchCall, Pending, ServiceCall
from engine.workflow.runs import LiveCache
from tests.store.durability.invariants import invariants
from tests.store.workflow.conftest import Office
from tests.store.workflow.drawing import Drawing


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "sweep: a fault at every single point; runs when asked for by -m sweep")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if "sweep" not in config.option.markexpr:
        items[:] = [item for item in items if item.get_closest_marker("sweep") is None]


def engine_on(store: Store, settings: Settings, clock: FixedClock) -> ProcessEngine:
    """An engine as every process of an installation makes its own."""
    services = {DefinitionCache: DefinitionCache(clock, PlainCalendar()), LiveCache: LiveCache(100)}
    return ProcessEngine(settings, store, clock, services)


@pytest.fixture
def office(store: Store, settings: Settings, clock: FixedClock) -> Iterator[Office]:
    """An office whose store must be sound when the test is over."""
    office = Office(engine_on(store, settings, clock), clock)
    yield office
    assert invariants(office.engine) == []


@dataclass
class Trace:
    """What the delegates of these tests have done."""

    served: list[str]
    items: list[int]
    faults: list[Exception]


@pytest.fixture
def trace() -> Iterator[Trace]:
    """Delegates: `durable.note` may fail, `durable.many` starts a batch of 12 in chunks of 3."""
    trace = Trace([], [], [])

    def note(call: ServiceCall) -> dict[str, object]:
        if trace.faults:
            raise trace.faults.pop(0)
        trace.served.append(call.node_id)
        return {"noted": True}

    def many(call: ServiceCall) -> Pending:
        return call.start_batch("durable.each", list(range(12)), chunk=3)

    def each(call: BatchCall) -> None:
        trace.items += list(call.items)

    DELEGATES.update({"durable.note": note, "durable.many": many})
    BATCHES["durable.each"] = each
    yield trace
    for name in ("durable.note", "durable.many"):
        del DELEGATES[name]
    del BATCHES["durable.each"]


def together(*acts: Callable[[], Any]) -> list[Any]:
    """Runs the acts in threads that begin at the same moment; answers result or error of each."""
    gate = threading.Barrier(len(acts))

    def run(act: Callable[[], Any]) -> Any:
        gate.wait(30)
        try:
            return act()
        except Exception as error:
            return error

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def failures(results: Sequence[Any]) -> list[Exception]:
    return [result for result in results if isinstance(result, Exception)]


def one_review(**settings: str) -> Drawing:
    drawing = Drawing("one_review").start()
    drawing.user("review", groups="county_clerk", organisation="county", outputs="decision",
                 decisions="pass:通过,reject:不通过", **settings)  # fmt: skip
    return drawing.end().chain("begin", "review", "over")
