"""An installation on SQLite that is given hostile input through its own doors."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from engine.identity.organisations import OrganisationKind, add_organisation
from engine.kernel.actor import SYSTEM
from engine.kernel.clock import FixedClock
from engine.kernel.command import CommandContext
from engine.kernel.process_engine import ProcessEngine
from engine.kernel.settings import Settings
from engine.kernel.store import open_store
from engine.workflow.calendars import PlainCalendar
from engine.workflow.definitions import DefinitionCache, Deploy, DeploymentRefused
from engine.workflow.instances import StartProcess
from engine.workflow.runs import LiveCache, ProcessFault


@dataclass(frozen=True)
class AddStreet:
    def execute(self, context: CommandContext) -> int:
        county = add_organisation(context.session, OrganisationKind.COUNTY, "c", "清溪县")
        return add_organisation(context.session, OrganisationKind.STREET, "s", "东门街道", county).id


class Target:
    """Takes files and starts cases; says how it ended: refused, incident or harmless."""

    def __init__(self, engine: ProcessEngine) -> None:
        self.engine = engine
        self.street = engine.execute(AddStreet(), actor=SYSTEM)
        self.cases = 0

    def outcome(self, files: Mapping[str, bytes], process: str, **variables: object) -> str:
        try:
            self.engine.execute(Deploy(files), actor=SYSTEM)
        except DeploymentRefused as refused:
            assert refused.message
            return "refused"
        self.cases += 1
        start = StartProcess(process, f"A-{self.cases}", self.street, "事项", variables)
        try:
            self.engine.execute(start, actor=SYSTEM)
        except ProcessFault:
            return "incident"
        return "harmless"


@pytest.fixture
def target(sqlite_url: str, settings_for: Callable[[str], Settings], clock: FixedClock) -> Iterator[Target]:
    settings = settings_for(sqlite_url)
    store = open_store(sqlite_url, settings.cipher())
    services = {DefinitionCache: DefinitionCache(clock, PlainCalendar()), LiveCache: LiveCache(0)}
    yield Target(ProcessEngine(settings, store, clock, services))
    store.close()


@pytest.fixture
def canary(tmp_path: Path) -> Iterator[Path]:
    """A file that must never come to be."""
    path = tmp_path / "canary"
    yield path
    assert not path.exists()
