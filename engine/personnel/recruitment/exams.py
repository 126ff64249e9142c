"""Rooms, seats, imported scores and the ranking as it was published."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from engine.kernel.store import Base, PlainJson, Score, UtcDateTime
from engine.personnel.recruitment.registrations import Registration


class ExamRoom(Base):
    """A room of the written exam; rooms are filled in the order of `position`."""

    __tablename__ = "exam_room"
    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id", ondelete="CASCADE"), index=True)
    position: Mapped[int]
    name: Mapped[str] = mapped_column(String(64))
    address: Mapped[str] = mapped_column(String(200), default="")
    capacity: Mapped[int]

    __table_args__ = (
        UniqueConstraint("campaign_id", "position"),
        UniqueConstraint("campaign_id", "name"),
        CheckConstraint("capacity > 0 AND capacity <= 500", name="capacity"),
    )


class Seat(Base):
    """Where one participant sits, with the value that decided the draw."""

    __tablename__ = "exam_seat"
    id: Mapped[int] = mapped_column(primary_key=True)
    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id", ondelete="CASCADE"), unique=True)
    room_id: Mapped[int] = mapped_column(ForeignKey("exam_room.id"))
    seat: Mapped[int]
    draw_value: Mapped[str] = mapped_column(String(64), comment="SHA-256 of seed:number")

    room: Mapped[ExamRoom] = relationship()
    registration: Mapped[Registration] = relationship()

    __table_args__ = (UniqueConstraint("room_id", "seat"),)


class WrittenScore(Base):
    """An imported written score; a correction is a new row, the newest counts."""

    __tablename__ = "written_score"
    id: Mapped[int] = mapped_column(primary_key=True)
    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id", ondelete="CASCADE"), index=True)
    paper: Mapped[Decimal | None] = mapped_column(Score, comment="empty when absent")
    absent: Mapped[bool] = mapped_column(default=False)
    cheated: Mapped[bool] = mapped_column(default=False)
    remark: Mapped[str] = mapped_column(String(200), default="")
    import_id: Mapped[int | None] = mapped_column(
        ForeignKey("sheet_import.id"), index=True, comment="counts once that import is done; empty: at once"
    )
    imported_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    imported_at: Mapped[datetime] = mapped_column(UtcDateTime)


class InterviewScore(Base):
    """The judges' marks of one interview; a correction is a new row, the newest counts."""

    __tablename__ = "interview_score"
    id: Mapped[int] = mapped_column(primary_key=True)
    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id", ondelete="CASCADE"), index=True)
    marks: Mapped[list[str]] = mapped_column(PlainJson, comment="marks as text, in the judges' order")
    score: Mapped[Decimal | None] = mapped_column(Score)
    absent: Mapped[bool] = mapped_column(default=False)
    import_id: Mapped[int | None] = mapped_column(
        ForeignKey("sheet_import.id"), index=True, comment="counts once that import is done; empty: at once"
    )
    imported_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    imported_at: Mapped[datetime] = mapped_column(UtcDateTime)


class RankEntry(Base):
    """A place in a published ranking; a new ranking is a new round."""

    __tablename__ = "rank_entry"
    id: Mapped[int] = mapped_column(primary_key=True)
    post_id: Mapped[int] = mapped_column(ForeignKey("campaign_post.id", ondelete="CASCADE"))
    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id", ondelete="CASCADE"), index=True)
    round: Mapped[int] = mapped_column(comment="1 first ranking, more after an extra test")
    rank: Mapped[int]
    total: Mapped[Decimal] = mapped_column(Score)
    reason: Mapped[str] = mapped_column(String(500), default="", comment="how ties were told apart")
    keys: Mapped[list[dict[str, Any]]] = mapped_column(PlainJson, default=list, comment="ordered tie keys used")
    at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (UniqueConstraint("post_id", "registration_id", "round"),)
