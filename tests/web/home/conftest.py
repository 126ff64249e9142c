"""A small county with an officer for every role, four workers, and something of each process; shared by all tests."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

import pytest
from argon2 import PasswordHasher
from flask import Flask
from sqlalchemy import select

from engine.delegates.appraisal.commands import StartGuide, StartPlan
from engine.delegates.fault_tolerance.commands import OpenFaultCase
from engine.delegates.recruitment.commands import RequestPosts
from engine.delegates.secondment.commands import RequestSecondment
from engine.installation import build_engine
from engine.kernel.actor import SYSTEM, Actor
from engine.kernel.clock import CHINA, FixedClock
from engine.kernel.command import CommandContext
from engine.kernel.process_engine import ProcessEngine
from engine.kernel.settings import Settings
from engine.kernel.store import open_store
from engine.personnel.all_round import AllRoundCertificate
from engine.personnel.exits.cases import ExitCase, ExitPaper
from engine.personnel.exits.papers import PaperKind, issue
from engine.personnel.exits.terms import ExitGround, ExitState, Route, Service
from engine.personnel.fault_tolerance.cases import FaultCase
from engine.personnel.policy import PolicyParameter
from engine.personnel.recruitment.planning import WantedPosts
from engine.personnel.secondment.course import Wish
from engine.personnel.vocabulary import Education, Politics, Post, Sex, WorkerCategory
from engine.personnel.workers import EmploymentContract, Worker
from engine.workflow.jobs import run_due_jobs
from engine.workflow.tables import ProcessInstance
from seed.appraisal import OpenAccounts
from seed.county import County, MakeCounty
from seed.people import Crowd
from seed.reference import load_reference
from seed.story import Story
from tests.databases import SqliteTemplate
from tests.visitor import PASSWORD
from webapp.application import create_app
from webapp.rooms import ROOMS

START = datetime(2026, 11, 23, 9, 0, tzinfo=CHINA)
KEY = bytes(range(32))
STAFF = (
    (Sex.FEMALE, Post.GENERAL), (Sex.MALE, Post.CHIEF), (Sex.FEMALE, Post.DEPUTY),
    *[(Sex.MALE, Post.GENERAL)] * 5,
)  # fmt: skip
"""The first is the demo worker, the second the demo secretary; the others are worker003 and so on."""


@dataclass(frozen=True)
class AddWorkers:
    """Workers of the first community with a contract each."""

    county: County

    def execute(self, context: CommandContext) -> list[int]:
        crowd = Crowd()
        context.session.add(PolicyParameter(
            county_id=self.county.county, key="secondment.streetPercent", value="40", reason="小街道",
            effective_from=date(2026, 1, 1), set_at=context.now,
        ))  # fmt: skip
        return [self._add(context, crowd, sex, post) for sex, post in STAFF]

    def _add(self, context: CommandContext, crowd: Crowd, sex: Sex, post: Post) -> int:
        person, hired = crowd.person(date(1985, 1, 1), date(1995, 1, 1)), date(2024, 3, 1)
        worker = Worker(
            county_id=self.county.county, street_id=self.county.streets[0], community_id=self.county.communities[0],
            recognised_by=2, category=WorkerCategory.RECOGNISED, name=person.name, sex=sex, born=person.born,
            id_number=person.id_number, id_index=context.cipher.blind_index(person.id_number, purpose="id_number"),
            phone=person.phone, education=Education.BACHELOR, politics=Politics.MASSES, post=post, grade=7,
            hired_on=hired, community_since=hired, active=True,
        )  # fmt: skip
        context.session.add(worker)
        context.session.flush()
        context.session.add(EmploymentContract(
            worker_id=worker.id, number=f"HT-{worker.id}", employer_id=self.county.streets[0], starts_on=hired,
            ends_on=date(2027, 2, 28), months=36, write_by=date(2024, 4, 1), signed_on=hired,
        ))  # fmt: skip
        context.session.add(AllRoundCertificate(
            worker_id=worker.id, certified_on=date(2025, 3, 1), valid_until=date(2028, 2, 29), recorded_at=context.now
        ))  # fmt: skip
        return worker.id


@dataclass(frozen=True)
class AddExit:
    """An exit as it stands in the books, with the papers that were served."""

    county: County
    worker_id: int
    number: str
    state: ExitState
    papers: tuple[str, ...]

    def execute(self, context: CommandContext) -> int:
        case = ExitCase(
            number=self.number, worker_id=self.worker_id, county_id=self.county.county,
            street_id=self.county.streets[0], ground=ExitGround.NEGLECT, route=Route.L39_3, state=self.state,
            reason="值班失职", started_at=context.now, last_day=date(2026, 12, 1),
            defence_until=context.now + timedelta(days=3), review_until=context.now + timedelta(days=5),
        )  # fmt: skip
        context.session.add(case)
        context.session.flush()
        context.session.add_all(
            ExitPaper(case_id=case.id, kind=kind, number=f"{kind}-1", served_on=context.today, way=Service.SIGNED,
                      proof="本人签收")
            for kind in self.papers
        )  # fmt: skip
        for kind in self.papers:
            issue(context, case, PaperKind(kind))
        return case.id


@dataclass
class Town:
    """The county of all tests of this folder."""

    engine: ProcessEngine
    story: Story
    workers: list[int] = field(default_factory=list)
    fault: str = ""
    secondment: str = ""

    def begin(self) -> None:
        """Something of each process, waiting at its first step."""
        story, county = self.story, self.story.county
        guide = self._number(story.do(StartGuide(county.county, START.year), "county_clerk"))
        story.act("county_clerk", guide, "draft_guide", "submit")
        story.act("county_head", guide, "head_approval", "approve", "同意")
        story.do(StartPlan(county.streets[0], START.year), "street_clerk")
        while run_due_jobs(self.engine, limit=200):
            pass
        day = START.date()
        wish = Wish(self.workers[0], county.streets[0], "党建办", "材料整理", "人手不足", day + timedelta(days=9),
                    day + timedelta(days=60))  # fmt: skip
        self.secondment = self._number(story.do(RequestSecondment(county.streets[0], wish), "street_clerk"))
        story.do(RequestPosts(county.streets[0], "辖区人口增加", (WantedPosts("综合服务岗", 1),)), "street_clerk")
        story.do(OpenFaultCase(self.workers[3], "抢险时先行处置", day), self.himself(3))
        self.fault = story.read(lambda session: session.scalars(select(FaultCase.number)).one()) or ""
        self.engine.execute(AddExit(county, self.workers[2], "TC-A", ExitState.HANDOVER, ("notice", "decision")),
                            actor=SYSTEM)  # fmt: skip
        self.engine.execute(AddExit(county, self.workers[3], "TC-B", ExitState.DEFENCE, ("notice",)), actor=SYSTEM)

    def himself(self, place: int) -> Actor:
        """The worker in that place of the list, as he acts."""
        query = select(Worker.user_id).where(Worker.id == self.workers[place])
        return self.story.person(self.story.read(lambda session: session.scalars(query).one()) or 0)

    def _number(self, instance_id: int) -> str:
        return self.story.read(lambda session: session.get_one(ProcessInstance, instance_id).business_key)


@pytest.fixture(scope="session")
def town(tmp_path_factory: pytest.TempPathFactory, sqlite_template: SqliteTemplate) -> Iterator[Town]:
    """Made once; what a test changes concerns nobody but itself. Its people sign in often, so that is made cheap."""
    password_hash = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    folder = tmp_path_factory.mktemp("town")
    url = sqlite_template.copy_to(folder / "shegong.db")
    settings, clock = Settings(data_folder=folder, database_url=url, master_key=KEY), FixedClock(START)
    store = open_store(settings.database_url, settings.cipher())
    engine = build_engine(settings, clock=clock, store=store)
    load_reference(engine)
    county = engine.execute(MakeCounty(password_hash), actor=SYSTEM)
    made = Town(engine, Story(engine, clock, county), engine.execute(AddWorkers(county), actor=SYSTEM))
    engine.execute(OpenAccounts(county, password_hash), actor=SYSTEM)
    made.begin()
    yield made
    store.close()


@pytest.fixture(scope="session")
def pages(town: Town) -> Flask:
    """The whole product in that county, built once."""
    return create_app(town.engine, ROOMS)


@pytest.fixture
def app(pages: Flask) -> Flask:
    return pages
