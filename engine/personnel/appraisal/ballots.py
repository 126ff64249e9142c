"""Anonymous ballots: who voted is known, how is not [domain 3.2, 10.3].

There is no row for a ballot. The roll says who may vote and who has; the boxes hold counts by rating only. A ballot
turns counts and the mark on the roll in one transaction, and every box of the community is written each time, so that
neither order, times nor row versions tie a rating to a person. Counts are read only when the ballots are closed.
"""

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    String,
    UniqueConstraint,
    case,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine.identity.users import RoleMembership
from engine.kernel.command import CommandContext
from engine.kernel.errors import Conflict, Invalid, NotFound
from engine.kernel.store import Base
from engine.personnel.appraisal.cases import AppraisalCase, AppraisalPlan
from engine.personnel.appraisal.terms import Box, CaseState, ElectorKind, PlanState, Rating
from engine.personnel.authority import require_role
from engine.personnel.columns import TermColumn
from engine.personnel.workers import Worker

MOST_TOKENS = 500
_TOKEN_BYTES = 16


class Elector(Base):
    """Somebody who may vote once in one community: a colleague, a delegate, or whoever holds a resident's token."""

    __tablename__ = "appraisal_elector"
    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("appraisal_plan.id"))
    community_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), comment="empty: the street itself")
    kind: Mapped[ElectorKind] = mapped_column(TermColumn(ElectorKind))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    serial: Mapped[int] = mapped_column(default=0, comment="number on the paper of a token")
    token_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    voted: Mapped[bool] = mapped_column(default=False)

    __table_args__ = (
        Index("ix_appraisal_elector_community", "plan_id", "community_id"),
        UniqueConstraint("plan_id", "user_id", "kind"),
    )


class BallotCount(Base):
    """How often one rating was given to one person from one box; no person of a voter, no time."""

    __tablename__ = "appraisal_ballot_count"
    case_id: Mapped[int] = mapped_column(ForeignKey("appraisal_case.id"), primary_key=True)
    box: Mapped[Box] = mapped_column(TermColumn(Box), primary_key=True)
    rating: Mapped[Rating] = mapped_column(TermColumn(Rating), primary_key=True)
    count: Mapped[int] = mapped_column(default=0)

    __table_args__ = (CheckConstraint("count >= 0", name="count"),)


@dataclass(frozen=True, slots=True)
class Rated:
    """Somebody on the ballot paper."""

    case_id: int
    name: str
    post: str


@dataclass(frozen=True, slots=True)
class Paper:
    """The ballot paper of one elector."""

    plan_id: int
    title: str
    community_id: int | None
    kind: ElectorKind
    people: Sequence[Rated]


def box_of(kind: ElectorKind) -> Box:
    """The box an elector's ballot goes into."""
    return Box.PEERS if kind is ElectorKind.PEER else Box.RESIDENTS


def prepare_boxes(session: Session, cases: Sequence[AppraisalCase]) -> None:
    """Empty boxes for these cases, and their people with an account on the roll of peers."""
    session.add_all(
        BallotCount(case_id=one.id, box=box, rating=rating, count=0)
        for one in cases
        for box in Box
        for rating in Rating
    )
    session.add_all(
        Elector(plan_id=one.plan_id, community_id=one.community_id, kind=ElectorKind.PEER, user_id=one.worker.user_id)
        for one in cases if one.worker.user_id is not None
    )  # fmt: skip


def enrol_delegates(session: Session, plan: AppraisalPlan) -> None:
    """The residents' delegates of the plan's communities, who are no workers themselves."""
    communities = select(AppraisalCase.community_id).where(AppraisalCase.plan_id == plan.id).distinct()
    workers = select(Worker.user_id).where(Worker.user_id.is_not(None))
    known = select(Elector.user_id).where(Elector.plan_id == plan.id, Elector.user_id.is_not(None))
    query = select(RoleMembership.user_id, RoleMembership.organisation_id).where(
        RoleMembership.role == "resident_delegate", RoleMembership.organisation_id.in_(communities),
        RoleMembership.user_id.not_in(workers), RoleMembership.user_id.not_in(known),
    )  # fmt: skip
    places: dict[int, int] = dict(session.execute(query).all())
    session.add_all(
        Elector(plan_id=plan.id, community_id=place, kind=ElectorKind.DELEGATE, user_id=user_id)
        for user_id, place in places.items()
    )


