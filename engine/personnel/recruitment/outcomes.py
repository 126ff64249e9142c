"""What follows the ranking: medical, background check, publicity, objections, reserve pool, re-entry ban."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from engine.kernel.store import Base, EncryptedJson, EncryptedText, PlainJson, UtcDateTime
from engine.personnel.columns import TermColumn
from engine.personnel.recruitment.registrations import Registration
from engine.personnel.vocabulary import Term


class MedicalOutcome(Term):
    """Finding of a medical examination."""

    PASS = "pass", "合格"
    RETEST = "retest", "需复检"
    FAIL = "fail", "不合格"


class CheckOutcome(Term):
    """Finding of a background check."""

    PASS = "pass", "合格"
    FAIL = "fail", "不合格"


class NoticeKind(Term):
    """What is made public."""

    ANNOUNCEMENT = "announcement", "招聘公告"
    OPENING = "opening", "开考比例结果"
    SEATS = "seats", "考场编排抽签"
    WRITTEN = "written", "笔试成绩"
    BONUS = "bonus", "加分公示"
    SHORTLIST = "shortlist", "资格复审名单"
    TOTALS = "totals", "总成绩"
    MEDICAL = "medical", "体检人选"
    HIRING = "hiring", "拟聘用公示"
    CANCELLATION = "cancellation", "取消招聘公告"


class ObjectionState(Term):
    """What became of an objection."""

    OPEN = "open", "核查中"
    UPHELD = "upheld", "属实，影响聘用"
    UNFOUNDED = "unfounded", "不属实或不影响聘用"
    UNCLEAR = "unclear", "一时难以查实，暂缓聘用"


class MedicalResult(Base):
    """One examination; the first one and at most one re-check."""

    __tablename__ = "medical_result"
    id: Mapped[int] = mapped_column(primary_key=True)
    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id", ondelete="CASCADE"), index=True)
    round: Mapped[int] = mapped_column(comment="1 examination, 2 re-check")
    outcome: Mapped[MedicalOutcome] = mapped_column(TermColumn(MedicalOutcome))
    examined_on: Mapped[date]
    findings: Mapped[str] = mapped_column(EncryptedText, default="", comment="health facts, encrypted")
    recorded_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    recheck_asked_at: Mapped[datetime | None] = mapped_column(UtcDateTime, comment="the person asked for a re-check")

    __table_args__ = (
        UniqueConstraint("registration_id", "round"),
        CheckConstraint("round IN (1, 2)", name="one_recheck"),
        CheckConstraint("round = 1 OR outcome <> 'retest'", name="recheck_decides"),
    )


class BackgroundCheck(Base):
    """What one checker found."""

    __tablename__ = "background_check"
    id: Mapped[int] = mapped_column(primary_key=True)
    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id", ondelete="CASCADE"), index=True)
    checker_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    outcome: Mapped[CheckOutcome] = mapped_column(TermColumn(CheckOutcome))
    findings: Mapped[dict[str, Any]] = mapped_column(EncryptedJson, default=dict, comment="item -> finding")
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (UniqueConstraint("registration_id", "checker_id"),)


class PublicNotice(Base):
    """Exactly what the public saw; `content` holds only public columns, never an ID number or phone."""

    __tablename__ = "public_notice"
    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id", ondelete="CASCADE"))
    kind: Mapped[NoticeKind] = mapped_column(TermColumn(NoticeKind))
    title: Mapped[str] = mapped_column(String(200))
    body: Mapped[str] = mapped_column(String(2000), default="")
    content: Mapped[dict[str, Any]] = mapped_column(PlainJson, comment="{columns: [...], rows: [[...]]}")
    published_at: Mapped[datetime] = mapped_column(UtcDateTime)
    until: Mapped[datetime | None] = mapped_column(UtcDateTime, comment="end of the window for objections")
    calendar_version: Mapped[str] = mapped_column(String(64), default="")

    __table_args__ = (Index("ix_public_notice_campaign_kind", "campaign_id", "kind", "id"),)


class Objection(Base):
    """A complaint from the public about somebody in a publicity notice."""

    __tablename__ = "objection"
    id: Mapped[int] = mapped_column(primary_key=True)
    notice_id: Mapped[int] = mapped_column(ForeignKey("public_notice.id", ondelete="CASCADE"), index=True)
    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id", ondelete="CASCADE"), index=True)
    state: Mapped[ObjectionState] = mapped_column(TermColumn(ObjectionState))
    from_name: Mapped[str] = mapped_column(EncryptedText)
    from_phone: Mapped[str] = mapped_column(EncryptedText)
    text: Mapped[str] = mapped_column(EncryptedText)
    raised_at: Mapped[datetime] = mapped_column(UtcDateTime)
    finding: Mapped[str] = mapped_column(EncryptedText, default="")
    settled_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    registration: Mapped[Registration] = relationship()


class ReserveEntry(Base):
    """An interviewee who was not hired and may be picked while the entry is valid (后备库)."""

    __tablename__ = "reserve_entry"
    id: Mapped[int] = mapped_column(primary_key=True)
    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id", ondelete="CASCADE"), unique=True)
    county_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    rank: Mapped[int]
    valid_until: Mapped[date]
    picked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    registration: Mapped[Registration] = relationship()


class ReEntryBan(Base):
    """Somebody who left for a grave reason may not come back until `until` [domain 6.4]."""

    __tablename__ = "re_entry_ban"
    id: Mapped[int] = mapped_column(primary_key=True)
    id_index: Mapped[str] = mapped_column(String(64), index=True, comment="blind index of the ID number")
    county_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    reason: Mapped[str] = mapped_column(String(200))
    until: Mapped[date]
