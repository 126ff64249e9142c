"""What people do with work items: claim, release, complete, save a draft."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from engine.decision import Value
from engine.kernel.command import CommandContext
from engine.kernel.errors import Conflict, Forbidden, Invalid
from engine.workflow.assignment import user_queue
from engine.workflow.choosing import choose_handlers
from engine.workflow.diagram import Operation, Settings
from engine.workflow.going_back import SendBack, WithdrawAct
from engine.workflow.items import (
    OpenItem,
    finish_item,
    own_queues,
    permitted,
    refuse_excluded,
    require_fields,
    require_signature,
    take_item,
)
from engine.workflow.states import HELPERS, Origin, next_state
from engine.workflow.tables import WorkItem, WorkItemDraft
from engine.workflow.votes import give_back, settle_step

__all__ = [
    "ClaimWorkItem", "CompleteWorkItem", "OpenItem", "ReleaseWorkItem", "SaveWorkItemDraft", "SendBack", "WithdrawAct",
    "own_queues", "release", "take_item",
]  # fmt: skip


@dataclass(frozen=True)
class ClaimWorkItem:
    """One of a candidate group takes the item; the others no longer see it as open."""

    work_item_id: int

    def execute(self, context: CommandContext) -> None:
        taken = take_item(context, self.work_item_id, "claim")
        taken.require(Operation.CLAIM)
        if context.actor.user_id is None:
            raise Forbidden()
        refuse_excluded(context, taken)
        taken.item.state = next_state("claim", taken.item.state)
        taken.item.assignee_id = context.actor.user_id
        taken.item.queue = user_queue(context.actor.user_id)
        taken.run.record("work_item.claimed", f"work_item:{taken.item.id}", on_behalf_of=taken.principal_id)


@dataclass(frozen=True)
class ReleaseWorkItem:
    """Puts a claimed item back to its candidate group."""

    work_item_id: int

    def execute(self, context: CommandContext) -> None:
        taken = take_item(context, self.work_item_id, "release")
        release(taken.item)
        taken.run.record("work_item.released", f"work_item:{taken.item.id}")


def release(item: WorkItem) -> None:
    """Back to the list it was first offered in."""
    if item.offered_to.startswith("user:"):
        raise Conflict("此件是直接派给您的，不能退回认领池。")
    item.state = next_state("release", item.state)
    item.assignee_id, item.queue = None, item.offered_to


@dataclass(frozen=True)
class CompleteWorkItem:
    """Decides a work item; when the step's rule is fulfilled the case goes on.

    `values` is what was filled in: kept whole as the Submission; the diagram's output mappings say what of it becomes
    a variable.
    """

    work_item_id: int
    decision: str | None = None
    opinion: str = ""
    values: Mapping[str, Value] = field(default_factory=dict)
    handlers: Mapping[str, Sequence[int]] = field(default_factory=dict)
    """Handlers chosen for later nodes (自选): node -> user ids, where that node is `chosenBy` this one."""
    signature: int | None = field(default=None, repr=False)
    """Id of the stored picture of a hand-written signature (node setting `signature`); the caller has just stored it
    for the actor, never taken the id from outside."""

    def execute(self, context: CommandContext) -> None:
        taken = take_item(context, self.work_item_id, "complete")
        if taken.item.origin == Origin.DELEGATED:
            self._answer(context, taken)
            return
        values = permitted(taken.settings, self.values)
        self._validate(taken.settings)
        require_fields(taken.settings, values)
        signature = require_signature(taken.settings, self.signature)
        refuse_excluded(context, taken)
        if self.handlers:
            choose_handlers(taken.run, self.handlers, taken.step.node_id, taken.step.token)
        finish_item(context, taken, "complete", self.decision, self.opinion, values, signature)
        self._go_on(context, taken, values)

    def _go_on(self, context: CommandContext, taken: OpenItem, values: Mapping[str, Value]) -> None:
        if taken.item.origin in HELPERS:
            give_back(taken)
            return
        if self.decision in taken.settings.approving_decisions:
            taken.run.approver = taken.principal_id or context.actor.user_id
        settle_step(context, taken, values)

    def _answer(self, context: CommandContext, taken: OpenItem) -> None:
        """Who was asked answers; only he who asked decides."""
        if not self.opinion.strip():
            raise Invalid(fields={"opinion": "请填写答复意见。"})
        finish_item(context, taken, "complete", self.decision, self.opinion, permitted(taken.settings, self.values))
        give_back(taken)

    def _validate(self, settings: Settings) -> None:
        if settings.decisions and self.decision not in settings.decisions:
            raise Invalid(fields={"decision": "请选择办理结果：" + "、".join(settings.decisions.values()) + "。"})
        if self.decision in settings.opinion_required and not self.opinion.strip():
            raise Invalid(fields={"opinion": f"选择“{settings.decisions[self.decision]}”必须填写意见。"})


@dataclass(frozen=True)
class SaveWorkItemDraft:
    """Keeps what somebody has typed so far in an open item."""

    work_item_id: int
    content: Mapping[str, Any]

    def execute(self, context: CommandContext) -> None:
        taken = take_item(context, self.work_item_id, "draft")
        if context.actor.user_id is None:
            raise Forbidden()
        draft = context.session.get(WorkItemDraft, (taken.item.id, context.actor.user_id))
        if draft is None:
            draft = WorkItemDraft(work_item_id=taken.item.id, user_id=context.actor.user_id)
            context.session.add(draft)
        draft.content, draft.saved_at = permitted(taken.settings, self.content), context.now
