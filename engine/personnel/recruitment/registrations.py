"""A registration (报名): one person, one campaign, one post; personal facts encrypted [domain 1.5]."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from engine.kernel.command import CommandContext
from engine.kernel.store import Base, EncryptedJson, EncryptedText, PlainJson, Score, UtcDateTime
from engine.personnel.columns import TermColumn
from engine.personnel.files import StoredFile
from engine.personnel.recruitment.campaigns import Campaign, CampaignPost
from engine.personnel.recruitment.eligibility import ApplicantFacts
from engine.personnel.recruitment.pass_lines import ExamOutcome
from engine.personnel.recruitment.ranking import Candidate
from engine.personnel.recruitment.states import RegistrationState, check_registration_move
from engine.personnel.vocabulary import CertificateLevel, Education, Household, Politics, Sex, Term


class Channel(Term):
    """How the registration came in."""

    ONLINE = "online", "网上报名"
    COUNTER = "counter", "现场报名"


class ReviewStage(Term):
    """At which review a decision was taken."""

    FIRST = "first", "资格初审"
    APPEAL = "appeal", "初审申诉"
    RECHECK = "recheck", "资格复审"
    DEFENCE = "defence", "陈述申辩"


class ReviewDecision(Term):
    """What a reviewer decides."""

    PASS = "pass", "通过"
    RETURN = "return", "退回补正"
    REJECT = "reject", "不通过"


class AttachmentKind(Term):
    """What a file proves [domain 1.5]."""

    PHOTO = "photo", "证件照片"
    ID_FRONT = "id_front", "身份证（人像面）"
    ID_BACK = "id_back", "身份证（国徽面）"
    HOUSEHOLD = "household", "户口簿首页及本人页"
    DIPLOMA = "diploma", "学历（学位）证书"
    CHSI = "chsi", "《教育部学历证书电子注册备案表》"
    FOREIGN_DEGREE = "foreign_degree", "国（境）外学历认证书"
    CERTIFICATE = "certificate", "社会工作者职业资格证书"
    VETERAN = "veteran", "退役军人证件"
    GRID_WORKER = "grid_worker", "专职网格员聘用协议及证明"
    WORK = "work", "工作经历证明"
    CONSENT = "consent", "单位同意报考证明"
    BONUS = "bonus", "加分证明材料"
    WAIVER = "waiver", "放弃声明"
    OTHER = "other", "其他材料"


class Registration(Base):
    """One applicant's registration with everything that came of it."""

    __tablename__ = "registration"
    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str | None] = mapped_column(String(32), unique=True, comment="business key, given with the draft")
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"))
    post_id: Mapped[int | None] = mapped_column(ForeignKey("campaign_post.id"), comment="empty only in a draft")
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    state: Mapped[RegistrationState] = mapped_column(TermColumn(RegistrationState))
    channel: Mapped[Channel] = mapped_column(TermColumn(Channel), default=Channel.ONLINE)
    entered_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    """The officer at the counter, who acts for somebody without a phone."""
    revision: Mapped[int] = mapped_column(default=0, comment="guards against two writers")

    name: Mapped[str] = mapped_column(String(64), default="")
    sex: Mapped[Sex | None] = mapped_column(TermColumn(Sex))
    born: Mapped[date | None]
    id_number: Mapped[str | None] = mapped_column(EncryptedText)
    id_index: Mapped[str | None] = mapped_column(String(64), comment="blind index of the ID number")
    phone: Mapped[str | None] = mapped_column(EncryptedText)
    education: Mapped[Education | None] = mapped_column(TermColumn(Education))
    major: Mapped[str] = mapped_column(String(64), default="")
    social_work_major: Mapped[bool] = mapped_column(default=False)
    household: Mapped[Household | None] = mapped_column(TermColumn(Household))
    politics: Mapped[Politics | None] = mapped_column(TermColumn(Politics))
    veteran: Mapped[bool] = mapped_column(default=False)
    grid_worker: Mapped[bool] = mapped_column(default=False)
    fresh_graduate: Mapped[bool] = mapped_column(default=False)
    new_employment: Mapped[bool] = mapped_column(default=False)
    certificate: Mapped[CertificateLevel] = mapped_column(TermColumn(CertificateLevel), default=CertificateLevel.NONE)
    community_years: Mapped[int] = mapped_column(default=0)
    bonus_claimed: Mapped[bool] = mapped_column(default=False)
    details: Mapped[dict[str, Any]] = mapped_column(EncryptedJson, default=dict, comment="the rest of the form")
    declarations: Mapped[list[str]] = mapped_column(PlainJson, default=list, comment="declarations made")

    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    submitted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    passed_at: Mapped[datetime | None] = mapped_column(UtcDateTime, comment="from here on the form is locked")
    ticket_printed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    exam_number: Mapped[str | None] = mapped_column(String(32), unique=True, comment="准考证号")
    written_paper: Mapped[Decimal | None] = mapped_column(Score)
    bonus: Mapped[Decimal | None] = mapped_column(Score)
    bonus_reason: Mapped[str] = mapped_column(String(200), default="")
    written_final: Mapped[Decimal | None] = mapped_column(Score)
    written_outcome: Mapped[ExamOutcome | None] = mapped_column(TermColumn(ExamOutcome))
    interview_score: Mapped[Decimal | None] = mapped_column(Score)
    extra_score: Mapped[Decimal | None] = mapped_column(Score, comment="加试")
    total: Mapped[Decimal | None] = mapped_column(Score)
    rank: Mapped[int | None]
    rank_reason: Mapped[str] = mapped_column(String(500), default="")
    selected_round: Mapped[int | None] = mapped_column(comment="0 first medical list, 1.. substitution rounds")
    replaces_id: Mapped[int | None] = mapped_column(
        ForeignKey("registration.id"), comment="whose place after the ranking was taken over"
    )
    call_reason: Mapped[str] = mapped_column(String(200), default="", comment="why called up")
    vetted_at: Mapped[datetime | None] = mapped_column(UtcDateTime, comment="medical and background check passed")
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_reason: Mapped[str] = mapped_column(String(500), default="")

    campaign: Mapped[Campaign] = relationship()
    post: Mapped[CampaignPost | None] = relationship()
    attachments: Mapped[list["Attachment"]] = relationship(
        order_by="Attachment.id", cascade="all, delete-orphan", back_populates="registration"
    )
    reviews: Mapped[list["RegistrationReview"]] = relationship(
        order_by="RegistrationReview.id", cascade="all, delete-orphan"
    )

    __mapper_args__ = {"version_id_col": revision}  # noqa: RUF012
    __table_args__ = (
        UniqueConstraint("campaign_id", "id_index", name="uq_registration_one_post_per_person"),
        UniqueConstraint("campaign_id", "user_id", name="uq_registration_one_per_account"),
        Index("ix_registration_campaign_state", "campaign_id", "state"),
        Index("ix_registration_post_state", "post_id", "state"),
        CheckConstraint("state = 'draft' OR post_id IS NOT NULL", name="post_chosen"),
    )

    def move(self, state: RegistrationState) -> None:
        """Goes to `state` if the table of transitions has it."""
        check_registration_move(self.state, state)
        self.state = state

    @property
    def acting_id(self) -> int:
        """The account that is told and asked: the person's own, or the counter's."""
        return self.entered_by or self.user_id

    @property
    def facts(self) -> ApplicantFacts:
        """What eligibility needs; only for a form that is filled in."""
        assert self.born is not None and self.education is not None  # noqa: S101
        return ApplicantFacts(
            self.born, self.education, self.major, self.household or Household.ELSEWHERE,
            self.politics or Politics.MASSES, self.veteran, self.grid_worker, self.fresh_graduate,
            self.new_employment, self.certificate, self.community_years,
        )  # fmt: skip

    @property
    def candidate(self) -> Candidate:
        """What ranking needs; only for somebody with both scores."""
        zero = Decimal(0)
        return Candidate(
            str(self.id), self.total or zero, self.written_final or zero, self.interview_score or zero,
            self.grid_worker, self.veteran, self.politics in (Politics.PARTY_MEMBER, Politics.PROBATIONARY),
            self.certificate.level, self.extra_score,
        )  # fmt: skip


