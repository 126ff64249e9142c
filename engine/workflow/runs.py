"""A run: what one command does with one instance, from its marking to its rows."""

from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from hmac import compare_digest
from threading import Lock
from typing import Any

from sqlalchemy import delete, select, update

from engine.decision import Value
from engine.kernel.command import CommandContext
from engine.kernel.errors import Conflict, LostRace, NotFound, ShegongError
from engine.workflow import messages
from engine.workflow.continuations import Earlier, earlier_steps
from engine.workflow.definitions import Definition, DefinitionCache
from engine.workflow.delegates import STOPPED, BpmnError, Pending
from engine.workflow.diagram import Node, TimerKind
from engine.workflow.incidents import RaiseIncident, resolve_incidents
from engine.workflow.notifications import notify_initiator
from engine.workflow.services import call_delegate, is_for_the_person, retry_job, start_batch
from engine.workflow.spiff import Execution, ExecutionError, MoveRefused, UnknownToken, Wait, WaitKind
from engine.workflow.states import ENDED, INSTANCE_LABELS, InstanceState, StepState
from engine.workflow.steps import close_steps, open_steps, skip_step, supersede_steps
from engine.workflow.tables import Incident, Job, MessageSubscription, ProcessInstance

DIGEST = 32


class ProcessFault(ShegongError):
    """流程在此处无法继续，已通知流程管理员处理；您填写的内容没有丢失。"""

    code = "process_fault"
    passed: Sequence[str] = ()
    """Nodes that this command had completed; they are taken back with it."""


class MarkingForged(ShegongError):
    """流程状态的校验不通过，数据可能被改动，请立即联系系统管理员。"""

    code = "marking_forged"


@dataclass
class LiveCache:
    """Live executions by instance and revision: the common case restores nothing; a miss only costs a restore."""

    size: int
    _entries: OrderedDict[int, tuple[int, Execution]] = field(default_factory=OrderedDict)
    _lock: Lock = field(default_factory=Lock)

    def take(self, instance_id: int, revision: int) -> Execution | None:
        """The live execution of that revision; it leaves the cache, because the command may spoil it."""
        with self._lock:
            found = self._entries.pop(instance_id, None)
        return found[1] if found is not None and found[0] == revision else None

    def put(self, instance_id: int, revision: int, execution: Execution) -> None:
        with self._lock:
            self._entries[instance_id] = (revision, execution)
            while len(self._entries) > self.size:
                self._entries.popitem(last=False)


