"""The demo county with work waiting: requests, an announcement whose registration is open, registrations to review."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import select

from engine.delegates.recruitment.commands import RequestPosts, StartCampaign
from engine.kernel.actor import SYSTEM
from engine.kernel.clock import CHINA, FixedClock
from engine.kernel.process_engine import ProcessEngine
from engine.personnel.dates import add_years
from engine.personnel.recruitment.campaigns import Campaign, CampaignPost
from engine.personnel.recruitment.planning import WantedPosts
from engine.personnel.recruitment.requests import PostRequest
from engine.workflow.tables import ProcessInstance, WorkItem
from seed.applicants import Applicant, register
from seed.county import MakeCounty
from seed.people import Crowd
from seed.reference import load_reference
from seed.story import Story

START = datetime(2026, 11, 2, 9, 0, tzinfo=CHINA)
WANTED = (WantedPosts("综合服务岗", 2, duties="网格走访、民生服务"), WantedPosts("社区党建岗", 1))


@dataclass
class Stage:
    """A county at work; `story` moves it on."""

    engine: ProcessEngine
    clock: FixedClock
    story: Story
    password_hash: str
    crowd: Crowd = field(default_factory=Crowd)
    applicants: list[Applicant] = field(default_factory=list)
    campaign: str = ""

    def request(self, street: int = 0, wanted: Sequence[WantedPosts] = WANTED) -> str:
        """A street asks for posts. Answers the number of the request."""
        ending = "" if street == 0 else str(street + 1)
        command = RequestPosts(self.story.county.streets[street], "辖区人口增加，力量不足。", wanted)
        return self.number(self.story.do(command, f"street_clerk{ending}"))

    def accept(self, number: str, street: int = 0) -> None:
        """Street and county agree."""
        ending = "" if street == 0 else str(street + 1)
        self.story.act(f"street_leader{ending}", number, "street_review", "pass", "同意")
        self.story.act("county_clerk", number, "county_review", "accept", "同意")

    def open_registration(self) -> None:
        """An announcement is published and its registration opens."""
        number = self.request()
        self.accept(number)
        with self.engine.reading() as session:
            wanted = session.scalars(select(PostRequest.id).where(PostRequest.number == number)).one()
        command = StartCampaign(self.story.county.county, "云汀县2026年公开招聘社区工作者公告", [wanted])
        self.campaign = self.number(self.story.do(command, "county_clerk"))
        self.story.act("county_clerk", self.campaign, "draft_plan", "submit")
        self.story.act("county_head", self.campaign, "head_approval", "approve")
        self.story.act("city_officer", self.campaign, "city_prereview", "pass")
        with self.engine.reading() as session:
            opens = session.scalars(select(Campaign.reg_opens_at).where(Campaign.number == self.campaign)).one()
        self.story.pass_to(opens + timedelta(minutes=5))

    def registers(self) -> Applicant:
        """Somebody registers for the first post."""
        with self.engine.reading() as session:
            campaign = session.scalars(select(Campaign.id).where(Campaign.number == self.campaign)).one()
            posts = select(CampaignPost.id).where(CampaignPost.campaign_id == campaign)
            post = session.scalars(posts.order_by(CampaignPost.sequence)).first()
        day = self.clock.now().date()
        person = self.crowd.person(add_years(day, -34), add_years(day, -23))
        assert post is not None
        made = register(self.story, campaign, post, person, self.password_hash)
        self.applicants.append(made)
        return made

    def number(self, instance_id: int) -> str:
        with self.engine.reading() as session:
            return session.get_one(ProcessInstance, instance_id).business_key

    def case(self, number: str) -> int:
        """The case of that number."""
        query = select(ProcessInstance.id).where(ProcessInstance.business_key == number)
        with self.engine.reading() as session:
            return session.scalars(query).one()

    def item(self, number: str, node_id: str) -> int:
        """The newest work item of the case at the node."""
        query = (
            select(WorkItem.id)
            .join(ProcessInstance, ProcessInstance.id == WorkItem.instance_id)
            .where(ProcessInstance.business_key == number, WorkItem.node_id == node_id)
            .order_by(WorkItem.id.desc())
        )
        with self.engine.reading() as session:
            found = session.scalars(query.limit(1)).first()
        assert found is not None, f"{number} is not at {node_id}"
        return found


def make_stage(engine: ProcessEngine, clock: FixedClock, password_hash: str) -> Stage:
    """An empty county with its officers and the deployed processes."""
    load_reference(engine)
    county = engine.execute(MakeCounty(password_hash), actor=SYSTEM)
    return Stage(engine, clock, Story(engine, clock, county), password_hash)
