"""Housekeeping: what nobody needs any more is removed once a day, so that tables do not grow and drafts do not linger.

Cases, submissions and the history are no matter of housekeeping.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from sqlalchemy import ColumnElement, delete, select

from engine.identity.sessions import ABSOLUTE, SignInSession
from engine.identity.throttling import FORGET_AFTER, AttemptCount
from engine.kernel.clock import CHINA
from engine.kernel.command import CommandContext
from engine.kernel.errors import Forbidden
from engine.kernel.process_engine import CommandReceipt
from engine.kernel.store import Base
from engine.mail.addresses import AddressChange
from engine.mail.outbox import OutboxMail
from engine.workflow.digests import DigestSent
from engine.workflow.expired_claims import give_back_claims
from engine.workflow.memberships import end_roles
from engine.workflow.seals import seal_cases
from engine.workflow.tables import Batch, Job, Message, Notification, WorkItem, WorkItemDraft

RECEIPTS = timedelta(days=30)
"""How long a repeated request is known again; later the state of the case refuses it."""
ENDED_BATCHES = timedelta(days=90)
SENT_MAIL = timedelta(days=30)
DIGESTS = timedelta(days=60)
HOUR = time(3, 0)
"""When it is done, in China."""


DAILY: dict[str, Callable[[CommandContext], None]] = {}
"""What the rooms of the processes have done once a day, such as telling people of a day that comes near."""


def daily(name: str) -> Callable[[Callable[[CommandContext], None]], Callable[[CommandContext], None]]:
    """Registers a function that the daily job calls; it has to be right when it is called twice."""

    def register(act: Callable[[CommandContext], None]) -> Callable[[CommandContext], None]:
        DAILY[name] = act
        return act

    return register


@dataclass(frozen=True)
class Housekeeping:
    """Removes what is over: unheard messages, drafts of closed items, old receipts, sessions, mail and notices."""

    def execute(self, context: CommandContext) -> int:
        """Answers how many rows went."""
        if not context.actor.is_system:
            raise Forbidden()
        return clear_out(context)


@dataclass(frozen=True)
class ScheduleHousekeeping:
    """Makes sure that the daily job exists."""

    def execute(self, context: CommandContext) -> None:
        if not context.actor.is_system:
            raise Forbidden()
        if context.session.scalar(select(Job.id).where(Job.kind == "housekeeping").limit(1)) is None:
            context.session.add(Job(kind="housekeeping", node_id="housekeeping", payload={}, due_at=context.now))


def keep_house(context: CommandContext, job: Job) -> bool:
    """The daily job: done for today, due again tomorrow; a second one, made by a worker at the same time, goes."""
    clear_out(context)
    for act in DAILY.values():
        act(context)
    context.session.execute(delete(Job).where(Job.kind == "housekeeping", Job.id > job.id))
    job.state, job.attempts, job.error, job.lease_until, job.worker = "ready", 0, None, None, None
    job.due_at = _next_morning(context.now)
    return False


def clear_out(context: CommandContext) -> int:
    """Removes everything that is over, and frees what deputies hold behind their period; answers how many rows went."""
    give_back_claims(context)
    seal_cases(context)
    end_roles(context)
    now = context.now
    closed = select(WorkItem.id).where(WorkItem.completed_at.is_not(None))
    over: list[tuple[type[Base], ColumnElement[bool]]] = [
        (Message, Message.expires_at <= now),
        (WorkItemDraft, WorkItemDraft.work_item_id.in_(closed)),
        (CommandReceipt, CommandReceipt.at <= now - RECEIPTS),
        (SignInSession, SignInSession.opened_at <= now - ABSOLUTE),
        (AttemptCount, AttemptCount.last_at <= now - FORGET_AFTER),
        (Batch, Batch.ended_at <= now - ENDED_BATCHES),
        (Notification, Notification.read_at <= now - timedelta(days=context.settings.read_notifications_days)),
        (OutboxMail, OutboxMail.sent_at <= now - SENT_MAIL),
        (AddressChange, AddressChange.expires_at <= now),
        (DigestSent, DigestSent.at <= now - DIGESTS),
    ]
    return sum(_remove(context, table, which) for table, which in over)


def _remove(context: CommandContext, table: type[Base], which: ColumnElement[bool]) -> int:
    removed = context.session.execute(delete(table).where(which).returning(*table.__table__.primary_key))
    return len(removed.all())


def _next_morning(now: datetime) -> datetime:
    local = now.astimezone(CHINA)
    morning = datetime.combine(local.date(), HOUR, CHINA)
    return morning if local < morning else morning + timedelta(days=1)
