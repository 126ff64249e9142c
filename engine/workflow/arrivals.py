"""New work becomes a message to those it waits for.

Opening a step writes no message: the worker finds the items whose people have not been told by a small index of their
own, and tells once a person and node, with a number when there are many. So a batch of a thousand cases is one message.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from sqlalchemy import delete, exists, select, update
from sqlalchemy.orm import Session, aliased

from engine.identity.substitutions import NOT_DEPUTISED
from engine.identity.throttling import only_system
from engine.identity.users import RoleMembership, Substitution
from engine.kernel.command import CommandContext
from engine.workflow.notification_kinds import NotificationKind
from engine.workflow.notifications import handlers_of
from engine.workflow.states import StepState
from engine.workflow.tables import Notification, ProcessDefinition, ProcessInstance, Step, WorkItem

CHUNK = 500
UNTOLD = (WorkItem.told_at.is_(None), WorkItem.queue.is_not(None))


@dataclass(frozen=True, slots=True)
class _Arrival:
    """An item that waits, with the words for it."""

    item: WorkItem
    step: str
    case: str
    process: str
    returned: bool


@dataclass
class _Heap:
    """What one person is told in one message."""

    arrivals: list[_Arrival] = field(default_factory=list)


def new_work_waits(session: Session) -> bool:
    """Whether there are items whose people have not been told."""
    return session.scalar(select(WorkItem.id).where(*UNTOLD).limit(1)) is not None


@dataclass(frozen=True)
class TellOfNewWork:
    """Tells people of the work that has arrived for them; answers how many items that were."""

    def execute(self, context: CommandContext) -> int:
        only_system(context.actor)
        found = _arrivals(context.session)
        if not found:
            return 0
        context.session.execute(
            update(WorkItem).where(WorkItem.id.in_([each.item.id for each in found])).values(told_at=context.now)
            .execution_options(synchronize_session=False)
        )  # fmt: skip
        heaps = _heaps(context, found)
        officers = _officers(context, {user_id for user_id, _ in heaps})
        for (user_id, subject), heap in heaps.items():
            if user_id in officers:
                _tell(context, user_id, subject, heap.arrivals)
        return len(found)


def _arrivals(session: Session) -> list[_Arrival]:
    """Items in the order they came; those that somebody is acting on right now come with the next look."""
    sent_back = aliased(Step)
    returned = exists().where(
        sent_back.instance_id == Step.instance_id, sent_back.state == StepState.SENT_BACK,
        sent_back.completed_at == Step.opened_at,
    )  # fmt: skip
    query = (
        select(WorkItem, Step.name, ProcessInstance.title, ProcessDefinition.name, returned)
        .join(Step, Step.id == WorkItem.step_id)
        .join(ProcessInstance, ProcessInstance.id == WorkItem.instance_id)
        .join(ProcessDefinition, ProcessDefinition.id == ProcessInstance.definition_id)
        .where(*UNTOLD)
        .order_by(WorkItem.id)
        .limit(CHUNK)
        .with_for_update(of=WorkItem, skip_locked=True)
    )
    return [_Arrival(*row) for row in session.execute(query)]


def _heaps(context: CommandContext, found: Sequence[_Arrival]) -> dict[tuple[int, str], _Heap]:
    """(person, what it is about) -> arrivals; what came back is told one by one."""
    heaps: dict[tuple[int, str], _Heap] = {}
    people: dict[tuple[int | None, str], list[int]] = {}
    today = (Substitution.starts_on <= context.today, Substitution.ends_on >= context.today)
    standing = context.session.scalars(select(Substitution).where(*today)).all()
    for each in found:
        item = each.item
        offered = (item.assignee_id, item.offered_to)
        if offered not in people:
            people[offered] = handlers_of(context, [item])
        deputies = _deputies_for(standing, people[offered], item)
        subject = f"item:{item.id}" if each.returned else f"node:{item.process_key}:{item.node_id}"
        for user_id in dict.fromkeys([*people[offered], *deputies]):
            heaps.setdefault((user_id, subject), _Heap()).arrivals.append(each)
    return heaps


def _deputies_for(standing: Sequence[Substitution], people: Sequence[int], item: WorkItem) -> list[int]:
    """Who stands in today for one of the people, for this process and for what the item is offered to."""
    role = item.offered_to.partition("@")[0] if "@" in item.offered_to else None
    return [
        row.deputy_id
        for row in standing
        if row.principal_id in people and row.process_key in (None, item.process_key)
        and row.role in (None, role) and role not in NOT_DEPUTISED
    ]  # fmt: skip


def _officers(context: CommandContext, people: Collection[int]) -> set[int]:
    """Who of them holds a role: applicants hear from the process itself."""
    return set(context.session.scalars(select(RoleMembership.user_id).where(RoleMembership.user_id.in_(people))))


def _tell(context: CommandContext, user_id: int, subject: str, arrivals: Sequence[_Arrival]) -> None:
    """One message; an unread one about the same node goes into it and is not mailed again."""
    first, number = arrivals[0], len(arrivals)
    earlier = 0
    if not first.returned:
        gone = context.session.execute(
            delete(Notification).where(
                Notification.user_id == user_id, Notification.subject == subject, Notification.read_at.is_(None)
            ).returning(Notification.number)
        )  # fmt: skip
        earlier = sum(gone.scalars())
    number += earlier
    title, body = _words(first, number)
    kind = NotificationKind.RETURNED if first.returned else NotificationKind.NEW_ITEM
    context.session.add(Notification(
        user_id=user_id, template=kind, kind=kind, title=title, body=body, subject=subject, number=number,
        instance_id=first.item.instance_id if number == 1 else None,
        work_item_id=first.item.id if number == 1 else None,
        created_at=context.now, sorted_at=context.now if earlier else None,
    ))  # fmt: skip


def _words(first: _Arrival, number: int) -> tuple[str, str]:
    if first.returned:
        return f"退回给您：{first.step}", f"“{first.case}”被退回，请修改后重新办理。"
    if number == 1:
        return f"新待办：{first.step}", f"“{first.case}”等待办理。"
    return f"新待办：{first.step}（{number} 件）", f"“{first.process}”有 {number} 件等待办理。"
