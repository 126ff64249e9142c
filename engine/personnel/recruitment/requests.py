"""A street's request for posts (用人需求): wanted posts, reasons, and what the county accepted [N 5.5]."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from engine.kernel.store import Base, UtcDateTime
from engine.personnel.columns import TermColumn
from engine.personnel.recruitment.states import RequestState
from engine.personnel.vocabulary import Education, Target


class PostRequest(Base):
    """One request of one street."""

    __tablename__ = "post_request"
    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str | None] = mapped_column(String(32), unique=True)
    street_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    county_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    state: Mapped[RequestState] = mapped_column(TermColumn(RequestState))
    reason: Mapped[str] = mapped_column(String(1000), comment="why the posts are needed")
    opinion: Mapped[str] = mapped_column(String(1000), default="", comment="last opinion of street or county")
    created_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    lines: Mapped[list["PostRequestLine"]] = relationship(
        order_by="PostRequestLine.id", cascade="all, delete-orphan", back_populates="request"
    )

    @property
    def heads(self) -> int:
        """Heads that count: accepted ones where the county has decided."""
        return sum(line.heads for line in self.lines)


class PostRequestLine(Base):
    """Posts of one kind in one community."""

    __tablename__ = "post_request_line"
    id: Mapped[int] = mapped_column(primary_key=True)
    request_id: Mapped[int] = mapped_column(ForeignKey("post_request.id", ondelete="CASCADE"), index=True)
    community_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), comment="empty: allotted later")
    name: Mapped[str] = mapped_column(String(64), comment="post name")
    heads_wanted: Mapped[int]
    heads_accepted: Mapped[int | None] = mapped_column(comment="the county may accept fewer")
    target: Mapped[Target] = mapped_column(TermColumn(Target), default=Target.OPEN)
    education: Mapped[Education] = mapped_column(TermColumn(Education), default=Education.COLLEGE)
    duties: Mapped[str] = mapped_column(String(500), default="")
    campaign_id: Mapped[int | None] = mapped_column(ForeignKey("campaign.id"), comment="the plan it went into")

    request: Mapped[PostRequest] = relationship(back_populates="lines")

    __table_args__ = (
        CheckConstraint("heads_wanted > 0", name="wanted"),
        CheckConstraint(
            "heads_accepted IS NULL OR (heads_accepted >= 0 AND heads_accepted <= heads_wanted)", name="accepted"
        ),
    )

    @property
    def heads(self) -> int:
        return self.heads_wanted if self.heads_accepted is None else self.heads_accepted
