"""A campaign (招聘公告) and its post table; from publication on it keeps the settings it was published with."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from engine.kernel.store import Base, FixedDecimal, PlainJson, UtcDateTime
from engine.personnel.columns import TermColumn
from engine.personnel.policy import Policy
from engine.personnel.recruitment.eligibility import BirthWindow, PostConditions, RelaxedWindow
from engine.personnel.recruitment.opening import OpeningOutcome
from engine.personnel.recruitment.states import CampaignState
from engine.personnel.vocabulary import CertificateLevel, Education, Household, Post, Relaxation, Target


class Campaign(Base):
    """One announcement; all moments are inclusive starts and exclusive ends."""

    __tablename__ = "campaign"
    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(32), unique=True, comment="business key, such as ZP2026-0007")
    county_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    title: Mapped[str] = mapped_column(String(120))
    state: Mapped[CampaignState] = mapped_column(TermColumn(CampaignState), index=True)
    announcement: Mapped[str] = mapped_column(Text, default="", comment="text of the announcement")
    phone: Mapped[str] = mapped_column(String(64), default="", comment="office phone for questions, public")
    published_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reg_opens_at: Mapped[datetime] = mapped_column(UtcDateTime)
    reg_closes_at: Mapped[datetime] = mapped_column(UtcDateTime)
    review_closes_at: Mapped[datetime] = mapped_column(UtcDateTime, comment="end of the first review")
    appeal_closes_at: Mapped[datetime] = mapped_column(UtcDateTime, comment="end of appeals against it")
    rereg_closes_at: Mapped[datetime | None] = mapped_column(UtcDateTime, comment="end of 改报 after a cut")
    tickets_from: Mapped[datetime] = mapped_column(UtcDateTime)
    tickets_until: Mapped[datetime] = mapped_column(UtcDateTime, comment="not printed by then = waived")
    written_at: Mapped[datetime] = mapped_column(UtcDateTime, comment="start of the written exam")
    written_minutes: Mapped[int] = mapped_column(default=120)
    interview_at: Mapped[datetime] = mapped_column(UtcDateTime, comment="start of the interviews")
    policy_values: Mapped[dict[str, Any] | None] = mapped_column(PlainJson, comment="settings frozen at publication")
    draw_seed: Mapped[str | None] = mapped_column(String(128), comment="published seed of the seat draw")
    drawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    hired_at: Mapped[datetime | None] = mapped_column(UtcDateTime, comment="hiring approved; no substitution after")
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    cancel_reason: Mapped[str] = mapped_column(String(500), default="")
    created_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    posts: Mapped[list["CampaignPost"]] = relationship(
        order_by="CampaignPost.sequence", cascade="all, delete-orphan", back_populates="campaign"
    )

    __table_args__ = (
        CheckConstraint("reg_opens_at < reg_closes_at", name="registration_window"),
        CheckConstraint("reg_closes_at <= review_closes_at", name="review_after_registration"),
        CheckConstraint("tickets_from < tickets_until", name="ticket_window"),
        CheckConstraint("written_at < interview_at", name="exam_order"),
    )

    @property
    def policy(self) -> Policy:
        """The frozen settings; before publication the catalogue's defaults."""
        return Policy(self.policy_values or {})


class CampaignPost(Base):
    """One line of the post table (岗位表) [domain 1.6]."""

    __tablename__ = "campaign_post"
    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id", ondelete="CASCADE"), index=True)
    sequence: Mapped[int] = mapped_column(comment="序号")
    code: Mapped[str] = mapped_column(String(16), comment="岗位代码")
    name: Mapped[str] = mapped_column(String(64), comment="岗位名称")
    street_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    community_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    allotment: Mapped[str] = mapped_column(String(120), default="", comment="社区或分配方式")
    department: Mapped[str] = mapped_column(String(64), default="", comment="主管部门")
    target: Mapped[Target] = mapped_column(TermColumn(Target), comment="招聘对象; anything but open is 定向")
    grade_post: Mapped[Post] = mapped_column(TermColumn(Post), default=Post.GENERAL)
    duties: Mapped[str] = mapped_column(String(500), default="")
    heads_planned: Mapped[int] = mapped_column(comment="招聘人数 as announced")
    heads: Mapped[int] = mapped_column(comment="招聘人数 after the opening ratio")
    opening_ratio: Mapped[int] = mapped_column(comment="开考比例 n:1")
    education: Mapped[Education] = mapped_column(TermColumn(Education))
    education_exception: Mapped[str] = mapped_column(String(300), default="", comment="reason for less than college")
    degree: Mapped[str] = mapped_column(String(32), default="")
    majors: Mapped[list[str]] = mapped_column(PlainJson, default=list)
    birth_from: Mapped[date] = mapped_column(comment="earliest birth date, inclusive")
    birth_to: Mapped[date] = mapped_column(comment="latest birth date, inclusive")
    relaxations: Mapped[list[dict[str, Any]]] = mapped_column(
        PlainJson, default=list, comment="[{condition, birth_from, years}]"
    )
    households: Mapped[list[str]] = mapped_column(PlainJson, default=list)
    party_members_only: Mapped[bool] = mapped_column(default=False)
    community_years: Mapped[int] = mapped_column(default=0, comment="工作经历: years in a community")
    certificate: Mapped[CertificateLevel] = mapped_column(TermColumn(CertificateLevel), default=CertificateLevel.NONE)
    exam_form: Mapped[str] = mapped_column(String(120), default="笔试、面试")
    written_weight: Mapped[Decimal] = mapped_column(FixedDecimal(2), comment="per cent of the written part")
    service_months: Mapped[int] = mapped_column(default=36)
    other: Mapped[str] = mapped_column(String(500), default="")
    phone: Mapped[str] = mapped_column(String(64), default="")
    remark: Mapped[str] = mapped_column(String(300), default="")
    request_line_id: Mapped[int | None] = mapped_column(ForeignKey("post_request_line.id"))
    outcome: Mapped[OpeningOutcome | None] = mapped_column(TermColumn(OpeningOutcome))
    outcome_reason: Mapped[str] = mapped_column(String(200), default="")

    campaign: Mapped[Campaign] = relationship(back_populates="posts")

    __table_args__ = (
        UniqueConstraint("campaign_id", "code"),
        CheckConstraint("heads_planned > 0 AND heads >= 0 AND heads <= heads_planned", name="heads"),
        CheckConstraint("birth_from <= birth_to", name="birth_window"),
        CheckConstraint("opening_ratio > 0", name="opening_ratio"),
    )

    @property
    def cancelled(self) -> bool:
        return self.outcome is OpeningOutcome.CANCELLED

    @property
    def conditions(self) -> PostConditions:
        """What the post asks for."""
        return PostConditions(
            BirthWindow(self.birth_from, self.birth_to),
            tuple(_relaxed(entry) for entry in self.relaxations),
            self.education,
            tuple(self.majors),
            tuple(Household(value) for value in self.households),
            self.party_members_only,
            self.target,
            self.certificate,
            self.community_years,
        )


def _relaxed(entry: dict[str, Any]) -> RelaxedWindow:
    return RelaxedWindow(
        Relaxation(entry["condition"]), date.fromisoformat(entry["birth_from"]), int(entry.get("years", 0))
    )
