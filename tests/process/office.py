"""A county with its people on a real database, and ways to act as them; every command restores its case."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any, Generic, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import build_engine
from engine.identity.organisations import OrganisationKind, add_organisation
from engine.identity.users import RoleMembership, User, load_actor
from engine.kernel.actor import SYSTEM, Actor
from engine.kernel.clock import FixedClock
from engine.kernel.command import Command, CommandContext
from engine.kernel.settings import Settings
from engine.kernel.store import Store
from engine.personnel.policy import PolicyParameter
from engine.personnel.quota_ledger import QuotaBase
from engine.workflow.definitions import Deploy
from engine.workflow.jobs import run_due_jobs
from engine.workflow.tables import Incident, ProcessInstance, Submission, WorkItem
from engine.workflow.work_items import CompleteWorkItem

DIAGRAMS = Path(__file__).parents[2] / "bpmn" / "recruitment"
R = TypeVar("R")
PEOPLE = {
    "street_clerk": ("street_clerk", "street"), "street_leader": ("street_leader", "street"),
    "county_clerk": ("county_clerk", "county"), "county_head": ("county_head", "county"),
    "county_reviewer": ("county_reviewer", "county"), "second_reviewer": ("county_reviewer", "county"),
    "exam_officer": ("exam_officer", "county"), "medical_officer": ("medical_officer", "county"),
    "checker1": ("background_checker", "county"), "checker2": ("background_checker", "county"),
    "discipline_officer": ("discipline_officer", "county"), "city_officer": ("city_officer", "city"),
    "process_admin": ("process_admin", "county"),
}  # fmt: skip
"""Name -> role and where it is held."""


@dataclass(frozen=True)
class Prepare(Generic[R]):
    """Test data, made in one transaction."""

    make: Callable[[CommandContext], R]

    def execute(self, context: CommandContext) -> R:
        return self.make(context)


class Office:
    """Drives the engine the way pages and the worker do."""

    def __init__(self, settings: Settings, store: Store, clock: FixedClock) -> None:
        self.clock = clock
        self.engine = build_engine(replace(settings, workflow_cache=0), clock=clock, store=store)
        self.city, self.county, self.street = self.prepare(_organisations)
        files = {path.name: path.read_bytes() for path in sorted(DIAGRAMS.iterdir())}
        self.do(Deploy(files), SYSTEM)
        self.staff = self._staff()
        self.checkers = [self.staff["checker1"], self.staff["checker2"]]

    def prepare(self, make: Callable[[CommandContext], R]) -> R:
        return self.engine.execute(Prepare(make), actor=SYSTEM)

    def do(self, command: Command[R], actor: Actor | str) -> R:
        """Executes a command as somebody; staff by their role."""
        return self.engine.execute(command, actor=self.staff[actor] if isinstance(actor, str) else actor)

    def read(self, query: Callable[[Session], R]) -> R:
        with self.engine.reading() as session:
            return query(session)

    def person(self, name: str) -> Actor:
        """Somebody with an account and no role."""
        user_id = self.prepare(lambda context: _user(context, name))
        return self.read(lambda session: load_actor(session, user_id))

    def _staff(self) -> dict[str, Actor]:
        places = {"city": self.city, "county": self.county, "street": self.street}

        def make(context: CommandContext) -> dict[str, int]:
            return {name: _user(context, name, role, places[place]) for name, (role, place) in PEOPLE.items()}

        ids = self.prepare(make)
        return self.read(lambda session: {name: load_actor(session, id_) for name, id_ in ids.items()})

    def set_policy(self, **values: object) -> None:
        """Settings of the county from today on, such as openRatio=1."""
        today = self.clock.now().date()

        def make(context: CommandContext) -> None:
            lines = [_parameter(context, self.county, key, value, today) for key, value in values.items()]
            context.session.add_all(lines)

        self.prepare(make)

    def work(self) -> None:
        """Lets the worker do everything that is due; nothing may go wrong unseen."""
        while run_due_jobs(self.engine):
            pass
        assert self.incidents() == []

    def incidents(self) -> list[str]:
        return self.read(lambda session: [row.message for row in session.scalars(select(Incident))])

    def move_to(self, moment: datetime) -> None:
        """Time passes, and the worker does what fell due."""
        self.clock.move_to(moment)
        self.work()

    def open_item(self, number: str, node_id: str, actor: Actor) -> int:
        """The open work item of a user task in a case."""
        query = (
            select(WorkItem)
            .join(ProcessInstance, ProcessInstance.id == WorkItem.instance_id)
            .where(ProcessInstance.business_key == number, WorkItem.node_id == node_id, WorkItem.queue.is_not(None))
        )
        items = self.read(lambda session: list(session.scalars(query)))
        own = [item for item in items if item.assignee_id in (None, actor.user_id)]
        assert own, f"{node_id} of {number} is not open; open are {self.open_nodes(number)}"
        return own[0].id

    def open_nodes(self, number: str) -> list[str]:
        """The user tasks of a case that are open now."""
        query = (
            select(WorkItem.node_id)
            .join(ProcessInstance, ProcessInstance.id == WorkItem.instance_id)
            .where(ProcessInstance.business_key == number, WorkItem.queue.is_not(None))
        )
        return self.read(lambda session: sorted(set(session.scalars(query))))

    def act(
        self, actor: Actor | str, number: str, node_id: str, decision: str, opinion: str = "意见",
        values: Mapping[str, Any] | None = None,
    ) -> None:  # fmt: skip
        """Completes a user task and lets the worker follow up."""
        who = self.staff[actor] if isinstance(actor, str) else actor
        item = self.open_item(number, node_id, who)
        self.do(CompleteWorkItem(item, decision, opinion, values or {}), who)
        self.work()

    def outcome(self, number: str) -> str | None:
        """The end event a case has reached; None while it runs."""
        query = select(ProcessInstance.outcome).where(ProcessInstance.business_key == number)
        return self.read(lambda session: session.scalar(query))

    def signed_nodes(self, number: str) -> list[str]:
        """The user tasks of a case that were signed, in order."""
        query = (
            select(Submission.node_id)
            .join(ProcessInstance, ProcessInstance.id == Submission.instance_id)
            .where(ProcessInstance.business_key == number, Submission.operation == "complete")
            .order_by(Submission.id)
        )
        return self.read(lambda session: list(session.scalars(query)))


def _organisations(context: CommandContext) -> tuple[int, int, int]:
    city = add_organisation(context.session, OrganisationKind.CITY, "city", "江海市")
    county = add_organisation(context.session, OrganisationKind.COUNTY, "county", "清溪县", city)
    street = add_organisation(context.session, OrganisationKind.STREET, "street", "东门街道", county)
    context.session.add(
        QuotaBase(organisation_id=county.id, effective_from=date(2026, 1, 1), urban_population=20_000, source="年鉴")
    )
    return city.id, county.id, street.id


def _user(context: CommandContext, name: str, role: str = "", place: int = 0) -> int:
    user = User(login=name, name=name, active=True, created_at=context.now)
    context.session.add(user)
    context.session.flush()
    if role:
        context.session.add(RoleMembership(user_id=user.id, role=role, organisation_id=place))
    return user.id


def _parameter(context: CommandContext, county: int, key: str, value: object, day: date) -> PolicyParameter:
    return PolicyParameter(
        county_id=county, key=f"recruitment.{key}", value=str(value), effective_from=day, reason="测试",
        set_at=context.now,
    )  # fmt: skip
