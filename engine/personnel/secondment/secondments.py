"""Secondments and their extensions as they are kept."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from engine.identity.organisations import Organisation
from engine.kernel.errors import NotFound
from engine.kernel.store import Base, EncryptedText, UtcDateTime
from engine.personnel.columns import TermColumn
from engine.personnel.secondment.rules import Spell
from engine.personnel.secondment.states import ON_LOAN, ExtensionState, Performance, SecondmentState
from engine.personnel.workers import Worker

_AWAY = text("state IN (" + ", ".join(f"'{state.value}'" for state in sorted(ON_LOAN)) + ")")


class Secondment(Base):
    """One worker borrowed by his street; the employment stays with it and the community gets him back [N 9.3]."""

    __tablename__ = "secondment"
    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str | None] = mapped_column(String(32), unique=True)
    county_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    street_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    community_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True, comment="that lends")
    borrower_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    office: Mapped[str] = mapped_column(String(64), comment="office of the street where the worker will be")
    worker_id: Mapped[int] = mapped_column(ForeignKey("worker.id"), index=True)
    state: Mapped[SecondmentState] = mapped_column(TermColumn(SecondmentState), index=True)
    duties: Mapped[str] = mapped_column(String(500))
    reason: Mapped[str] = mapped_column(String(1000))
    starts_on: Mapped[date]
    ends_on: Mapped[date] = mapped_column(comment="last day, included; moved once by an extension")
    opinion: Mapped[str] = mapped_column(EncryptedText, default="", comment="why it came to nothing")
    notice_year: Mapped[int | None]
    notice_serial: Mapped[int | None] = mapped_column(comment="per county and year")
    approved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    early_reason: Mapped[str] = mapped_column(EncryptedText, default="")
    returned_on: Mapped[date | None]
    performance: Mapped[Performance | None] = mapped_column(TermColumn(Performance))
    evaluation: Mapped[str] = mapped_column(EncryptedText, default="", comment="the borrower's words (鉴定)")
    handover: Mapped[str] = mapped_column(EncryptedText, default="")
    overdue_workdays: Mapped[int] = mapped_column(default=0)
    violation: Mapped[bool] = mapped_column(default=False, comment="more than five working days late")
    created_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    worker: Mapped[Worker] = relationship()
    community: Mapped[Organisation] = relationship(foreign_keys=[community_id])
    street: Mapped[Organisation] = relationship(foreign_keys=[street_id])
    county: Mapped[Organisation] = relationship(foreign_keys=[county_id])
    extensions: Mapped[list["SecondmentExtension"]] = relationship(
        order_by="SecondmentExtension.id", back_populates="secondment"
    )

    __table_args__ = (
        CheckConstraint("ends_on >= starts_on", name="span"),
        UniqueConstraint("county_id", "notice_year", "notice_serial"),
        Index("uq_secondment_one_at_a_time", "worker_id", unique=True, sqlite_where=_AWAY, postgresql_where=_AWAY),
    )

    def spell(self, today: date) -> Spell:
        """The days that count: up to the return, or up to today for somebody who is late."""
        if self.returned_on is not None:
            return Spell(self.starts_on, max(self.returned_on, self.starts_on))
        late = self.state is SecondmentState.OVERDUE
        return Spell(self.starts_on, max(self.ends_on, today) if late else self.ends_on)

    @property
    def document_number(self) -> str:
        """Number of the notice, empty before the approval [domain 10.3]."""
        if self.notice_serial is None:
            return ""
        return f"苏社{self.county.name[:1]}借〔{self.notice_year}〕{self.notice_serial}号"


class SecondmentExtension(Base):
    """A wish to stay longer, within six months in all; once [domain 4]."""

    __tablename__ = "secondment_extension"
    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str | None] = mapped_column(String(32), unique=True)
    secondment_id: Mapped[int] = mapped_column(ForeignKey("secondment.id"), index=True)
    state: Mapped[ExtensionState] = mapped_column(TermColumn(ExtensionState))
    before: Mapped[date] = mapped_column(comment="last day without the extension")
    ends_on: Mapped[date]
    reason: Mapped[str] = mapped_column(String(1000))
    opinion: Mapped[str] = mapped_column(EncryptedText, default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    secondment: Mapped[Secondment] = relationship(back_populates="extensions")

    __table_args__ = (CheckConstraint("ends_on > before", name="longer"),)


def secondment_numbered(session: Session, number: str) -> Secondment:
    """The secondment of that number."""
    found = session.scalar(select(Secondment).where(Secondment.number == number))
    if found is None:
        raise NotFound()
    return found


def extension_numbered(session: Session, number: str) -> SecondmentExtension:
    """The extension of that number."""
    found = session.scalar(select(SecondmentExtension).where(SecondmentExtension.number == number))
    if found is None:
        raise NotFound()
    return found
