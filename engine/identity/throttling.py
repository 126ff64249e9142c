"""How often something may be tried: counts in the database, shared by all processes of an installation."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import String, delete
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine.kernel.actor import Actor
from engine.kernel.command import CommandContext
from engine.kernel.errors import Forbidden
from engine.kernel.store import Base, UtcDateTime

FORGET_AFTER = timedelta(days=1)


class AttemptCount(Base):
    """Attempts under one key since the window began."""

    __tablename__ = "attempt_count"
    key: Mapped[str] = mapped_column(String(128), primary_key=True, comment="purpose and keyed digest of who tried")
    hits: Mapped[int] = mapped_column(default=0)
    began_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


@dataclass(frozen=True, slots=True)
class CountAttempt:
    """Counts one attempt under `key` and says how many there were in the window, this one included."""

    key: str
    window: timedelta

    def execute(self, context: CommandContext) -> int:
        only_system(context.actor)
        return count_attempt(context.session, self.key, self.window, context.now)


def count_attempt(session: Session, key: str, window: timedelta, now: datetime) -> int:
    """One more attempt; the window begins anew when it is over."""
    row = session.get(AttemptCount, key, with_for_update=True)
    if row is None:
        session.execute(delete(AttemptCount).where(AttemptCount.last_at < now - FORGET_AFTER))
        row = AttemptCount(key=key, hits=0, began_at=now, last_at=now)
        session.add(row)
    elif row.began_at + window <= now:
        row.hits, row.began_at = 0, now
    row.hits, row.last_at = row.hits + 1, now
    session.flush()
    return row.hits


def only_system(actor: Actor) -> None:
    """These commands are run by the shell itself, before anybody is signed in."""
    if not actor.is_system:
        raise Forbidden()
