"""A small county on a real database, and people to recruit in it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import pytest

from engine.identity.organisations import OrganisationKind, add_organisation
from engine.identity.users import User
from engine.kernel.actor import SYSTEM, Actor, actor_of
from engine.kernel.clock import CHINA, FixedClock
from engine.kernel.command import CommandContext
from engine.kernel.process_engine import ProcessEngine
from engine.kernel.settings import Settings
from engine.kernel.store import Store
from engine.personnel.decision_files import tables_of
from engine.personnel.decisions import DecisionTables
from engine.personnel.holiday_source import fill_calendar
from engine.personnel.id_number import id_number_of
from engine.personnel.quota_ledger import SetUrbanPopulation
from engine.personnel.recruitment import announcement, enrolment, planning, settlement
from engine.personnel.recruitment.applicant import AttachFile, SaveRegistrationDraft
from engine.personnel.recruitment.campaigns import Campaign
from engine.personnel.recruitment.exam_desk import DrawSeats, RoomPlan, SaveExamRooms
from engine.personnel.recruitment.planning import WantedPosts
from engine.personnel.recruitment.registration_form import ALWAYS_ATTACHED, Declaration
from engine.personnel.recruitment.registrations import AttachmentKind, Registration, ReviewDecision
from engine.personnel.recruitment.score_sheets import ImportInterviewScores, ImportWrittenScores
from engine.personnel.recruitment.states import CampaignState, RegistrationState, RequestState
from engine.personnel.tabular import ImportReport

R = TypeVar("R")
TABLES = Path(__file__).parents[3] / "bpmn" / "recruitment"
JPEG = bytes.fromhex("ffd8ffe000104a46494600010100000100010000ffd9")


@dataclass(frozen=True)
class Run:
    """A function of the domain as a command."""

    action: Callable[[CommandContext], Any]

    def execute(self, context: CommandContext) -> Any:
        return self.action(context)


@dataclass
class County:
    """The county with its officers, and short ways to play a campaign in it."""

    engine: ProcessEngine
    clock: FixedClock
    id: int = 0
    street: int = 0
    community: int = 0
    clerk: Actor = SYSTEM
    head: Actor = SYSTEM
    reviewer: Actor = SYSTEM
    examiner: Actor = SYSTEM
    applicants: list[Actor] = field(default_factory=list)

    def run(self, action: Callable[[CommandContext], R], actor: Actor = SYSTEM) -> R:
        """`action` in a transaction of its own."""
        result: R = self.engine.execute(Run(action), actor=actor)
        return result

    def campaign(self, campaign_id: int) -> Campaign:
        with self.engine.reading() as session:
            campaign = session.get_one(Campaign, campaign_id)
            assert campaign.posts is not None
            return campaign

    def registration(self, registration_id: int) -> Registration:
        with self.engine.reading() as session:
            return session.get_one(Registration, registration_id)

    def state(self, registration_id: int) -> RegistrationState:
        return self.registration(registration_id).state

    def request(self, *wanted: WantedPosts) -> int:
        """An accepted request of the street."""

        def act(context: CommandContext) -> int:
            request = planning.create_request(context, self.street, "社区人手不足", wanted)
            planning.move_request(context, request.id, RequestState.COUNTY_REVIEW)
            planning.check_request_quota(context, request.id)
            planning.accept_request(context, request.id)
            return request.id

        return self.run(act)

    def published(self, *wanted: WantedPosts) -> int:
        """A campaign that is public."""
        request_id = self.request(*wanted)

        def act(context: CommandContext) -> int:
            campaign = announcement.create_campaign(context, self.id, "云泽县2026年公开招聘社区工作者", [request_id])
            for state in (CampaignState.COUNTY_REVIEW, CampaignState.CITY_PREREVIEW, CampaignState.APPROVED):
                announcement.move_campaign(context, campaign.id, state)
            announcement.publish_campaign(context, campaign.id)
            return campaign.id

        return self.run(act)

    def opened(self, *wanted: WantedPosts) -> int:
        """A campaign whose registration is open."""
        campaign_id = self.published(*wanted)
        self.clock.move_to(self.campaign(campaign_id).reg_opens_at + timedelta(minutes=1))
        self.run(lambda context: settlement.open_registration(context, campaign_id))
        return campaign_id

    def draft(self, campaign_id: int, actor: Actor, **values: Any) -> int:
        """A complete form of `actor`, not yet handed in."""
        post = self.campaign(campaign_id).posts[0]
        number = self.applicants.index(actor)
        form: dict[str, Any] = {
            "post_id": post.id, "name": f"报考人{number}", "phone": f"138000000{number:02}",
            "id_number": id_number_of("320706", date(1995, 5, 5), number), "education": "bachelor", "major": "法学",
            "household": "household", "politics": "masses", "nation": "汉族", "household_place": "云泽县",
            "address": "云泽县平安路 1 号", "emergency_phone": "13900000000", "school": "云泽大学",
            "graduated_on": date(2017, 6, 30), "resume": "2017 年起在企业工作",
            "declarations": [declaration.value for declaration in Declaration],
        } | values  # fmt: skip

        def act(context: CommandContext) -> int:
            registration_id = SaveRegistrationDraft(campaign_id, form).execute(context)
            for kind in ALWAYS_ATTACHED:
                AttachFile(registration_id, kind, "材料.jpg", JPEG).execute(context)
            return registration_id

        return self.run(act, actor)

    def attach(self, registration_id: int, actor: Actor, kind: AttachmentKind, content: bytes = JPEG) -> int:
        return self.engine.execute(AttachFile(registration_id, kind, "材料.jpg", content), actor=actor)

    def submitted(self, campaign_id: int, actor: Actor, **values: Any) -> int:
        registration_id = self.draft(campaign_id, actor, **values)
        self.run(lambda context: enrolment.submit_registration(context, registration_id), actor)
        return registration_id

    def passed(self, campaign_id: int, count: int, **values: Any) -> list[int]:
        """`count` admitted applicants."""
        ids = [self.submitted(campaign_id, actor, **values) for actor in self.applicants[:count]]
        for registration_id in ids:
            self.review(registration_id, ReviewDecision.PASS)
        return ids

    def review(self, registration_id: int, decision: ReviewDecision, opinion: str = "", **remarks: str) -> None:
        self.run(
            lambda context: enrolment.record_review(context, registration_id, decision, opinion, remarks), self.reviewer
        )

    def close_and_settle(self, campaign_id: int) -> settlement.OpeningResult:
        self.clock.move_to(self.campaign(campaign_id).reg_closes_at)
        self.run(lambda context: settlement.close_registration(context, campaign_id))
        return self.run(lambda context: settlement.settle_opening_ratio(context, campaign_id))

    def seated(self, campaign_id: int) -> None:
        """Seats drawn and all tickets printed."""
        self.run(lambda context: settlement.fix_examinees(context, campaign_id))
        self.engine.execute(
            SaveExamRooms(campaign_id, [RoomPlan("第一考场", 4), RoomPlan("第二考场", 30)]), actor=self.examiner
        )
        self.engine.execute(DrawSeats(campaign_id, "20261123-7788"), actor=self.examiner)
        self.clock.move_to(self.campaign(campaign_id).tickets_from)
        for number in self.run(lambda context: settlement.ticket_holders(context.session, campaign_id)):
            self.run(lambda context, number=number: _print(context, number))

    def written(self, campaign_id: int, scores: Iterable[tuple[int, str]], *, preview: bool = False) -> ImportReport:
        """Imports written scores; a score may also be 缺考."""
        self.clock.move_to(max(self.clock.now(), self.campaign(campaign_id).written_at))
        rows = [("准考证号", "姓名", "笔试成绩", "备注")]
        for registration_id, score in scores:
            entry = self.registration(registration_id)
            absent = score == "缺考"
            rows.append((entry.exam_number or "", entry.name, "" if absent else score, score if absent else ""))
        return self.engine.execute(ImportWrittenScores(campaign_id, rows, preview), actor=self.examiner)

    def interviewed(self, campaign_id: int, scores: Iterable[tuple[int, str]]) -> ImportReport:
        self.clock.move_to(max(self.clock.now(), self.campaign(campaign_id).interview_at))
        rows = [("准考证号", *(f"考官{n}" for n in range(1, 8)), "备注")]
        for registration_id, score in scores:
            number = self.registration(registration_id).exam_number or ""
            rows.append((number, *([""] * 7), score) if score == "缺考" else (number, *([score] * 7), ""))
        return self.engine.execute(ImportInterviewScores(campaign_id, rows), actor=self.examiner)


def _print(context: CommandContext, number: str) -> None:
    settlement.print_ticket(context, enrolment.registration_by_number(context.session, number).id)


@pytest.fixture
def engine(settings: Settings, store: Store, clock: FixedClock) -> ProcessEngine:
    tables = tables_of(path.read_bytes() for path in sorted(TABLES.glob("*.dmn")))
    return ProcessEngine(settings, store, clock, {DecisionTables: tables})


@pytest.fixture
def county(engine: ProcessEngine, clock: FixedClock) -> County:
    """A county of 683,200 urban residents with one street, one community and thirty applicants."""
    county = County(engine, clock)
    county.run(lambda context: _found(context, county))
    engine.execute(SetUrbanPopulation(county.id, 683_200, date(2026, 1, 1), "统计年鉴"), actor=county.head)
    return county


def _found(context: CommandContext, county: County) -> None:
    session = context.session
    city = add_organisation(session, OrganisationKind.CITY, "C", "云泽市")
    place = add_organisation(session, OrganisationKind.COUNTY, "X", "云泽县", city)
    street = add_organisation(session, OrganisationKind.STREET, "S", "平安街道", place)
    community = add_organisation(session, OrganisationKind.COMMUNITY, "M", "和谐社区", street)
    county.id, county.street, county.community = place.id, street.id, community.id
    county.clerk = _officer(context, "county_clerk", place.id)
    county.head = _officer(context, "county_head", place.id)
    county.reviewer = _officer(context, "county_reviewer", place.id)
    county.examiner = _officer(context, "exam_officer", place.id)
    county.applicants = [_person(context, f"applicant{number}") for number in range(30)]
    fill_calendar(session, context.now)


def _officer(context: CommandContext, role: str, organisation_id: int) -> Actor:
    person = _person(context, role)
    return actor_of(person.user_id or 0, person.name, [(role, organisation_id)])


def _person(context: CommandContext, login: str) -> Actor:
    user = User(login=login, name=login, created_at=datetime(2026, 1, 1, tzinfo=CHINA))
    context.session.add(user)
    context.session.flush()
    return actor_of(user.id, user.name)
