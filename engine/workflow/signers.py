"""Signers added and removed by hand: before me (前加签), behind (后加签), beside (并加签), out again (减签)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from engine.decision import Value
from engine.kernel.command import CommandContext
from engine.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from engine.workflow.diagram import CompletionKind, Operation
from engine.workflow.handing_over import add_helpers, personal_item, tell
from engine.workflow.instances import administers
from engine.workflow.items import OpenItem, allows, end_item, load_item, submit, take_item
from engine.workflow.people import require_newcomer
from engine.workflow.states import HELPERS, UNDECIDED_ITEMS, InstanceState, Origin, StepState, WorkItemState
from engine.workflow.tables import WorkItem
from engine.workflow.votes import give_back, settle_step, signatures
from engine.workflow.work_items import CompleteWorkItem

MOST_ADDED = 20
"""So many people may be added to a step at once."""


@dataclass(frozen=True)
class AddSignersBefore:
    """Others look at it before me (前加签); when all of them have signed it returns to me. Answers their items."""

    work_item_id: int
    user_ids: tuple[int, ...]
    reason: str = ""

    def execute(self, context: CommandContext) -> list[int]:
        taken = take_item(context, self.work_item_id, "add_before")
        taken.require(Operation.ADD_BEFORE)
        _check(taken, self.user_ids)
        fresh = add_helpers(context, taken, self.user_ids, "add_before", Origin.BEFORE)
        return _noted(context, taken, fresh, "add_before", self.reason)


@dataclass(frozen=True)
class AddSignersBeside:
    """Others join a running countersign (并加签). Answers their items."""

    work_item_id: int
    user_ids: tuple[int, ...]
    reason: str = ""

    def execute(self, context: CommandContext) -> list[int]:
        taken = take_item(context, self.work_item_id, "add_beside")
        taken.require(Operation.ADD_BESIDE)
        rule = taken.settings.completion_rule.kind
        if rule is CompletionKind.ANY or taken.item.parent_id is not None:
            raise Conflict("只有会签环节的会签人才能并加签。")
        _check(taken, self.user_ids)
        fresh = [personal_item(context, taken, user_id, Origin.BESIDE, None) for user_id in self.user_ids]
        last = max(item.position for item in taken.siblings)
        for number, item in enumerate(fresh, start=1):
            item.position = last + number
            if rule is CompletionKind.ORDERED:
                item.state, item.queue = WorkItemState.WAITING, None
        _add(context, taken, fresh)
        return _noted(context, taken, fresh, "add_beside", self.reason)


@dataclass(frozen=True)
class AddSignersAfter:
    """I agree, and others sign behind me before the step is done (后加签). Answers their items."""

    work_item_id: int
    user_ids: tuple[int, ...]
    decision: str | None = None
    opinion: str = ""
    values: Mapping[str, Value] = field(default_factory=dict)
    reason: str = ""
    signature: int | None = field(default=None, repr=False)
    handlers: Mapping[str, Sequence[int]] = field(default_factory=dict)

    def execute(self, context: CommandContext) -> list[int]:
        taken = take_item(context, self.work_item_id, "complete")
        taken.require(Operation.ADD_AFTER)
        if taken.item.origin in HELPERS:
            raise Conflict("此件办理后要回到交办人，不能后加签。")
        if taken.settings.decisions and self.decision not in taken.settings.approving_decisions:
            raise Invalid(fields={"decision": "后加签以本人同意为前提，请先选择同意。"})
        _check(taken, self.user_ids)
        fresh = [personal_item(context, taken, user_id, Origin.AFTER, taken.item.id) for user_id in self.user_ids]
        _add(context, taken, fresh)
        answer = _noted(context, taken, fresh, "add_after", self.reason)
        CompleteWorkItem(
            self.work_item_id, self.decision, self.opinion, self.values, self.handlers, self.signature
        ).execute(context)
        return answer


@dataclass(frozen=True)
class RemoveSigner:
    """Takes somebody who has not signed out of a step (减签); the rule is looked at again.

    The one who added him may, and a process administrator at or above the case.
    """

    work_item_id: int
    reason: str = ""

    def execute(self, context: CommandContext) -> None:
        taken = load_item(context, self.work_item_id)
        self._authorise(context, taken)
        if taken.step.state != StepState.OPEN or taken.item.state not in UNDECIDED_ITEMS:
            raise Conflict("此人已经办理或环节已经结束，不能减签。")
        if taken.run.instance.state == InstanceState.SUSPENDED:
            raise Conflict("此件已挂起，恢复后才能减签。")
        if signatures(taken.siblings) == [taken.item]:
            raise Conflict("环节至少要保留一名办理人，不能减签。")
        self._remove(context, taken)
        submit(context, taken, "remove", None, self.reason)
        taken.run.record("work_item.removed", f"work_item:{taken.item.id}", reason=self.reason)
        if taken.item.origin in HELPERS:
            give_back(taken)
        else:
            settle_step(context, taken, {})

    def _remove(self, context: CommandContext, taken: OpenItem) -> None:
        ahead = [taken.item]
        while ahead:
            item = ahead.pop()
            if item.state in UNDECIDED_ITEMS:
                end_item(item, "remove", context.now, None)
            ahead += [each for each in taken.siblings if each.parent_id == item.id and each.origin in HELPERS]

    def _authorise(self, context: CommandContext, taken: OpenItem) -> None:
        actor, instance = context.actor, taken.run.instance
        if actor.is_system or administers(context.session, actor, instance):
            return
        mine = [item for item in taken.siblings if actor.user_id is not None
                and actor.user_id in (item.assignee_id, item.completed_by)]  # fmt: skip
        if not mine:
            raise NotFound()
        if not allows(taken.settings, Operation.REMOVE):
            raise Forbidden(f"“{taken.step.name}”环节不允许此操作。")
        if taken.item.origin == Origin.DIAGRAM or taken.item.added_by != actor.user_id:
            raise Forbidden("只能减去自己加签的人员；流程规定的人员由流程管理员处理。")


def _check(taken: OpenItem, user_ids: Sequence[int]) -> None:
    if not user_ids or len(user_ids) > MOST_ADDED or len(set(user_ids)) != len(user_ids):
        raise Invalid(fields={"person": f"请选择加签人员，一次最多{MOST_ADDED}人，不能重复。"})
    for user_id in user_ids:
        require_newcomer(taken, user_id)


def _add(context: CommandContext, taken: OpenItem, fresh: Sequence[WorkItem]) -> None:
    context.session.add_all(fresh)
    context.session.flush()
    taken.siblings.extend(fresh)


def _noted(
    context: CommandContext, taken: OpenItem, fresh: Sequence[WorkItem], operation: str, reason: str
) -> list[int]:
    people = [item.assignee_id for item in fresh if item.assignee_id is not None]
    submit(context, taken, operation, None, reason)
    taken.run.record("signers.added", f"work_item:{taken.item.id}", how=operation, people=people, reason=reason,
                     on_behalf_of=taken.principal_id)  # fmt: skip
    tell(context, taken, people, "signer_added", "请您加签", reason)
    return [item.id for item in fresh]