@dataclass
class Run:
    """One instance in the hands of one command."""

    context: CommandContext
    instance: ProcessInstance
    definition: Definition
    before: dict[str, Wait] = field(default_factory=dict)
    """What it waited for when the command took it up."""
    moved: bool = False
    _execution: Execution | None = None
    finished_here: set[str] = field(default_factory=set)
    """Tokens of steps whose rows the command has closed itself."""
    failed: dict[str, Exception] = field(default_factory=dict)
    parked: set[str] = field(default_factory=set)
    """New waits that nothing can be done about now: batches under way, messages not there yet."""
    approver: int | None = None
    """Who has approved the step that the command ended: a next step of his may be skipped (`sameApprover`)."""
    reopened: dict[str, Earlier] = field(default_factory=dict)
    """Node -> the step that goes on when the node is opened again."""
    went_back: bool = False
    begun_here: bool = False
    """Whether the instance goes again when the command fails."""

    @property
    def execution(self) -> Execution:
        """The live execution: from the cache, else restored; only when somebody needs it."""
        if self._execution is not None:
            return self._execution
        cached = self.context.service(LiveCache).take(self.instance.id, self.instance.revision)
        execution = cached or _restore(self.context, self.instance, self.definition)
        self.attach(execution)
        self.before = {wait.token: wait for wait in execution.waits()}
        return execution

    def attach(self, execution: Execution) -> None:
        """Takes the live execution in hand; it goes to the cache when the command has succeeded."""
        self._execution = execution
        cache = self.context.service(LiveCache)
        self.context.after_commit(lambda: cache.put(self.instance.id, self.instance.revision, execution))

    def waits(self, token: str | None) -> Wait | None:
        """What the instance waits for under this token."""
        return next((wait for wait in self.execution.waits() if wait.token == token), None)

    def record(self, type_: str, subject: str, **facts: Any) -> None:
        self.context.record(type_, subject, chain=f"instance:{self.instance.id}", head=self.instance, **facts)

    def variables(self, token: str | None = None) -> dict[str, Value]:
        return self.execution.variables(token)

    def begin(self) -> None:
        """The first moves of a new instance."""
        self._move(lambda: None)

    def complete_step(self, token: str, variables: Mapping[str, Value]) -> None:
        """Ends the user task of `token` and goes on; the caller has closed its rows."""
        self.finished_here.add(token)
        self._move(lambda: self.execution.complete(token, variables))

    def complete_job(self, token: str, variables: Mapping[str, Value]) -> None:
        """Ends the service task of `token` and goes on."""
        self._move(lambda: self.execution.complete_job(token, variables))

    def retry_service(self, wait: Wait) -> None:
        """Tries a service task again; a failure is the caller's."""
        self._move(lambda: self._served(wait, self._call(wait)))

    def fire_timer(self, token: str) -> None:
        self._move(lambda: self.execution.fire_timer(token))

    def move_timer(self, token: str, node_id: str, due_at: datetime) -> None:
        """The caller has moved a timer's job: the next turns of a repeating timer count from there."""
        if self.definition.node(node_id).event.timer is TimerKind.CYCLE and self.waits(token) is not None:
            self.execution.move_timer(token, due_at)
            self.before[token] = replace(self.before[token], due_at=due_at)
            self.moved = True

    def deliver(self, token: str, payload: Mapping[str, Value]) -> None:
        self._move(lambda: self.execution.deliver(token, payload))

    def set_variables(self, variables: Mapping[str, Value]) -> None:
        """Changes variables of the whole instance, for a caller that has authorised it."""
        self._move(lambda: self.execution.set_variables(variables))

    def send_back(self, token: str, target: str, *, direct: bool = False) -> None:
        self.finished_here.add(token)
        self.went_back = True
        self._move(lambda: self.execution.send_back(token, target, direct=direct))

    def reopen(self, node_id: str, earlier: Earlier) -> None:
        """Takes the completion of a node back; its step goes on."""
        self.went_back = True
        self.reopened[node_id] = earlier
        self._move(lambda: self.execution.reopen(node_id))

    def jump(self, target: str, cancel: Sequence[str] | None) -> None:
        """Cancels these waits (None: everything) and opens the node."""
        self.went_back = True
        self._move(lambda: self.execution.jump(target, cancel))

    def scratch(self) -> Execution:
        """A copy of the execution, to see what would happen."""
        return Execution.restore(self.definition.process, self.execution.dump(), self.definition.environment)

    def end(self, state: InstanceState, outcome: str) -> None:
        """Ends the instance from outside, also a suspended one; the domain hears of it (`when_stopped`)."""
        if self.instance.state in ENDED:
            raise Conflict("此件已经结束，不能再办理。")
        self.execution.cancel()
        self.moved = True
        self._ended(state, outcome)
        if stopped := STOPPED.get(self.instance.process_key):
            stopped(self.context, self.instance, outcome)

    def close(self) -> None:
        """Brings the rows in line with what the instance waits for now, and writes its marking; once a command."""
        if not self.moved:
            return
        after = {wait.token: wait for wait in self.execution.waits()}
        self._drop([wait for token, wait in self.before.items() if token not in after])
        self._open([wait for token, wait in after.items() if token not in self.before])
        if self.went_back:
            supersede_steps(self.context, self.instance.id, self.execution.completed_nodes())
        self._reschedule([w for t, w in after.items() if t in self.before and self.before[t].due_at != w.due_at])
        if self.execution.finished and self.instance.state not in ENDED:
            self._ended(InstanceState.COMPLETED, self._end_name())
        dump = self.execution.dump()
        self.instance.marking = _seal(self.context, self.instance.id, dump) + dump
        self.before = after

    def _move(self, move: Callable[[], None]) -> None:
        self._require_open()
        _ = self.execution
        self.moved = True
        try:
            move()
            self._settle()
        except UnknownToken as error:
            raise Conflict("此环节已经办理完毕，请刷新页面查看最新情况。") from error
        except MoveRefused as error:
            raise Conflict(f"{error.message}。") from error
        except ExecutionError as error:
            fault = ProcessFault(f"{ProcessFault.__doc__}原因：{error.message}")
            instance_id = None if self.begun_here else self.instance.id
            fault.passed = self.execution.drain_completed()
            fault.follow_up = RaiseIncident(instance_id, error.node_id, "execution", error.message)
            raise fault from error

    def _require_open(self) -> None:
        if self.instance.state in ENDED:
            raise Conflict("此件已经结束，不能再办理。")
        if self.instance.state == InstanceState.SUSPENDED:
            raise Conflict("此件已挂起，恢复后才能办理。")

    def _settle(self) -> None:
        """Goes on until only waits for somebody else are left."""
        self.execution.advance()
        while self._act_on_new_wait():
            self.execution.advance()
        for thrown in self.execution.drain_thrown():
            messages.publish(self.context, thrown.name, str(thrown.correlation_key), thrown.payload)

    def _act_on_new_wait(self) -> bool:
        for wait in self.execution.waits():
            if wait.token in self.before or wait.token in self.failed or wait.token in self.parked:
                continue
            if wait.kind is WaitKind.JOB:
                self._serve(wait)
                return True
            if wait.kind is WaitKind.USER and self.approver is not None and self._skip(wait, self.approver):
                return True
            if wait.kind is WaitKind.MESSAGE and self._take_buffered(wait):
                return True
        return False

    def _skip(self, wait: Wait, approver: int) -> bool:
        """Passes a step over whose handler has just approved, where the node allows it."""
        node = self.definition.node(wait.node_id)
        if not node.settings.skip_same_approver or node.settings.loop is not None:
            return False
        variables = self.execution.variables(wait.token)
        decision = skip_step(self.context, self.instance, node, wait.token, variables, approver)
        if decision is None:
            return False
        self.record("step.skipped", f"node:{node.id}", approver=approver, decision=decision)
        self.execution.complete(wait.token, {"decision": decision} if decision else {})
        return True

    def _take_buffered(self, wait: Wait) -> bool:
        payload = messages.take_buffered(self.context, wait.message_name, str(wait.correlation_key))
        if payload is None:
            self.parked.add(wait.token)
            return False
        self.record("message.correlated", f"node:{wait.node_id}", message=wait.message_name)
        self.execution.deliver(wait.token, payload)
        return True

    def _serve(self, wait: Wait) -> None:
        """A new service task: tried at once; a failure that the person cannot mend is kept for a retry."""
        self.context.session.flush()  # what fails here is the command's, not the delegate's
        try:
            outcome = self._call(wait)
        except BpmnError as error:
            self.execution.throw_error(wait.token, error.error_code, {"errorMessage": error.message})
        except Exception as error:
            if is_for_the_person(error, self.context):
                raise
            self.failed[wait.token] = error
        else:
            self._served(wait, outcome)

    def _call(self, wait: Wait) -> Mapping[str, Value] | Pending | None:
        return call_delegate(self.context, self.instance, self.definition, wait, self.execution.variables(wait.token))

    def _served(self, wait: Wait, outcome: Mapping[str, Value] | Pending | None) -> None:
        if isinstance(outcome, Pending) and outcome.items:
            start_batch(self.context, outcome, self.instance.id, wait)
            self.parked.add(wait.token)
            return
        self.record("service_task.completed", f"node:{wait.node_id}")
        self.execution.complete_job(wait.token, {} if outcome is None or isinstance(outcome, Pending) else outcome)

    def _drop(self, gone: list[Wait]) -> None:
        session, instance_id = self.context.session, self.instance.id
        tokens = {kind: [wait.token for wait in gone if wait.kind is kind] for kind in WaitKind}
        steps = [token for token in tokens[WaitKind.USER] if token not in self.finished_here]
        if steps:
            close_steps(self.context, instance_id, steps, StepState.CANCELLED)
        timed = [w.token for w in gone if w.kind is WaitKind.USER and self.definition.node(w.node_id).settings.deadline]
        if jobs := tokens[WaitKind.TIMER] + tokens[WaitKind.JOB] + timed:
            resolve_incidents(self.context, Incident.job_id.in_(select(Job.id).where(
                Job.instance_id == instance_id, Job.token.in_(jobs))))  # fmt: skip
            session.execute(delete(Job).where(Job.instance_id == instance_id, Job.token.in_(jobs)))
        if subscriptions := tokens[WaitKind.MESSAGE]:
            session.execute(
                delete(MessageSubscription).where(
                    MessageSubscription.instance_id == instance_id, MessageSubscription.token.in_(subscriptions)
                )
            )

    def _open(self, new: list[Wait]) -> None:
        rows: list[Job | MessageSubscription] = []
        for wait in new:
            if wait.kind is WaitKind.TIMER:
                rows.append(self._timer(wait))
            elif wait.kind is WaitKind.MESSAGE:
                rows.append(messages.subscription(self.instance.id, wait))
            elif wait.token in self.failed:
                rows.append(retry_job(self.context, self.instance.id, wait, self.failed[wait.token]))
        self.context.session.add_all(rows)
        visits = [
            (wait.token, self.definition.node(wait.node_id), self.execution.variables(wait.token))
            for wait in new
            if wait.kind is WaitKind.USER
        ]
        if visits:
            open_steps(self.context, self.instance, visits, self._earlier(visits))
            for _, node, _ in visits:
                self.record("step.opened", f"node:{node.id}")

    def _earlier(self, visits: Sequence[tuple[str, Node, Mapping[str, Value]]]) -> dict[str, Earlier]:
        """Token -> the step that goes on there: set aside for a correction, or taken back."""
        taken_up = self.execution.drain_taken_up()
        tokens = [token for token, _, _ in visits if token in taken_up]
        earlier = earlier_steps(self.context, self.instance.id, tokens) if tokens else {}
        return earlier | {t: self.reopened[node.id] for t, node, _ in visits if node.id in self.reopened}

    def _timer(self, wait: Wait) -> Job:
        return Job(kind="timer", instance_id=self.instance.id, token=wait.token, node_id=wait.node_id, payload={},
                   due_at=wait.due_at, attempts=0)  # fmt: skip

    def _reschedule(self, changed: list[Wait]) -> None:
        """The next turn of a repeating timer."""
        for wait in changed:
            self.context.session.execute(
                update(Job)
                .where(Job.instance_id == self.instance.id, Job.token == wait.token)
                .values(due_at=wait.due_at, state="ready", attempts=0, lease_until=None)
            )

    def _end_name(self) -> str:
        """The end event of the process itself, or of the event sub-process that interrupted it."""
        nodes = [self.definition.process.nodes.get(id_) for id_ in self.execution.completed_nodes()]
        inner = [node.id for node in nodes if node is not None and node.kind == "endEvent"]
        reached = self.execution.ended_at_nodes or tuple(inner)
        return self.definition.node(reached[-1]).name if reached else self.definition.name

    def _ended(self, state: InstanceState, outcome: str) -> None:
        self.instance.state, self.instance.outcome, self.instance.ended_at = state, outcome[:64], self.context.now
        resolve_incidents(self.context, Incident.instance_id == self.instance.id)
        self.record("process_instance.ended", f"process_instance:{self.instance.id}", state=state, outcome=outcome)
        label = INSTANCE_LABELS[state]
        title, body = f"{label}：{self.instance.title}", f"此件{label}，结果：{outcome}。"
        notify_initiator(self.context, self.instance, title, body)


