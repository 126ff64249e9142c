"""A work item in the hands of a command: who may act on it, and what every act leaves behind."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, insert, select
from sqlalchemy.orm import Session

from engine.decision import Value
from engine.identity.substitutions import deputised, principal_for
from engine.identity.users import User
from engine.kernel.actor import Actor
from engine.kernel.clock import CHINA, local_date
from engine.kernel.command import CommandContext
from engine.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from engine.workflow.assignment import group_queue, user_queue
from engine.workflow.diagram import FieldRight, Operation, Settings, SignatureRule
from engine.workflow.runs import Run, open_run
from engine.workflow.states import OPEN_ITEMS, InstanceState, Origin, StepState, WorkItemState, next_state
from engine.workflow.tables import ProcessInstance, Step, Submission, WorkItem

FREELY = frozenset({Operation.CLAIM})
"""Allowed where a node says nothing about operations."""

DECIDING = ("complete", "send_back")
"""Acts by which somebody has handled a step; who only passed it on has not."""


@dataclass
class OpenItem:
    """A work item in the hands of one command, with everything around it."""

    item: WorkItem
    step: Step
    siblings: list[WorkItem]
    run: Run
    principal_id: int | None

    @property
    def settings(self) -> Settings:
        return self.run.definition.node(self.step.node_id).settings

    def require(self, operation: Operation) -> None:
        """The node allows the operation."""
        if not allows(self.settings, operation):
            raise Forbidden(f"“{self.step.name}”环节不允许此操作。")


def allows(settings: Settings, operation: Operation) -> bool:
    """Whether a node's settings allow an operation."""
    return operation in settings.operations or (not settings.operations and operation in FREELY)


@dataclass(frozen=True, slots=True)
class SeenList:
    """An open list in which an actor sees items: those of a process and of a role, all of them where these are None."""

    queue: str
    process_key: str | None = None
    role: str | None = None
    principal_id: int | None = None
    """For whom he stands in there; None: himself."""

    @property
    def items(self) -> ColumnElement[bool]:
        """Condition: the items that he sees in it."""
        narrow = [column == value for column, value in ((WorkItem.process_key, self.process_key),
                                                        (WorkItem.role, self.role)) if value is not None]  # fmt: skip
        return and_(WorkItem.queue == self.queue, *narrow)


def own_queues(
    session: Session, actor: Actor, at: datetime, process_key: str | None = None, role: str = ""
) -> dict[str, int | None]:
    """The open lists an actor sees -> the principal he stands in for there (None: himself).

    With `process_key` those in which he sees the items of this process; with `role` (of an item) also the personal
    lists in which he sees, as a deputy for that role, only the items of this role.
    """
    seen = {each.queue: each.principal_id for each in seen_lists(session, actor, at)
            if process_key is None or each.process_key in (None, process_key)
            if each.role is None or each.role == role}  # fmt: skip
    return {queue: None if queue in _of_himself(actor) else principal for queue, principal in seen.items()}


def queue_scopes(session: Session, actor: Actor, at: datetime) -> dict[str, frozenset[str] | None]:
    """The open lists an actor sees -> the processes he sees there (None: all)."""
    scopes: dict[str, frozenset[str] | None] = {}
    for each in seen_lists(session, actor, at):
        if each.role is None:
            earlier = scopes.get(each.queue, frozenset[str]())
            everything = each.process_key is None or earlier is None
            scopes[each.queue] = None if everything else (earlier or frozenset()) | {each.process_key or ""}
    return scopes


def _of_himself(actor: Actor) -> list[str]:
    groups = [group_queue(m.role, m.organisation_id) for m in sorted(actor.memberships)]
    return groups if actor.user_id is None else [*groups, user_queue(actor.user_id)]


def seen_lists(session: Session, actor: Actor, at: datetime) -> Iterator[SeenList]:
    """The open lists in which the actor sees something, his own first."""
    yield from map(SeenList, _of_himself(actor))
    if actor.user_id is None:
        return
    for stands in deputised(session, actor.user_id, local_date(at)):
        for held in stands.memberships:
            queue = group_queue(held.role, held.organisation_id)
            yield SeenList(queue, stands.process_key, None, stands.principal_id)
        personal = user_queue(stands.principal_id)
        yield SeenList(personal, stands.process_key, stands.role, stands.principal_id)


