"""One recruitment of the demo county, step by step, as its officers and applicants play it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy import select

from engine.delegates.recruitment.commands import PrintTicket, RequestPosts, StartCampaign
from engine.kernel.clock import CHINA
from engine.kernel.command import CommandContext
from engine.personnel.dates import add_years
from engine.personnel.recruitment.announcement import CampaignDates, revise_campaign
from engine.personnel.recruitment.campaigns import Campaign, CampaignPost
from engine.personnel.recruitment.exam_desk import RoomPlan, SaveExamRooms
from engine.personnel.recruitment.planning import WantedPosts
from engine.personnel.recruitment.registrations import Registration
from engine.personnel.recruitment.requests import PostRequest
from engine.personnel.recruitment.score_sheets import ImportInterviewScores, ImportWrittenScores
from engine.personnel.recruitment.states import RegistrationState
from engine.personnel.spreadsheets import read_sheet
from engine.workflow.tables import ProcessInstance, WorkItem
from seed.applicants import Applicant, register
from seed.people import Crowd
from seed.spreadsheets import interview_workbook, written_workbook
from seed.story import Days, Story, StoryBroken

ANNOUNCEMENT = """为加强社区工作者队伍建设，根据《关于加强社区工作者队伍建设的16条措施》（苏社〔2024〕52号），
{county}公开招聘社区工作者。

一、招聘原则：公开、平等、竞争、择优，逢进必考。
二、报名方式：网上报名，每人限报一个岗位，报名与考试须使用同一有效居民身份证。
三、同等条件下，专职网格员优先；鼓励高校毕业生、退役军人、社会工作专业人才报考。
四、资格审查贯穿招聘全过程，提供虚假材料的，随时取消资格。
五、本次招聘不收取任何费用，不指定辅导用书，不举办也不委托任何机构举办考试辅导培训班。"""
"""Text of the demo announcements; the county's name is put in."""


@dataclass(frozen=True, slots=True)
class DrawUpPlan:
    """The plan as the county's clerk writes it before he hands it in."""

    campaign_id: int
    dates: CampaignDates
    title: str
    text: str

    def execute(self, context: CommandContext) -> None:
        phone = "0599-0000 1234（工作日 9:00—17:00）"
        revise_campaign(context, self.campaign_id, self.dates, title=self.title, announcement=self.text, phone=phone)


