"""Handing over: for good (转办), for an answer (委派), and everything of somebody who leaves (离职转办)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, true
from sqlalchemy.orm import Session

from engine.identity.users import User
from engine.kernel.actor import Actor
from engine.kernel.command import CommandContext
from engine.kernel.errors import Conflict, Forbidden, Invalid, NotFound, ShegongError
from engine.workflow.assignment import role_of, user_queue
from engine.workflow.diagram import Operation
from engine.workflow.instances import holds_above
from engine.workflow.items import OpenItem, end_item, let_wait, load_item, submit, take_item
from engine.workflow.notifications import notify
from engine.workflow.people import require_newcomer
from engine.workflow.readers import readable
from engine.workflow.runs import lock_instance
from engine.workflow.states import UNDECIDED_ITEMS, Origin, WorkItemState
from engine.workflow.tables import ProcessDefinition, ProcessInstance, Step, WorkItem


@dataclass(frozen=True)
class TransferWorkItem:
    """Gives an item to a colleague for good (转办): he decides. Answers the id of his item."""

    work_item_id: int
    to_user_id: int
    reason: str = ""
    quiet: bool = False
    """Part of a batch whose end tells the colleague once."""

    def execute(self, context: CommandContext) -> int:
        taken = take_item(context, self.work_item_id, "transfer")
        taken.require(Operation.TRANSFER)
        require_newcomer(taken, self.to_user_id)
        fresh = hand_to(context, taken, self.to_user_id, "transfer")
        submit(context, taken, "transfer", None, self.reason)
        taken.run.record("work_item.transferred", f"work_item:{taken.item.id}", to=self.to_user_id,
                         reason=self.reason, on_behalf_of=taken.principal_id)  # fmt: skip
        if not self.quiet:
            tell(context, taken, [self.to_user_id], "work_item_transferred", "转办给您", self.reason)
        return fresh.id


@dataclass(frozen=True)
class DelegateWorkItem:
    """Asks a colleague (委派): he answers, then the item returns; only its handler decides. Answers the item's id."""

    work_item_id: int
    to_user_id: int
    request: str

    def execute(self, context: CommandContext) -> int:
        taken = take_item(context, self.work_item_id, "delegate")
        taken.require(Operation.DELEGATE)
        if not self.request.strip():
            raise Invalid(fields={"request": "请填写委派的要求，让对方知道要做什么。"})
        require_newcomer(taken, self.to_user_id)
        (fresh,) = add_helpers(context, taken, [self.to_user_id], "delegate", Origin.DELEGATED)
        submit(context, taken, "delegate", None, self.request)
        taken.run.record("work_item.delegated", f"work_item:{taken.item.id}", to=self.to_user_id,
                         request=self.request, on_behalf_of=taken.principal_id)  # fmt: skip
        tell(context, taken, [self.to_user_id], "work_item_delegated", "委派给您", self.request)
        return fresh.id


def hand_to(context: CommandContext, taken: OpenItem, user_id: int, operation: str) -> WorkItem:
    """The item ends here and goes on as an item of somebody else, in the same place and turn."""
    item = taken.item
    waiting = item.state == WorkItemState.WAITING
    fresh = personal_item(context, taken, user_id, Origin(item.origin), item.parent_id)
    fresh.position, fresh.weight, fresh.added_by = item.position, item.weight, item.added_by
    if waiting:
        fresh.state, fresh.queue = WorkItemState.WAITING, None
    end_item(item, operation, context.now, item.assignee_id or context.actor.user_id)
    context.session.add(fresh)
    context.session.flush()
    for child in taken.siblings:
        if child.parent_id == item.id:
            child.parent_id = fresh.id
    taken.siblings.append(fresh)
    return fresh


def personal_item(
    context: CommandContext, taken: OpenItem, user_id: int, origin: Origin, parent_id: int | None
) -> WorkItem:
    """A new item of the step for one person."""
    item = taken.item
    return WorkItem(
        step_id=item.step_id, instance_id=item.instance_id, process_key=item.process_key, node_id=item.node_id,
        queue=user_queue(user_id), offered_to=user_queue(user_id), assignee_id=user_id, state=WorkItemState.CLAIMED,
        created_at=context.now, due_order=item.due_order, position=item.position, origin=origin, parent_id=parent_id,
        added_by=context.actor.user_id, weight=1, told_at=context.now,
        role=role_of(context.session, user_id, taken.settings),
    )  # fmt: skip


def add_helpers(
    context: CommandContext, taken: OpenItem, user_ids: Sequence[int], operation: str, origin: Origin
) -> list[WorkItem]:
    """The item waits until these people are through."""
    item = taken.item
    if item.assignee_id is None:
        item.assignee_id = taken.principal_id or context.actor.user_id
    let_wait(item, operation)
    fresh = [personal_item(context, taken, user_id, origin, item.id) for user_id in user_ids]
    context.session.add_all(fresh)
    context.session.flush()
    taken.siblings.extend(fresh)
    return fresh


def tell(context: CommandContext, taken: OpenItem, people: Sequence[int], template: str, what: str, text: str) -> None:
    """A message to people who have got something to do."""
    body = f"“{taken.run.instance.title}”的“{taken.step.name}”{what}。{text}"
    notify(context, people, template, f"{what}：{taken.step.name}", body, taken.run.instance.id)