def take_item(context: CommandContext, work_item_id: int, operation: str) -> OpenItem:
    """The item for an actor who may act on it now; anybody else is told that it does not exist."""
    taken = load_item(context, work_item_id)
    taken.principal_id = _authorise(context, taken.item)
    if taken.item.state not in OPEN_ITEMS or taken.step.state != StepState.OPEN:
        raise _too_late(context.session, taken.item, taken.siblings)
    if taken.run.instance.state == InstanceState.SUSPENDED and operation != "draft":
        raise Conflict("此件已挂起，恢复后才能办理。")
    next_state(operation, taken.item.state)
    return taken


def load_item(context: CommandContext, work_item_id: int) -> OpenItem:
    """The item with everything around it, for a command that authorises by itself."""
    rows = list(context.session.execute(_STEP_OF_ITEM, {"item": work_item_id}))
    items = [row[0] for row in rows]
    item = next((each for each in items if each.id == work_item_id), None)
    if item is None:
        raise NotFound()
    return OpenItem(item, rows[0][1], items, open_run(context, rows[0][2]), None)


_STEP_OF_ITEM = (
    select(WorkItem, Step, ProcessInstance)
    .join(Step, Step.id == WorkItem.step_id)
    .join(ProcessInstance, ProcessInstance.id == WorkItem.instance_id)
    .where(WorkItem.step_id == select(WorkItem.step_id).where(WorkItem.id == bindparam("item")).scalar_subquery())
    .order_by(WorkItem.position, WorkItem.id)
)
"""Every item of the step that an item belongs to; built once, because it runs with each act."""


def _authorise(context: CommandContext, item: WorkItem) -> int | None:
    """The principal the actor stands in for, None for himself; NotFound when the item is none of his."""
    actor = context.actor
    role, _, place = item.offered_to.partition("@")
    in_group = bool(place) and actor.has_role(role, organisation_id=int(place))
    own = actor.user_id is not None and item.assignee_id == actor.user_id
    if actor.is_system or (own and (in_group or not place)) or (in_group and item.assignee_id is None):
        return None
    if actor.user_id is not None:
        group = (role, int(place)) if place else None
        stands = deputised(context.session, actor.user_id, context.today)
        principal = principal_for(stands, item.process_key, None if own else item.assignee_id, group, item.role)
        if principal is not None:
            return principal
        if own:
            raise Conflict("您不再担任此岗位，代理期也已结束，此件将退回原岗位办理。")
    if in_group:
        return None if item.state not in OPEN_ITEMS else _claimed_by_other(context.session, item)
    raise NotFound()


def _claimed_by_other(session: Session, item: WorkItem) -> int | None:
    name = name_of(session, item.assignee_id)
    raise Conflict(f"此件已由{name}认领办理。", winner=name)


def _too_late(session: Session, item: WorkItem, siblings: Sequence[WorkItem]) -> Conflict:
    decided = (WorkItemState.COMPLETED, WorkItemState.SENT_BACK)
    done = next((s for s in [item, *siblings] if s.completed_by is not None and s.state in decided), None)
    if item.state == WorkItemState.WAITING:
        return Conflict("此件正等待他人先办理，请稍候。")
    if done is None or done.completed_at is None:
        return Conflict("此件已由系统关闭，不需要再办理。")
    name = name_of(session, done.completed_by)
    when = done.completed_at.astimezone(CHINA).strftime("%Y-%m-%d %H:%M")
    return Conflict(f"此件已由{name}于{when}办理，您的操作没有生效。", winner=name, at=done.completed_at)


def name_of(session: Session, user_id: int | None) -> str:
    """A person's name, for messages."""
    user = None if user_id is None else session.get(User, user_id)
    return "系统" if user is None else user.name


def end_item(item: WorkItem, operation: str, at: datetime, by: int | None) -> None:
    """The item leaves the open lists by this operation."""
    item.state = next_state(operation, item.state)
    item.queue, item.completed_at, item.completed_by = None, at, by


def let_wait(item: WorkItem, operation: str) -> None:
    """The item waits for somebody else first."""
    item.state = next_state(operation, item.state)
    item.queue = None


def open_again(item: WorkItem) -> None:
    """A waiting item is its handler's turn, and he is told."""
    item.told_at = None
    item.state = next_state("resume" if item.assignee_id else "activate", item.state)
    item.queue = user_queue(item.assignee_id) if item.assignee_id else item.offered_to


