"""A street's plan and the appraisal of each person in it [N 9.6, 9.7; domain 3.4, 10.4]."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from engine.kernel.errors import NotFound
from engine.kernel.store import Base, EncryptedText, FixedDecimal, Score, UtcDateTime
from engine.personnel.appraisal.guides import AppraisalGuide
from engine.personnel.appraisal.terms import AppraisalGrade, CaseState, Discipline, EffectKind, PlanState, Unrated
from engine.personnel.columns import TermColumn
from engine.personnel.vocabulary import Post
from engine.personnel.workers import Worker

HalfDays = FixedDecimal(1)


class AppraisalPlan(Base):
    """One street's appraisal of one year."""

    __tablename__ = "appraisal_plan"
    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(32), unique=True)
    guide_id: Mapped[int] = mapped_column(ForeignKey("appraisal_guide.id"), index=True)
    county_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    street_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    year: Mapped[int]
    title: Mapped[str] = mapped_column(String(120))
    summary_closes_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ballots_close_at: Mapped[datetime] = mapped_column(UtcDateTime)
    clerk_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), comment="acts for workers without account")
    state: Mapped[PlanState] = mapped_column(TermColumn(PlanState), default=PlanState.BALLOTS)
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ballots_closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    short_ballots: Mapped[str] = mapped_column(String(300), default="", comment="why too few ballots were accepted")
    settled_reason: Mapped[str] = mapped_column(
        String(500), default="", comment="why the choice departs from the order"
    )
    publicity_from: Mapped[datetime | None] = mapped_column(UtcDateTime)
    publicity_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    released_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    filed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    guide: Mapped[AppraisalGuide] = relationship()

    __table_args__ = (UniqueConstraint("street_id", "year"),)


class AppraisalCase(Base):
    """One person in one year; texts that judge him stand encrypted."""

    __tablename__ = "appraisal_case"
    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str | None] = mapped_column(String(40), unique=True, comment="empty: an imported earlier result")
    plan_id: Mapped[int | None] = mapped_column(ForeignKey("appraisal_plan.id"), index=True)
    worker_id: Mapped[int] = mapped_column(ForeignKey("worker.id"))
    county_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    street_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    community_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    year: Mapped[int]
    post: Mapped[Post] = mapped_column(TermColumn(Post))
    state: Mapped[CaseState] = mapped_column(TermColumn(CaseState), default=CaseState.NOT_STARTED)

    training_days: Mapped[Decimal] = mapped_column(HalfDays, default=Decimal(0))
    unexcused_days: Mapped[Decimal] = mapped_column(HalfDays, default=Decimal(0))
    leave_days: Mapped[Decimal] = mapped_column(HalfDays, default=Decimal(0), comment="sick and personal leave")
    discipline: Mapped[Discipline] = mapped_column(TermColumn(Discipline), default=Discipline.NONE)
    unrated: Mapped[Unrated | None] = mapped_column(TermColumn(Unrated))
    bars: Mapped[str] = mapped_column(EncryptedText, default="", comment="what forbids the highest grade, a line each")
    failures: Mapped[str] = mapped_column(EncryptedText, default="", comment="what requires the lowest grade")

    summary: Mapped[str] = mapped_column(EncryptedText, default="")
    summary_missing: Mapped[bool] = mapped_column(default=False)
    community_opinion: Mapped[str] = mapped_column(EncryptedText, default="")
    street_comment: Mapped[str] = mapped_column(EncryptedText, default="")
    routine_points: Mapped[Decimal | None] = mapped_column(Score)
    street_points: Mapped[Decimal | None] = mapped_column(Score)
    community_points: Mapped[Decimal | None] = mapped_column(Score)
    peer_points: Mapped[Decimal | None] = mapped_column(Score)
    peer_ballots: Mapped[int] = mapped_column(default=0)
    resident_points: Mapped[Decimal | None] = mapped_column(Score)
    resident_ballots: Mapped[int] = mapped_column(default=0)
    score: Mapped[Decimal | None] = mapped_column(Score)

    proposed: Mapped[AppraisalGrade | None] = mapped_column(TermColumn(AppraisalGrade))
    proposed_reason: Mapped[str] = mapped_column(EncryptedText, default="")
    grade: Mapped[AppraisalGrade | None] = mapped_column(TermColumn(AppraisalGrade))
    grade_reason: Mapped[str] = mapped_column(EncryptedText, default="")
    notified_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    signed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    review_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    review_reason: Mapped[str] = mapped_column(EncryptedText, default="")
    appeal_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    appeal_reason: Mapped[str] = mapped_column(EncryptedText, default="")
    performance: Mapped[Decimal | None] = mapped_column(FixedDecimal(2), comment="factor of the performance pay")
    final_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    filed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    source: Mapped[str] = mapped_column(String(120), default="", comment="where an imported result comes from")

    worker: Mapped[Worker] = relationship()
    plan: Mapped[AppraisalPlan | None] = relationship()

    __table_args__ = (
        UniqueConstraint("worker_id", "year"),
        Index("ix_appraisal_case_street_year", "street_id", "year"),
        CheckConstraint("score IS NULL OR (score BETWEEN 0 AND 10000)", name="score"),
    )

    @property
    def decided(self) -> bool:
        """Whether the grade is settled, even to none."""
        return self.state in (*_DECIDED,)


_DECIDED = (
    CaseState.DECIDED, CaseState.FED_BACK, CaseState.REVIEWING, CaseState.APPEALING, CaseState.FINAL, CaseState.FILED,
)  # fmt: skip


class AppraisalEffect(Base):
    """Something that followed from a filed result [N 9.8]."""

    __tablename__ = "appraisal_effect"
    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("appraisal_case.id"), index=True)
    worker_id: Mapped[int] = mapped_column(ForeignKey("worker.id"), index=True)
    year: Mapped[int]
    kind: Mapped[EffectKind] = mapped_column(TermColumn(EffectKind))
    text: Mapped[str] = mapped_column(EncryptedText)
    effective_from: Mapped[date | None]
    at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (UniqueConstraint("case_id", "kind"),)


def plan_numbered(session: Session, number: str) -> AppraisalPlan:
    """The plan of that number."""
    found = session.scalar(select(AppraisalPlan).where(AppraisalPlan.number == number))
    if found is None:
        raise NotFound()
    return found


def case_numbered(session: Session, number: str) -> AppraisalCase:
    """The case of that number."""
    found = session.scalar(select(AppraisalCase).where(AppraisalCase.number == number))
    if found is None:
        raise NotFound()
    return found


def cases_of(session: Session, plan_id: int) -> list[AppraisalCase]:
    """The cases of a plan in the order of their numbers."""
    query = select(AppraisalCase).where(AppraisalCase.plan_id == plan_id)
    return list(session.scalars(query.order_by(AppraisalCase.id)))
