"""A street with workers and their year, and the appraisal in a few lines; every command restores its case."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy import select

from engine.delegates.appraisal.commands import AppealResult, RequestReview, StartGuide, StartPlan
from engine.identity.organisations import Organisation, OrganisationKind, add_organisation
from engine.identity.users import RoleMembership, User, load_actor
from engine.kernel.actor import SYSTEM, Actor
from engine.kernel.clock import CHINA
from engine.kernel.command import CommandContext
from engine.personnel.appraisal.ballots import (
    CastBallot,
    CastResidentBallot,
    IssueTokens,
    elector_by_token,
    elector_of,
    paper_for,
)
from engine.personnel.appraisal.cases import AppraisalCase, AppraisalEffect, AppraisalPlan
from engine.personnel.appraisal.guides import AppraisalGuide
from engine.personnel.appraisal.ledgers import TrainingEntry
from engine.personnel.appraisal.terms import AppraisalGrade, CaseState, EffectKind, Rating
from engine.personnel.policy import PolicyParameter
from engine.personnel.vocabulary import Education, Politics, Post, Sex, WorkerCategory
from engine.personnel.workers import Worker
from engine.workflow.definitions import Deploy
from engine.workflow.instances import find_instance
from engine.workflow.tables import ProcessInstance, WorkItem
from tests.process.office import Office

DIAGRAMS = Path(__file__).parents[3] / "bpmn" / "appraisal"
YEAR = 2026


class Town:
    """One community of one street; `people` says the post of each worker."""

    def __init__(self, office: Office, people: Sequence[Post]) -> None:
        self.office = office
        files = {path.name: path.read_bytes() for path in sorted(DIAGRAMS.iterdir())}
        office.do(Deploy(files), SYSTEM)
        self.community = office.prepare(self._community)
        self.secretary = officer(office, "secretary", "community_secretary", self.community)
        self.actors = [officer(office, f"w{n}", "community_worker", self.community) for n in range(len(people))]
        self.workers = [self._worker(place, post) for place, post in enumerate(people)]
        office.prepare(self._few_ballots)

    def _community(self, context: CommandContext) -> int:
        street = context.session.get_one(Organisation, self.office.street)
        return add_organisation(context.session, OrganisationKind.COMMUNITY, "c1", "一号社区", street).id

    def _few_ballots(self, context: CommandContext) -> None:
        for key, value in (("minResidentBallots", "5"), ("minPeerBallots", "3")):
            context.session.add(
                PolicyParameter(county_id=self.office.county, key=f"appraisal.{key}", value=value, reason="测试",
                                effective_from=date(2026, 1, 1), set_at=context.now)
            )  # fmt: skip

    def _worker(self, place: int, post: Post) -> int:
        grade = {Post.GENERAL: 3, Post.DEPUTY: 5, Post.CHIEF: 8}[post]

        def make(context: CommandContext) -> int:
            worker = Worker(
                user_id=self.actors[place].user_id, county_id=self.office.county, street_id=self.office.street,
                community_id=self.community, category=WorkerCategory.RECOGNISED, recognised_by=2, name=f"人{place}",
                sex=Sex.FEMALE, born=date(1990, 1, 1), id_number=f"id{place}", id_index=f"id{place}",
                education=Education.BACHELOR, politics=Politics.MASSES, post=post, grade=grade,
                hired_on=date(2020, 1, 1), community_since=date(2020, 1, 1), active=True,
            )  # fmt: skip
            context.session.add(worker)
            context.session.flush()
            context.session.add(
                TrainingEntry(worker_id=worker.id, held_on=date(2026, 5, 1), days=Decimal(5), title="培训",
                              recorded_at=context.now)
            )  # fmt: skip
            return worker.id

        return self.office.prepare(make)

    def change(self, place: int, **values: Any) -> None:
        """Changes the row of a worker."""

        def make(context: CommandContext) -> None:
            worker = context.session.get_one(Worker, self.workers[place])
            for name, value in values.items():
                setattr(worker, name, value)

        self.office.prepare(make)

    def add(self, *rows: Any) -> None:
        """Puts rows into the store."""
        self.office.prepare(lambda context: context.session.add_all(rows))

    def guide(self) -> None:
        """The county's guide of the year is published."""
        instance = self.office.do(StartGuide(self.office.county, YEAR), "county_clerk")
        number = self.number(instance)
        self.office.act("county_clerk", number, "draft_guide", "submit")
        self.office.act("county_head", number, "head_approval", "approve")
        assert self.office.outcome(number) == "方案已发布"

    def start(self) -> None:
        """Guide and plan; everybody has his case."""
        self.guide()
        self.office.do(StartPlan(self.office.street, YEAR), "street_clerk")
        self.office.work()

    @property
    def plan(self) -> AppraisalPlan:
        return self.office.read(lambda session: session.scalars(select(AppraisalPlan)).one())

    @property
    def guide_row(self) -> AppraisalGuide:
        return self.office.read(lambda session: session.scalars(select(AppraisalGuide)).one())

    def case(self, place: int) -> AppraisalCase:
        query = select(AppraisalCase).where(AppraisalCase.worker_id == self.workers[place], AppraisalCase.year == YEAR)
        return self.office.read(lambda session: session.scalars(query).one())

    def key(self, place: int) -> str:
        return str(self.case(place).number)

    def grade(self, place: int) -> AppraisalGrade | None:
        return self.case(place).grade

    def state(self, place: int) -> CaseState:
        return self.case(place).state

    def number(self, instance_id: int) -> str:
        return self.office.read(lambda session: session.get_one(ProcessInstance, instance_id).business_key)

    def open_item(self, number: str, node_id: str) -> int:
        """The open work item of a case at a node, whoever may act on it."""
        query = (
            select(WorkItem.id)
            .join(ProcessInstance, ProcessInstance.id == WorkItem.instance_id)
            .where(ProcessInstance.business_key == number, WorkItem.node_id == node_id, WorkItem.queue.is_not(None))
        )
        return self.office.read(lambda session: session.scalars(query).one())

    def summarise(self, place: int) -> None:
        self.office.act(self.actors[place], self.key(place), "self_summary", "submit", "", {"summary": "述职"})

    def judge(self, place: int, points: str = "90") -> None:
        """The community's opinion, or the leader's for a chief."""
        if self.case(place).post is Post.CHIEF:
            self.office.act("street_leader", self.key(place), "leader_opinion", "submit", "好", {"points": points})
        else:
            self.office.act(self.secretary, self.key(place), "community_opinion", "submit", "好", {"points": points})

    def vote(self, residents: int = 6, rating: Rating = Rating.VERY_GOOD) -> None:
        """All workers rate each other, and residents everybody."""
        for actor in self.actors:
            self.office.do(CastBallot(self.plan.id, dict.fromkeys(self.people_on_paper(actor), rating)), actor)
        everybody = {self.case(place).id: rating for place in range(len(self.workers))}
        for token in self.tokens(residents):
            self.office.do(CastResidentBallot(token, everybody), Actor(user_id=None, name="访客"))

    def vote_without(self, place: int, residents: int = 6) -> None:
        """Everybody but one is rated, by everybody but him."""
        rated = [self.case(each).id for each in range(len(self.workers)) if each != place]
        for number, actor in enumerate(self.actors):
            if number != place:
                paper = self.people_on_paper(actor)
                assert self.case(place).id not in paper
                self.office.do(CastBallot(self.plan.id, dict.fromkeys(paper, Rating.GOOD)), actor)
        for token in self.tokens(residents):
            self.office.do(CastResidentBallot(token, dict.fromkeys(rated, Rating.GOOD)), Actor(None, "访客"))

    def instance(self, process: str, number: str) -> int:
        """The case of that process and number."""
        return self.office.read(lambda session: find_instance(session, process, number).id)

    def tokens(self, amount: int) -> list[str]:
        if not amount:
            return []
        command = IssueTokens(self.plan.id, self.community, amount)
        return [token for _, token in self.office.do(command, "street_clerk")]

    def people_on_paper(self, actor: Actor) -> list[int]:
        def load(session: Any) -> list[int]:
            elector = elector_of(session, self.plan.id, actor.user_id)
            assert elector is not None
            return [one.case_id for one in paper_for(session, elector).people]

        return self.office.read(load)

    def paper_of_token(self, token: str) -> list[int]:
        def load(session: Any) -> list[int]:
            elector = elector_by_token(session, token)
            return [] if elector is None else [one.case_id for one in paper_for(session, elector).people]

        return self.office.read(load)

    def close(self, decision: str = "close", opinion: str = "") -> None:
        self.office.act("street_clerk", self.plan.number, "close_ballots", decision, opinion)

    def score(self, place: int, points: str, **flags: bool) -> None:
        values = {"routine": points, "street": points, "comment": "评语", **flags}
        self.office.act("street_clerk", self.key(place), "group_score", "score", "", values)

    def prepared(self, *points: str) -> None:
        """Everything up to the group's scores, one a worker."""
        self.start()
        for place in range(len(self.workers)):
            self.summarise(place)
            self.judge(place, points[place])
        self.vote()
        self.close()
        for place, each in enumerate(points):
            self.score(place, each)

    def settle(self, *places: int, reason: str = "") -> None:
        chosen = [self.case(place).id for place in places]
        self.office.act("street_clerk", self.plan.number, "settle_excellent", "settle", reason, {"excellent": chosen})

    def release(self, *places: int, reason: str = "") -> None:
        """Settled, approved, made public, and served."""
        self.settle(*places, reason=reason)
        self.office.act("street_leader", self.plan.number, "committee_decision", "approve")
        until = self.plan.publicity_until
        assert until is not None
        self.office.move_to(until)
        self.office.act("street_clerk", self.plan.number, "confirm_publicity", "confirm")

    def sign(self, place: int, decision: str = "sign", opinion: str = "") -> None:
        self.office.act(self.actors[place], self.key(place), "sign_feedback", decision, opinion)

    def file(self) -> None:
        self.office.act("street_clerk", self.plan.number, "submit_filing", "submit")
        self.office.act("county_clerk", self.plan.number, "county_filing", "accept")

    def ask_review(self, place: int, reason: str = "请复核") -> None:
        self.office.do(RequestReview(self.case(place).id, reason), self.actors[place])
        self.office.work()

    def appeal(self, place: int, reason: str = "请申诉处理") -> None:
        self.office.do(AppealResult(self.case(place).id, reason), self.actors[place])
        self.office.work()

    def earlier(self, place: int, year: int, grade: AppraisalGrade | None) -> None:
        """A filed result of an earlier year."""
        self.add(
            AppraisalCase(
                worker_id=self.workers[place], county_id=self.office.county, street_id=self.office.street,
                community_id=self.community, year=year, post=Post.GENERAL, state=CaseState.FILED, grade=grade,
            )
        )  # fmt: skip

    def effects(self, place: int) -> set[EffectKind]:
        query = select(AppraisalEffect.kind).where(AppraisalEffect.worker_id == self.workers[place])
        return self.office.read(lambda session: set(session.scalars(query)))

    def windows_over(self) -> None:
        """Every window of review and appeal has passed."""
        self.office.move_to(datetime(2027, 6, 1, 12, 0, tzinfo=CHINA))


def officer(office: Office, name: str, role: str, place: int) -> Actor:
    """Somebody with a role."""

    def make(context: CommandContext) -> int:
        user = User(login=name, name=name, active=True, created_at=context.now)
        context.session.add(user)
        context.session.flush()
        context.session.add(RoleMembership(user_id=user.id, role=role, organisation_id=place))
        return user.id

    user_id = office.prepare(make)
    return office.read(lambda session: load_actor(session, user_id))
