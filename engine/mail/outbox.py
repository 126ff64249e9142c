"""The outbox: mail is a row of the transaction that asks for it, and leaves after the commit.

A letter is delivered once for each key. The one exception: a worker that dies between the server's answer and the note
of it leaves the letter to another, which sends it again under the same Message-ID, so that mail programs show it once.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, ForeignKey, Index, String, and_, or_, select, text, update
from sqlalchemy.orm import Mapped, mapped_column

from engine.identity.throttling import only_system
from engine.kernel.command import CommandContext
from engine.kernel.store import Base, BigId, Code, EncryptedText, UtcDateTime
from engine.mail.letters import Letter

LEASE = timedelta(minutes=10)
"""How long a worker may take for the letters of a round before another takes them."""
ATTEMPTS = 10
"""Tries of one letter: over about two days, with the delays below."""
FIRST_DELAY = timedelta(minutes=2)
LONGEST_DELAY = timedelta(hours=12)
AWAY = timedelta(minutes=2)
"""When a server that was away is tried again; that counts as no try of a letter."""


class MailState(StrEnum):
    """State of a letter in the outbox."""

    WAITING = "waiting"
    LEASED = "leased"
    SENT = "sent"
    FAILED = "failed"


class OutboxMail(Base):
    """A letter on its way."""

    __tablename__ = "outbox_mail"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    key: Mapped[str] = mapped_column(String(128), unique=True, comment="one letter a key; gives its Message-ID")
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(Code, comment="what it is about, for the list of the system administrator")
    address: Mapped[str] = mapped_column(EncryptedText)
    subject: Mapped[str] = mapped_column(EncryptedText)
    body: Mapped[str] = mapped_column(EncryptedText)
    posted_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    state: Mapped[str] = mapped_column(Code)
    attempts: Mapped[int] = mapped_column(default=0)
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    worker: Mapped[str | None] = mapped_column(String(64))
    error: Mapped[str | None] = mapped_column(String(255), comment="why it did not go through, without addresses")
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (
        Index("ix_outbox_mail_open", "due_at", "id", sqlite_where=text("sent_at IS NULL"),
              postgresql_where=text("sent_at IS NULL")),
        Index("ix_outbox_mail_state", "state", "id"),
        Index("ix_outbox_mail_sent", "sent_at"),
    )  # fmt: skip


def post(context: CommandContext, letter: Letter, *, user_id: int, kind: str, key: str) -> None:
    """Puts a letter into the outbox with the transaction; nothing where mail is switched off."""
    if context.settings.mail.on:
        context.session.add(OutboxMail(
            key=key, user_id=user_id, kind=kind, address=letter.to, subject=letter.subject, body=letter.text,
            posted_at=context.now, due_at=context.now, state=MailState.WAITING,
        ))  # fmt: skip


def is_due(now: datetime) -> ColumnElement[bool]:
    """Waiting and due, or under a lease that is over or that a clock gone wrong has given."""
    return and_(
        OutboxMail.sent_at.is_(None),
        or_(
            and_(OutboxMail.state == MailState.WAITING, OutboxMail.due_at <= now),
            and_(
                OutboxMail.state == MailState.LEASED,
                or_(OutboxMail.lease_until < now, OutboxMail.lease_until > now + 2 * LEASE),
            ),
        ),
    )


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A letter in the hands of a worker."""

    mail_id: int
    key: str
    letter: Letter
    posted_at: datetime


@dataclass(frozen=True)
class TakeMail:
    """Gives a worker the next letters under a lease."""

    worker: str
    limit: int

    def execute(self, context: CommandContext) -> list[Outgoing]:
        only_system(context.actor)
        query = select(OutboxMail).where(is_due(context.now)).order_by(OutboxMail.due_at, OutboxMail.id)
        rows = list(context.session.scalars(query.limit(self.limit).with_for_update(skip_locked=True)))
        for row in rows:
            row.state, row.worker, row.lease_until = MailState.LEASED, self.worker, context.now + LEASE
        return [Outgoing(r.id, r.key, Letter(r.address, r.subject, r.body), r.posted_at) for r in rows]


@dataclass(frozen=True)
class NoteSent:
    """The server has taken the letter."""

    mail_id: int
    worker: str

    def execute(self, context: CommandContext) -> None:
        only_system(context.actor)
        row = _held(context, self.mail_id, self.worker)
        if row is not None:
            row.state, row.sent_at, row.error = MailState.SENT, context.now, None
            row.attempts, row.worker, row.lease_until = row.attempts + 1, None, None


@dataclass(frozen=True)
class NoteFailed:
    """A letter did not go through: tried again later, or failed for good when refused or out of tries."""

    mail_id: int
    worker: str
    error: str
    final: bool = False

    def execute(self, context: CommandContext) -> None:
        only_system(context.actor)
        row = _held(context, self.mail_id, self.worker)
        if row is None:
            return
        row.attempts, row.error, row.worker, row.lease_until = row.attempts + 1, self.error[:255], None, None
        over = self.final or row.attempts >= ATTEMPTS
        row.state = MailState.FAILED if over else MailState.WAITING
        row.due_at = context.now + min(LONGEST_DELAY, FIRST_DELAY * 2 ** (row.attempts - 1))


@dataclass(frozen=True)
class PutBack:
    """The server is away: the letters of the round wait, with the reason to be seen."""

    worker: str
    error: str

    def execute(self, context: CommandContext) -> None:
        only_system(context.actor)
        held = (OutboxMail.state == MailState.LEASED, OutboxMail.worker == self.worker, OutboxMail.sent_at.is_(None))
        later = context.now + AWAY
        context.session.execute(update(OutboxMail).where(*held).values(
            state=MailState.WAITING, due_at=later, error=self.error[:255], worker=None, lease_until=None
        ))  # fmt: skip


def _held(context: CommandContext, mail_id: int, worker: str) -> OutboxMail | None:
    """The letter while this worker holds it; after its lease another may."""
    row = context.session.get(OutboxMail, mail_id, with_for_update=True)
    return row if row is not None and row.state == MailState.LEASED and row.worker == worker else None
