"""Accounts: registering as an applicant, signing in with back-off, changing the password.

A password is checked outside the transaction, since its hash is slow on purpose and the database must not wait for it.
"""

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from engine.identity.passwords import hash_password, password_fits, weakness
from engine.identity.sessions import close_sessions, open_session
from engine.identity.throttling import AttemptCount, count_attempt, only_system
from engine.identity.users import User
from engine.kernel.actor import SYSTEM, Actor
from engine.kernel.cipher import Cipher
from engine.kernel.command import CommandContext
from engine.kernel.errors import Forbidden, Invalid
from engine.kernel.process_engine import ProcessEngine

PHONE = re.compile(r"1[3-9][0-9]{9}")
ACCOUNT_TRIES = 5
"""Failures of one account before it has to wait."""
ADDRESS_TRIES = 50
"""Failures from one address before it has to wait; an office shares one address."""
_WINDOW = timedelta(hours=24)
_FIRST_WAIT = timedelta(minutes=1)
_LONGEST_WAIT = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """The person is in; `token` is the secret of the new session."""

    token: str
    user_id: int


@dataclass(frozen=True, slots=True)
class _Credentials:
    id: int
    login: str
    password_hash: str | None


@dataclass(frozen=True, slots=True)
class Refused:
    """Not signed in; when `until` is given, nothing is tried before that moment."""

    until: datetime | None = None


def phone_index(cipher: Cipher, phone: str) -> str:
    """Blind index by which an account is found from its phone number."""
    return cipher.blind_index(phone, purpose="phone")


def sort_key(name: str) -> str:
    """Pinyin of a name, for order only."""
    from pypinyin import lazy_pinyin  # noqa: PLC0415 - its dictionary costs a third of every start and is rarely needed

    return " ".join(lazy_pinyin(name))[:128]


def sign_in(engine: ProcessEngine, *, login: str, password: str, address: str) -> SignedIn | Refused:
    """Checks a password; every try counts before it is checked, so that parallel guesses gain nothing."""
    cipher = engine.store.cipher
    keys = (_key(cipher, "account", login), _key(cipher, "address", address))
    until = engine.execute(_BeginSignIn(*keys), actor=SYSTEM)
    if until is not None:
        return Refused(until)
    with engine.reading() as session:
        user = _find(session, cipher, login)
    if not password_fits(user.password_hash if user else None, password) or user is None:
        return Refused()
    return SignedIn(engine.execute(_OpenSession(user.id, keys), actor=SYSTEM), user.id)


def change_password(engine: ProcessEngine, actor: Actor, *, old: str, new: str) -> str:
    """Sets a new password, ends all sessions of the person and opens one; the answer is its secret."""
    with engine.reading() as session:
        user = _credentials(session, User.id == actor.user_id)
    if user is None:
        raise Forbidden()
    if not password_fits(user.password_hash, old):
        raise Invalid(fields={"old": "原密码不正确，请重新输入。"})
    problem = weakness(new, user.login)
    if problem:
        raise Invalid(fields={"new": problem})
    return engine.execute(_SetPassword(user.password_hash or "", hash_password(new)), actor=actor)


@dataclass(frozen=True, slots=True)
class RegisterAccount:
    """Somebody of the public opens an account: name, mobile phone, password hash. Answers the user's id."""

    name: str
    phone: str
    password_hash: str = field(repr=False)

    def execute(self, context: CommandContext) -> int:
        if not PHONE.fullmatch(self.phone):
            raise Invalid(fields={"phone": "请填写 11 位手机号码。"})
        index = phone_index(context.cipher, self.phone)
        if context.session.scalar(select(User.id).where(User.phone_index == index)):
            raise Invalid(fields={"phone": "不能用这个手机号码注册。如果您注册过，请直接登录。"})
        user = User(
            login=f"p{index[:24]}", name=self.name, sort_key=sort_key(self.name), phone=self.phone, phone_index=index,
            password_hash=self.password_hash, active=True, created_at=context.now,
        )  # fmt: skip
        context.session.add(user)
        context.session.flush()
        context.record("user.registered", f"user:{user.id}", chain="access")
        return user.id


@dataclass(frozen=True, slots=True)
class _BeginSignIn:
    """Counts a try for account and address; the answer says until when to wait, if at all."""

    account: str
    address: str

    def execute(self, context: CommandContext) -> datetime | None:
        only_system(context.actor)
        waits = [
            _wait(context.session, self.account, ACCOUNT_TRIES, context.now),
            _wait(context.session, self.address, ADDRESS_TRIES, context.now),
        ]
        return max((wait for wait in waits if wait), default=None)


@dataclass(frozen=True, slots=True)
class _OpenSession:
    """Opens a session for a person whose password was right, and forgets the earlier failures of the account."""

    user_id: int
    keys: tuple[str, str]

    def execute(self, context: CommandContext) -> str:
        only_system(context.actor)
        account, address = (context.session.get(AttemptCount, key, with_for_update=True) for key in self.keys)
        if account is not None:
            context.session.delete(account)
        if address is not None:
            address.hits = max(0, address.hits - 1)
        context.record("session.opened", f"user:{self.user_id}", chain="access")
        return open_session(context.session, self.user_id, context.now)


@dataclass(frozen=True, slots=True)
class _SetPassword:
    """Replaces the hash that was checked, unless it was replaced meanwhile."""

    expected: str
    replacement: str

    def execute(self, context: CommandContext) -> str:
        user = context.session.get(User, context.actor.user_id) if context.actor.user_id else None
        if user is None or user.password_hash != self.expected:
            raise Forbidden()
        user.password_hash = self.replacement
        close_sessions(context.session, user.id)
        context.record("password.changed", f"user:{user.id}", chain="access")
        return open_session(context.session, user.id, context.now)


def _wait(session: Session, key: str, tries: int, now: datetime) -> datetime | None:
    """Until when the key has to wait: one minute after the allowed tries, doubling up to an hour. Waiting is no try."""
    row = session.get(AttemptCount, key, with_for_update=True)
    if row is not None and row.hits >= tries and row.began_at + _WINDOW > now:
        doublings: int = min(row.hits - tries, 10)
        until = row.last_at + min(_LONGEST_WAIT, _FIRST_WAIT * (1 << doublings))
        if now < until:
            return until
    count_attempt(session, key, _WINDOW, now)
    return None


def _find(session: Session, cipher: Cipher, login: str) -> _Credentials | None:
    typed = login.strip()
    return _credentials(session, or_(User.login == typed, User.phone_index == phone_index(cipher, typed)))


def _credentials(session: Session, match: ColumnElement[bool]) -> _Credentials | None:
    query = select(User.id, User.login, User.password_hash).where(match, User.active).order_by(User.id).limit(1)
    row = session.execute(query).one_or_none()
    return _Credentials(*row) if row else None


def _key(cipher: Cipher, purpose: str, value: str) -> str:
    return f"{purpose}:{cipher.blind_index(value.strip().lower(), purpose=f'attempt-{purpose}')}"
