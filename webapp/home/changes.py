"""What has changed since yesterday: new work, cases of the person that have ended, copies and messages unread."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from sqlalchemy import func, select, true, union_all

from engine.kernel.clock import CHINA
from engine.workflow.copies import CopyRow, my_copies
from engine.workflow.items import queue_scopes
from engine.workflow.states import INSTANCE_LABELS
from engine.workflow.tables import Notification, ProcessInstance, WorkItem
from webapp.home.panels import Look

MOST = 50
SHOWN = 3
LONGEST = timedelta(days=400)
"""Cases begun longer ago than this are not looked for among those that have just ended."""


@dataclass(frozen=True, slots=True)
class EndedCase:
    """A case that the person began and that is over."""

    instance_id: int
    title: str
    outcome: str
    ended_at: datetime


@dataclass(frozen=True, slots=True)
class Message:
    """Something the person was told and has not marked as read."""

    title: str
    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Changes:
    """The news of a person."""

    arrived: int
    """MOST means that many or more."""
    ended: Sequence[EndedCase]
    copies: Sequence[CopyRow]
    messages: Sequence[Message]
    """The newest unread ones since yesterday."""
    unread: int
    """Unread messages in all, of any age; MOST means that many or more."""

    @property
    def nothing(self) -> bool:
        return not (self.arrived or self.ended or self.copies or self.messages)


def changes_for(look: Look) -> Changes:
    """What is new since yesterday morning."""
    yesterday = datetime.combine(look.today - timedelta(days=1), time.min, CHINA)
    messages, unread = _messages(look, yesterday)
    copies = my_copies(look.session, look.actor, unread_only=True, limit=SHOWN)
    return Changes(_arrived(look, yesterday), _ended(look, yesterday), copies, messages, unread)


def _arrived(look: Look, since: datetime) -> int:
    """New items of the person's lists, each read by its index up to MOST."""
    parts = [
        select(WorkItem.id).where(
            WorkItem.queue == queue, WorkItem.created_at >= since,
            true() if scope is None else WorkItem.process_key.in_(sorted(scope)),
        ).order_by(WorkItem.created_at.desc()).limit(MOST).subquery()
        for queue, scope in queue_scopes(look.session, look.actor, look.now).items()
    ]  # fmt: skip
    newest = union_all(*(select(part.c.id) for part in parts)).subquery()
    return min(MOST, look.session.scalar(select(func.count()).select_from(newest)) or 0) if parts else 0


def _ended(look: Look, since: datetime) -> list[EndedCase]:
    query = select(ProcessInstance).where(
        ProcessInstance.initiator_id == look.actor.user_id, ProcessInstance.started_at >= look.now - LONGEST,
        ProcessInstance.ended_at >= since,
    )  # fmt: skip
    rows = look.session.scalars(query.order_by(ProcessInstance.ended_at.desc()).limit(SHOWN))
    return [
        EndedCase(row.id, row.title, row.outcome or INSTANCE_LABELS[row.state], row.ended_at)
        for row in rows if row.ended_at is not None
    ]  # fmt: skip


def _messages(look: Look, since: datetime) -> tuple[list[Message], int]:
    """The newest unread messages, those of one subject once, and how many are unread in all."""
    mine = (Notification.user_id == look.actor.user_id, Notification.read_at.is_(None))
    unread = select(func.count()).select_from(select(Notification.id).where(*mine).limit(MOST).subquery())
    query = select(Notification, unread.scalar_subquery()).where(*mine)
    rows = look.session.execute(query.order_by(Notification.id.desc()).limit(4 * SHOWN)).all()
    found: dict[tuple[str, int | None], Message] = {}
    for row, _ in rows:
        if row.created_at >= since:
            found.setdefault((row.title, row.instance_id), Message(row.title, row.body, row.created_at))
    return list(found.values())[:SHOWN], rows[0][1] if rows else 0
