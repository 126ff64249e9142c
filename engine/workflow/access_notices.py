"""What happened to somebody's account or deputies becomes a message to him.

Commands of the identity room know nothing of messages. They write to the chain `access` of the history, whose events
are numbered without gaps in the order of their commits: a cursor on that number misses none and tells none twice.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine.identity.organisations import Organisation
from engine.identity.roles import LABELS
from engine.identity.throttling import only_system
from engine.identity.users import User
from engine.kernel.command import CommandContext
from engine.kernel.history import HistoryChain, HistoryEvent
from engine.kernel.store import Base, Code
from engine.workflow.notifications import notify

CHAIN = "access"
CHUNK = 500
FRESH = timedelta(days=2)
"""Older events are passed over: an installation that is only now told of them need not be alarmed."""


class NoticeCursor(Base):
    """How far a chain of the history has been read for messages."""

    __tablename__ = "notice_cursor"
    chain: Mapped[str] = mapped_column(Code, primary_key=True)
    number: Mapped[int]


@dataclass(frozen=True, slots=True)
class _Told:
    """One message that follows from an event."""

    user_id: int
    template: str
    title: str
    body: str


def access_events_wait(session: Session) -> bool:
    """Whether something happened since the last look."""
    head = session.get(HistoryChain, CHAIN)
    cursor = session.get(NoticeCursor, CHAIN)
    return head is not None and head.history_count > (0 if cursor is None else cursor.number)


@dataclass(frozen=True)
class TellOfAccess:
    """Tells people what happened to their accounts; answers how many messages there were."""

    def execute(self, context: CommandContext) -> int:
        only_system(context.actor)
        cursor = context.session.get(NoticeCursor, CHAIN, with_for_update=True)
        if cursor is None:
            cursor = NoticeCursor(chain=CHAIN, number=0)
            context.session.add(cursor)
        query = select(HistoryEvent).where(HistoryEvent.chain == CHAIN, HistoryEvent.number > cursor.number)
        told: list[_Told] = []
        for event in context.session.scalars(query.order_by(HistoryEvent.number).limit(CHUNK)):
            cursor.number = event.number
            if event.type in _WORDS and event.at > context.now - FRESH:
                told += _WORDS[event.type](context.session, event, event.facts)
        for one in told:
            notify(context, [one.user_id], one.template, one.title, one.body)
        return len(told)


def _of_account(title: str, body: str) -> "_Words":
    return lambda _, event, __: [_Told(_subject(event), "security", title, body)]


def _role(title: str, verb: str) -> "_Words":
    def told(session: Session, event: HistoryEvent, facts: Mapping[str, Any]) -> list[_Told]:
        place = session.get(Organisation, facts.get("at"))
        what = f"{place.name if place else ''}{LABELS.get(facts['role'], facts['role'])}"
        return [_Told(_subject(event), "security", title, f"{verb}“{what}”的角色。")]

    return told


def _appointed(session: Session, event: HistoryEvent, facts: Mapping[str, Any]) -> list[_Told]:
    """Who did not appoint his deputy himself; the deputy has been told by the command."""
    if event.actor_id == _subject(event):
        return []
    span = f"{facts['starts_on']} 至 {facts['ends_on']}"
    body = f"{span}，{_name(session, facts['deputy'])}代理您的工作，由管理员设置。"
    return [_Told(_subject(event), "deputy", "已为您设置代理人", body)]


def _ended(session: Session, event: HistoryEvent, facts: Mapping[str, Any]) -> list[_Told]:
    body = f"您不再代理{_name(session, _subject(event))}的工作。"
    return [_Told(facts["deputy"], "deputy", "代理已结束", body)]


_Words = Callable[[Session, HistoryEvent, Mapping[str, Any]], list[_Told]]
_NOT_YOU = "如果不是您本人所为，请立即联系系统管理员。"
_WORDS: Mapping[str, _Words] = {
    "password.changed": _of_account("密码已修改", f"您的登录密码已修改，其他设备已退出登录。{_NOT_YOU}"),
    "password.reset": _of_account("密码已被重置", f"管理员重置了您的登录密码。{_NOT_YOU}"),
    "email.changed": _of_account("邮箱地址已变更", f"您的账号已改用新的邮箱地址。{_NOT_YOU}"),
    "email.removed": _of_account("邮箱地址已删除", f"今后不再向您发送邮件。{_NOT_YOU}"),
    "role.granted": _role("您有了新的角色", "安全管理员授予您"),
    "role.revoked": _role("您的角色已撤销", "安全管理员撤销了您"),
    "deputy.appointed": _appointed,
    "deputy.ended": _ended,
}


def _subject(event: HistoryEvent) -> int:
    return int(event.subject.removeprefix("user:"))


def _name(session: Session, user_id: int) -> str:
    user = session.get(User, user_id)
    return user.name if user else "同事"
