"""Sessions of signed-in people: kept on the server, ended at sign-out, password change, disabling and by time."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, String, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine.identity.throttling import only_system
from engine.identity.users import User
from engine.kernel.command import CommandContext
from engine.kernel.store import Base, UtcDateTime

IDLE = timedelta(minutes=30)
ABSOLUTE = timedelta(hours=12)
TOUCH_AFTER = timedelta(minutes=1)
"""A session's last use is written at most this often, so that reading a page writes nothing."""


class SignInSession(Base):
    """One browser in which somebody is signed in; only a digest of its secret is kept."""

    __tablename__ = "sign_in_session"
    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"), index=True)
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)

    def alive(self, now: datetime) -> bool:
        return now < min(self.seen_at + IDLE, self.opened_at + ABSOLUTE)


def open_session(session: Session, user_id: int, now: datetime) -> str:
    """A new session; the answer is the secret for the person's browser."""
    token = secrets.token_urlsafe(32)
    session.execute(delete(SignInSession).where(SignInSession.opened_at <= now - ABSOLUTE))
    session.add(SignInSession(digest=_digest(token), user_id=user_id, opened_at=now, seen_at=now))
    session.flush()
    return token


def live_session(session: Session, token: str, now: datetime) -> SignInSession | None:
    """The session of that secret, if it still holds and its account is open."""
    query = select(SignInSession).join(User, User.id == SignInSession.user_id)
    row = session.scalars(query.where(SignInSession.digest == _digest(token), User.active)).one_or_none()
    return row if row is not None and row.alive(now) else None


def session_owner(session: Session, token: str) -> int | None:
    """Whose session it is or was, as long as it is remembered."""
    row = session.get(SignInSession, _digest(token))
    return row.user_id if row else None


def close_sessions(session: Session, user_id: int) -> None:
    """Ends every session of a person, as when the account is disabled or the password changed."""
    session.execute(delete(SignInSession).where(SignInSession.user_id == user_id))


@dataclass(frozen=True, slots=True)
class TouchSession:
    """Notes that a session is in use."""

    token: str

    def execute(self, context: CommandContext) -> None:
        only_system(context.actor)
        row = context.session.get(SignInSession, _digest(self.token))
        if row is not None and row.alive(context.now):
            row.seen_at = context.now


@dataclass(frozen=True, slots=True)
class SignOut:
    """Ends one session."""

    token: str

    def execute(self, context: CommandContext) -> None:
        row = context.session.get(SignInSession, _digest(self.token))
        if row is not None and row.user_id == context.actor.user_id:
            context.session.delete(row)
            context.record("session.closed", f"user:{row.user_id}", chain="access")


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
