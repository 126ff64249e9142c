"""Saved filters (常用筛选): a list of work as somebody likes to see it, kept under a name of his own."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Select, String, UniqueConstraint, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine.kernel.actor import Actor
from engine.kernel.command import CommandContext
from engine.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from engine.kernel.store import Base, Code, EncryptedJson, UtcDateTime

MOST = 20
"""So many filters a person keeps: the left column stays one that is read."""
LONGEST_NAME = 20
LONGEST_VALUE = 64


class SavedFilter(Base):
    """One filter of one person."""

    __tablename__ = "saved_filter"
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(40))
    view: Mapped[str] = mapped_column(Code, comment="the list it narrows")
    asked: Mapped[Any] = mapped_column(EncryptedJson, comment="what the list is narrowed to; may hold a name")
    saved_at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (UniqueConstraint("user_id", "name"),)


@dataclass(frozen=True, slots=True)
class FilterRow:
    """A saved filter as the left column shows it."""

    id: int
    name: str
    view: str
    asked: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class SaveFilter:
    """Keeps a filter under a name, in place of an earlier one of the same name. Answers its id."""

    name: str
    view: str
    asked: Mapping[str, str]

    def execute(self, context: CommandContext) -> int:
        user_id, name = _person(context), _checked(self.name)
        kept = {key[:LONGEST_VALUE]: value[:LONGEST_VALUE] for key, value in self.asked.items() if value}
        row = context.session.scalar(_of(user_id).where(SavedFilter.name == name))
        if row is None:
            self._require_room(context, user_id)
            row = SavedFilter(user_id=user_id, name=name, view=self.view, asked=kept, saved_at=context.now)
            context.session.add(row)
        row.view, row.asked, row.saved_at = self.view, kept, context.now
        context.session.flush()
        return row.id

    def _require_room(self, context: CommandContext, user_id: int) -> None:
        query = select(func.count()).where(SavedFilter.user_id == user_id)
        if (context.session.scalar(query) or 0) >= MOST:
            raise Invalid(fields={"name": f"最多保存 {MOST} 个常用筛选，请先删除不再使用的。"})


@dataclass(frozen=True, slots=True)
class RenameFilter:
    """Gives a filter another name."""

    filter_id: int
    name: str

    def execute(self, context: CommandContext) -> None:
        row, name = _own(context, self.filter_id), _checked(self.name)
        same = context.session.scalar(_of(row.user_id).where(SavedFilter.name == name, SavedFilter.id != row.id))
        if same is not None:
            raise Conflict(f"您已有名为“{name}”的常用筛选，请换一个名称。")
        row.name = name


@dataclass(frozen=True, slots=True)
class DeleteFilter:
    """Forgets a filter."""

    filter_id: int

    def execute(self, context: CommandContext) -> None:
        context.session.delete(_own(context, self.filter_id))


def my_filters(session: Session, actor: Actor) -> list[FilterRow]:
    """The actor's filters, in the order in which he made them."""
    query = _of(actor.user_id or 0).order_by(SavedFilter.id)
    return [FilterRow(row.id, row.name, row.view, dict(row.asked)) for row in session.scalars(query)]


def _of(user_id: int) -> Select[SavedFilter]:
    return select(SavedFilter).where(SavedFilter.user_id == user_id)


def _own(context: CommandContext, filter_id: int) -> SavedFilter:
    row = context.session.get(SavedFilter, filter_id)
    if row is None or row.user_id != context.actor.user_id:
        raise NotFound()
    return row


def _person(context: CommandContext) -> int:
    if context.actor.user_id is None:
        raise Forbidden()
    return context.actor.user_id


def _checked(name: str) -> str:
    name = " ".join(name.split())
    if not name or len(name) > LONGEST_NAME:
        raise Invalid(fields={"name": f"请为常用筛选取一个名称，最多 {LONGEST_NAME} 个字。"})
    return name
