"""The county's places as a ledger: what was reserved for whom, used and released [N 1.2, 1.3]."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine.identity.organisations import Organisation, OrganisationKind, ancestor_of_kind
from engine.kernel.command import CommandContext
from engine.kernel.errors import Conflict, Invalid, RuleViolation
from engine.kernel.store import Base, UtcDateTime
from engine.personnel.authority import require_role
from engine.personnel.columns import TermColumn
from engine.personnel.policy import policy_at
from engine.personnel.quota import QuotaStanding, Rounding, staffing_quota
from engine.personnel.recruitment.settings import QUOTA_ROUNDING
from engine.personnel.vocabulary import Term
from engine.personnel.workers import Worker


class QuotaMove(Term):
    """A line of the ledger."""

    RESERVED = "reserved", "预留"
    RELEASED = "released", "释放"
    USED = "used", "使用"


class QuotaBase(Base):
    """The people a quota is computed from (county), or the cap the city sets for all its counties."""

    __tablename__ = "quota_base"
    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    effective_from: Mapped[date]
    urban_population: Mapped[int | None] = mapped_column(comment="urban permanent residents, of a county")
    cap: Mapped[int | None] = mapped_column(comment="total places, of a city")
    source: Mapped[str] = mapped_column(String(200), default="", comment="statistical yearbook or document")

    __table_args__ = (
        UniqueConstraint("organisation_id", "effective_from"),
        CheckConstraint("(urban_population IS NULL) <> (cap IS NULL)", name="one_of_both"),
    )


class QuotaEntry(Base):
    """One movement: heads reserved for a subject, later used by a hire or released."""

    __tablename__ = "quota_entry"
    id: Mapped[int] = mapped_column(primary_key=True)
    county_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    street_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    move: Mapped[QuotaMove] = mapped_column(TermColumn(QuotaMove))
    heads: Mapped[int]
    subject: Mapped[str] = mapped_column(String(64), comment="what the places are for, such as post_request:7")
    note: Mapped[str] = mapped_column(String(200), default="")
    at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (
        CheckConstraint("heads > 0", name="heads"),
        Index("ix_quota_entry_county_subject", "county_id", "subject"),
    )


def quota_standing(session: Session, county_id: int, day: date) -> QuotaStanding:
    """The county's places on `day`; a county whose population was never entered has none."""
    rounding = Rounding(policy_at(session, county_id, day)[QUOTA_ROUNDING])
    population = _base(session, county_id, day)
    quota = 0 if population is None else staffing_quota(population.urban_population or 0, rounding)
    staffed = session.scalar(
        select(func.count()).select_from(Worker).where(Worker.county_id == county_id, Worker.active)
    )
    return QuotaStanding(quota, staffed or 0, reserved_heads(session, county_id))


def reserved_heads(session: Session, county_id: int, subject: str | None = None) -> int:
    """Heads reserved and neither used nor released, in all or for one subject."""
    query = select(QuotaEntry.move, func.sum(QuotaEntry.heads)).where(QuotaEntry.county_id == county_id)
    if subject is not None:
        query = query.where(QuotaEntry.subject == subject)
    sums = {move: int(heads) for move, heads in session.execute(query.group_by(QuotaEntry.move))}
    return sums.get(QuotaMove.RESERVED, 0) - sums.get(QuotaMove.RELEASED, 0) - sums.get(QuotaMove.USED, 0)


def reserve(context: CommandContext, county_id: int, subject: str, heads: int, street_id: int | None = None) -> None:
    """Keeps `heads` places for `subject`; refuses when the county has not so many [N 1.3]."""
    lock_county(context.session, county_id)
    quota_standing(context.session, county_id, context.today).require(heads)
    _enter(context, county_id, QuotaMove.RESERVED, heads, subject=subject, street_id=street_id)


def release(context: CommandContext, county_id: int, subject: str, heads: int | None = None, note: str = "") -> int:
    """Gives places of `subject` back, all that are left or `heads` of them; answers how many."""
    left = reserved_heads(context.session, county_id, subject)
    freed = left if heads is None else min(heads, left)
    if freed > 0:
        _enter(context, county_id, QuotaMove.RELEASED, freed, subject=subject, note=note)
    return max(0, freed)


def use(context: CommandContext, county_id: int, subject: str, street_id: int, note: str) -> None:
    """Turns one reserved place into a staffed one, together with the worker's record."""
    if reserved_heads(context.session, county_id, subject) < 1:
        raise RuleViolation("没有为该岗位预留的员额，不能办理入职", clause="1.3")
    _enter(context, county_id, QuotaMove.USED, 1, subject=subject, street_id=street_id, note=note)


def lock_county(session: Session, county_id: int) -> None:
    """Lets one transaction at a time count the county's places."""
    session.execute(select(Organisation.id).where(Organisation.id == county_id).with_for_update())


@dataclass(frozen=True, slots=True)
class SetUrbanPopulation:
    """The county enters its urban permanent residents; the city's cap over all its counties holds [N 1.2, 1.3]."""

    county_id: int
    urban_population: int
    effective_from: date
    source: str

    def execute(self, context: CommandContext) -> int:
        require_role(context, self.county_id, "county_head", "process_admin")
        if self.urban_population <= 0 or not self.source.strip():
            raise Invalid("请填写城镇常住人口数和数据来源")
        known = _base(context.session, self.county_id, self.effective_from)
        if known is not None and known.effective_from == self.effective_from:
            raise Conflict(f"自 {self.effective_from} 起的人口数已登记为 {known.urban_population}，更正请另选生效日期")
        self._check_city_cap(context)
        base = QuotaBase(
            organisation_id=self.county_id, effective_from=self.effective_from,
            urban_population=self.urban_population, source=self.source,
        )  # fmt: skip
        context.session.add(base)
        context.session.flush()
        context.record("quota.base_set", f"county:{self.county_id}", urban_population=self.urban_population)
        return staffing_quota(self.urban_population)

    def _check_city_cap(self, context: CommandContext) -> None:
        city_id = ancestor_of_kind(context.session, self.county_id, OrganisationKind.CITY)
        cap = None if city_id is None else _base(context.session, city_id, self.effective_from)
        if city_id is None or cap is None:
            return
        others = _counties(context.session, city_id) - {self.county_id}
        total = staffing_quota(self.urban_population) + sum(
            quota_standing(context.session, county, self.effective_from).quota for county in others
        )
        if total > (cap.cap or 0):
            raise RuleViolation(f"全市总量为 {cap.cap} 名，各县（区）员额合计将达 {total} 名", clause="1.3")


def _counties(session: Session, city_id: int) -> set[int]:
    query = select(Organisation.id).where(
        Organisation.parent_id == city_id, Organisation.kind == OrganisationKind.COUNTY.value
    )
    return set(session.scalars(query))


def _base(session: Session, organisation_id: int, day: date) -> QuotaBase | None:
    query = select(QuotaBase).where(QuotaBase.organisation_id == organisation_id, QuotaBase.effective_from <= day)
    return session.scalars(query.order_by(QuotaBase.effective_from.desc()).limit(1)).first()


def _enter(
    context: CommandContext,
    county_id: int,
    move: QuotaMove,
    heads: int,
    *,
    subject: str,
    street_id: int | None = None,
    note: str = "",
) -> None:
    entry = QuotaEntry(
        county_id=county_id, street_id=street_id, move=move, heads=heads, subject=subject, note=note, at=context.now
    )
    context.session.add(entry)
    context.session.flush()
    context.record(f"quota.{move.value}", subject, heads=heads, county_id=county_id, note=note)
