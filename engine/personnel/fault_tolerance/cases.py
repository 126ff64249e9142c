"""Cases of fault tolerance and of clearing: a folder of their own that no appraisal reads [domain 5.2]."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from engine.kernel.errors import NotFound
from engine.kernel.store import Base, EncryptedJson, EncryptedText, PlainJson, UtcDateTime
from engine.personnel.case_files import CaseOf
from engine.personnel.columns import TermColumn
from engine.personnel.fault_tolerance.check_sheet import CheckSheet, Proposal
from engine.personnel.fault_tolerance.investigation_clock import InvestigationClock
from engine.personnel.fault_tolerance.terms import (
    ClearingState,
    ClearingWay,
    Conclusion,
    FaultState,
    Opening,
    ReportEffect,
    ReportFinding,
)
from engine.personnel.policy import Policy
from engine.personnel.workers import Worker


class FaultCase(Base):
    """One fault of one person, from the application to the last talk."""

    __tablename__ = "fault_case"
    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str | None] = mapped_column(String(32), unique=True)
    county_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    street_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    worker_id: Mapped[int] = mapped_column(ForeignKey("worker.id"), index=True)
    opening: Mapped[Opening] = mapped_column(TermColumn(Opening))
    opened_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    state: Mapped[FaultState] = mapped_column(TermColumn(FaultState))
    parameters: Mapped[dict[str, str]] = mapped_column(PlainJson, comment="settings it began with")
    accountability_on: Mapped[date | None] = mapped_column(comment="day of the notice; empty: ex officio")
    account: Mapped[str] = mapped_column(EncryptedText, comment="what happened, and why tolerance is asked for")
    supplemented: Mapped[bool] = mapped_column(default=False, comment="sent back once already")
    refusal: Mapped[str] = mapped_column(EncryptedText, default="", comment="remark of a return, reason of a refusal")
    days_allowed: Mapped[int] = mapped_column(default=0, comment="working days of the investigation")
    days_used: Mapped[int] = mapped_column(default=0)
    running_since: Mapped[date | None] = mapped_column(comment="empty: the clock stands still")
    extended: Mapped[bool] = mapped_column(default=False)
    material_request: Mapped[str | None] = mapped_column(EncryptedText, comment="what the person is asked for")
    report: Mapped[str] = mapped_column(EncryptedText, default="", comment="what the investigation found")
    sheet: Mapped[dict[str, Any] | None] = mapped_column(EncryptedJson, comment="conditions and negative list")
    proposed: Mapped[Conclusion | None] = mapped_column(TermColumn(Conclusion), comment="what the table proposed")
    proposed_reason: Mapped[str] = mapped_column(String(200), default="")
    drafted: Mapped[Conclusion | None] = mapped_column(TermColumn(Conclusion), comment="what the consultation is about")
    draft_reason: Mapped[str] = mapped_column(EncryptedText, default="")
    conclusion: Mapped[Conclusion | None] = mapped_column(TermColumn(Conclusion))
    concluded_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    delivered_on: Mapped[date | None] = mapped_column(comment="day on which the person got the conclusion")
    objection_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    objection: Mapped[str] = mapped_column(EncryptedText, default="")
    reexamination: Mapped[str] = mapped_column(EncryptedText, default="")
    correction: Mapped[str] = mapped_column(EncryptedText, default="", comment="what has to be corrected")
    correction_due: Mapped[date | None]
    corrected_on: Mapped[date | None]
    talks: Mapped[list[dict[str, str]]] = mapped_column(EncryptedJson, default=list, comment="follow-up talks")
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    worker: Mapped[Worker] = relationship()

    __table_args__ = (
        CheckConstraint("conclusion IS NULL OR proposed IS NOT NULL", name="sheet_before_conclusion"),
        CheckConstraint("days_used >= 0 AND days_allowed >= 0", name="days"),
    )

    @property
    def policy(self) -> Policy:
        """The settings the case began with."""
        return Policy(self.parameters)

    @property
    def files(self) -> CaseOf:
        """Where its files are kept."""
        return CaseOf(fault_case_id=self.id)

    @property
    def clock(self) -> InvestigationClock:
        """The working days of the investigation."""
        return InvestigationClock(self.days_allowed, self.days_used, self.running_since, self.extended)

    @clock.setter
    def clock(self, clock: InvestigationClock) -> None:
        self.days_allowed, self.days_used = clock.allowed, clock.used
        self.running_since, self.extended = clock.running_since, clock.extended

    @property
    def filled_sheet(self) -> CheckSheet | None:
        """The check sheet, None before it is filled in."""
        return None if self.sheet is None else CheckSheet.read(self.sheet)

    @property
    def proposal(self) -> Proposal | None:
        """What the table proposed."""
        return None if self.proposed is None else Proposal(self.proposed, self.proposed_reason)


class ClearingCase(Base):
    """The clearing of one person from one report."""

    __tablename__ = "clearing_case"
    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str | None] = mapped_column(String(32), unique=True)
    county_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    street_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    worker_id: Mapped[int] = mapped_column(ForeignKey("worker.id"), index=True)
    fault_case_id: Mapped[int | None] = mapped_column(ForeignKey("fault_case.id"), comment="partly true but tolerated")
    opened_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    state: Mapped[ClearingState] = mapped_column(TermColumn(ClearingState))
    parameters: Mapped[dict[str, str]] = mapped_column(PlainJson, comment="settings it began with")
    account: Mapped[str] = mapped_column(EncryptedText, comment="the report and what it did to the person")
    finding: Mapped[ReportFinding | None] = mapped_column(TermColumn(ReportFinding))
    effect: Mapped[ReportEffect | None] = mapped_column(TermColumn(ReportEffect))
    assessment: Mapped[str] = mapped_column(EncryptedText, default="")
    refusal: Mapped[str] = mapped_column(EncryptedText, default="")
    consented_on: Mapped[date | None]
    approved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    way: Mapped[ClearingWay | None] = mapped_column(TermColumn(ClearingWay))
    scope: Mapped[str] = mapped_column(EncryptedText, default="", comment="before whom the person was cleared")
    cleared_on: Mapped[date | None]
    talk: Mapped[str] = mapped_column(EncryptedText, default="")
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    worker: Mapped[Worker] = relationship()

    __table_args__ = (
        UniqueConstraint("fault_case_id"),
        CheckConstraint("cleared_on IS NULL OR consented_on IS NOT NULL", name="consent_before_clearing"),
    )

    @property
    def policy(self) -> Policy:
        """The settings the case began with."""
        return Policy(self.parameters)

    @property
    def files(self) -> CaseOf:
        """Where its files are kept."""
        return CaseOf(clearing_case_id=self.id)


def fault_numbered(session: Session, number: str) -> FaultCase:
    """The fault-tolerance case of that number."""
    found = session.scalar(select(FaultCase).where(FaultCase.number == number))
    if found is None:
        raise NotFound()
    return found


def case_numbered(session: Session, number: str) -> FaultCase | ClearingCase:
    """The case of either kind that has the number."""
    clearing = session.scalar(select(ClearingCase).where(ClearingCase.number == number))
    return clearing if clearing is not None else fault_numbered(session, number)


def clearing_numbered(session: Session, number: str) -> ClearingCase:
    """The clearing case of that number."""
    found = session.scalar(select(ClearingCase).where(ClearingCase.number == number))
    if found is None:
        raise NotFound()
    return found