@dataclass(frozen=True, slots=True)
class IssueTokens:
    """The street prints one-time papers for residents of a community. Answers the tokens, which are kept nowhere."""

    plan_id: int
    community_id: int
    amount: int

    def execute(self, context: CommandContext) -> list[tuple[int, str]]:
        plan = context.session.get(AppraisalPlan, self.plan_id)
        if plan is None:
            raise NotFound()
        require_role(context, plan.street_id, "street_clerk")
        _require_open(plan)
        if not 1 <= self.amount <= MOST_TOKENS:
            raise Invalid(fields={"amount": f"一次可打印 1 至 {MOST_TOKENS} 张"})
        if not _has_cases(context.session, plan.id, self.community_id):
            raise NotFound()
        first = self._last_serial(context.session) + 1
        issued = [(serial, secrets.token_urlsafe(_TOKEN_BYTES)) for serial in range(first, first + self.amount)]
        context.session.add_all(
            Elector(plan_id=plan.id, community_id=self.community_id, kind=ElectorKind.RESIDENT, serial=serial,
                    token_hash=_hash(token))
            for serial, token in issued
        )  # fmt: skip
        context.record("appraisal.tokens_issued", f"appraisal_plan:{plan.id}", community=self.community_id,
                       amount=self.amount)  # fmt: skip
        return issued

    def _last_serial(self, session: Session) -> int:
        query = select(func.max(Elector.serial)).where(
            Elector.plan_id == self.plan_id, Elector.community_id == self.community_id
        )
        return session.scalar(query) or 0


@dataclass(frozen=True, slots=True)
class CastBallot:
    """A colleague or delegate votes, once; what he votes is only counted.

    It is no part of the command's text either: receipts and logs keep that text or a digest of it.
    """

    plan_id: int
    ratings: Mapping[int, Rating] = field(repr=False)

    def execute(self, context: CommandContext) -> None:
        elector = elector_of(context.session, self.plan_id, context.actor.user_id)
        if elector is None:
            raise NotFound()
        _cast(context, elector, self.ratings)


@dataclass(frozen=True, slots=True)
class CastResidentBallot:
    """Whoever holds an unused token votes for its community; neither token nor votes show in the command's text."""

    token: str = field(repr=False)
    ratings: Mapping[int, Rating] = field(repr=False)

    def execute(self, context: CommandContext) -> None:
        elector = elector_by_token(context.session, self.token)
        if elector is None:
            raise NotFound()
        _cast(context, elector, self.ratings)


def elector_of(session: Session, plan_id: int, user_id: int | None) -> Elector | None:
    """The person's place on the roll."""
    if user_id is None:
        return None
    query = select(Elector).where(Elector.plan_id == plan_id, Elector.user_id == user_id)
    return session.scalar(query)


def elector_by_token(session: Session, token: str) -> Elector | None:
    """The place on the roll that a token opens."""
    return session.scalar(select(Elector).where(Elector.token_hash == _hash(token)))


def paper_for(session: Session, elector: Elector) -> Paper:
    """Everybody of the elector's community, without himself."""
    plan = session.get_one(AppraisalPlan, elector.plan_id)
    query = (
        select(AppraisalCase.id, Worker.name, AppraisalCase.post)
        .join(Worker, Worker.id == AppraisalCase.worker_id)
        .where(AppraisalCase.plan_id == plan.id, _same_community(elector.community_id),
               AppraisalCase.state != CaseState.STOPPED)
        .order_by(AppraisalCase.id)
    )  # fmt: skip
    if elector.user_id is not None:
        query = query.where(or_(Worker.user_id.is_(None), Worker.user_id != elector.user_id))
    people = [Rated(case_id, name, post.label) for case_id, name, post in session.execute(query)]
    return Paper(plan.id, plan.title, elector.community_id, elector.kind, people)


