"""Community workers with their contracts, grades, certificates and duties."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from engine.kernel.store import Base, EncryptedText, FixedDecimal, UtcDateTime
from engine.personnel.columns import TermColumn
from engine.personnel.vocabulary import CertificateLevel, Education, Politics, Post, Sex, WorkerCategory


class Worker(Base):
    """A community worker of a county (社区工作者) [N 1.1]."""

    __tablename__ = "worker"
    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str | None] = mapped_column(String(32), unique=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), unique=True)
    county_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    street_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    community_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    registration_id: Mapped[int | None] = mapped_column(
        ForeignKey("registration.id"), unique=True, comment="the exam that led here"
    )
    recognised_by: Mapped[int] = mapped_column(default=0, comment="departments that recognised the person")
    category: Mapped[WorkerCategory] = mapped_column(TermColumn(WorkerCategory))
    name: Mapped[str] = mapped_column(String(64))
    sex: Mapped[Sex] = mapped_column(TermColumn(Sex))
    born: Mapped[date]
    id_number: Mapped[str] = mapped_column(EncryptedText)
    id_index: Mapped[str] = mapped_column(String(64), comment="blind index of the ID number")
    phone: Mapped[str | None] = mapped_column(EncryptedText)
    education: Mapped[Education] = mapped_column(TermColumn(Education))
    education_exception: Mapped[str] = mapped_column(String(300), default="")
    politics: Mapped[Politics] = mapped_column(TermColumn(Politics))
    post: Mapped[Post] = mapped_column(TermColumn(Post))
    grade: Mapped[int]
    hired_on: Mapped[date]
    community_since: Mapped[date] = mapped_column(comment="first day of community work that counts")
    left_on: Mapped[date | None]
    active: Mapped[bool] = mapped_column(default=True)

    contracts: Mapped[list["EmploymentContract"]] = relationship(order_by="EmploymentContract.starts_on")
    grades: Mapped[list["GradeRecord"]] = relationship(order_by="GradeRecord.id")

    __table_args__ = (
        UniqueConstraint("county_id", "id_index"),
        Index("ix_worker_county_active", "county_id", "active"),
        CheckConstraint(
            "(post = 'general' AND grade BETWEEN 1 AND 12) OR (post = 'deputy' AND grade BETWEEN 4 AND 15)"
            " OR (post = 'chief' AND grade BETWEEN 7 AND 18)",
            name="grade_in_range",
        ),
        CheckConstraint("category <> 'recognised' OR recognised_by >= 2", name="two_departments_recognise"),
    )


class EmploymentContract(Base):
    """A labour contract with the street [N 12.4]; every end is the last day included."""

    __tablename__ = "employment_contract"
    id: Mapped[int] = mapped_column(primary_key=True)
    worker_id: Mapped[int] = mapped_column(ForeignKey("worker.id"), index=True)
    number: Mapped[str] = mapped_column(String(64), default="")
    employer_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), comment="the street")
    starts_on: Mapped[date]
    ends_on: Mapped[date | None] = mapped_column(comment="empty: open-ended")
    months: Mapped[int | None] = mapped_column(comment="empty: open-ended")
    probation_months: Mapped[int] = mapped_column(default=0)
    probation_ends_on: Mapped[date | None]
    write_by: Mapped[date] = mapped_column(comment="a month after the first day [L10, L82]")
    service_until: Mapped[date | None]
    signed_on: Mapped[date | None]

    __table_args__ = (
        CheckConstraint("ends_on IS NULL OR ends_on > starts_on", name="span"),
        CheckConstraint(
            "probation_months >= 0 AND probation_months <= CASE WHEN months IS NULL OR months >= 36 THEN 6"
            " WHEN months >= 12 THEN 2 WHEN months >= 3 THEN 1 ELSE 0 END",
            name="probation_within_law",
        ),
        CheckConstraint("probation_ends_on IS NULL OR ends_on IS NULL OR probation_ends_on <= ends_on", name="inside"),
    )


class GradeRecord(Base):
    """One grade of one worker with its reason; the newest effective one counts."""

    __tablename__ = "grade_record"
    id: Mapped[int] = mapped_column(primary_key=True)
    worker_id: Mapped[int] = mapped_column(ForeignKey("worker.id"), index=True)
    post: Mapped[Post] = mapped_column(TermColumn(Post))
    grade: Mapped[int]
    coefficient: Mapped[Decimal] = mapped_column(FixedDecimal(2), comment="pay coefficient of the grade")
    effective_from: Mapped[date]
    reason: Mapped[str] = mapped_column(String(300))
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (
        CheckConstraint(
            "(post = 'general' AND grade BETWEEN 1 AND 12) OR (post = 'deputy' AND grade BETWEEN 4 AND 15)"
            " OR (post = 'chief' AND grade BETWEEN 7 AND 18)",
            name="grade_in_range",
        ),
    )


class Certificate(Base):
    """A social-worker certificate of a worker."""

    __tablename__ = "worker_certificate"
    id: Mapped[int] = mapped_column(primary_key=True)
    worker_id: Mapped[int] = mapped_column(ForeignKey("worker.id"), index=True)
    level: Mapped[CertificateLevel] = mapped_column(TermColumn(CertificateLevel))
    number: Mapped[str] = mapped_column(String(64), default="")
    obtained_on: Mapped[date | None]
    registered_on: Mapped[date]

    __table_args__ = (UniqueConstraint("worker_id", "level"),)


class CertificateDeadline(Base):
    """By when a worker must hold the certificate [N 4.5]."""

    __tablename__ = "certificate_deadline"
    id: Mapped[int] = mapped_column(primary_key=True)
    worker_id: Mapped[int] = mapped_column(ForeignKey("worker.id"), unique=True)
    eligible_on: Mapped[date]
    due_on: Mapped[date] = mapped_column(index=True)
    met_on: Mapped[date | None]

    __table_args__ = (CheckConstraint("due_on > eligible_on", name="span"),)


class TrainingDuty(Base):
    """Days of training that a worker owes, such as three days of induction [N 6.5]."""

    __tablename__ = "training_duty"
    id: Mapped[int] = mapped_column(primary_key=True)
    worker_id: Mapped[int] = mapped_column(ForeignKey("worker.id"), index=True)
    kind: Mapped[str] = mapped_column(String(32), comment="induction")
    days_due: Mapped[Decimal] = mapped_column(FixedDecimal(1))
    days_done: Mapped[Decimal] = mapped_column(FixedDecimal(1), default=Decimal(0))
    due_on: Mapped[date]

    __table_args__ = (
        UniqueConstraint("worker_id", "kind", "due_on"),
        CheckConstraint("days_done >= 0", name="done"),
    )

    @property
    def complete(self) -> bool:
        return self.days_done >= self.days_due
