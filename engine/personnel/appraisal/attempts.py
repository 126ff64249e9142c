"""Attempts of others than streets to appraise workers; refused, and kept for the county to see [N 9.9]."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ForeignKey, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine.identity.organisations import Organisation, OrganisationKind, ancestor_of_kind
from engine.identity.users import User
from engine.kernel.command import CommandContext
from engine.kernel.errors import RuleViolation
from engine.kernel.store import Base, UtcDateTime


class AppraisalAttempt(Base):
    """Who wanted to appraise whose workers without being allowed to."""

    __tablename__ = "appraisal_attempt"
    id: Mapped[int] = mapped_column(primary_key=True)
    county_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), comment="in whose name")
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    wanted: Mapped[str] = mapped_column(String(120))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


@dataclass(frozen=True, slots=True)
class NoteAttempt:
    """Runs after the refused command was rolled back, so that the refusal leaves a trace."""

    organisation_id: int
    user_id: int | None
    wanted: str

    def execute(self, context: CommandContext) -> None:
        place = context.session.get(Organisation, self.organisation_id)
        county = None if place is None else ancestor_of_kind(context.session, place.id, OrganisationKind.COUNTY)
        row = AppraisalAttempt(
            county_id=county, organisation_id=None if place is None else place.id, user_id=self.user_id,
            wanted=self.wanted[:120], at=context.now,
        )  # fmt: skip
        context.session.add(row)
        context.session.flush()
        context.record("appraisal.attempt_refused", f"appraisal_attempt:{row.id}", user=self.user_id)


def refusal(context: CommandContext, organisation_id: int, wanted: str) -> RuleViolation:
    """What to raise; who tried is noted when it is."""
    error = RuleViolation("社区工作者年度考核由街道（乡镇）组织，其他部门不得直接考核，不能制定考核方案", clause="9.9")
    error.follow_up = NoteAttempt(organisation_id, context.actor.user_id, wanted)
    return error


@dataclass(frozen=True, slots=True)
class Attempt:
    """A line of the county's list."""

    at: datetime
    person: str
    organisation: str
    wanted: str


def attempts_in(session: Session, county_id: int, limit: int = 50) -> list[Attempt]:
    """Refused attempts in a county, the newest first."""
    query = (
        select(AppraisalAttempt, User.name, Organisation.name)
        .outerjoin(User, User.id == AppraisalAttempt.user_id)
        .outerjoin(Organisation, Organisation.id == AppraisalAttempt.organisation_id)
        .where(AppraisalAttempt.county_id == county_id)
        .order_by(AppraisalAttempt.id.desc())
        .limit(limit)
    )
    return [Attempt(row.at, person or "", place or "", row.wanted) for row, person, place in session.execute(query)]
