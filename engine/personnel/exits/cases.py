"""One exit of one worker with its evidence, checks, papers, closing tasks and pay [N 11; domain 6, 10.4]."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Select, String, UniqueConstraint, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from engine.kernel.errors import NotFound
from engine.kernel.store import Base, EncryptedJson, EncryptedText, FixedDecimal, Money, PlainJson, UtcDateTime
from engine.personnel.case_files import CaseOf
from engine.personnel.columns import TermColumn
from engine.personnel.exits.states import ENDED, check_exit_move
from engine.personnel.exits.terms import (
    ClosingTask,
    EvidenceKind,
    ExitGround,
    ExitState,
    GuardOutcome,
    Protection,
    Route,
    Service,
    TextChoice,
)
from engine.personnel.policy import Policy
from engine.personnel.vocabulary import Post, WorkerCategory
from engine.personnel.workers import Worker

_OPEN = f"state NOT IN ({', '.join(sorted(repr(state.value) for state in ENDED))})"


class ExitCase(Base):
    """One exit; what is said about the person stands encrypted."""

    __tablename__ = "exit_case"
    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(32), unique=True)
    worker_id: Mapped[int] = mapped_column(ForeignKey("worker.id"), index=True)
    county_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    street_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    proposal_id: Mapped[int | None] = mapped_column(ForeignKey("exit_proposal.id"), comment="the records' proposal")
    ground: Mapped[ExitGround] = mapped_column(TermColumn(ExitGround))
    route: Mapped[Route] = mapped_column(TermColumn(Route))
    state: Mapped[ExitState] = mapped_column(TermColumn(ExitState), default=ExitState.TRIGGERED)
    reason: Mapped[str] = mapped_column(EncryptedText, comment="what happened")
    by_employer: Mapped[bool] = mapped_column(default=True, comment="who proposed an agreement, refused a renewal")
    notified_on: Mapped[date | None] = mapped_column(comment="day of the resignation letter or expiry notice")
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    parameters: Mapped[dict[str, str]] = mapped_column(
        PlainJson, default=dict, server_default="{}", comment="settings it began with"
    )

    protections: Mapped[str] = mapped_column(EncryptedText, default="", comment="values of Protection, with commas")
    rulebook: Mapped[str] = mapped_column(String(120), default="")
    rulebook_published_on: Mapped[date | None]
    conflict_choice: Mapped[TextChoice | None] = mapped_column(
        TermColumn(TextChoice), comment="what the officer chose where notice and law differ"
    )
    conflict_reason: Mapped[str | None] = mapped_column(EncryptedText)
    union_objection: Mapped[str] = mapped_column(EncryptedText, default="")
    union_answer: Mapped[str] = mapped_column(EncryptedText, default="")
    defence_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    defence: Mapped[str] = mapped_column(EncryptedText, default="")
    hearing_requested_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    hearing: Mapped[str | None] = mapped_column(EncryptedText, comment="record of the hearing")
    street_opinion: Mapped[str] = mapped_column(EncryptedText, default="")
    county_opinion: Mapped[str] = mapped_column(EncryptedText, default="")
    in_lieu: Mapped[bool] = mapped_column(default=False, comment="a month's pay instead of 30 days' notice")
    last_day: Mapped[date | None] = mapped_column(comment="last day of work")
    review_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    review_reason: Mapped[str] = mapped_column(EncryptedText, default="")
    review_answer: Mapped[str] = mapped_column(EncryptedText, default="")
    roles_held: Mapped[list[list[Any]] | None] = mapped_column(
        EncryptedJson, comment="(role, organisation) taken with the access; given back on revocation"
    )
    retained_until: Mapped[date | None] = mapped_column(comment="contract text, two years [L50]")
    by_election_due: Mapped[date | None] = mapped_column(comment="elected post, 90 days [N 5.3]")
    transfer_due_on: Mapped[date | None] = mapped_column(comment="social insurance and file, 15 days [L50]")
    outcome: Mapped[str] = mapped_column(EncryptedText, default="", comment="why it was withdrawn or converted")
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    worker: Mapped[Worker] = relationship()
    evidence: Mapped[list["ExitEvidence"]] = relationship(order_by="ExitEvidence.id")
    guards: Mapped[list["ExitGuard"]] = relationship(order_by="ExitGuard.id")
    papers: Mapped[list["ExitPaper"]] = relationship(order_by="ExitPaper.id")
    tasks: Mapped[list["ExitTask"]] = relationship(order_by="ExitTask.id")
    pay: Mapped["ExitPay | None"] = relationship()

    __table_args__ = (
        Index("uq_exit_case_open", "worker_id", unique=True, sqlite_where=text(_OPEN), postgresql_where=text(_OPEN)),
    )

    @property
    def policy(self) -> Policy:
        """The settings the case began with."""
        return Policy(self.parameters)

    @property
    def files(self) -> CaseOf:
        """Where its files are kept."""
        return CaseOf(exit_case_id=self.id)

    @property
    def last_day_over(self) -> bool:
        """Whether the papers of leaving were made."""
        return self.state in (ExitState.HANDOVER, ExitState.SETTLED, ExitState.CLOSED, ExitState.REINSTATED)

    @property
    def elected(self) -> bool:
        """Whether the person holds an elected post, which ends by other rules [N 5; domain 6.7]."""
        return self.worker.category is WorkerCategory.COMMITTEE

    @property
    def chief(self) -> bool:
        """Whether his use of money is checked [domain 6.4]."""
        return self.worker.post is Post.CHIEF

    def move(self, new: ExitState) -> None:
        """Goes on to `new`; refuses what is not declared."""
        check_exit_move(self.state, new)
        self.state = new

    @property
    def protection_list(self) -> list[Protection]:
        return [Protection(value) for value in self.protections.split(",") if value]

    @property
    def evidence_kinds(self) -> list[EvidenceKind]:
        return [entry.kind for entry in self.evidence]


class ExitEvidence(Base):
    """One thing the exit rests on."""

    __tablename__ = "exit_evidence"
    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("exit_case.id"), index=True)
    kind: Mapped[EvidenceKind] = mapped_column(TermColumn(EvidenceKind))
    text: Mapped[str] = mapped_column(EncryptedText, comment="document number, date and gist")
    recorded_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (UniqueConstraint("case_id", "kind"),)


class ExitGuard(Base):
    """One line of the check sheet as it was found."""

    __tablename__ = "exit_guard"
    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("exit_case.id"), index=True)
    clause: Mapped[str] = mapped_column(String(16))
    outcome: Mapped[GuardOutcome] = mapped_column(TermColumn(GuardOutcome))
    text: Mapped[str] = mapped_column(EncryptedText)


class ExitPaper(Base):
    """A paper that was served, with the proof."""

    __tablename__ = "exit_paper"
    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("exit_case.id"), index=True)
    kind: Mapped[str] = mapped_column(String(16), comment="notice or decision")
    number: Mapped[str] = mapped_column(String(64))
    served_on: Mapped[date]
    way: Mapped[Service] = mapped_column(TermColumn(Service))
    proof: Mapped[str] = mapped_column(EncryptedText, comment="signature, number of the letter, witnesses")


class ExitTask(Base):
    """One closing task that is done, or does not apply with a reason."""

    __tablename__ = "exit_task"
    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("exit_case.id"), index=True)
    task: Mapped[ClosingTask] = mapped_column(TermColumn(ClosingTask))
    applies: Mapped[bool] = mapped_column(default=True)
    note: Mapped[str] = mapped_column(EncryptedText, default="")

    __table_args__ = (UniqueConstraint("case_id", "task"),)


class ExitPay(Base):
    """The sheet of the final pay, in yuan."""

    __tablename__ = "exit_pay"
    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("exit_case.id"), unique=True)
    served: Mapped[Decimal] = mapped_column(
        FixedDecimal(1), default=Decimal(0), server_default="0", comment="N before the cap"
    )
    average: Mapped[Decimal] = mapped_column(
        Money, default=Decimal(0), server_default="0", comment="gross of the last 12 months, a month"
    )
    city_average: Mapped[Decimal] = mapped_column(Money, default=Decimal(0), server_default="0")
    minimum: Mapped[Decimal] = mapped_column(Money, default=Decimal(0), server_default="0")
    last_month: Mapped[Decimal] = mapped_column(Money, default=Decimal(0), server_default="0")
    years: Mapped[Decimal] = mapped_column(FixedDecimal(1), comment="N that is paid")
    base: Mapped[Decimal] = mapped_column(Money, comment="a month")
    capped: Mapped[bool] = mapped_column(default=False)
    severance: Mapped[Decimal] = mapped_column(Money)
    in_lieu: Mapped[Decimal] = mapped_column(Money)
    wages_due: Mapped[Decimal] = mapped_column(Money, comment="wages not yet paid")
    unlawful: Mapped[Decimal] = mapped_column(Money, comment="what an unlawful ending would cost")

    __table_args__ = (CheckConstraint("severance >= 0 AND in_lieu >= 0 AND wages_due >= 0", name="amounts"),)

    @property
    def total(self) -> Decimal:
        return self.severance + self.in_lieu + self.wages_due


def taken_up() -> Select[int | None]:
    """Ids of the proposals for which an exit was begun."""
    return select(ExitCase.proposal_id).where(ExitCase.proposal_id.is_not(None))


def exit_numbered(session: Session, number: str) -> ExitCase:
    """The exit of that number."""
    found = session.scalar(select(ExitCase).where(ExitCase.number == number))
    if found is None:
        raise NotFound()
    return found
