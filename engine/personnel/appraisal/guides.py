"""The county's guide (年度考核指导方案): weights, quota of 优秀 and dates of a year [N 9.6]."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine.kernel.command import CommandContext
from engine.kernel.errors import Conflict, Invalid, NotFound, RuleViolation
from engine.kernel.store import Base, FixedDecimal, PlainJson
from engine.personnel.appraisal import settings
from engine.personnel.appraisal.excellence import HIGHEST_PERCENT
from engine.personnel.appraisal.scoring import Weights
from engine.personnel.appraisal.terms import GuideState
from engine.personnel.columns import TermColumn
from engine.personnel.policy import Policy, policy_at
from engine.personnel.settings import EXCELLENT_PERCENT

Percent = FixedDecimal(2)


class AppraisalGuide(Base):
    """One guide of one county for one year."""

    __tablename__ = "appraisal_guide"
    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(32), unique=True)
    county_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    year: Mapped[int]
    title: Mapped[str] = mapped_column(String(120))
    content: Mapped[str] = mapped_column(default="")
    weight_routine: Mapped[Decimal] = mapped_column(Percent)
    weight_street: Mapped[Decimal] = mapped_column(Percent)
    weight_community: Mapped[Decimal] = mapped_column(Percent)
    weight_peers: Mapped[Decimal] = mapped_column(Percent)
    weight_residents: Mapped[Decimal] = mapped_column(Percent)
    excellent_percent: Mapped[Decimal] = mapped_column(Percent)
    plan_due_on: Mapped[date]
    summary_due_on: Mapped[date]
    ballots_due_on: Mapped[date]
    decision_due_on: Mapped[date]
    publicity_due_on: Mapped[date]
    filing_due_on: Mapped[date]
    state: Mapped[GuideState] = mapped_column(TermColumn(GuideState), default=GuideState.DRAFT)
    parameters: Mapped[dict[str, str]] = mapped_column(
        PlainJson, default=dict, comment="settings it was published with"
    )

    __table_args__ = (
        Index("ux_appraisal_guide_year", "county_id", "year", unique=True,
              sqlite_where=text("state <> 'abandoned'"), postgresql_where=text("state <> 'abandoned'")),
        CheckConstraint("excellent_percent BETWEEN 0 AND 2500", name="excellent_within_limit"),
        CheckConstraint("weight_routine + weight_street + weight_community + weight_peers + weight_residents = 10000",
                        name="weights_sum_to_100"),
    )  # fmt: skip

    @property
    def weights(self) -> Weights:
        return Weights(
            self.weight_routine, self.weight_street, self.weight_community, self.weight_peers, self.weight_residents
        )

    @property
    def policy(self) -> Policy:
        """The settings the guide was published with."""
        return Policy(self.parameters)


@dataclass(frozen=True, slots=True)
class GuideContent:
    """What the county's clerk decides about a guide."""

    title: str
    content: str
    weights: Weights
    excellent_percent: Decimal
    dates: Mapping[str, date]
    """plan_due_on, summary_due_on, ballots_due_on, decision_due_on, publicity_due_on, filing_due_on."""

    def check(self, policy: Policy) -> None:
        """Weights are 100, 优秀 within the limits, dates one after the other [N 9.7; domain 3.2, 3.3]."""
        if not self.title.strip():
            raise Invalid(fields={"title": "请填写方案名称"})
        self.weights.check()
        limit = min(policy[EXCELLENT_PERCENT], HIGHEST_PERCENT)
        if not 0 < self.excellent_percent <= limit:
            raise RuleViolation(
                f"优秀比例应大于 0 且不超过 {limit.normalize():f}%，现为 {self.excellent_percent.normalize():f}%",
                clause="9.7",
            )
        _check_order(self.dates)


DATES = (
    ("plan_due_on", "街道制定方案截止"), ("summary_due_on", "个人总结截止"), ("ballots_due_on", "测评截止"),
    ("decision_due_on", "党工委审定截止"), ("publicity_due_on", "公示截止"), ("filing_due_on", "报县级备案截止"),
)  # fmt: skip
"""Dates of a guide in the order in which they have to follow each other [domain 3.4]."""


def _check_order(dates: Mapping[str, date]) -> None:
    problems = {}
    for (earlier, earlier_label), (later, later_label) in pairwise(DATES):
        if dates[later] < dates[earlier]:
            problems[later] = f"{later_label}不能早于{earlier_label}"
    if problems:
        raise Invalid(fields=problems)


def default_dates(year: int) -> dict[str, date]:
    """The usual calendar of a year's appraisal [domain 3.4]."""
    return {
        "plan_due_on": date(year, 11, 15), "summary_due_on": date(year, 12, 10), "ballots_due_on": date(year, 12, 25),
        "decision_due_on": date(year + 1, 1, 10), "publicity_due_on": date(year + 1, 1, 20),
        "filing_due_on": date(year + 1, 1, 31),
    }  # fmt: skip


def default_weights(policy: Policy) -> Weights:
    """The county's usual weights."""
    return Weights(
        policy[settings.ROUTINE_WEIGHT], policy[settings.STREET_WEIGHT], policy[settings.COMMUNITY_WEIGHT],
        policy[settings.PEER_WEIGHT], policy[settings.RESIDENT_WEIGHT],
    )  # fmt: skip


