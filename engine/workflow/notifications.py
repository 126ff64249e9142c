"""Messages to people inside the site."""

from collections.abc import Iterable
from dataclasses import dataclass

from engine.identity.users import holders
from engine.kernel.command import CommandContext
from engine.kernel.errors import NotFound
from engine.workflow.tables import Notification, WorkItem


def notify(
    context: CommandContext, user_ids: Iterable[int], template: str, title: str, body: str,
    instance_id: int | None = None,
) -> None:  # fmt: skip
    """One message to each of the people."""
    context.session.add_all(
        Notification(user_id=user_id, template=template, title=title, body=body, instance_id=instance_id,
                     created_at=context.now)
        for user_id in dict.fromkeys(user_ids)
    )  # fmt: skip


def notify_role(
    context: CommandContext, role: str, organisation_id: int, template: str, title: str, body: str,
    instance_id: int | None = None,
) -> None:  # fmt: skip
    """One message to each holder of a role at an organisation."""
    people = [user.id for user in holders(context.session, role, organisation_id)]
    notify(context, people, template, title, body, instance_id)


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
