"""Messages to people inside the site: written with what they tell of, listed, counted, read.

By mail they go later: the worker applies each person's settings to the rows (`mailing`), so that what people do costs
no statement more because of mail.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, func, select, update
from sqlalchemy.orm import Session

from engine.identity.organisations import Organisation
from engine.identity.users import RoleMembership, User, holders
from engine.kernel.actor import Actor
from engine.kernel.command import CommandContext
from engine.kernel.errors import NotFound
from engine.workflow.notification_kinds import NotificationKind, kind_of
from engine.workflow.tables import Notification, ProcessInstance, WorkItem

COUNT_LIMIT = 99
"""Unread messages are counted up to here."""


def notify(
    context: CommandContext, user_ids: Iterable[int], template: str, title: str, body: str,
    instance_id: int | None = None, subject: str = "",
) -> None:  # fmt: skip
    """One message to each of the people; `subject` is what it is known again by."""
    context.session.add_all(
        Notification(user_id=user_id, template=template, kind=kind_of(template), title=title, body=body,
                     instance_id=instance_id, subject=subject, created_at=context.now)
        for user_id in dict.fromkeys(user_ids)
    )  # fmt: skip


def notify_role(
    context: CommandContext, role: str, organisation_id: int, template: str, title: str, body: str,
    instance_id: int | None = None,
) -> None:  # fmt: skip
    """One message to each holder of a role at an organisation."""
    people = [user.id for user in holders(context.session, role, organisation_id)]
    notify(context, people, template, title, body, instance_id)


def notify_administrators(
    context: CommandContext, organisation_id: int | None, title: str, body: str
) -> None:
    """The process administrators at or above an organisation hear of an incident; of all incidents, when it is None.

    Who has not read the last such message gets no second one: many cases may stop for one reason.
    """
    query = (
        select(User.id)
        .join(RoleMembership, RoleMembership.user_id == User.id)
        .where(RoleMembership.role == "process_admin", User.active)
    )
    if organisation_id is not None:
        lineage = context.session.get_one(Organisation, organisation_id).lineage
        query = query.where(RoleMembership.organisation_id.in_(lineage))
    people = set(context.session.scalars(query))
    unread = select(Notification.user_id).where(
        Notification.user_id.in_(people), Notification.read_at.is_(None), Notification.kind == NotificationKind.INCIDENT
    )
    people -= set(context.session.scalars(unread)) if people else set()
    notify(context, sorted(people), "incident", title, body)


def notify_initiator(context: CommandContext, instance: ProcessInstance, title: str, body: str) -> None:
    """Whoever began the case, unless he acts himself or the process has just told him.

    Applicants hear from the process alone.
    """
    user_id = instance.initiator_id
    if user_id is None or user_id == context.actor.user_id:
        return
    told = exists().where(
        Notification.user_id == user_id, Notification.instance_id == instance.id,
        Notification.created_at == context.now,
    )  # fmt: skip
    officer = select(RoleMembership.id).where(RoleMembership.user_id == user_id, ~told)
    if context.session.scalar(officer.limit(1)) is not None:
        notify(context, [user_id], NotificationKind.CASE, title, body, instance.id)


def handlers_of(context: CommandContext, items: Iterable[WorkItem]) -> list[int]:
    """The people who can act on these items: the assignee, or every holder of the role it is offered to."""
    people: list[int] = []
    for item in items:
        if item.assignee_id is not None:
            people.append(item.assignee_id)
        elif "@" in item.offered_to:
            role, _, place = item.offered_to.partition("@")
            people += [user.id for user in holders(context.session, role, int(place))]
    return list(dict.fromkeys(people))


@dataclass(frozen=True, slots=True)
class NotificationRow:
    """A message as lists show it."""

    id: int
    template: str
    kind: str
    title: str
    body: str
    subject: str
    instance_id: int | None
    work_item_id: int | None
    created_at: datetime
    read_at: datetime | None


def unread_count(session: Session, actor: Actor) -> int:
    """How many messages the person has not read, up to COUNT_LIMIT; one look into a small index."""
    waiting = select(Notification.id).where(Notification.user_id == actor.user_id, Notification.read_at.is_(None))
    return session.scalar(select(func.count()).select_from(waiting.limit(COUNT_LIMIT).subquery())) or 0


def my_notifications(
    session: Session, actor: Actor, *, unread: bool, before: int | None = None, limit: int = 50
) -> Sequence[NotificationRow]:
    """The person's messages, the newest first; `before` is the last id of the page before."""
    query = select(Notification).where(Notification.user_id == actor.user_id)
    query = query.where(Notification.read_at.is_(None) if unread else Notification.read_at.is_not(None))
    if before is not None:
        query = query.where(Notification.id < before)
    return [_row(each) for each in session.scalars(query.order_by(Notification.id.desc()).limit(limit))]


def own_notification(session: Session, actor: Actor, notification_id: int) -> NotificationRow:
    """A message of the person; somebody else's does not exist."""
    found = session.get(Notification, notification_id)
    if found is None or found.user_id != actor.user_id:
        raise NotFound()
    return _row(found)


def _row(found: Notification) -> NotificationRow:
    return NotificationRow(
        found.id, found.template, found.kind, found.title, found.body, found.subject, found.instance_id,
        found.work_item_id, found.created_at, found.read_at,
    )  # fmt: skip


@dataclass(frozen=True)
class MarkNotificationRead:
    """The first opening of a message is stamped."""

    notification_id: int

    def execute(self, context: CommandContext) -> None:
        notification = context.session.get(Notification, self.notification_id)
        if notification is None or notification.user_id != context.actor.user_id:
            raise NotFound()
        if notification.read_at is None:
            notification.read_at = context.now


@dataclass(frozen=True)
class MarkAllRead:
    """Everything the person has been shown is read; what came since the list was drawn stays unread."""

    up_to: int

    def execute(self, context: CommandContext) -> None:
        mine = (Notification.user_id == context.actor.user_id, Notification.read_at.is_(None))
        context.session.execute(
            update(Notification).where(*mine, Notification.id <= self.up_to).values(read_at=context.now)
        )
