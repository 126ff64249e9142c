"""A community with workers who may be borrowed, and a secondment in a few lines; every command restores its case."""

from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import select

from engine.delegates.secondment.commands import RequestSecondment
from engine.identity.organisations import Organisation, OrganisationKind, add_organisation
from engine.identity.users import RoleMembership, User, load_actor
from engine.kernel.actor import SYSTEM, Actor
from engine.kernel.clock import CHINA
from engine.kernel.command import CommandContext
from engine.personnel.all_round import AllRoundCertificate
from engine.personnel.policy import PolicyParameter
from engine.personnel.secondment.course import Wish
from engine.personnel.secondment.secondments import Secondment, secondment_numbered
from engine.personnel.secondment.states import ExtensionState, SecondmentState
from engine.personnel.vocabulary import Education, Politics, Post, Sex, WorkerCategory
from engine.personnel.workers import Worker
from engine.workflow.definitions import Deploy
from engine.workflow.tables import Notification, ProcessInstance
from tests.process.office import Office

DIAGRAMS = Path(__file__).parents[3] / "bpmn" / "secondment"
START, END = date(2026, 12, 1), date(2027, 5, 31)


class Village:
    """One community of eight: a chief, a deputy and six others; three are all-round workers."""

    def __init__(self, office: Office) -> None:
        self.office = office
        office.do(Deploy({path.name: path.read_bytes() for path in sorted(DIAGRAMS.iterdir())}), SYSTEM)
        self.community = office.prepare(self._community)
        self.secretary = self._officer("secretary", "community_secretary")
        self.workers: list[int] = []
        self.actors: list[Actor] = []
        for place, post in enumerate([Post.CHIEF, Post.DEPUTY, *[Post.GENERAL] * 6]):
            self.actors.append(self._officer(f"w{place}", "community_worker"))
            self.workers.append(office.prepare(partial(self._worker, place=place, post=post)))
        self.set_policy(streetPercent="40")

    def _community(self, context: CommandContext) -> int:
        street = context.session.get_one(Organisation, self.office.street)
        return add_organisation(context.session, OrganisationKind.COMMUNITY, "c1", "一号社区", street).id

    def _officer(self, name: str, role: str) -> Actor:
        return self.officer_at(name, role, self.community)

    def officer_at(self, name: str, role: str, place: int) -> Actor:
        """Somebody with a role at a unit."""

        def make(context: CommandContext) -> int:
            user = User(login=name, name=name, active=True, created_at=context.now)
            context.session.add(user)
            context.session.flush()
            context.session.add(RoleMembership(user_id=user.id, role=role, organisation_id=place))
            return user.id

        user_id = self.office.prepare(make)
        return self.office.read(lambda session: load_actor(session, user_id))

    def _worker(self, context: CommandContext, place: int, post: Post) -> int:
        worker = Worker(
            user_id=self.actors[place].user_id, county_id=self.office.county, street_id=self.office.street,
            community_id=self.community, category=WorkerCategory.RECOGNISED, recognised_by=2, name=f"人{place}",
            sex=Sex.FEMALE, born=date(1990, 1, 1), id_number=f"id{place}", id_index=f"id{place}",
            education=Education.BACHELOR, politics=Politics.MASSES, post=post,
            grade={Post.GENERAL: 3, Post.DEPUTY: 5, Post.CHIEF: 8}[post], hired_on=date(2020, 1, 1),
            community_since=date(2020, 1, 1), active=True,
        )  # fmt: skip
        context.session.add(worker)
        context.session.flush()
        if place < 3:
            context.session.add(
                AllRoundCertificate(worker_id=worker.id, certified_on=date(2025, 3, 1), valid_until=date(2028, 2, 29),
                                    recorded_at=context.now)
            )  # fmt: skip
        return worker.id

    def elsewhere(self, name: str, role: str) -> Actor:
        """Somebody who works at another street of the county, with the password of everybody else."""

        def make(context: CommandContext) -> int:
            county = context.session.get_one(Organisation, self.office.county)
            street = add_organisation(context.session, OrganisationKind.STREET, "s2", "西门街道", county)
            secret = context.session.scalar(select(User.password_hash).where(User.login == "secretary"))
            user = User(login=name, name=name, active=True, password_hash=secret, created_at=context.now)
            context.session.add(user)
            context.session.flush()
            context.session.add(RoleMembership(user_id=user.id, role=role, organisation_id=street.id))
            return user.id

        user_id = self.office.prepare(make)
        return self.office.read(lambda session: load_actor(session, user_id))

    def set_policy(self, **values: str) -> None:
        """Settings of the county from the first of the year on."""

        def make(context: CommandContext) -> None:
            context.session.add_all(
                PolicyParameter(county_id=self.office.county, key=f"secondment.{key}", value=value, reason="测试",
                                effective_from=date(2026, 1, 1), set_at=context.now)
                for key, value in values.items()
            )  # fmt: skip

        self.office.prepare(make)

    def wish(self, place: int = 4, starts_on: date = START, ends_on: date = END, **values: Any) -> Wish:
        facts = {
            "borrower_id": self.office.street, "office": "党建工作办公室", "duties": "材料整理", "reason": "专项工作",
        }  # fmt: skip
        return Wish(worker_id=self.workers[place], starts_on=starts_on, ends_on=ends_on, **{**facts, **values})

    def request(self, place: int = 4, starts_on: date = START, ends_on: date = END, **values: Any) -> "Case":
        wish = self.wish(place, starts_on, ends_on, **values)
        instance = self.office.do(RequestSecondment(self.office.street, wish), "street_clerk")
        number = self.office.read(lambda session: session.get_one(ProcessInstance, instance).business_key)
        return Case(self, place, number)

    def change(self, place: int, **values: Any) -> None:
        """Changes the row of a worker."""

        def make(context: CommandContext) -> None:
            worker = context.session.get_one(Worker, self.workers[place])
            for name, value in values.items():
                setattr(worker, name, value)

        self.office.prepare(make)

    def add(self, *rows: Any) -> None:
        self.office.prepare(lambda context: context.session.add_all(rows))

    def told(self, who: Actor) -> list[str]:
        """Titles of the messages somebody has got."""
        query = select(Notification.title).where(Notification.user_id == who.user_id).order_by(Notification.id)
        return self.office.read(lambda session: list(session.scalars(query)))

    def count(self) -> int:
        return self.office.read(lambda session: len(session.scalars(select(Secondment)).all()))