class Attachment(Base):
    """A file that proves something in the registration."""

    __tablename__ = "registration_attachment"
    id: Mapped[int] = mapped_column(primary_key=True)
    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id", ondelete="CASCADE"), index=True)
    kind: Mapped[AttachmentKind] = mapped_column(TermColumn(AttachmentKind))
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"))

    registration: Mapped[Registration] = relationship(back_populates="attachments")
    file: Mapped[StoredFile] = relationship()


class RegistrationReview(Base):
    """One decision of one reviewer, with his remarks per field; never changed afterwards."""

    __tablename__ = "registration_review"
    id: Mapped[int] = mapped_column(primary_key=True)
    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id", ondelete="CASCADE"), index=True)
    stage: Mapped[ReviewStage] = mapped_column(TermColumn(ReviewStage))
    decision: Mapped[ReviewDecision] = mapped_column(TermColumn(ReviewDecision))
    opinion: Mapped[str] = mapped_column(EncryptedText)
    remarks: Mapped[dict[str, str]] = mapped_column(EncryptedJson, default=dict, comment="field -> remark")
    reviewer_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


def id_index(context: CommandContext, id_number: str) -> str:
    """The blind index by which a person is found without reading the number."""
    return context.cipher.blind_index(id_number, purpose="id_number")


def note(context: CommandContext, registration: Registration, type_: str, **facts: Any) -> None:
    """Writes a fact to the registration's own chain of history."""
    context.record(type_, f"registration:{registration.id}", chain=f"registration:{registration.id}", **facts)