def create_guide(context: CommandContext, county_id: int, year: int) -> AppraisalGuide:
    """A draft with the county's usual values; one a year."""
    if not 2000 <= year <= context.today.year:
        raise Invalid(fields={"year": f"考核年度应不晚于 {context.today.year} 年"})
    if guide_of_year(context.session, county_id, year) is not None:
        raise Conflict(f"{year} 年度考核指导方案已经在拟定或已发布")
    policy = policy_at(context.session, county_id, context.today)
    weights = default_weights(policy)
    guide = AppraisalGuide(
        number="", county_id=county_id, year=year, title=f"{year} 年度社区工作者考核指导方案",
        weight_routine=weights.routine, weight_street=weights.street, weight_community=weights.community,
        weight_peers=weights.peers, weight_residents=weights.residents,
        excellent_percent=min(policy[EXCELLENT_PERCENT], HIGHEST_PERCENT), **default_dates(year),
    )  # fmt: skip
    guide.number = f"KHZD-draft-{county_id}-{year}-{context.now.timestamp():.0f}"[:32]
    context.session.add(guide)
    context.session.flush()
    guide.number = f"KHZD-{year}-{guide.id:04d}"
    context.record("appraisal.guide_created", f"appraisal_guide:{guide.id}", year=year)
    return guide


def guide_numbered(session: Session, number: str) -> AppraisalGuide:
    """The guide of that number."""
    found = session.scalar(select(AppraisalGuide).where(AppraisalGuide.number == number))
    if found is None:
        raise NotFound()
    return found


def guide_of_year(session: Session, county_id: int, year: int) -> AppraisalGuide | None:
    """The county's guide of a year that was not given up."""
    query = select(AppraisalGuide).where(
        AppraisalGuide.county_id == county_id, AppraisalGuide.year == year,
        AppraisalGuide.state != GuideState.ABANDONED,
    )  # fmt: skip
    return session.scalar(query)


def published_guide(session: Session, county_id: int, year: int) -> AppraisalGuide | None:
    """The guide under which streets may begin that year."""
    guide = guide_of_year(session, county_id, year)
    return guide if guide is not None and guide.state is GuideState.PUBLISHED else None


def published_years(session: Session, county_id: int) -> list[int]:
    """The years for which the county has published its guide, the newest first."""
    query = select(AppraisalGuide.year).where(
        AppraisalGuide.county_id == county_id, AppraisalGuide.state == GuideState.PUBLISHED
    )
    return list(session.scalars(query.order_by(AppraisalGuide.year.desc())))


def revise_guide(context: CommandContext, guide: AppraisalGuide, content: GuideContent) -> None:
    """Writes what the clerk decided; only while it is a draft."""
    if guide.state is not GuideState.DRAFT:
        raise Conflict(f"指导方案{guide.state.label}，不能再修改")
    content.check(policy_at(context.session, guide.county_id, context.today))
    weights, dates = content.weights, content.dates
    guide.title, guide.content = content.title.strip(), content.content
    guide.weight_routine, guide.weight_street = weights.routine, weights.street
    guide.weight_community, guide.weight_peers = weights.community, weights.peers
    guide.weight_residents, guide.excellent_percent = weights.residents, content.excellent_percent
    guide.plan_due_on, guide.summary_due_on = dates["plan_due_on"], dates["summary_due_on"]
    guide.ballots_due_on, guide.decision_due_on = dates["ballots_due_on"], dates["decision_due_on"]
    guide.publicity_due_on, guide.filing_due_on = dates["publicity_due_on"], dates["filing_due_on"]
    context.record("appraisal.guide_revised", f"appraisal_guide:{guide.id}", title=guide.title)


def content_of(guide: AppraisalGuide) -> GuideContent:
    """What the guide says now."""
    dates = {
        "plan_due_on": guide.plan_due_on, "summary_due_on": guide.summary_due_on,
        "ballots_due_on": guide.ballots_due_on, "decision_due_on": guide.decision_due_on,
        "publicity_due_on": guide.publicity_due_on, "filing_due_on": guide.filing_due_on,
    }  # fmt: skip
    return GuideContent(guide.title, guide.content, guide.weights, guide.excellent_percent, dates)


def publish_guide(context: CommandContext, guide: AppraisalGuide) -> None:
    """From now on streets draw up their plans; the county's settings of today stay with the guide."""
    policy = policy_at(context.session, guide.county_id, context.today)
    content_of(guide).check(policy)
    guide.parameters = {key: value for key, value in policy.snapshot().items() if key.startswith("appraisal.")}
    guide.state = GuideState.PUBLISHED
    context.record("appraisal.guide_published", f"appraisal_guide:{guide.id}", year=guide.year)


def abandon_guide(context: CommandContext, guide: AppraisalGuide) -> None:
    """The draft comes to nothing."""
    guide.state = GuideState.ABANDONED
    context.record("appraisal.guide_abandoned", f"appraisal_guide:{guide.id}", year=guide.year)
