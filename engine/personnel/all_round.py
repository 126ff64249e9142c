"""Certificates of all-round workers (全科社工): who holds a valid one, which communities have too few [N 8]."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine.identity.organisations import Organisation, OrganisationKind
from engine.kernel.command import CommandContext
from engine.kernel.errors import Conflict, Invalid, NotFound
from engine.kernel.store import Base, UtcDateTime
from engine.personnel.authority import require_role
from engine.personnel.dates import add_months
from engine.personnel.policy import policy_at
from engine.personnel.settings import ALL_ROUND_MONTHS
from engine.personnel.workers import Worker

LEAST_HOLDERS = 2
"""Every community has so many all-round workers with a valid certificate [N 8.1]."""
SOON = timedelta(days=60)
"""A certificate that ends within these days is to be renewed."""


class AllRoundCertificate(Base):
    """One certificate, after the county's training and test; renewed by a new one."""

    __tablename__ = "all_round_certificate"
    id: Mapped[int] = mapped_column(primary_key=True)
    worker_id: Mapped[int] = mapped_column(ForeignKey("worker.id"), index=True)
    number: Mapped[str] = mapped_column(String(64), default="")
    certified_on: Mapped[date]
    valid_until: Mapped[date] = mapped_column(comment="last day, included")
    recorded_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (
        UniqueConstraint("worker_id", "certified_on"),
        CheckConstraint("valid_until > certified_on", name="span"),
    )


@dataclass(frozen=True, slots=True)
class CertifyAllRound:
    """The county notes that somebody has passed the test [N 8.2]; valid as long as the county says."""

    worker_id: int
    certified_on: date
    number: str = ""

    def execute(self, context: CommandContext) -> int:
        worker = context.session.get(Worker, self.worker_id)
        if worker is None or not worker.active:
            raise NotFound()
        require_role(context, worker.county_id, "county_clerk")
        if self.certified_on > context.today:
            raise Invalid(fields={"certified_on": "发证日期不能晚于今天"})
        query = select(AllRoundCertificate.id).where(
            AllRoundCertificate.worker_id == worker.id, AllRoundCertificate.certified_on == self.certified_on
        )
        if context.session.scalar(query) is not None:
            raise Conflict(f"{worker.name} {self.certified_on} 的全科社工证已经登记")
        row = AllRoundCertificate(
            worker_id=worker.id, number=self.number.strip()[:64], certified_on=self.certified_on,
            valid_until=last_day(context.session, worker.county_id, self.certified_on),
            recorded_by=context.actor.user_id, recorded_at=context.now,
        )  # fmt: skip
        context.session.add(row)
        context.session.flush()
        context.record("all_round.certified", f"worker:{worker.id}", certificate=row.id)
        return row.id


def last_day(session: Session, county_id: int, certified_on: date) -> date:
    """Until when a certificate of that day is valid."""
    return add_months(certified_on, policy_at(session, county_id, certified_on)[ALL_ROUND_MONTHS]) - timedelta(days=1)


def valid_holders(session: Session, people: Collection[int], day: date) -> int:
    """How many of the people hold a certificate that is valid on `day`."""
    query = select(func.count(func.distinct(AllRoundCertificate.worker_id))).where(
        AllRoundCertificate.worker_id.in_(people), AllRoundCertificate.certified_on <= day,
        AllRoundCertificate.valid_until >= day,
    )  # fmt: skip
    return session.scalar(query) or 0


@dataclass(frozen=True, slots=True)
class CommunityStanding:
    """The all-round workers of one community."""

    community_id: int
    community: str
    street: str
    valid: int
    ending: int
    """Of these, how many have to renew within 60 days."""

    @property
    def short(self) -> bool:
        """Whether the community has too few [N 8.1]."""
        return self.valid < LEAST_HOLDERS


def standing_of_communities(session: Session, street_ids: Collection[int], day: date) -> list[CommunityStanding]:
    """Every community of the streets, those with too few first."""
    query = select(Organisation).where(
        Organisation.parent_id.in_(street_ids), Organisation.kind == OrganisationKind.COMMUNITY.value,
        Organisation.active,
    )  # fmt: skip
    streets = select(Organisation.id, Organisation.name).where(Organisation.id.in_(street_ids))
    names: dict[int, str] = dict(session.execute(streets).all())
    until = _valid_until(session, street_ids, day)
    lines = [
        _standing(place, names[place.parent_id or 0], until.get(place.id, []), day)
        for place in session.scalars(query.order_by(Organisation.path))
    ]
    return sorted(lines, key=lambda line: not line.short)


def _standing(place: Organisation, street: str, until: list[date], day: date) -> CommunityStanding:
    return CommunityStanding(place.id, place.name, street, len(until), sum(end <= day + SOON for end in until))


def _valid_until(session: Session, street_ids: Collection[int], day: date) -> dict[int | None, list[date]]:
    """Community -> until when each of its holders has a valid certificate."""
    query = (
        select(Worker.community_id, func.max(AllRoundCertificate.valid_until))
        .join(Worker, Worker.id == AllRoundCertificate.worker_id)
        .where(Worker.street_id.in_(street_ids), Worker.active, AllRoundCertificate.certified_on <= day,
               AllRoundCertificate.valid_until >= day)
        .group_by(Worker.id, Worker.community_id)
    )  # fmt: skip
    found: dict[int | None, list[date]] = {}
    for community_id, until in session.execute(query):
        found.setdefault(community_id, []).append(until)
    return found


@dataclass(frozen=True, slots=True)
class Holder:
    """One certificate as the ledger lists it."""

    name: str
    community: str
    number: str
    certified_on: date
    valid_until: date


def holders(session: Session, street_ids: Collection[int], limit: int = 300) -> list[Holder]:
    """The certificates of the streets, what ends first first."""
    query = (
        select(Worker.name, Organisation.name, AllRoundCertificate)
        .join(Worker, Worker.id == AllRoundCertificate.worker_id)
        .join(Organisation, Organisation.id == Worker.community_id)
        .where(Worker.street_id.in_(street_ids), Worker.active)
        .order_by(AllRoundCertificate.valid_until, AllRoundCertificate.id)
        .limit(limit)
    )
    return [
        Holder(name, place, row.number, row.certified_on, row.valid_until)
        for name, place, row in session.execute(query)
    ]
