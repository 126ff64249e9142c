"""Operators' hold on a case: suspend and resume with the clocks of its deadlines, and jump with a preview."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update

from engine.kernel.command import CommandContext
from engine.kernel.errors import Conflict, Invalid
from engine.workflow.calendars import WorkingCalendar
from engine.workflow.definitions import DefinitionCache
from engine.workflow.diagram import DeadlineUnit, Node, TimerKind
from engine.workflow.instances import require_authority
from engine.workflow.runs import Run, lock_instance, open_run
from engine.workflow.spiff import MoveRefused, Wait, WaitKind
from engine.workflow.states import ENDED, UNDECIDED_ITEMS, InstanceState, JobState, StepState
from engine.workflow.tables import Job, Step, WorkItem

CLOCKS = ("timer", "deadline", "warning")
TARGETS = frozenset({
    "userTask", "serviceTask", "sendTask", "scriptTask", "businessRuleTask", "task", "manualTask", "receiveTask",
    "subProcess", "callActivity", "intermediateCatchEvent", "endEvent", "exclusiveGateway",
})  # fmt: skip
"""Where a case may be put; behind a fork or at a join it would wait for branches that never come."""


@dataclass(frozen=True)
class SuspendInstance:
    """Stops a case (挂起): nobody can act, nothing is done for it, the clocks of its deadlines stand still.

    Process administrators and the roles of the process property `suspenders`.
    """

    instance_id: int
    reason: str

    def execute(self, context: CommandContext) -> None:
        run = _authorised(context, self.instance_id, self.reason, "suspenders")
        if run.instance.state != InstanceState.ACTIVE:
            raise Conflict("只有办理中的事项可以挂起。")
        run.instance.state, run.instance.suspended_at = InstanceState.SUSPENDED, context.now
        context.session.execute(
            update(Job)
            .where(Job.instance_id == self.instance_id, Job.state == JobState.READY)
            .values(state=JobState.SUSPENDED)
        )
        run.record("process_instance.suspended", f"process_instance:{self.instance_id}", reason=self.reason)


@dataclass(frozen=True)
class ResumeInstance:
    """Lets a suspended case go on (激活); what was left of each deadline is left again."""

    instance_id: int
    reason: str

    def execute(self, context: CommandContext) -> None:
        run = _authorised(context, self.instance_id, self.reason, "suspenders")
        since = run.instance.suspended_at
        if run.instance.state != InstanceState.SUSPENDED or since is None:
            raise Conflict("此件没有挂起。")
        run.instance.state, run.instance.suspended_at = InstanceState.ACTIVE, None
        clock = Clock(context.service(DefinitionCache).calendar, since, context.now)
        self._resume_jobs(context, run, clock)
        self._resume_steps(context, run, clock)
        run.record("process_instance.resumed", f"process_instance:{self.instance_id}", reason=self.reason,
                   stood_still=str(context.now - since))  # fmt: skip

    def _resume_jobs(self, context: CommandContext, run: Run, clock: "Clock") -> None:
        query = select(Job).where(Job.instance_id == self.instance_id, Job.state == JobState.SUSPENDED)
        for job in context.session.scalars(query.with_for_update()):
            job.state = JobState.READY
            if job.kind in CLOCKS and job.node_id is not None:
                job.due_at = clock.moved(job.due_at, run.definition.node(job.node_id))
                if job.kind == "timer" and job.token is not None:
                    run.move_timer(job.token, job.node_id, job.due_at)

    def _resume_steps(self, context: CommandContext, run: Run, clock: "Clock") -> None:
        query = select(Step).where(
            Step.instance_id == self.instance_id, Step.state == StepState.OPEN, Step.due_at.is_not(None)
        )
        for step in context.session.scalars(query):
            if step.due_at is None:
                continue
            step.due_at = clock.moved(step.due_at, run.definition.node(step.node_id))
            context.session.execute(
                update(WorkItem)
                .where(WorkItem.step_id == step.id, WorkItem.state.in_(sorted(UNDECIDED_ITEMS)))
                .values(due_order=step.due_at)
            )


@dataclass(frozen=True)
class Clock:
    """A clock that stood still from `since` to `now`."""

    calendar: WorkingCalendar
    since: datetime
    now: datetime

    def moved(self, due_at: datetime, node: Node) -> datetime:
        """The due date after the stop. Fixed dates of timers stay; what was overdue stays overdue."""
        if node.event.timer is TimerKind.DATE or due_at <= self.since:
            return due_at
        deadline = node.settings.deadline
        working = node.event.working or (deadline is not None and deadline.unit is DeadlineUnit.WORKDAYS)
        days = self._workdays_left(due_at) if working else 0
        return self.calendar.add_workdays(self.now, days) if days else due_at + (self.now - self.since)

    def _workdays_left(self, due_at: datetime) -> int:
        days = 0
        while self.calendar.add_workdays(self.since, days + 1) <= due_at:
            days += 1
        return days


@dataclass(frozen=True, slots=True)
class JumpPreview:
    """What a jump would do: what is cancelled, by name, and the node that is opened."""

    cancelled: Sequence[str]
    kept: Sequence[str]
    opened: str


@dataclass(frozen=True)
class PreviewJump:
    """Shows what `JumpInstance` would do; changes nothing."""

    instance_id: int
    target_node_id: str
    cancel: tuple[str, ...] | None = None
    """Nodes whose waits are cancelled; None: everything."""

    def execute(self, context: CommandContext) -> JumpPreview:
        instance = lock_instance(context, self.instance_id)
        run = open_run(context, instance)
        require_authority(context, instance, run.definition, "jumpers")
        _require_target(run, self.target_node_id)
        trial = run.scratch()
        before = {wait.token: wait for wait in trial.waits()}
        try:
            trial.jump(self.target_node_id, _tokens(run, self.cancel))
        except MoveRefused as error:
            raise Conflict(f"{error.message}。") from error
        after = {wait.token for wait in trial.waits()}
        gone = [wait for token, wait in before.items() if token not in after]
        kept = [wait for token, wait in before.items() if token in after]
        name = run.definition.node
        return JumpPreview(_names(run, gone), _names(run, kept), name(self.target_node_id).label)


@dataclass(frozen=True)
class JumpInstance:
    """An operator moves a case to a node (跳转); an exception that stands in the history with its reason.

    Process administrators and the roles of the process property `jumpers`. `cancel` names the nodes whose waits are
    cancelled, None: everything.
    """

    instance_id: int
    target_node_id: str
    reason: str
    cancel: tuple[str, ...] | None = None

    def execute(self, context: CommandContext) -> None:
        run = _authorised(context, self.instance_id, self.reason, "jumpers")
        _require_target(run, self.target_node_id)
        tokens = _tokens(run, self.cancel)
        gone = [wait for wait in run.execution.waits() if tokens is None or wait.token in tokens]
        run.record("process_instance.jumped", f"process_instance:{self.instance_id}", exceptional=True,
                   target=self.target_node_id, cancelled=[wait.node_id for wait in gone],
                   reason=self.reason)  # fmt: skip
        run.jump(self.target_node_id, tokens)


def _authorised(context: CommandContext, instance_id: int, reason: str, property_name: str) -> Run:
    if not reason.strip():
        raise Invalid(fields={"reason": "请填写理由。"})
    instance = lock_instance(context, instance_id)
    run = open_run(context, instance)
    require_authority(context, instance, run.definition, property_name)
    if instance.state in ENDED:
        raise Conflict("此件已经结束。")
    return run


def _require_target(run: Run, node_id: str) -> None:
    node = run.definition.process.nodes.get(node_id)
    if node is None or node.kind not in TARGETS or node.event_sub_process:
        raise Invalid(fields={"target": "不能跳转到此处，请选择一个办理环节或结束节点。"})


def _tokens(run: Run, nodes: Sequence[str] | None) -> list[str] | None:
    """The tokens that wait at these nodes; timers at an activity go with it."""
    if nodes is None:
        return None
    waiting = [wait for wait in run.execution.waits() if not wait.host_token]
    unknown = set(nodes) - {wait.node_id for wait in waiting}
    if unknown:
        raise Conflict("所选的环节已经不在等待，请刷新后重试。")
    return [wait.token for wait in waiting if wait.node_id in nodes]


def _names(run: Run, waits: Sequence[Wait]) -> list[str]:
    word = {WaitKind.TIMER: "定时", WaitKind.MESSAGE: "消息", WaitKind.JOB: "自动处理"}
    return [run.definition.node(wait.node_id).label + (f"（{word[wait.kind]}）" if wait.kind in word else "")
            for wait in waits]  # fmt: skip
