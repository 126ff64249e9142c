"""The appraisal of the demo county: last year's results as they were entered, this year's in three states.

The first street collects summaries and ballots, the second has scored everybody and settles who is 优秀, the third has
not begun. Last year's results are entered in bulk, as a county does when it introduces the software.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.delegates.appraisal.commands import ReviseGuide, StartGuide, StartPlan
from engine.identity.accounts import sort_key
from engine.identity.users import RoleMembership, User
from engine.kernel.actor import SYSTEM, Actor
from engine.kernel.command import CommandContext
from engine.personnel.all_round import AllRoundCertificate
from engine.personnel.appraisal.ballots import CastBallot, CastResidentBallot, IssueTokens, elector_of, paper_for
from engine.personnel.appraisal.cases import AppraisalCase, AppraisalPlan
from engine.personnel.appraisal.earlier import EarlierResult, ImportEarlierResults
from engine.personnel.appraisal.excellence import street_cap
from engine.personnel.appraisal.guides import GuideContent, default_weights
from engine.personnel.appraisal.ledgers import TRAINING_DAYS, LeaveEntry, TrainingEntry
from engine.personnel.appraisal.plans import PlanDates
from engine.personnel.appraisal.terms import AbsenceKind, AppraisalGrade, CaseState, Rating
from engine.personnel.policy import Policy
from engine.personnel.vocabulary import Post, Sex
from engine.personnel.workers import Worker
from engine.workflow.tables import ProcessInstance
from seed.applicants import PUBLIC
from seed.county import County
from seed.story import Days, Story

BEGUN = -30
"""Day of the county's guide, counted from today."""
RESIDENTS = 30
"""Residents who vote in each community of the street that has finished voting."""
PERCENT = Decimal(20)
_G = AppraisalGrade
_SUMMARY = """一年来，我负责{count}户居民的联系走访，记录民情日志，协助办理低保、养老、医保等事项，\
参与矛盾调解和安全巡查。
不足：对政策的学习还不够系统，新媒体联系群众的办法不多。
打算：按照社区分工，学好业务，做好“一老一小”和困难群众的经常性走访。"""
_COMMENTS = (
    "工作踏实，走访勤，群众反映好。", "熟悉业务，配合主动，完成任务较好。", "能够完成本职工作，主动性还可加强。",
    "服务态度好，台账规范，值班到位。",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class OpenAccounts:
    """Accounts for the workers; chiefs lead their community's Party organisation. Answers user ids by worker."""

    county: County
    password_hash: str

    def execute(self, context: CommandContext) -> dict[int, int]:
        workers = list(context.session.scalars(select(Worker).order_by(Worker.id)))
        self._lend(context, workers, "community_worker", Post.GENERAL, Sex.FEMALE)
        self._lend(context, workers, "community_secretary", Post.CHIEF, Sex.MALE)
        for worker in workers:
            if worker.user_id is None:
                self._open(context, worker)
        context.session.flush()
        return {worker.id: worker.user_id for worker in workers if worker.user_id is not None}

    def _lend(self, context: CommandContext, workers: list[Worker], login: str, post: Post, sex: Sex) -> None:
        """The demo account of that sign-in name is one of the first community's workers."""
        here = [one for one in workers if one.community_id == self.county.communities[0] and one.post is post]
        worker = next((one for one in here if one.sex is sex), here[0])
        user = context.session.get_one(User, self.county.officers[login])
        worker.user_id, worker.name = user.id, user.name
        if login == "community_secretary":
            self._grant(context, user.id, "community_worker", worker)

    def _open(self, context: CommandContext, worker: Worker) -> None:
        user = User(
            login=f"worker{worker.id:03d}", name=worker.name, sort_key=sort_key(worker.name), active=True,
            password_hash=self.password_hash, created_at=context.now,
        )  # fmt: skip
        context.session.add(user)
        context.session.flush()
        worker.user_id = user.id
        self._grant(context, user.id, "community_worker", worker)
        if worker.post is Post.CHIEF:
            self._grant(context, user.id, "community_secretary", worker)

    def _grant(self, context: CommandContext, user_id: int, role: str, worker: Worker) -> None:
        place = worker.community_id or worker.street_id
        context.session.add(RoleMembership(user_id=user_id, role=role, organisation_id=place))


@dataclass(frozen=True, slots=True)
class FillLedgers:
    """Training and leave of the year until `until`; a few have trained too little."""

    year: int
    until: date
    random: Random

    def execute(self, context: CommandContext) -> None:
        first = date(self.year, 1, 4)
        span = max(1, (self.until - first).days)
        for worker in context.session.scalars(select(Worker).order_by(Worker.id)):
            days = TRAINING_DAYS[worker.post] + Decimal(self.random.choice((-1, 0, 0, 0, 1, 1, 2))) / 2
            held_on = first + timedelta(days=self.random.randrange(span))
            context.session.add(
                TrainingEntry(worker_id=worker.id, held_on=held_on, days=days, title="社区工作者能力提升培训班",
                              recorded_at=context.now)
            )  # fmt: skip
            if self.random.random() < 0.12:
                self._away(context, worker, first + timedelta(days=self.random.randrange(span)))
        self._let_certificates_end(context)

    def _let_certificates_end(self, context: CommandContext) -> None:
        """In one community nearly all certificates of all-round workers have run out; another's end soon [N 8.1]."""
        last = context.session.scalars(
            select(Worker.community_id).where(Worker.community_id.is_not(None)).distinct()
            .order_by(Worker.community_id.desc()).limit(2)
        ).all()  # fmt: skip
        for community, days, spared in zip(last, (-20, 45), (1, 3), strict=True):
            query = select(AllRoundCertificate).join(Worker).where(Worker.community_id == community)
            for row in list(context.session.scalars(query.order_by(AllRoundCertificate.id)))[spared:]:
                row.valid_until = context.today + timedelta(days=-BEGUN + days)

    def _away(self, context: CommandContext, worker: Worker, day: date) -> None:
        kind = self.random.choice((AbsenceKind.SICK, AbsenceKind.PERSONAL))
        days = Decimal(self.random.randrange(1, 16)) / 2
        entry = LeaveEntry(worker_id=worker.id, kind=kind, starts_on=day, days=days, recorded_at=context.now)
        context.session.add(entry)


@dataclass
class AppraisalYear:
    """Plays the year of the whole county."""

    story: Story
    days: Days
    password_hash: str
    accounts: dict[int, int] = field(default_factory=dict)
    random: Random = field(default_factory=lambda: Random(20241109))

    def schedule(self) -> None:
        """Accounts and ledgers at once, the rest at its moment."""
        county = self.story.county
        self.accounts = self.story.engine.execute(OpenAccounts(county, self.password_hash), actor=SYSTEM)
        at, day = self.story.at, self.days
        at(day.office(BEGUN, 9), self._enter_last_year)
        at(day.office(BEGUN, 10), self._publish_guide)
        at(day.office(-26, 9), lambda: self._start(1, -15, -10))
        at(day.office(-22, 10), lambda: self._write(1, 1.0))
        at(day.office(-19, 10), lambda: self._judge(1))
        at(day.office(-14, 10), lambda: self._vote(1))
        at(day.office(-9, 9), lambda: self.story.act("street_clerk2", self._number(1), "close_ballots", "close"))
        at(day.office(-5, 10), lambda: self._score(1))
        at(day.office(-8, 9), lambda: self._start(0, 6, 12))
        at(day.office(-3, 15), lambda: self._write(0, 0.4))

    @property
    def year(self) -> int:
        return self.days(BEGUN - 3).year

    def _enter_last_year(self) -> None:
        story = self.story
        story.engine.execute(FillLedgers(self.year, self.days(BEGUN).date(), self.random), actor=SYSTEM)
        results = [result for street in story.county.streets for result in self._last_year(street)]
        source = f"云社工〔{self.year}〕2号 {self.year - 1} 年度考核备案表"
        story.do(ImportEarlierResults(story.county.county, self.year - 1, source, results), "county_clerk")

    def _last_year(self, street_id: int) -> list[EarlierResult]:
        """Scores around 83; the best within the cap are 优秀."""
        people = self._workers(street_id)
        scores = {one.id: Decimal(round(self.random.gauss(83, 6) * 100)) / 100 for one in people}
        cap = street_cap((one.post for one in people), PERCENT).total
        best = sorted((one for one in people if scores[one.id] >= 90), key=lambda one: -scores[one.id])[:cap]
        return [
            EarlierResult(
                one.id, _G.EXCELLENT if one in best else _band(scores[one.id]), min(scores[one.id], Decimal(98))
            )
            for one in people
        ]

    def _publish_guide(self) -> None:
        story, day = self.story, self.days
        number = self._key(story.do(StartGuide(story.county.county, self.year), "county_clerk"))
        dates = {
            "plan_due_on": day(-2).date(), "summary_due_on": day(6).date(), "ballots_due_on": day(12).date(),
            "decision_due_on": day(25).date(), "publicity_due_on": day(35).date(), "filing_due_on": day(45).date(),
        }  # fmt: skip
        content = GuideContent(
            f"云汀县 {self.year} 年度社区工作者考核指导方案",
            "从德、能、勤、绩、廉五个方面考核，重点考核工作实绩和群众满意度。", default_weights(Policy()), PERCENT,
            dates,
        )  # fmt: skip
        story.do(ReviseGuide(number, content), "county_clerk")
        story.act("county_clerk", number, "draft_guide", "submit")
        story.act("county_head", number, "head_approval", "approve", "同意发布")

    def _start(self, street: int, summary: int, ballots: int) -> None:
        dates = PlanDates(self.days(summary).date(), self.days(ballots).date())
        self.story.do(StartPlan(self.story.county.streets[street], self.year, dates), self._clerk(street))

    def _write(self, street: int, share: float) -> None:
        """So many of the workers hand in their summaries."""
        for case in self._cases(street):
            person = self._himself(street, case)
            if self.random.random() < share and person.user_id != self._own_login():
                text = _SUMMARY.format(count=self.random.randrange(180, 420))
                self.story.act(person, str(case.number), "self_summary", "submit", summary=text)

    def _himself(self, street: int, case: AppraisalCase) -> Actor:
        """The person of the case; the street's clerk for somebody without an account."""
        query = select(Worker.user_id).where(Worker.id == case.worker_id)
        user_id = self.story.read(lambda session: session.scalar(query))
        return self.story.officer(self._clerk(street)) if user_id is None else self.story.person(user_id)

    def _own_login(self) -> int:
        """The demo account that finds its summary still to be written."""
        return self.story.county.officers["community_worker"]

    def _judge(self, street: int) -> None:
        """Party organisations of the communities, and the street's leader for the chiefs."""
        chiefs = {one.community_id: one.worker_id for one in self._cases(street) if one.post is Post.CHIEF}
        for case in self._cases(street):
            points = str(self.random.randrange(80, 97))
            if case.post is Post.CHIEF or case.community_id is None:
                who, node = self.story.officer(self._leader(street)), "leader_opinion"
            else:
                who, node = self.story.person(self.accounts[chiefs[case.community_id]]), "community_opinion"
            self.story.act(who, str(case.number), node, "submit", self.random.choice(_COMMENTS), points=points)

    def _vote(self, street: int) -> None:
        plan = self._plan(street)
        people: dict[int | None, list[AppraisalCase]] = defaultdict(list)
        for case in self._cases(street):
            people[case.community_id].append(case)
            if case.worker_id in self.accounts:
                self._cast_peer(plan.id, self.accounts[case.worker_id])
        for community, cases in people.items():
            if community is not None:
                issue = IssueTokens(plan.id, community, RESIDENTS + 5)
                tokens = self.story.do(issue, self._clerk(street))
                for _, token in tokens[:RESIDENTS]:
                    self.story.do(CastResidentBallot(token, {one.id: self._rating() for one in cases}), PUBLIC)

    def _cast_peer(self, plan_id: int, user_id: int) -> None:
        def load(session: Session) -> list[int]:
            elector = elector_of(session, plan_id, user_id)
            return [] if elector is None else [one.case_id for one in paper_for(session, elector).people]

        ratings = {case_id: self._rating() for case_id in self.story.read(load)}
        self.story.do(CastBallot(plan_id, ratings), self.story.person(user_id))

    def _rating(self) -> Rating:
        return self.random.choices(list(Rating), (62, 30, 7, 1))[0]

    def _score(self, street: int) -> None:
        for case in self._cases(street):
            good = self.random.random() < 0.45
            routine, points = (self.random.randrange(*((91, 99) if good else (70, 92))) for _ in range(2))
            self.story.act(
                self._clerk(street), str(case.number), "group_score", "score", routine=str(routine),
                street=str(points), comment=self.random.choice(_COMMENTS),
            )  # fmt: skip

    def _clerk(self, street: int) -> str:
        return "street_clerk" if street == 0 else f"street_clerk{street + 1}"

    def _leader(self, street: int) -> str:
        return "street_leader" if street == 0 else f"street_leader{street + 1}"

    def _workers(self, street_id: int) -> list[Worker]:
        query = select(Worker).where(Worker.street_id == street_id, Worker.registration_id.is_(None), Worker.active)
        return self.story.read(lambda session: list(session.scalars(query.order_by(Worker.id))))

    def _plan(self, street: int) -> AppraisalPlan:
        query = select(AppraisalPlan).where(
            AppraisalPlan.street_id == self.story.county.streets[street], AppraisalPlan.year == self.year
        )
        return self.story.read(lambda session: session.scalars(query).one())

    def _number(self, street: int) -> str:
        return self._plan(street).number

    def _cases(self, street: int) -> list[AppraisalCase]:
        query = select(AppraisalCase).where(
            AppraisalCase.plan_id == self._plan(street).id, AppraisalCase.state != CaseState.FILED
        )
        return self.story.read(lambda session: list(session.scalars(query.order_by(AppraisalCase.id))))

    def _key(self, instance_id: int) -> str:
        return self.story.read(lambda session: session.get_one(ProcessInstance, instance_id).business_key)


def _band(score: Decimal) -> AppraisalGrade:
    if score < 60:
        return _G.INCOMPETENT
    return _G.BASIC if score < 70 else _G.COMPETENT