def _cast(context: CommandContext, elector: Elector, ratings: Mapping[int, Rating]) -> None:
    context.session.refresh(elector, with_for_update=True)
    plan = context.session.get_one(AppraisalPlan, elector.plan_id)
    _require_open(plan)
    if context.now > plan.ballots_close_at:
        raise Conflict("测评时间已过，不能再投票")
    if elector.voted:
        raise Conflict("您已经投过票，每人只能投一次")
    people = {one.case_id for one in paper_for(context.session, elector).people}
    if not ratings:
        raise Invalid("请至少评价一位社区工作者；不了解的可以不评")
    if set(ratings) - people:
        raise NotFound()
    elector.voted = True
    context.session.flush()
    _count(context.session, people, box_of(elector.kind), ratings)
    context.record("appraisal.ballot_cast", f"appraisal_elector:{elector.id}")


def _count(session: Session, people: set[int], box: Box, ratings: Mapping[int, Rating]) -> None:
    """Adds the ballot to the boxes; all boxes of the community are written, also those that stay the same."""
    given = [
        ((BallotCount.case_id == case_id) & (BallotCount.rating == rating) & (BallotCount.box == box), 1)
        for case_id, rating in sorted(ratings.items())
    ]
    statement = update(BallotCount).where(BallotCount.case_id.in_(people))
    session.execute(
        statement.values(count=BallotCount.count + case(*given, else_=0)).execution_options(synchronize_session=False)
    )


def counts_of(session: Session, case_id: int, box: Box) -> dict[Rating, int]:
    """The counts of a box; to be read only when the ballots are closed."""
    query = select(BallotCount.rating, BallotCount.count).where(BallotCount.case_id == case_id, BallotCount.box == box)
    found: dict[Rating, int] = dict(session.execute(query).all())
    return found


@dataclass(frozen=True, slots=True)
class Turnout:
    """How many of a community may vote and have."""

    community_id: int | None
    peers: int
    peers_voted: int
    delegates: int
    delegates_voted: int
    residents: int
    residents_voted: int

    @property
    def resident_ballots(self) -> int:
        return self.delegates_voted + self.residents_voted


def turnout(session: Session, plan_id: int) -> list[Turnout]:
    """The turnout of every community of a plan."""
    voted = func.sum(case((Elector.voted, 1), else_=0))
    query = (
        select(Elector.community_id, Elector.kind, func.count(), voted)
        .where(Elector.plan_id == plan_id)
        .group_by(Elector.community_id, Elector.kind)
    )
    found = {(place, kind): (total, done) for place, kind, total, done in session.execute(query)}
    places = select(AppraisalCase.community_id).where(AppraisalCase.plan_id == plan_id).distinct()
    return [
        Turnout(place, *found.get((place, ElectorKind.PEER), (0, 0)), *found.get((place, ElectorKind.DELEGATE), (0, 0)),
                *found.get((place, ElectorKind.RESIDENT), (0, 0)))
        for place in sorted(session.scalars(places), key=lambda each: each or 0)
    ]  # fmt: skip


def shortfalls(turnouts: Sequence[Turnout], minimum: int, ordinary_percent: Decimal) -> list[Turnout]:
    """Communities with too few residents' ballots, or too many delegates among them [domain 3.2]."""
    return [
        one for one in turnouts
        if one.community_id is not None and (
            one.resident_ballots < minimum or one.residents_voted * 100 < one.resident_ballots * ordinary_percent
        )
    ]  # fmt: skip


def _require_open(plan: AppraisalPlan) -> None:
    if plan.state is not PlanState.BALLOTS:
        raise Conflict("测评已经结束")


def _has_cases(session: Session, plan_id: int, community_id: int) -> bool:
    query = select(AppraisalCase.id).where(AppraisalCase.plan_id == plan_id, AppraisalCase.community_id == community_id)
    return session.scalar(query.limit(1)) is not None


def _same_community(community_id: int | None) -> ColumnElement[bool]:
    column = AppraisalCase.community_id
    return column.is_(None) if community_id is None else column == community_id


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
