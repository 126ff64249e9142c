"""Mail addresses of accounts: a new one counts when its owner has opened the link that was sent there."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from hmac import compare_digest

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine.identity.users import User
from engine.kernel.command import CommandContext
from engine.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from engine.kernel.store import Base, EncryptedText, UtcDateTime
from engine.mail.letters import Letter, checked_address
from engine.mail.outbox import post

VALID = timedelta(hours=24)
"""How long the link can be used."""
AGAIN = timedelta(minutes=2)
"""A link is sent no more often than this."""


class AddressChange(Base):
    """An address that waits to be confirmed; only a digest of the link's secret is kept."""

    __tablename__ = "mail_address_change"
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"), primary_key=True)
    email: Mapped[str] = mapped_column(EncryptedText)
    digest: Mapped[str] = mapped_column(String(64))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


@dataclass(frozen=True)
class AskForAddress:
    """Somebody names a mail address; a link goes there, and until it is used the old address stays."""

    email: str

    def execute(self, context: CommandContext) -> None:
        user = _own(context)
        address = checked_address(self.email)
        if not context.settings.mail.on:
            raise Conflict("本系统没有开通邮件，请联系系统管理员。")
        if user.email == address:
            raise Invalid(fields={"email": "这就是现在的邮箱地址。"})
        waiting = context.session.get(AddressChange, user.id, with_for_update=True)
        if waiting is not None and waiting.asked_at + AGAIN > context.now:
            raise Invalid(fields={"email": "确认邮件刚刚发出，请先查收；两分钟后可以重发。"})
        token = secrets.token_urlsafe(24)
        waiting = waiting or AddressChange(user_id=user.id)
        waiting.email, waiting.digest = address, _digest(token)
        waiting.asked_at, waiting.expires_at = context.now, context.now + VALID
        context.session.add(waiting)
        post(context, _letter(context.settings.mail.base_url, user, address, token), user_id=user.id, kind="address",
             key=f"address:{user.id}:{context.now.isoformat()}")  # fmt: skip
        context.record("email.asked", f"user:{user.id}", chain="access")


@dataclass(frozen=True)
class ConfirmAddress:
    """The link was opened by the signed-in owner of the account: the address counts from now on."""

    token: str

    def execute(self, context: CommandContext) -> None:
        user = _own(context)
        waiting = address_of_link(context.session, user.id, self.token, context.now)
        before, user.email = user.email, waiting.email
        context.session.delete(waiting)
        if before:
            post(context, _farewell(user, before), user_id=user.id, kind="security",
                 key=f"address-left:{user.id}:{context.now.isoformat()}")  # fmt: skip
        context.record("email.changed", f"user:{user.id}", chain="access")


def address_of_link(session: Session, user_id: int | None, token: str, now: datetime) -> AddressChange:
    """The address that the link of a letter is about, for the owner of the account; for others there is none."""
    waiting = session.get(AddressChange, user_id)
    if waiting is None or waiting.expires_at <= now or not compare_digest(waiting.digest, _digest(token)):
        raise NotFound("链接已失效，或不是发给您正在使用的账号的，请在“我的设置”中重新填写邮箱。")
    return waiting


@dataclass(frozen=True)
class RemoveAddress:
    """Somebody wants no mail any more: the address goes."""

    def execute(self, context: CommandContext) -> None:
        user = _own(context)
        waiting = context.session.get(AddressChange, user.id)
        if waiting is not None:
            context.session.delete(waiting)
        if user.email is not None:
            user.email = None
            context.record("email.removed", f"user:{user.id}", chain="access")


def _own(context: CommandContext) -> User:
    user = None if context.actor.user_id is None else context.session.get(User, context.actor.user_id)
    if user is None or not user.active:
        raise Forbidden()
    return user


def _letter(base_url: str, user: User, address: str, token: str) -> Letter:
    text = (
        f"{user.name}，您好：\n\n您在“社工”系统中填写了这个邮箱地址。请登录后打开下面的链接确认，24 小时内有效：\n\n"
        f"{base_url}/settings/email/{token}\n\n如果不是您本人填写，请不要打开链接，这个地址不会被使用。\n"
    )
    return Letter(address, "【社工】请确认邮箱地址", text)


def _farewell(user: User, before: str) -> Letter:
    text = (
        f"{user.name}，您好：\n\n您的账号已改用另一个邮箱地址，今后不再向此地址发送通知。\n\n"
        "如果不是您本人修改，请立即联系系统管理员。\n"
    )
    return Letter(before, "【社工】邮箱地址已变更", text)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
