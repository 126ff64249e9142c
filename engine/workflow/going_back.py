"""Going back: a case is sent back to a node it has passed (退回), or the last act is taken back (撤回)."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import select

from engine.kernel.command import CommandContext
from engine.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from engine.workflow.assignment import user_queue
from engine.workflow.continuations import earlier_step
from engine.workflow.diagram import Operation
from engine.workflow.items import OpenItem, allows, end_item, finish_item, let_wait, load_item, submit, take_item
from engine.workflow.spiff import MoveRefused, Trail, WaitKind
from engine.workflow.states import (
    ENDED,
    HELPERS,
    UNDECIDED_ITEMS,
    InstanceState,
    Origin,
    StepState,
    WorkItemState,
    next_state,
)
from engine.workflow.steps import close_items
from engine.workflow.tables import Step, WorkItem

HARMLESS = frozenset({
    "exclusiveGateway", "inclusiveGateway", "parallelGateway", "eventBasedGateway", "scriptTask", "businessRuleTask",
    "task", "manualTask", "startEvent", "subProcess", "callActivity",
})  # fmt: skip
"""What may lie between an act and the step after it for the act to be taken back: nothing with an effect outside."""


@dataclass(frozen=True, slots=True)
class ReturnTarget:
    """A node to which an item may be sent back."""

    node_id: str
    name: str


@dataclass(frozen=True)
class ReturnTargets:
    """The nodes passed on the way to an item, the last one first. Answers them; changes nothing."""

    work_item_id: int

    def execute(self, context: CommandContext) -> list[ReturnTarget]:
        taken = take_item(context, self.work_item_id, "send_back")
        passed = taken.run.execution.passed(taken.step.token)
        return [ReturnTarget(node_id, taken.run.definition.node(node_id).name) for node_id in reversed(passed)]


@dataclass(frozen=True)
class SendBack:
    """Sends the case back to a node it has passed; everything after that node is cancelled, what was typed stays.

    `direct` (直达): the corrected case comes straight back to who sent it; valid approvals are kept. Else (逐级) all
    nodes after the target are run again.
    """

    work_item_id: int
    target_node_id: str
    opinion: str
    direct: bool = False
    signature: int | None = field(default=None, repr=False)
    """As of `CompleteWorkItem`, where the node offers one; a return never requires it."""

    def execute(self, context: CommandContext) -> None:
        taken = take_item(context, self.work_item_id, "send_back")
        if Operation.RETURN not in taken.settings.operations or taken.item.origin == Origin.DELEGATED:
            raise Forbidden("此环节不允许退回。")
        if not self.opinion.strip():
            raise Invalid(fields={"opinion": "请填写退回的原因，让对方知道要改什么。"})
        if self.target_node_id not in taken.run.execution.passed(taken.step.token):
            raise Invalid(fields={"target": "只能退回到此件已经走过的环节。"})
        signature = self.signature if taken.settings.signature is not None else None
        finish_item(context, taken, "send_back", "return", self.opinion, {}, signature)
        taken.step.state, taken.step.completed_at = StepState.SENT_BACK, context.now
        close_items(context, [taken.step.id])
        taken.run.record("case.sent_back", f"node:{self.target_node_id}", direct=self.direct, opinion=self.opinion)
        taken.run.send_back(taken.step.token, self.target_node_id, direct=self.direct)


@dataclass(frozen=True)
class WithdrawAct:
    """Who has just decided takes it back (撤回), while nobody after him has acted; his item is open again."""

    work_item_id: int
    reason: str = ""

    def execute(self, context: CommandContext) -> None:
        taken = load_item(context, self.work_item_id)
        if context.actor.user_id is None or taken.item.completed_by != context.actor.user_id:
            raise NotFound()
        taken.require(Operation.WITHDRAW)
        self._check_state(taken)
        if taken.step.state == StepState.OPEN:
            self._retake(context, taken)
        else:
            self._reopen(context, taken)
        submit(context, taken, "withdraw", None, self.reason)
        taken.run.record("work_item.withdrawn", f"work_item:{taken.item.id}", reason=self.reason)

    def _check_state(self, taken: OpenItem) -> None:
        if taken.run.instance.state in ENDED:
            raise Conflict("此件已经结束，不能撤回。")
        if taken.run.instance.state == InstanceState.SUSPENDED:
            raise Conflict("此件已挂起，恢复后才能撤回。")
        if taken.item.state != WorkItemState.COMPLETED:
            raise Conflict("此件当前状态不能撤回。")

    def check(self, context: CommandContext, taken: OpenItem) -> None:
        """Raises Conflict when it cannot be taken back now; changes nothing."""
        self._check_state(taken)
        if taken.step.state == StepState.OPEN:
            asker = taken.item.parent_id if taken.item.origin in HELPERS else None
            asked = [each for each in taken.siblings if each.id == asker]
            if any(each.state not in UNDECIDED_ITEMS for each in (*_after(taken), *asked)):
                raise Conflict("后面的人员已经办理，不能撤回。")
            return
        if taken.step.state != StepState.COMPLETED or taken.settings.loop is not None:
            raise Conflict("此环节不能撤回。")
        self._nobody_acted(context, taken, self._trail(taken))

    def _retake(self, context: CommandContext, taken: OpenItem) -> None:
        """The step is still open: his signature is out again."""
        item = taken.item
        for later in _after(taken):
            if later.state not in UNDECIDED_ITEMS:
                raise Conflict("后面的人员已经办理，不能撤回。")
            if later.parent_id == item.id:
                end_item(later, "remove", context.now, None)
            elif later.state != WorkItemState.WAITING:
                let_wait(later, "put_back_in_line")
        parent = next((each for each in taken.siblings if each.id == item.parent_id), None)
        if item.origin in HELPERS and parent is not None:
            if parent.state not in UNDECIDED_ITEMS:
                raise Conflict("交办人已经办理，不能撤回。")
            if parent.state != WorkItemState.WAITING:
                let_wait(parent, "put_back_in_line")
        item.state, item.decision = next_state("retake", item.state), None
        item.assignee_id = item.assignee_id or context.actor.user_id
        item.queue, item.completed_at, item.completed_by = user_queue(item.assignee_id or 0), None, None

    def _reopen(self, context: CommandContext, taken: OpenItem) -> None:
        """The case has moved on: the step goes on, with the other valid signatures."""
        node = taken.run.definition.node(taken.step.node_id)
        if taken.step.state != StepState.COMPLETED or node.settings.loop is not None:
            raise Conflict("此环节不能撤回。")
        self._nobody_acted(context, taken, self._trail(taken))
        item = taken.item
        item.state, taken.step.state = next_state("withdraw", item.state), StepState.SUPERSEDED
        context.session.flush()
        taken.run.reopen(node.id, earlier_step(context, taken.step))

    def _trail(self, taken: OpenItem) -> Trail:
        try:
            return taken.run.execution.led_to(taken.step.node_id)
        except MoveRefused as error:
            raise Conflict("后续流程已经推进，不能撤回。") from error

    def _nobody_acted(self, context: CommandContext, taken: OpenItem, trail: Trail) -> None:
        nodes = [taken.run.definition.node(node_id) for node_id in trail.nodes]
        if any(node.kind == "userTask" for node in nodes):
            raise Conflict("后续环节已经有人办理，不能撤回。")
        working = [w for w in taken.run.execution.waits() if w.token in trail.waits and w.kind is WaitKind.JOB]
        if working or any(node.kind not in HARMLESS for node in nodes):
            raise Conflict("系统已经执行了后续的自动处理，不能撤回。")
        query = (
            select(WorkItem.id)
            .join(Step, Step.id == WorkItem.step_id)
            .where(Step.instance_id == taken.run.instance.id, Step.token.in_(trail.waits),
                   WorkItem.completed_by.is_not(None))
        )  # fmt: skip
        last = select(Step.id).where(Step.instance_id == taken.run.instance.id, Step.node_id == taken.step.node_id)
        is_last = context.session.scalar(last.order_by(Step.id.desc()).limit(1)) == taken.step.id
        if not is_last or context.session.scalar(query.limit(1)) is not None:
            raise Conflict("后续环节已经有人办理，不能撤回。")


@dataclass(frozen=True)
class MayWithdraw:
    """Whether the actor could take his act back now (`WithdrawAct`). Answers it; changes nothing."""

    work_item_id: int

    def execute(self, context: CommandContext) -> bool:
        taken = load_item(context, self.work_item_id)
        if context.actor.user_id is None or taken.item.completed_by != context.actor.user_id:
            return False
        try:
            WithdrawAct(self.work_item_id).check(context, taken)
        except Conflict:
            return False
        return allows(taken.settings, Operation.WITHDRAW)


def _after(taken: OpenItem) -> Sequence[WorkItem]:
    """Whose turn came by this act: those added behind it and, in order, the next in line."""
    item = taken.item
    behind = [each for each in taken.siblings if each.parent_id == item.id and each.origin == Origin.AFTER
              and each.state != WorkItemState.REMOVED]  # fmt: skip
    if taken.settings.completion_rule.kind != "ordered" or item.parent_id is not None:
        return behind
    later = [each for each in taken.siblings if (each.position, each.id) > (item.position, item.id)
             and each.parent_id is None and each.state in UNDECIDED_ITEMS | {WorkItemState.COMPLETED}]  # fmt: skip
    return behind + later
