"""One live instance."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from typing import Self

from SpiffWorkflow.exceptions import SpiffWorkflowException
from SpiffWorkflow.util.task import TaskState

from engine.decision.values import Value
from engine.workflow.diagram import Node
from engine.workflow.spiff import marking as stored
from engine.workflow.spiff import returns
from engine.workflow.spiff.case import NO_WAY_OUT, Case, plain
from engine.workflow.spiff.compiler import CompiledProcess
from engine.workflow.spiff.frames import folded
from engine.workflow.spiff.interface import (
    Budget,
    BudgetExceeded,
    ElementError,
    Environment,
    ExecutionStuck,
    MoveRefused,
    Thrown,
    Trail,
    UnknownToken,
    Variables,
    Wait,
    WaitKind,
)
from engine.workflow.spiff.occurrences import happen, raise_error
from engine.workflow.spiff.specs import Join
from engine.workflow.spiff.tokens import Scope, Token


class Execution(Case):
    """One live instance of a compiled process. Not thread-safe; one owner at a time."""

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
        execution.top.frame.values.update(plain(node_id, variables))
        execution.place(execution.top, node_id, execution.top.frame, ())
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
            ready = [token for token in self.tokens() if self._runs_by_itself(token)]
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
        joins = [token for token in self.tokens() if isinstance(token.task_spec, Join)]
        waiting = (token for token in joins if token.state == TaskState.WAITING)
        return any(token.task_spec.try_to_fire(token.workflow, at_rest=True) for token in waiting)

    def _step(self, token: Token) -> None:
        self._count(token)
        try:
            token.run()
        except SpiffWorkflowException as error:
            raise self._failure(token, error) from error
        self._settle(token)

    def _count(self, token: Token) -> None:
        """Turns are counted in each scope by itself: a thousand instances are no loop."""
        node_id, place = token.task_spec.node.id, token.parent.number or token.workflow.task_tree.id
        self.steps += 1
        self.used[place, token.task_spec.name] += 1
        if self.steps > self.budget.steps:
            raise BudgetExceeded(node_id, f"一次推进超过 {self.budget.steps} 步，流程可能在空转，请检查循环")
        if self.used[place, token.task_spec.name] > self.budget.turns:
            raise BudgetExceeded(node_id, f"同一节点一次经过超过 {self.budget.turns} 遍，请检查循环的结束条件")

    def _failure(self, token: Token, error: SpiffWorkflowException) -> ElementError:
        node = token.task_spec.node
        if node.kind == "exclusiveGateway":
            return ElementError(node.id, NO_WAY_OUT, error)
        return ElementError(node.id, str(error), error)

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
        elif not children and token.corrects is None:
            self._token_ended(scope, token, node)

    def _token_ended(self, scope: Scope, token: Token, node: Node) -> None:
        scope.frame.values.update(token.frame.changes_since(scope.frame))
        if node.kind == "endEvent" and scope is self.top:
            self.ends[node.id] = None
        if node.event.kind == "error":
            raise_error(self, token, node.event.error_code, {})
            return
        if node.event.kind == "terminate":
            self.remove_all(scope)
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
            stuck = next(self.tokens())
            raise ExecutionStuck(stuck.task_spec.node.id, "流程既没有结束也没有在等待任何事情：汇合处等不到所有分支")

    def _fold_frames(self) -> None:
        tokens = list(self.tokens())
        held = [frame for token in tokens for frame in (token.frame, token.local) if frame is not None]
        moved = folded(held)
        if not moved:
            return
        for token in tokens:
            token.frame = moved.get(token.frame, token.frame)

    # -- looking -----------------------------------------------------------------------------------------------

    @property
    def finished(self) -> bool:
        """True when no token is left anywhere."""
        return not any(self.tokens())

    @property
    def ended_at_nodes(self) -> tuple[str, ...]:
        """End events reached in the process itself, in order, each once."""
        return tuple(self.ends)

    def waits(self) -> tuple[Wait, ...]:
        """Everything the instance waits for, in the order the waits began."""
        found = [*self._manual_waits(), *((each.owner, each.wait()) for each in self.subscriptions)]
        return tuple(wait for _, wait in sorted(found, key=lambda pair: pair[0]))

    def _manual_waits(self) -> Iterator[tuple[int, Wait]]:
        for token in self.tokens():
            if token.state == TaskState.READY and not token.fired and token.task_spec.manual and not token.set_aside:
                node = token.task_spec.node
                yield token.number, Wait(str(token.number), node.id, _kind(node), index=token.index)

    def current_nodes(self) -> tuple[str, ...]:
        """Ids of the nodes that hold a token now."""
        return tuple(dict.fromkeys(token.task_spec.node.id for token in self.tokens() if not token.set_aside))

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

    def drain_taken_up(self) -> tuple[str, ...]:
        """The waits that were set aside by a direct `send_back` and have come back since the last call."""
        taken_up, self.taken_up = tuple(self.taken_up), []
        return taken_up

    def variables(self, token: str | None = None) -> Variables:
        """As seen at the token; without a token those of the instance, changes of open branches included."""
        if token is not None and self._is_of_scope(token):
            return self.scope_of(int(token.partition(":")[0])).frame.view()
        if token is not None:
            return self.find(token).sees()
        seen = self.top.frame.view()
        for each in self.top.tokens():
            if not each.is_instance:
                seen.update(each.frame.changes_since(self.top.frame))
        return seen

    def set_variables(self, variables: Mapping[str, object], token: str | None = None) -> None:
        """Sets them where the token sees them, or for the whole instance (every branch sees them)."""
        if token is not None:
            owner = self.find(token)
            (owner.local or owner.frame).values.update(plain(owner.task_spec.node.id, variables))
            return
        values = plain("", variables)
        for each in self.tokens():
            for frame in each.frame.chain():
                if frame is not self.top.frame:
                    _drop(frame.values, values)
        self.top.frame.values.update(values)

    def _is_of_scope(self, token: str) -> bool:
        """An event sub-process waits for the whole scope."""
        return any(each.token == token and each.is_event_sub_process for each in self.subscriptions)

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
        values = plain(token.task_spec.node.id, variables)
        if values:
            token.work.values.update(values)
        token.fired = True
        self.subscriptions.drop_of(token)

    def _manual(self, number: str, *kinds: WaitKind) -> Token:
        token = self.find(number)
        kind = _kind(token.task_spec.node)
        waiting = token.state == TaskState.READY and token.task_spec.manual and not (token.fired or token.set_aside)
        if not waiting or kind not in kinds or ":" in number:
            raise UnknownToken(token.task_spec.node.id, "这一步不在等待办理")
        return token

    def fire_timer(self, token: str) -> None:
        """The timer's time has come (or an officer brought it forward)."""
        happen(self, self.subscriptions.take(token, WaitKind.TIMER), {})

    def move_timer(self, token: str, due: datetime) -> None:
        """A waiting timer gets another moment. Raises UnknownToken."""
        self.subscriptions.move(token, due)

    def deliver(self, token: str, payload: Mapping[str, object]) -> None:
        """Hands a message to one waiting token."""
        subscription = self.subscriptions.take(token, WaitKind.MESSAGE)
        happen(self, subscription, plain(subscription.node_id, payload))

    def throw_error(self, token: str, code: str, variables: Mapping[str, object] | None = None) -> str:
        """A BPMN error out of a job or user task: goes to the nearest boundary event or event sub-process that catches
        it and returns that node's id. Raises UnhandledError."""
        origin = self._manual(token, WaitKind.USER, WaitKind.JOB)
        return raise_error(self, origin, code, plain(origin.task_spec.node.id, variables or {}))

    def passed(self, token: str) -> tuple[str, ...]:
        """User tasks passed on the way to this token, oldest first: the possible targets of `send_back`."""
        return returns.passed(self, self.find(token))

    def send_back(self, from_token: str, target_node_id: str, *, direct: bool = False) -> None:
        """Re-opens the passed node: exactly that is open, everything downstream of it is cancelled, tokens of parallel
        branches that do not come from it stay (or return to the join they had reached). Variables are kept.

        `direct`: what is downstream is only set aside - nothing there waits any more - and goes on exactly where it
        stood when the node is completed again (`drain_taken_up` names its waits); timers begin anew.

        Raises MoveRefused for a node that was not passed on the way to this token, and for one inside a sub-process or
        called process that is over."""
        returns.send_back(self, self.find(from_token), target_node_id, direct=direct)

    def led_to(self, node_id: str) -> Trail:
        """What came of the last completion of a node. Raises MoveRefused when it is in a scope that is over."""
        return returns.led_to(self, node_id)

    def reopen(self, node_id: str) -> None:
        """Takes back the last completion of a node, as `send_back` does. Raises MoveRefused."""
        returns.reopen(self, node_id)

    def jump(self, target_node_id: str, cancel: Collection[str] | None = None) -> None:
        """Moves the instance: cancels the waits of these tokens (None: everything in the scope of the node) and opens
        the node, which belongs to the process itself or to a sub-process that is open. Raises MoveRefused."""
        returns.jump(self, target_node_id, cancel)

    def cancel(self) -> None:
        """Ends the instance: nothing waits any more and `finished` is true."""
        self.remove_all(self.top)
        self.subscriptions.clear()


def _kind(node: Node) -> WaitKind:
    return WaitKind.USER if node.kind == "userTask" else WaitKind.JOB


def _drop(values: dict[str, Value], names: Collection[str]) -> None:
    for name in names:
        values.pop(name, None)
