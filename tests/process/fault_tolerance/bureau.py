"""A county with its discipline organ and one worker, and a case in a few lines; every command restores its case."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import delete, select

from engine.delegates.fault_tolerance.commands import OpenClearingCase, OpenFaultCase
from engine.identity.users import RoleMembership, User, load_actor
from engine.kernel.actor import SYSTEM, Actor
from engine.kernel.clock import CHINA, local_date
from engine.kernel.command import CommandContext
from engine.personnel.case_files import Material
from engine.personnel.fault_tolerance.cases import ClearingCase, FaultCase, case_numbered
from engine.personnel.fault_tolerance.materials import open_files
from engine.personnel.fault_tolerance.terms import Condition
from engine.personnel.vocabulary import Education, Politics, Post, Sex, WorkerCategory
from engine.personnel.workers import Worker
from engine.workflow.definitions import Deploy
from engine.workflow.tables import ProcessInstance
from tests.process.office import Office

DIAGRAMS = Path(__file__).parents[3] / "bpmn" / "fault_tolerance"
ALL_MET = {condition.value: "yes" for condition in Condition}
ACCOUNT = "防汛抢险中先行拆除围挡，事后当日报告。"


class Bureau:
    """The three departments of a consultation, a second discipline officer, and the person concerned."""

    def __init__(self, office: Office) -> None:
        self.office = office
        files = {path.name: path.read_bytes() for path in sorted(DIAGRAMS.iterdir())}
        office.do(Deploy(files), SYSTEM)
        self.discipline = office.staff["discipline_officer"]
        self.colleague = self.officer("second_discipline", "discipline_officer", office.county)
        self.organisation = self.officer("organiser", "organisation_officer", office.county)
        self.head = office.staff["county_head"]
        self.person = self.officer("worker", "community_worker", office.street)
        self.stranger = self.officer("other_worker", "community_worker", office.street)
        self.worker = office.prepare(self._worker)

    def officer(self, name: str, role: str, place: int) -> Actor:
        def make(context: CommandContext) -> int:
            user = User(login=name, name=name, active=True, created_at=context.now)
            context.session.add(user)
            context.session.flush()
            context.session.add(RoleMembership(user_id=user.id, role=role, organisation_id=place))
            return user.id

        user_id = self.office.prepare(make)
        return self.office.read(lambda session: load_actor(session, user_id))

    def _worker(self, context: CommandContext) -> int:
        worker = Worker(
            user_id=self.person.user_id, county_id=self.office.county, street_id=self.office.street,
            category=WorkerCategory.RECOGNISED, recognised_by=2, name="顾盼", sex=Sex.FEMALE, born=date(1990, 1, 1),
            id_number="id", id_index="id", education=Education.BACHELOR, politics=Politics.MASSES, post=Post.GENERAL,
            grade=3, hired_on=date(2020, 1, 1), community_since=date(2020, 1, 1), active=True,
        )  # fmt: skip
        context.session.add(worker)
        context.session.flush()
        return worker.id

    @property
    def today(self) -> date:
        return local_date(self.office.clock.now())

    def apply(self, who: Actor | None = None, materials: tuple[Material, ...] = ()) -> str:
        """Asks with yesterday's accountability notice; discipline begins without one. Answers the number."""
        who = who or self.person
        notice = None if who is self.discipline else self.today - timedelta(days=1)
        return self._number(self.office.do(OpenFaultCase(self.worker, ACCOUNT, notice, materials), who))

    def ask_for_clearing(self, who: Actor | None = None, fault_case_id: int | None = None) -> str:
        """A clearing of an untrue report. Answers the number."""
        command = OpenClearingCase(self.worker, "被举报截留慰问品，查无此事。", fault_case_id)
        return self._number(self.office.do(command, who or self.discipline))

    def _number(self, instance_id: int) -> str:
        self.office.work()
        query = select(ProcessInstance.business_key).where(ProcessInstance.id == instance_id)
        return self.office.read(lambda session: session.scalars(query).one())

    def act(
        self, number: str, node: str, decision: str, values: Mapping[str, Any] | None = None, opinion: str = "意见",
        who: Actor | None = None,
    ) -> None:  # fmt: skip
        self.office.act(who or self.discipline, number, node, decision, opinion, values or {})

    def to_sheet(self, number: str) -> None:
        """Accepted where it has to be, and investigated."""
        if "acceptance" in self.office.open_nodes(number):
            self.act(number, "acceptance", "accept")
        self.act(number, "investigation", "finish", {"report": "系集体研究后的应急处置。"})

    def fill(self, number: str, answers: Mapping[str, str] = ALL_MET, found: tuple[str, ...] = ()) -> None:
        self.act(number, "check_sheet", "submit", {**answers, "found": list(found), "grounds": "会议记录、现场照片"})

    def consult(self, number: str, decision: str = "agree") -> None:
        """Every holder of the three roles but the author signs for himself."""
        for who in (self.colleague, self.organisation, self.head):
            self.act(number, "consultation", decision, who=who)

    def concluded(self, conclusion: str = "exempt", who: Actor | None = None, **sheet: Any) -> str:
        """A case whose conclusion the person has in hand. Answers the number."""
        number = self.apply(who)
        self.to_sheet(number)
        self.fill(number, **sheet)
        self.act(number, "draft_conclusion", conclusion)
        self.consult(number)
        self.act(number, "delivery", "delivered", {"delivered_on": self.today.isoformat()})
        return number

    def wait(self, days: int) -> None:
        self.at(self.today + timedelta(days=days))

    def at(self, day: date) -> None:
        """Ten in the morning of a day, with everything done that is due by then."""
        self.office.clock.move_to(datetime(day.year, day.month, day.day, 10, 0, tzinfo=CHINA))
        self.office.work()

    def dismiss(self, officer: Actor) -> None:
        """Somebody loses all his roles."""
        held = delete(RoleMembership).where(RoleMembership.user_id == officer.user_id)
        self.office.prepare(lambda context: context.session.execute(held))

    def files(self, number: str, who: Actor) -> list[str]:
        """Kinds of the files of a case that somebody may open, in the order in which they came."""
        return self.office.read(
            lambda session: [file.kind for file in open_files(session, who, case_numbered(session, number))]
        )

    def fault(self, number: str) -> FaultCase:
        with self.office.engine.reading() as session:
            found = session.scalars(select(FaultCase).where(FaultCase.number == number)).one()
            session.expunge(found)
            return found

    def clearing(self, number: str) -> ClearingCase:
        with self.office.engine.reading() as session:
            found = session.scalars(select(ClearingCase).where(ClearingCase.number == number)).one()
            session.expunge(found)
            return found