@dataclass
class Recruitment:
    """One announcement and its applicants; the methods schedule or play one stage each."""

    story: Story
    crowd: Crowd
    title: str
    wanted: Mapping[int, Sequence[WantedPosts]]
    """Number of the street -> the posts it asks for."""
    dates: CampaignDates
    password_hash: str
    folder: Path
    requests: list[int] = field(default_factory=list)
    applicants: list[Applicant] = field(default_factory=list)
    number: str = ""
    campaign_id: int = 0
    posts: list[int] = field(default_factory=list)

    def prepare(self, first: datetime, *, until_draft: bool = False) -> None:
        """Requests from the streets, accepted; a campaign, its plan signed, reviewed by the city and published."""
        for street in self.wanted:
            request_posts(self.story, first, street, self.wanted[street], self.requests.append)
        self.story.at(Days.later(first, 2), self._start)
        if until_draft:
            return
        self.story.at(Days.later(first, 3), self._plan)
        self.story.at(Days.later(first, 4), lambda: self.act("county_head", "head_approval", "approve", "同意"))
        self.story.at(Days.later(first, 5), lambda: self.act("city_officer", "city_prereview", "pass", "符合规定"))

    def registers(
        self, moment: datetime, post: int, review: str = "pass", opinion: str = "",
        after: timedelta = timedelta(hours=5), then: Callable[[Applicant], None] | None = None, **facts: Any,
    ) -> None:  # fmt: skip
        """Somebody registers for a post, counted from 0; a reviewer decides later, unless `review` is empty."""
        made: list[Applicant] = []
        self.story.at(moment, lambda: made.append(self._register(post, complete=review != "draft", **facts)))
        if review not in ("", "draft"):
            reviewer = "county_reviewer" if post % 2 == 0 else "county_reviewer2"
            self.story.at(moment + after, lambda: self.reviewed(made[0], reviewer, review, opinion))
        if then is not None:
            self.story.at(moment + after + timedelta(hours=1), lambda: then(made[0]))

    def reviewed(self, applicant: Applicant, reviewer: str, decision: str, opinion: str = "") -> None:
        """The first review."""
        remarks = {"school": "毕业院校与证书不一致，请核对"} if decision == "return" else {}
        self.story.act(reviewer, applicant.number, "first_review", decision, opinion, remarks=remarks)

    def act(self, who: str, node_id: str, decision: str, opinion: str = "", **values: Any) -> None:
        """A step of the campaign itself."""
        self.story.act(who, self.number, node_id, decision, opinion, **values)

    def each(self, node_id: str, act: Callable[[str, int], None]) -> None:
        """Calls `act(number, place)` for every registration of this campaign that waits at the node."""
        query = (
            select(ProcessInstance.business_key)
            .join(WorkItem, WorkItem.instance_id == ProcessInstance.id)
            .join(Registration, Registration.number == ProcessInstance.business_key)
            .where(
                WorkItem.node_id == node_id, WorkItem.queue.is_not(None), Registration.campaign_id == self.campaign_id
            )
            .order_by(ProcessInstance.id)
            .distinct()
        )
        for place, number in enumerate(self.story.read(lambda session: list(session.scalars(query)))):
            act(number, place)

    def seat(self, rooms: Iterable[RoomPlan], seed: str) -> None:
        """Rooms are entered and the seats drawn from a published seed."""
        self.story.do(SaveExamRooms(self.campaign_id, list(rooms)), "exam_officer")
        self.act("exam_officer", "arrange_rooms", "arranged", seed=seed)

    def print_tickets(self, but: int = 0) -> None:
        """Everybody who may prints the ticket, but for the last few."""
        ready = self.in_state(RegistrationState.CONFIRMED)
        printing = {row.id for row in ready[: len(ready) - but]}
        for applicant in self.applicants:
            if applicant.registration_id in printing:
                self.story.do(PrintTicket(applicant.registration_id), applicant.actor)

    def import_written(self, scores: Sequence[Decimal | None], *, absent: str = "缺考") -> None:
        """The officer's workbook of written scores is imported and the import confirmed."""
        taking_part = self.in_state(RegistrationState.TICKET_PRINTED)
        rows = [
            (row.exam_number or "", row.name, "" if score is None else f"{score:.2f}", absent if score is None else "")
            for row, score in zip(taking_part, scores, strict=False)
        ]
        content = written_workbook(rows)
        (self.folder / f"笔试成绩-{self.number}.xlsx").write_bytes(content)
        report = self.story.do(ImportWrittenScores(self.campaign_id, read_sheet(content)), "exam_officer")
        _accept([error.text for error in report.errors])
        self.act("exam_officer", "import_written", "imported")

    def import_interviews(self, middle: Sequence[Decimal]) -> None:
        """The judges' marks lie around the given mean of each interviewee, in the order of their numbers."""
        invited = self.in_state(RegistrationState.RECHECK_PASS)
        content = interview_workbook(
            [(row.exam_number or "", row.name, _marks(mean)) for row, mean in zip(invited, middle, strict=False)]
        )
        (self.folder / f"面试成绩-{self.number}.xlsx").write_bytes(content)
        report = self.story.do(ImportInterviewScores(self.campaign_id, read_sheet(content)), "exam_officer")
        _accept([error.text for error in report.errors])
        self.act("exam_officer", "import_interview", "imported")

    def in_state(self, *states: RegistrationState) -> list[Registration]:
        """The registrations in one of the states, in the order in which they were made."""
        query = select(Registration).where(
            Registration.campaign_id == self.campaign_id, Registration.state.in_(states)
        )
        return self.story.read(lambda session: list(session.scalars(query.order_by(Registration.id))))

    def _start(self) -> None:
        command = StartCampaign(self.story.county.county, self.title, self.requests)
        instance = self.story.do(command, "county_clerk")
        self.number = self.story.read(lambda session: session.get_one(ProcessInstance, instance).business_key)
        query = select(Campaign.id).where(Campaign.number == self.number)
        self.campaign_id = self.story.read(lambda session: session.scalars(query).one())
        lines = select(CampaignPost.id).where(CampaignPost.campaign_id == self.campaign_id)
        self.posts = self.story.read(lambda session: list(session.scalars(lines.order_by(CampaignPost.sequence))))

    def _plan(self) -> None:
        text = ANNOUNCEMENT.replace("{county}", "云汀县")
        self.story.do(DrawUpPlan(self.campaign_id, self.dates, self.title, text), "county_clerk")
        self.act("county_clerk", "draft_plan", "submit", "请审签")

    def _register(self, post: int, *, complete: bool, **facts: Any) -> Applicant:
        day = self.dates.reg_opens_at.astimezone(CHINA).date()
        person = self.crowd.person(add_years(day, -35), add_years(day, -20), **facts)
        applicant = register(
            self.story, self.campaign_id, self.posts[post], person, self.password_hash, complete=complete
        )
        self.applicants.append(applicant)
        return applicant


def request_posts(
    story: Story, first: datetime, street: int, wanted: Sequence[WantedPosts], keep: Callable[[int], None] | None,
    *, stop_before: str = "",
) -> None:  # fmt: skip
    """A street asks for posts; its leaders and the county agree, unless the case is to stop before one of them."""
    ending = "" if street == 0 else str(street + 1)
    made: list[PostRequest] = []

    def ask() -> None:
        reason = "辖区人口增加，社区工作力量不足，申请补充社区工作者。"
        instance = story.do(RequestPosts(story.county.streets[street], reason, wanted), f"street_clerk{ending}")
        number = story.read(lambda session: session.get_one(ProcessInstance, instance).business_key)
        query = select(PostRequest).where(PostRequest.number == number)
        made.append(story.read(lambda session: session.scalars(query).one()))
        if keep is not None:
            keep(made[0].id)

    def decide(who: str, node_id: str, decision: str) -> Callable[[], None]:
        return lambda: story.act(who, str(made[0].number), node_id, decision, "同意")

    story.at(first + timedelta(minutes=street), ask)
    if stop_before != "street_review":
        story.at(first + timedelta(hours=3), decide(f"street_leader{ending}", "street_review", "pass"))
        if stop_before != "county_review":
            story.at(Days.later(first, 1), decide("county_clerk", "county_review", "accept"))


def _marks(mean: Decimal) -> list[Decimal]:
    """Seven judges around a mean."""
    return [mean + Decimal(step) for step in (-3, 2, 0, -1, 3, 1, -2)]


def _accept(errors: Sequence[str]) -> None:
    if errors:
        raise StoryBroken("；".join(errors))

