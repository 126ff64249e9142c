"""One installation: store, clock, calendar and caches put together."""

import importlib

from engine.delegates.deployed_tables import DeployedTables
from engine.delegates.legal_calendar import LegalCalendar
from engine.kernel.clock import Clock, SystemClock
from engine.kernel.logs import configure_logs
from engine.kernel.process_engine import ProcessEngine
from engine.kernel.settings import Settings
from engine.kernel.store import Store, open_store
from engine.personnel.decisions import DecisionTables
from engine.workflow.definitions import DefinitionCache
from engine.workflow.runs import LiveCache

DELEGATE_ROOMS = (
    "engine.delegates.recruitment",
    "engine.delegates.appraisal",
    "engine.delegates.secondment",
    "engine.delegates.exits",
    "engine.delegates.fault_tolerance",
)  # fmt: skip
"""Loading these registers the delegates and batches of the processes."""
TABLE_ROOMS = ("engine.workflow.bulk_runs", "engine.workflow.saved_filters", "engine.personnel.secondment.returns")
"""Loading these makes tables known that only the pages write through commands."""


def build_engine(settings: Settings, *, clock: Clock | None = None, store: Store | None = None) -> ProcessEngine:
    """The engine of an installation; `store` when the caller has opened it already."""
    configure_logs(production=settings.production)
    load_delegates()
    clock = clock or SystemClock()
    store = store or open_store(settings.database_url, settings.cipher())
    calendar = LegalCalendar(store, clock)
    services = {
        DefinitionCache: DefinitionCache(clock, calendar),
        LiveCache: LiveCache(settings.workflow_cache),
        LegalCalendar: calendar,
        DecisionTables: DecisionTables(DeployedTables(store, clock).decide),
    }
    return ProcessEngine(settings, store, clock, services)


def load_delegates() -> None:
    """Registers the delegates of every process, and every table."""
    for room in (*DELEGATE_ROOMS, *TABLE_ROOMS):
        importlib.import_module(room)
