"""One live instance."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, Self

from SpiffWorkflow.exceptions import SpiffWorkflowException
from SpiffWorkflow.util.task import TaskState

from engine.decision.values import Value, clean
from engine.workflow.diagram import Node
from engine.workflow.spiff import marking as stored
from engine.workflow.spiff.compiler import CompiledProcess
from engine.workflow.spiff.expressions import FeelEngine
from engine.workflow.spiff.frames import Frame, folded, joined
from engine.workflow.spiff.interface import (
    Budget,
    BudgetExceeded,
    ElementError,
    Environment,
    ExecutionStuck,
    MoveRefused,
    Thrown,
    UnhandledError,
    UnknownToken,
    Variables,
    Wait,
    WaitKind,
)
from engine.workflow.spiff.specs import EventBasedGateway, Join
from engine.workflow.spiff.subscriptions import Subscription, Subscriptions
from engine.workflow.spiff.tokens import CaseWorkflow, Scope, ScopeWorkflow, Token
from engine.workflow.spiff.visits import Pass

CORRELATION_KEY = "correlationKey"


class Execution:
    """One live instance of a compiled process. Not thread-safe; one owner at a time."""

    def __init__(self, process: CompiledProcess, environment: Environment) -> None:
        self.process = process
        self.environment = environment
        self.engine = FeelEngine(environment.expressions)
        self.top = CaseWorkflow(process.spec, process.subprocess_specs, self.engine, self)
        self.numbers = 0
        self.sequence = 0
        self.subscriptions = Subscriptions(environment, self.engine)
        self.trace: dict[str, int] = {}
        self.ends: dict[str, None] = {}
        self.thrown: list[Thrown] = []
        self.just_completed: list[str] = []
        self.budget = Budget()
        self.used: Counter[str] = Counter()
        self.steps = 0

    # -- beginning, storing ------------------------------------------------------------------------------------

    @classmethod
    def start(
        cls,
        process: CompiledProcess,
        variables: Mapping[str, object],
        environment: Environment,
        start_node: str | None = None,
    ) -> Self:
        """A new instance with a token on the none start event, or on `start_node` (a message or timer start event)."""
        execution = cls(process, environment)
        node_id = start_node or process.start_of(process.process_id)
        if node_id not in execution.top.spec.task_specs:
            raise MoveRefused(node_id, "流程中没有这个开始节点")
        execution.top.frame.values.update(_plain(node_id, variables))
        execution._open(execution.top, node_id, execution.top.frame, ())
        return execution

    @classmethod
    def restore(
        cls,
        process: CompiledProcess,
        marking: bytes,
        environment: Environment,
        renamed: Mapping[str, str] | None = None,
    ) -> Self:
        """The instance as `dump` wrote it. `process` may be a newer version: every node that holds a token must exist
        in it, under its own id or as `renamed[old id]`. Raises MarkingRefused."""
        execution = cls(process, environment)
        stored.load(execution, marking, renamed or {})
        return execution

    def dump(self) -> bytes:
        """The state without the spec: deterministic, compressed, with our own version tag."""
        return stored.dump(self)

    # -- running -----------------------------------------------------------------------------------------------

    def advance(self, budget: Budget | None = None) -> None:
        """Runs the engine's own steps until only waits remain.

        Raises BudgetExceeded, ElementError, ExecutionStuck."""
        self.budget, self.steps, self.used = budget or Budget(), 0, Counter()
        while True:
            ready = [token for scope in self.scopes() for token in scope.tokens() if self._runs_by_itself(token)]
            for token in ready:
                if token.id in token.workflow.tasks and token.state == TaskState.READY:
                    self._step(token)
            if not ready and not self._late_joins():
                break
        self._come_to_rest()

    def _runs_by_itself(self, token: Token) -> bool:
        return bool(token.state == TaskState.READY and (not token.task_spec.manual or token.fired))

    def _late_joins(self) -> bool:
        """Inclusive joins are decided when nothing else moves."""
        for scope in self.scopes():
            for token in scope.tokens():
                spec = token.task_spec
                waiting = token.state == TaskState.WAITING and isinstance(spec, Join)
                if waiting and spec.try_to_fire(scope, at_rest=True):
                    return True
        return False

    def _step(self, token: Token) -> None:
        self._count(token.task_spec.node.id)
        try:
            token.run()
        except SpiffWorkflowException as error:
            raise self._failure(token, error) from error
        self._settle(token)

    def _count(self, node_id: str) -> None:
        self.steps += 1
        self.used[node_id] += 1
        if self.steps > self.budget.steps:
            raise BudgetExceeded(node_id, f"一次推进超过 {self.budget.steps} 步，流程可能在空转，请检查循环")
        if self.used[node_id] > self.budget.turns:
            raise BudgetExceeded(node_id, f"同一节点一次经过超过 {self.budget.turns} 遍，请检查循环的结束条件")

    def _failure(self, token: Token, error: SpiffWorkflowException) -> ElementError:
        node = token.task_spec.node
        if node.kind == "exclusiveGateway":
            return ElementError(node.id, "没有一个分支的条件成立，也没有默认分支", error)
        return ElementError(node.id, str(error), error)

    def no_way_out(self, token: Token) -> None:
        """An inclusive gateway found no branch."""
        raise ElementError(token.task_spec.node.id, "没有一个分支的条件成立，也没有默认分支")

    def _settle(self, token: Token) -> None:
        """The token has left its node: its successors take its place."""
        scope, node, parent = token.workflow, token.task_spec.node, token.parent
        children = token.children
        for child in children:
            child._parent = scope.task_tree.id
            scope.task_tree._children.append(child.id)
        token._children = []
        token.leave_tree()
        if token.is_instance:
            parent.task_spec.instance_done(parent, token)
        elif not children:
            self._token_ended(scope, token, node)

    def _token_ended(self, scope: Scope, token: Token, node: Node) -> None:
        scope.frame.values.update(token.frame.changes_since(scope.frame))
        if node.kind == "endEvent" and scope is self.top:
            self.ends[node.id] = None
        if node.event.kind == "error":
            self.raise_error(token, node.event.error_code, {})
            return
        if node.event.kind == "terminate":
            for other in list(scope.tokens()):
                self.remove(other)
        self._close_if_empty(scope)

    def _close_if_empty(self, scope: Scope) -> None:
        """A scope is over when it holds no token [BPMN 2.0, 13.5.6]."""
        if scope.host is None or any(scope.tokens()):
            return
        del self.top.subprocesses[scope.host.id]
        scope.host._set_state(TaskState.READY)

    def _come_to_rest(self) -> None:
        self._fold_frames()
        self.subscriptions.renew(list(self.scopes()))
        if not self.finished and not self.waits():
            stuck = next(token for scope in self.scopes() for token in scope.tokens())
            raise ExecutionStuck(stuck.task_spec.node.id, "流程既没有结束也没有在等待任何事情：汇合处等不到所有分支")

    def _fold_frames(self) -> None:
        tokens = [token for scope in self.scopes() for token in scope.tokens()]
        held = [frame for token in tokens for frame in (token.frame, token.local) if frame is not None]
        moved = folded(held)
        if not moved:
            return
        for token in tokens:
            token.frame = moved.get(token.frame, token.frame)

    # -- what the specs call -----------------------------------------------------------------------------------

    def admit(self, token: Token) -> None:
        """A new token gets its number."""
        self.numbers += 1
        token.number = self.numbers

    def map_inputs(self, token: Token) -> None:
        """Input mappings are local to the activity."""
        for mapping in token.task_spec.node.settings.inputs:
            token.work.values[mapping.target] = self.engine.evaluate(token, mapping.source)

    def map_outputs(self, token: Token) -> None:
        """Outputs are all that leaves an activity; without any, everything but its inputs leaves."""
        settings = token.task_spec.node.settings
        if settings.outputs:
            results = {each.target: self.engine.evaluate(token, each.source) for each in settings.outputs}
            token.frame.values.update(results)
        elif token.local is not None and settings.propagate_child:
            token.frame.values.update(self._results(token.local, settings.inputs))
        token.local = None

    def _results(self, frame: Frame, inputs: Iterable[Any]) -> dict[str, Value]:
        given = {mapping.target for mapping in inputs}
        return {name: value for name, value in frame.values.items() if name not in given}

    def record(self, token: Token) -> None:
        """The token has passed its node."""
        node_id = token.task_spec.node.id
        self.just_completed.append(node_id)
        self.sequence += 1
        self.trace.pop(node_id, None)
        self.trace[node_id] = self.sequence
        if not token.is_instance:
            visit = Pass(node_id, self.sequence)
            token.workflow.visits.record(visit, token.past)
            token.past = (visit,)

    def throw_message(self, token: Token) -> None:
        """Message throw and end events: the inputs are the payload."""
        payload = dict(token.local.values) if token.local is not None else {}
        token.local = None
        key = payload.pop(CORRELATION_KEY, None)
        node = token.task_spec.node
        self.thrown.append(Thrown(node.event.name, key, payload, node.id))

    def collection(self, token: Token) -> list[Value]:
        """The input collection of a multi-instance activity."""
        node = token.task_spec.node
        items = self.engine.evaluate(token, node.settings.loop.collection)
        if not isinstance(items, list):
            raise ElementError(node.id, "多实例的集合不是列表")
        if len(items) > self.budget.instances:
            raise BudgetExceeded(node.id, f"多实例的个数 {len(items)} 超过上限 {self.budget.instances}")
        return items

    def open_scope(self, host: Token) -> None:
        """A sub-process or called process begins with its none start event."""
        node = host.task_spec.node
        if host.workflow.depth >= self.budget.call_depth:
            raise BudgetExceeded(node.id, f"子流程嵌套超过 {self.budget.call_depth} 层")
        inputs = {each.target: self.engine.evaluate(host, each.source) for each in node.settings.inputs}
        frame = Frame(host.frame if node.settings.propagate_parent else None, inputs)
        if host.local is not None:
            frame.values.update(host.local.values)
        host.local = frame
        scope = ScopeWorkflow(self.top.subprocess_specs[host.task_spec.spec], host, frame)
        self._open(scope, self.process.start_of(host.task_spec.spec), frame, ())

    def _open(self, scope: Scope, node_id: str, frame: Frame, past: tuple[Pass, ...], **attributes: Any) -> Token:
        """A token on the node, from outside of the flow."""
        token = scope.task_tree._add_child(scope.spec.task_specs[node_id], TaskState.FUTURE)
        token.frame, token.past = frame, past
        for name, value in attributes.items():
            setattr(token, name, value)
        self.admit(token)
        token.task_spec._update(token)
        return token

    # -- looking -----------------------------------------------------------------------------------------------

    def scopes(self) -> Iterator[Scope]:
        """The process and its open sub-processes, outer ones first."""
        yield self.top
        yield from list(self.top.subprocesses.values())

    @property
    def finished(self) -> bool:
        """True when no token is left anywhere."""
        return not any(token for scope in self.scopes() for token in scope.tokens())

    @property
    def ended_at_nodes(self) -> tuple[str, ...]:
        """End events reached in the process itself, in order, each once."""
        return tuple(self.ends)

    def waits(self) -> tuple[Wait, ...]:
        """Everything the instance waits for, in the order the waits began."""
        found = [*self._manual_waits(), *((each.owner, each.wait()) for each in self.subscriptions)]
        return tuple(wait for _, wait in sorted(found, key=lambda pair: pair[0]))

    def _manual_waits(self) -> Iterator[tuple[int, Wait]]:
        for scope in self.scopes():
            for token in scope.tokens():
                if token.state == TaskState.READY and not token.fired and token.task_spec.manual:
                    node = token.task_spec.node
                    kind = WaitKind.USER if node.kind == "userTask" else WaitKind.JOB
                    yield token.number, Wait(str(token.number), node.id, kind, index=token.index)

    def current_nodes(self) -> tuple[str, ...]:
        """Ids of the nodes that hold a token now."""
        return tuple(dict.fromkeys(token.task_spec.node.id for scope in self.scopes() for token in scope.tokens()))

    def completed_nodes(self) -> tuple[str, ...]:
        """Ids of all nodes completed so far, each once, ordered by their last completion: for the progress diagram."""
        return tuple(self.trace)

    def drain_thrown(self) -> tuple[Thrown, ...]:
        """The messages thrown since the last call."""
        thrown, self.thrown = tuple(self.thrown), []
        return thrown

    def drain_completed(self) -> tuple[str, ...]:
        """Ids of the nodes completed since the last call, in order, repeats included: what history rows are made of."""
        completed, self.just_completed = tuple(self.just_completed), []
        return completed

    def variables(self, token: str | None = None) -> Variables:
        """As seen at the token; without a token those of the instance, changes of open branches included."""
        if token is not None and self._is_of_scope(token):
            return self._scope(int(token.partition(":")[0])).frame.view()
        if token is not None:
            return self._find(token).sees()
        seen = self.top.frame.view()
        for each in self.top.tokens():
            if not each.is_instance:
                seen.update(each.frame.changes_since(self.top.frame))
        return seen

    def set_variables(self, variables: Mapping[str, object], token: str | None = None) -> None:
        """Sets them where the token sees them, or for the whole instance (every branch sees them)."""
        if token is not None:
            owner = self._find(token)
            (owner.local or owner.frame).values.update(_plain(owner.task_spec.node.id, variables))
            return
        values = _plain("", variables)
        for each in self.top.tokens():
            for frame in each.frame.chain():
                if frame is not self.top.frame:
                    _drop(frame.values, values)
        self.top.frame.values.update(values)

    def _is_of_scope(self, token: str) -> bool:
        """An event sub-process waits for the whole scope."""
        return any(each.token == token and each.is_event_sub_process for each in self.subscriptions)

    def _find(self, token: str) -> Token:
        number = token.partition(":")[0]
        for scope in self.scopes():
            for each in scope.tokens():
                if str(each.number) == number:
                    return each
        raise UnknownToken("", "这一步已经办结或已取消")

    # -- moving ------------------------------------------------------------------------------------------------

    def complete(self, token: str, variables: Mapping[str, object]) -> None:
        """Completes a user task: output mappings decide what leaves it, without any everything does.

        Raises UnknownToken."""
        self._complete(token, variables, WaitKind.USER)

    def complete_job(self, token: str, variables: Mapping[str, object]) -> None:
        """Completes a service or send task in the same way."""
        self._complete(token, variables, WaitKind.JOB)

    def _complete(self, number: str, variables: Mapping[str, object], kind: WaitKind) -> None:
        token = self._manual(number, kind)
        values = _plain(token.task_spec.node.id, variables)
        if values:
            token.work.values.update(values)
        token.fired = True
        self.subscriptions.drop_of(token)

    def _manual(self, number: str, *kinds: WaitKind) -> Token:
        token = self._find(number)
        kind = WaitKind.USER if token.task_spec.node.kind == "userTask" else WaitKind.JOB
        waiting = token.state == TaskState.READY and token.task_spec.manual and not token.fired
        if not waiting or kind not in kinds or ":" in number:
            raise UnknownToken(token.task_spec.node.id, "这一步不在等待办理")
        return token

    def fire_timer(self, token: str) -> None:
        """The timer's time has come (or an officer brought it forward)."""
        self._fire(self.subscriptions.take(token, WaitKind.TIMER), {})

    def deliver(self, token: str, payload: Mapping[str, object]) -> None:
        """Hands a message to one waiting token."""
        subscription = self.subscriptions.take(token, WaitKind.MESSAGE)
        self._fire(subscription, _plain(subscription.node_id, payload))

    def _fire(self, subscription: Subscription, payload: dict[str, Value]) -> None:
        if subscription.is_event_sub_process:
            scope = self._scope(subscription.owner)
            self._start_event_sub_process(scope, subscription.node_id, subscription.sub_process, payload)
            return
        owner = self._find(str(subscription.owner))
        if subscription.node_id in owner.task_spec.boundaries:
            self._start_boundary(owner, subscription.node_id, payload)
            return
        if payload:
            owner.work.values.update(payload)
        if isinstance(owner.task_spec, EventBasedGateway):
            owner.choice = subscription.node_id
        owner.fired = True
        self.subscriptions.drop_of(owner)
        owner._set_state(TaskState.READY)

    def _scope(self, number: int) -> Scope:
        if number == 0:
            return self.top
        return next(scope for scope in self.scopes() if scope.host is not None and scope.host.number == number)

    def _start_boundary(self, host: Token, node_id: str, payload: dict[str, Value]) -> None:
        scope = host.workflow
        node = self.process.nodes[node_id]
        if node.event.interrupting:
            frame, past = host.frame, self._interrupted(host)
        else:
            frame, past = Frame(host.frame, branch=True), host.past
        self._open(scope, node_id, frame, past, fired=True, local=Frame(frame, payload) if payload else None)

    def _interrupted(self, host: Token) -> tuple[Pass, ...]:
        """The activity ends here; it counts as passed, so that somebody after it can send back to it."""
        self.sequence += 1
        visit = Pass(host.task_spec.node.id, self.sequence)
        host.workflow.visits.record(visit, host.past)
        self.remove(host)
        return (visit,)

    def _start_event_sub_process(
        self, scope: Scope, start_id: str, sub_process: str, payload: dict[str, Value]
    ) -> None:
        past: tuple[Pass, ...] = ()
        frame = Frame(scope.frame, branch=True)
        if self.process.nodes[start_id].event.interrupting:
            tokens = [token for token in scope.tokens() if not token.is_instance]
            past = tuple(dict.fromkeys(visit for token in tokens for visit in token.past))
            frame = joined([scope.frame, *(token.frame for token in tokens)])
            for token in tokens:
                self.remove(token)
            scope.interrupted = True
        local = Frame(frame, payload) if payload else None
        self._open(scope, sub_process, frame, past, local=local)

    def throw_error(self, token: str, code: str, variables: Mapping[str, object] | None = None) -> str:
        """A BPMN error out of a job or user task: goes to the nearest boundary event or event sub-process that catches
        it and returns that node's id. Raises UnhandledError."""
        origin = self._manual(token, WaitKind.USER, WaitKind.JOB)
        return self.raise_error(origin, code, _plain(origin.task_spec.node.id, variables or {}))

    def raise_error(self, origin: Token, code: str, payload: dict[str, Value]) -> str:
        """From the inside out: boundary event of the activity, event sub-process of its scope, and so on."""
        token: Token | None = origin
        while token is not None:
            activity = token.parent if token.is_instance else token
            boundary = self._catching(activity.task_spec.boundaries, code)
            if boundary:
                self._start_boundary(activity, boundary, payload)
                return boundary
            scope = activity.workflow
            started = self._error_start(scope, activity, code)
            if started:
                self._start_event_sub_process(scope, started[0], started[1], payload)
                return started[1]
            token = scope.host
        node_id = origin.task_spec.node.id
        raise UnhandledError(node_id, f"抛出的错误“{code}”没有节点处理", code)

    def _catching(self, candidates: Iterable[str], code: str) -> str:
        """The event that catches this code by name, else the one that catches all."""
        errors = [node for node in candidates if self.process.nodes[node].event.kind == "error"]
        exact = [node for node in errors if self.process.nodes[node].event.error_code == code]
        rest = [node for node in errors if not self.process.nodes[node].event.error_code]
        return next(iter([*exact, *rest]), "")

    def _error_start(self, scope: Scope, activity: Token, code: str) -> tuple[str, str] | None:
        starts = self.process.event_starts.get(scope.spec.name, {})
        if activity.task_spec.node.id in starts.values():
            return None
        start = self._catching(starts, code)
        return (start, starts[start]) if start else None

    def remove(self, token: Token) -> None:
        """Cancels a token with everything inside it; what a sub-process changed so far stays known."""
        for child in token.children:
            self.remove(child)
        scope = self.top.subprocesses.get(token.id)
        if scope is not None:
            self._remove_scope(token, scope)
        self.subscriptions.drop_of(token)
        token._set_state(TaskState.CANCELLED)
        token.leave_tree()

    def _remove_scope(self, host: Token, scope: Scope) -> None:
        settings = host.task_spec.node.settings
        frames = [token.frame for token in scope.tokens() if not token.is_instance]
        for inner in list(scope.tokens()):
            if inner.id in scope.tasks:
                self.remove(inner)
        del self.top.subprocesses[host.id]
        if host.task_spec.node.kind == "subProcess" and not settings.outputs and not host.is_instance:
            scope.frame.values.update(joined([scope.frame, *frames]).changes_since(scope.frame))
            host.frame.values.update(self._results(scope.frame, settings.inputs))

    def passed(self, token: str) -> tuple[str, ...]:
        """User tasks passed on the way to this token, oldest first: the possible targets of `send_back`."""
        here = self._find(token)
        found = {visit for _, history in self._histories(here) for visit in history}
        latest = {visit.node_id: visit.sequence for visit in sorted(found, key=lambda visit: visit.sequence)}
        latest.pop(here.task_spec.node.id, None)
        ordered = sorted(latest, key=lambda node_id: latest[node_id])
        return tuple(node_id for node_id in ordered if self.process.nodes[node_id].kind == "userTask")

    def _histories(self, token: Token) -> Iterator[tuple[Scope, set[Pass]]]:
        """The token's scope and the enclosing ones, each with what was passed on the way."""
        current: Token | None = token
        while current is not None:
            scope = current.workflow
            yield scope, scope.visits.history(current.past)
            current = scope.host

    def send_back(self, from_token: str, target_node_id: str) -> None:
        """Re-opens the passed node: exactly that is open, everything downstream of it is cancelled, tokens of parallel
        branches that do not come from it stay (or return to the join they had reached). Variables are kept.

        Raises MoveRefused for a node that was not passed on the way to this token, and for one inside a sub-process or
        called process that is over."""
        for scope, history in self._histories(self._find(from_token)):
            passes = [visit for visit in history if visit.node_id == target_node_id]
            if passes:
                self._reopen(scope, max(passes, key=lambda visit: visit.sequence))
                return
        raise MoveRefused(target_node_id, "只能退回到本步骤之前经过的节点，且该节点不在已结束的子流程中")

    def _reopen(self, scope: Scope, target: Pass) -> None:
        gone = scope.visits.downstream(target)
        past = scope.visits.origins(target)
        returning = self._arrivals(scope, gone, target)
        open_tokens = [token for token in scope.tokens() if not token.is_instance]
        cancelled = [token for token in open_tokens if any(visit in gone for visit in token.past)]
        frame = self._remaining_frame(scope, cancelled)
        scope.visits.forget(gone)
        for visit in gone:
            self.trace.pop(visit.node_id, None)
        for join, visit in returning:
            token = self._open(scope, join, frame, (visit,), came_from=visit.node_id)
            token._set_state(TaskState.WAITING)
        self._open(scope, target.node_id, frame, past)

    def _arrivals(self, scope: Scope, gone: set[Pass], target: Pass) -> list[tuple[str, Pass]]:
        """Where other branches stood at joins that the cancelled part had passed."""
        found = []
        for visit in gone - {target}:
            origins = scope.visits.origins(visit)
            if isinstance(scope.spec.task_specs[visit.node_id], Join):
                found += [(visit.node_id, origin) for origin in origins if origin not in gone]
        return sorted(found, key=lambda pair: pair[1].sequence)

    def _remaining_frame(self, scope: Scope, cancelled: list[Token]) -> Frame:
        for token in cancelled:
            self.remove(token)
        return joined(token.frame for token in cancelled) if cancelled else scope.frame

    def jump(self, target_node_id: str, cancel: Collection[str] | None = None) -> None:
        """Moves the instance: cancels the waits of these tokens (None: everything) and opens the node."""
        scope = next((each for each in self.scopes() if target_node_id in each.spec.task_specs), None)
        if scope is None or target_node_id not in self.process.nodes:
            raise MoveRefused(target_node_id, "只能跳转到流程本身或正在进行的子流程中的节点")
        if cancel is None:
            leaving = [token for token in scope.tokens() if not token.is_instance]
        else:
            leaving = list({found.id: found for found in map(self._find, cancel)}.values())
        past = tuple(dict.fromkeys(visit for token in leaving for visit in token.past))
        frames = [token.frame for token in leaving if token.workflow is scope]
        for token in leaving:
            self.remove(token)
        self._open(scope, target_node_id, joined(frames) if frames else scope.frame, past)

    def cancel(self) -> None:
        """Ends the instance: nothing waits any more and `finished` is true."""
        for token in list(self.top.tokens()):
            if token.id in self.top.tasks:
                self.remove(token)
        self.subscriptions.clear()


def _plain(node_id: str, variables: Mapping[str, object]) -> dict[str, Value]:
    try:
        values: dict[str, Value] = clean(variables)
    except ValueError as error:
        raise ElementError(node_id, str(error), error) from error
    return values


def _drop(values: dict[str, Value], names: Collection[str]) -> None:
    for name in names:
        values.pop(name, None)