class Case:
    """One secondment."""

    def __init__(self, village: Village, place: int, number: str) -> None:
        self.village, self.office, self.number = village, village.office, number
        self.worker = village.actors[place]

    @property
    def row(self) -> Secondment:
        def load(session: Any) -> Secondment:
            found = secondment_numbered(session, self.number)
            assert found.document_number is not None
            return found

        return self.office.read(load)

    @property
    def state(self) -> SecondmentState:
        return self.row.state

    def act(self, who: Actor | str, node_id: str, decision: str, opinion: str = "意见", **values: Any) -> None:
        self.office.act(who, self.number, node_id, decision, opinion, values)

    def to_county(self) -> "Case":
        self.act(self.worker, "worker_consent", "agree")
        self.act(self.village.secretary, "community_opinion", "support")
        self.act("street_leader", "street_committee", "pass")
        return self

    def approved(self) -> "Case":
        self.to_county()
        self.act("county_clerk", "county_review", "pass")
        self.act("county_head", "county_approval", "approve")
        return self

    def at(self, day: date, hour: int = 10) -> "Case":
        """Time passes up to that day."""
        self.office.move_to(datetime(day.year, day.month, day.day, hour, tzinfo=CHINA))
        return self

    def back(self, on: date) -> None:
        self.act("street_clerk", "return_to_post", "done", returned_on=on.isoformat(), performance="good",
                 evaluation="工作认真", handover="材料已移交")  # fmt: skip

    @property
    def extension(self) -> str:
        """Number of its extension."""
        return self.office.read(lambda session: str(secondment_numbered(session, self.number).extensions[0].number))

    @property
    def extension_state(self) -> ExtensionState:
        return self.office.read(lambda session: secondment_numbered(session, self.number).extensions[0].state)

    @property
    def open(self) -> list[str]:
        return self.office.open_nodes(self.number)

    @property
    def outcome(self) -> str | None:
        return self.office.outcome(self.number)