_KEEP = insert(Submission)
"""Below the unit of work, which has nothing to keep in mind about a row that never changes."""


def finish_item(
    context: CommandContext, taken: OpenItem, operation: str, decision: str | None, opinion: str,
    values: Mapping[str, Any], signature: int | None = None,
) -> None:  # fmt: skip
    """Closes the item by its handler's act and keeps what he wrote."""
    item = taken.item
    end_item(item, operation, context.now, context.actor.user_id)
    item.decision = decision
    submit(context, taken, operation, decision, opinion, values, signature)
    taken.run.record("work_item.completed" if operation == "complete" else "work_item.sent_back",
                     f"work_item:{item.id}", decision=decision, opinion=opinion,
                     on_behalf_of=taken.principal_id)  # fmt: skip


def submit(
    context: CommandContext, taken: OpenItem, operation: str, decision: str | None, opinion: str,
    values: Mapping[str, Any] | None = None, signature: int | None = None,
) -> None:  # fmt: skip
    """Keeps an act with what was written, for timeline, print and prefill; `signature` names a stored picture."""
    item = taken.item
    content: dict[str, Any] = {"opinion": opinion, "values": dict(values or {})}
    if signature is not None:
        content["signature"] = signature
    context.session.connection().execute(_KEEP, {
        "instance_id": item.instance_id, "work_item_id": item.id, "node_id": item.node_id,
        "actor_id": context.actor.user_id, "on_behalf_of": taken.principal_id, "at": context.now,
        "operation": operation, "decision": decision, "content": content,
    })  # fmt: skip


def permitted(settings: Settings, values: Mapping[str, Any]) -> dict[str, Any]:
    """What the node lets its handler fill in: posted values of hidden and read-only fields are ignored."""
    closed = {name for name, right in settings.field_rights.items() if right in (FieldRight.READ, FieldRight.HIDDEN)}
    return {name: value for name, value in values.items() if name not in closed}


def require_fields(settings: Settings, values: Mapping[str, Value]) -> None:
    """The fields that the node requires are filled."""
    needed = [name for name, right in settings.field_rights.items() if right is FieldRight.REQUIRED]
    missing = {name: "请填写此项。" for name in needed if values.get(name) in (None, "", [])}
    if missing:
        raise Invalid("有必填项没有填写，请补充后再提交。", fields=missing)


def require_signature(settings: Settings, signature: int | None) -> int | None:
    """The signature that the act keeps: refused when the node requires one and there is none."""
    if settings.signature is SignatureRule.REQUIRED and signature is None:
        raise Invalid(fields={"signature": "此环节须手写签名，请签名后再提交。"})
    return signature if settings.signature is not None else None


def refuse_excluded(context: CommandContext, taken: OpenItem) -> None:
    """Nobody handles a step that excludes him or whom he stands in for: his own case, or one he decided before."""
    for user_id in {context.actor.user_id, taken.principal_id} - {None}:
        refusal = excluded(context.session, taken, user_id or 0)
        if refusal:
            raise Forbidden(refusal)


def excluded(session: Session, taken: OpenItem, user_id: int) -> str:
    """Why the node's settings keep a person from its step (`exclude`, `selfApproval`); empty when they do not."""
    settings = taken.settings
    own = "initiator" in settings.exclude or settings.self_approval is not None
    if own and taken.run.instance.initiator_id == user_id and taken.item.origin not in (Origin.DELEGATED,):
        return "本人发起的事项不能由本人办理，请由其他人员办理。"
    nodes = [rule.removeprefix("handlerOf:") for rule in settings.exclude if rule.startswith("handlerOf:")]
    if nodes and _handled(session, taken.item.instance_id, nodes, user_id):
        return "您办理过此件的前一环节，按回避要求此环节须由其他人员办理。"
    return ""


def _handled(session: Session, instance_id: int, node_ids: Sequence[str], user_id: int) -> bool:
    query = select(Submission.id).where(
        Submission.instance_id == instance_id, Submission.node_id.in_(node_ids), Submission.actor_id == user_id,
        Submission.operation.in_(DECIDING),
    )  # fmt: skip
    return session.scalar(query.limit(1)) is not None
