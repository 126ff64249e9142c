"""A step that goes on where an earlier one was interrupted: after a correction, or when an act was taken back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from engine.identity.users import User
from engine.kernel.command import CommandContext
from engine.workflow.assignment import fallback_offer, user_queue
from engine.workflow.diagram import CompletionKind, Settings
from engine.workflow.states import HELPERS, Origin, WorkItemState
from engine.workflow.tables import ProcessInstance, Step, WorkItem

STOPPED_IT = frozenset({WorkItemState.SENT_BACK, WorkItemState.WITHDRAWN})
GONE = frozenset({WorkItemState.TRANSFERRED, WorkItemState.REMOVED})


@dataclass(frozen=True)
class Earlier:
    """The interrupted step with its items, in their order."""

    step: Step
    items: Sequence[WorkItem]


def earlier_steps(context: CommandContext, instance_id: int, tokens: Sequence[str]) -> dict[str, Earlier]:
    """The last step of each of these tokens."""
    query = select(Step).where(Step.instance_id == instance_id, Step.token.in_(tokens)).order_by(Step.id)
    return {step.token: earlier_step(context, step) for step in context.session.scalars(query)}


def earlier_step(context: CommandContext, step: Step) -> Earlier:
    """An interrupted step with its items."""
    query = select(WorkItem).where(WorkItem.step_id == step.id).order_by(WorkItem.position, WorkItem.id)
    return Earlier(step, list(context.session.scalars(query)))


def continue_step(
    context: CommandContext, earlier: Earlier, step: Step, settings: Settings, due_order: datetime
) -> None:
    """Valid approvals move to the new step; it is offered again to who stopped the earlier one and to who had not yet
    decided."""
    context.session.add(step)
    context.session.flush()
    approving = settings.approving_decisions
    members = [item for item in earlier.items if item.parent_id is None and item.state not in GONE]
    kept = [item for item in members if _approved(item, approving)]
    stopped = [item for item in earlier.items if item.state in STOPPED_IT and item.origin not in HELPERS]
    again = [item for item in members if item not in kept]
    if settings.completion_rule.kind is CompletionKind.ANY and (kept or stopped):
        again = [item for item in again if item in stopped]
    _move(kept, step)
    fresh = [_again(context, item, step, due_order) for item in again]
    behind = _signed_behind(context, earlier, kept, step, approving, due_order)
    if not (fresh or behind):
        fresh = [_again(context, item, step, due_order) for item in members[:1]]
    context.session.add_all(fresh + behind)
    if settings.completion_rule.kind is CompletionKind.ORDERED:
        for item in (fresh if not behind else [None, *fresh])[1:]:
            if item is not None:
                item.state, item.queue = WorkItemState.WAITING, None


def _approved(item: WorkItem, approving: frozenset[str]) -> bool:
    return item.state == WorkItemState.COMPLETED and (not approving or item.decision in approving)


def _move(items: Sequence[WorkItem], step: Step) -> None:
    for item in items:
        item.step_id = step.id


def _signed_behind(
    context: CommandContext, earlier: Earlier, kept: Sequence[WorkItem], step: Step, approving: frozenset[str],
    due_order: datetime,
) -> list[WorkItem]:  # fmt: skip
    """Signers added behind an approval that is kept: those who agreed move with it, the others are asked again."""
    fresh: list[WorkItem] = []
    ahead = list(kept)
    while ahead:
        above = ahead.pop(0)
        for item in earlier.items:
            if item.parent_id != above.id or item.origin != Origin.AFTER or item.state in GONE:
                continue
            if _approved(item, approving):
                _move([item], step)
                ahead.append(item)
            else:
                fresh.append(_again(context, item, step, due_order))
    return fresh


def _again(context: CommandContext, item: WorkItem, step: Step, due_order: datetime) -> WorkItem:
    """The item once more, with who stopped the step or had it in his hands; an account that is closed has nothing."""
    user_id = item.assignee_id or (item.completed_by if item.state in STOPPED_IT else None)
    offered_to = item.offered_to
    if user_id and not context.session.get_one(User, user_id).active:
        user_id = None
        if "@" not in offered_to:
            instance = context.session.get_one(ProcessInstance, item.instance_id)
            offered_to = fallback_offer(context.session, instance).queue
    return WorkItem(
        step_id=step.id, instance_id=item.instance_id, process_key=item.process_key, node_id=item.node_id,
        queue=user_queue(user_id) if user_id else offered_to, offered_to=offered_to, assignee_id=user_id,
        state=WorkItemState.CLAIMED if user_id else WorkItemState.OFFERED, created_at=context.now,
        due_order=due_order, position=item.position, origin=item.origin, weight=item.weight,
        parent_id=item.parent_id, added_by=item.added_by, role=item.role,
    )  # fmt: skip