@dataclass(frozen=True, slots=True)
class HandOverRow:
    """One open item of somebody who leaves, as the preview shows it."""

    work_item_id: int
    instance_id: int
    process_key: str
    process_name: str
    title: str
    """Empty for an administrator who may not read the case."""
    business_key: str
    step_name: str
    state: str
    arrived_at: datetime


@dataclass(frozen=True)
class HandOverWork:
    """Moves the open items of somebody who leaves to a colleague (离职转办), in one batch.

    By a process administrator at or above the cases, or by the person himself. Items that the colleague may not have
    stay. Answers the ids of the new items.
    """

    user_id: int
    to_user_id: int
    reason: str
    work_item_ids: tuple[int, ...] | None = None
    """Only these; None: all."""

    def execute(self, context: CommandContext) -> list[int]:
        if not self.reason.strip():
            raise Invalid(fields={"reason": "请填写转办的原因。"})
        if self.user_id == self.to_user_id:
            raise Invalid(fields={"person": "不能转办给本人。"})
        rows = [row for row in _open_items(context.session, self.user_id)
                if self.work_item_ids is None or row.id in self.work_item_ids]  # fmt: skip
        moved = [self._move(context, item) for item in rows]
        found = [id_ for id_ in moved if id_ is not None]
        if found:
            tell_heir(context, self.to_user_id, len(found))
        return found

    def _move(self, context: CommandContext, item: WorkItem) -> int | None:
        instance = lock_instance(context, item.instance_id)
        if not may_hand_over(context.session, context.actor, instance, self.user_id):
            raise NotFound() if self.work_item_ids is None else Forbidden()
        try:
            return _hand_over(context, item, self.to_user_id, self.reason)
        except ShegongError:
            return None


@dataclass(frozen=True)
class HandOverItem:
    """One open item of somebody who leaves goes to a colleague; part of a batch whose end tells him.

    Refused with the reason when the colleague may not have it. Answers the id of his item.
    """

    work_item_id: int
    user_id: int
    to_user_id: int
    reason: str

    def execute(self, context: CommandContext) -> int:
        item = context.session.get(WorkItem, self.work_item_id)
        if item is None or item.assignee_id != self.user_id:
            raise NotFound("此件已不在其名下。")
        instance = lock_instance(context, item.instance_id)
        if not may_hand_over(context.session, context.actor, instance, self.user_id):
            raise NotFound()
        if item.state not in UNDECIDED_ITEMS:
            raise Conflict("此件已办理，不需要交接。")
        return _hand_over(context, item, self.to_user_id, self.reason)


def tell_heir(context: CommandContext, user_id: int, number: int) -> None:
    """A message about a batch that was handed over."""
    notify(context, [user_id], "work_handed_over", "工作交接", f"有{number}件待办事项转交给您。")


def _hand_over(context: CommandContext, item: WorkItem, to_user_id: int, reason: str) -> int:
    taken = load_item(context, item.id)
    require_newcomer(taken, to_user_id)
    fresh = hand_to(context, taken, to_user_id, "hand_over")
    taken.run.record("work_item.handed_over", f"work_item:{item.id}", to=to_user_id, reason=reason)
    return fresh.id


HANDING_OVER = ["process_admin", "system_admin"]
"""Who may hand over the work of others; a system administrator closes accounts and sees no cases."""


def may_hand_over(session: Session, actor: Actor, instance: ProcessInstance, user_id: int) -> bool:
    """The person himself, or an administrator of processes or accounts at or above the case."""
    return (
        actor.is_system
        or actor.user_id == user_id
        or holds_above(session, actor, instance.organisation_id, HANDING_OVER)
    )


def preview_hand_over(session: Session, actor: Actor, user_id: int) -> list[HandOverRow]:
    """What `HandOverWork` would move, for those who may."""
    reads = true() if actor.user_id == user_id else readable(session, actor)
    query = (
        select(WorkItem, Step.name, ProcessInstance, ProcessDefinition.name, reads)
        .join(Step, Step.id == WorkItem.step_id)
        .join(ProcessInstance, ProcessInstance.id == WorkItem.instance_id)
        .join(ProcessDefinition, ProcessDefinition.id == ProcessInstance.definition_id)
        .where(WorkItem.assignee_id == user_id, WorkItem.state.in_(sorted(UNDECIDED_ITEMS)))
        .order_by(WorkItem.process_key, WorkItem.instance_id, WorkItem.id)
    )
    return [
        HandOverRow(item.id, case.id, item.process_key, process, case.title if read else "",
                    case.business_key if read else "", step, item.state, item.created_at)
        for item, step, case, process, read in session.execute(query)
        if may_hand_over(session, actor, case, user_id)
    ]  # fmt: skip


def _open_items(session: Session, user_id: int) -> list[WorkItem]:
    if session.get(User, user_id) is None:
        raise NotFound("没有这个人员。")
    query = select(WorkItem).where(WorkItem.assignee_id == user_id, WorkItem.state.in_(sorted(UNDECIDED_ITEMS)))
    return list(session.scalars(query.order_by(WorkItem.instance_id, WorkItem.id)))
