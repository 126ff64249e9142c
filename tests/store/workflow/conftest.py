"""A small office on a real database: an engine without domain, people with roles, and a way to deploy drawings."""

from dataclasses import dataclass

import pytest

from engine.identity.organisations import Organisation, OrganisationKind, add_organisation
from engine.identity.users import RoleMembership, User, load_actor
from engine.kernel.actor import SYSTEM, Actor
from engine.kernel.clock import FixedClock
from engine.kernel.command import Command, CommandContext
from engine.kernel.process_engine import ProcessEngine
from engine.kernel.settings import Settings
from engine.kernel.store import Store
from engine.workflow.calendars import PlainCalendar
from engine.workflow.definitions import DefinitionCache, Deploy
from engine.workflow.instances import StartProcess
from engine.workflow.jobs import run_due_jobs
from engine.workflow.runs import LiveCache
from engine.workflow.worklist import WorkRow, my_work
from tests.store.workflow.drawing import Drawing


@dataclass(frozen=True)
class AddPerson:
    """Test data: a person with one role."""

    name: str
    role: str
    organisation_id: int

    def execute(self, context: CommandContext) -> int:
        user = User(login=self.name, name=self.name, active=True, created_at=context.now)
        context.session.add(user)
        context.session.flush()
        context.session.add(RoleMembership(user_id=user.id, role=self.role, organisation_id=self.organisation_id))
        return user.id


@dataclass(frozen=True)
class AddCounty:
    """Test data: a county with one street."""

    def execute(self, context: CommandContext) -> list[int]:
        county = add_organisation(context.session, OrganisationKind.COUNTY, "c", "清溪县")
        street = add_organisation(context.session, OrganisationKind.STREET, "s", "东门街道", county)
        return [county.id, street.id]


class Office:
    """Drives an engine the way pages do."""

    def __init__(self, engine: ProcessEngine, clock: FixedClock) -> None:
        self.engine = engine
        self.clock = clock
        self.county, self.street = engine.execute(AddCounty(), actor=SYSTEM)

    def person(self, name: str, role: str = "county_clerk", organisation_id: int | None = None) -> Actor:
        place = organisation_id or self.county
        user_id = self.engine.execute(AddPerson(name, role, place), actor=SYSTEM)
        with self.engine.reading() as session:
            return load_actor(session, user_id)

    def deploy(self, drawing: Drawing) -> None:
        self.engine.execute(Deploy({f"{drawing.id}.bpmn": drawing.xml()}), actor=SYSTEM)

    def start(self, process: str, actor: Actor = SYSTEM, key: str = "A-1", **variables: object) -> int:
        command = StartProcess(process, key, self.street, "测试事项", variables)
        return self.engine.execute(command, actor=actor)

    def todo(self, actor: Actor) -> list[WorkRow]:
        with self.engine.reading() as session:
            return list(my_work(session, actor, self.clock.now()).rows)

    def do(self, command: Command[object], actor: Actor, key: str | None = None) -> object:
        return self.engine.execute(command, actor=actor, idempotency_key=key)

    def work(self) -> None:
        """Lets the worker do everything that is due."""
        while run_due_jobs(self.engine):
            pass

    def organisation(self, id_: int) -> Organisation:
        with self.engine.reading() as session:
            return session.get_one(Organisation, id_)


@pytest.fixture(params=[0, 100], ids=["restored", "cached"])
def cache_size(request: pytest.FixtureRequest) -> int:
    """Each test runs with every command restoring from the store, and with live objects."""
    return int(request.param)


@pytest.fixture
def office(store: Store, settings: Settings, clock: FixedClock, cache_size: int) -> Office:
    services = {DefinitionCache: DefinitionCache(clock, PlainCalendar()), LiveCache: LiveCache(cache_size)}
    return Office(ProcessEngine(settings, store, clock, services), clock)