def open_run(context: CommandContext, instance: ProcessInstance) -> Run:
    """The run of an instance in this command; its rows and marking are written when the command closes."""
    runs: dict[int, Run] = context.session.info.setdefault("runs", {})
    instance_id = instance.id
    if instance_id not in runs:
        definition = context.service(DefinitionCache).get(context.session, instance.definition_id)
        runs[instance_id] = Run(context, instance, definition)
        context.before_commit(runs[instance_id].close)
        context.after_rollback(lambda: runs.pop(instance_id, None))
    return runs[instance_id]


def lock_instance(context: CommandContext, instance_id: int) -> ProcessInstance:
    """The instance, held until the transaction ends."""
    query = select(ProcessInstance).where(ProcessInstance.id == instance_id).with_for_update()
    instance = context.session.scalar(query)
    if instance is None:
        raise NotFound()
    return instance


def new_run(
    context: CommandContext, instance: ProcessInstance, definition: Definition, variables: Mapping[str, Value]
) -> Run:
    """The run of an instance that is just being made."""
    run = open_run(context, instance)
    run.begun_here = True
    run.attach(Execution.start(definition.process, variables, definition.environment))
    return run


def _restore(context: CommandContext, instance: ProcessInstance, definition: Definition) -> Execution:
    """From the stored marking, after its digest has proved it ours."""
    query = select(ProcessInstance.marking, ProcessInstance.revision).where(ProcessInstance.id == instance.id)
    marking, revision = context.session.execute(query).one()
    if revision != instance.revision:
        raise LostRace()  # somebody was quicker since the row was read
    digest, dump = marking[:DIGEST], marking[DIGEST:]
    if not compare_digest(digest, _seal(context, instance.id, dump)):
        forged = MarkingForged()
        forged.follow_up = RaiseIncident(instance.id, "", "marking", forged.message)
        raise forged
    return Execution.restore(definition.process, dump, definition.environment)


def _seal(context: CommandContext, instance_id: int, dump: bytes) -> bytes:
    return context.cipher.mac(f"marking:{instance_id}:".encode() + dump)[:DIGEST]
