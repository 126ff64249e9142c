"""Messages about what is done are read by themselves: who clears his list need not clear his messages too."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, String, and_, cast, exists, literal, or_, select, update

from engine.identity.throttling import only_system
from engine.identity.users import RoleMembership, Substitution
from engine.kernel.actor import SYSTEM
from engine.kernel.command import CommandContext
from engine.kernel.process_engine import ProcessEngine
from engine.workflow.notification_kinds import NotificationKind
from engine.workflow.tables import CaseCopy, Notification, WorkItem

ABOUT_WORK = (
    NotificationKind.NEW_ITEM, NotificationKind.HANDED, NotificationKind.RETURNED, NotificationKind.URGED,
    NotificationKind.WARNING, NotificationKind.OVERDUE,
)  # fmt: skip


def settle_notifications(engine: ProcessEngine) -> int:
    """Marks what has settled itself; answers how many messages."""
    with engine.reading() as session:  # a look that keeps no writer waiting
        if session.scalar(select(Notification.id).where(_settled()).limit(1)) is None:
            return 0
    return engine.execute(SettleNotifications(), actor=SYSTEM)


@dataclass(frozen=True)
class SettleNotifications:
    """The work that a message was about waits no more, or the copy was opened; answers how many messages."""

    def execute(self, context: CommandContext) -> int:
        only_system(context.actor)
        changed = context.session.execute(
            update(Notification).where(_settled()).values(read_at=context.now).returning(Notification.id)
            .execution_options(synchronize_session=False)
        )  # fmt: skip
        return len(changed.all())


def _settled() -> ColumnElement[bool]:
    work = Notification.kind.in_(ABOUT_WORK)
    case, many = Notification.instance_id.is_not(None), Notification.subject.startswith("node:")
    copy = and_(Notification.kind == NotificationKind.COPY, _opened_copy())
    done = or_(and_(case, ~_waits_in_case()), and_(~case, many, ~_waits_at_node(), ~_stands_in()))
    return and_(Notification.read_at.is_(None), or_(and_(work, done), copy))


def _waits_in_case() -> ColumnElement[bool]:
    """Something that waited in the case then waits still, for whomever."""
    return exists().where(
        WorkItem.instance_id == Notification.instance_id, WorkItem.queue.is_not(None),
        WorkItem.created_at <= Notification.created_at,
    )  # fmt: skip


def _waits_at_node() -> ColumnElement[bool]:
    """Something that waited at the node then waits still in a list of the person."""
    lists = select(RoleMembership.role + "@" + cast(RoleMembership.organisation_id, String))
    mine = WorkItem.queue.in_(lists.where(RoleMembership.user_id == Notification.user_id).correlate(Notification))
    return exists().where(
        or_(WorkItem.queue == literal("user:") + cast(Notification.user_id, String), mine),
        literal("node:") + WorkItem.process_key + ":" + WorkItem.node_id == Notification.subject,
        WorkItem.created_at <= Notification.created_at,
    )  # fmt: skip


def _stands_in() -> ColumnElement[bool]:
    """A deputy is told of other people's lists; his messages wait for him."""
    return exists().where(Substitution.deputy_id == Notification.user_id)


def _opened_copy() -> ColumnElement[bool]:
    """The person has copies of the case and none of them is unread."""
    his = exists().where(CaseCopy.user_id == Notification.user_id, CaseCopy.instance_id == Notification.instance_id)
    return and_(his, ~his.where(CaseCopy.read_at.is_(None)))
