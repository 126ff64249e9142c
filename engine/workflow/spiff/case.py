"""The marking of one instance, and what the nodes do to it."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from SpiffWorkflow.util.task import TaskState

from engine.decision.values import Value, clean
from engine.workflow.spiff.compiler import CompiledProcess
from engine.workflow.spiff.expressions import FeelEngine
from engine.workflow.spiff.frames import Frame, joined
from engine.workflow.spiff.interface import Budget, BudgetExceeded, ElementError, Environment, Thrown, UnknownToken
from engine.workflow.spiff.subscriptions import Subscriptions
from engine.workflow.spiff.tokens import CaseWorkflow, Scope, ScopeWorkflow, Token
from engine.workflow.spiff.visits import Pass

CORRELATION_KEY = "correlationKey"
NO_WAY_OUT = "没有一个分支的条件成立，也没有默认分支"


class Case:
    """Tokens, variables, history and subscriptions. The specs reach it as `token.workflow.top_workflow.case`."""

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
        self.taken_up: list[str] = []
        self.budget = Budget()
        self.used: Counter[tuple[object, str]] = Counter()
        self.steps = 0

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
            token.frame.values.update(without_inputs(token.local, settings.inputs))
        token.local = None

    def record(self, token: Token) -> None:
        """The token has passed its node."""
        node_id = token.task_spec.node.id
        self.just_completed.append(node_id)
        self.sequence += 1
        self.trace.pop(node_id, None)
        self.trace[node_id] = self.sequence
        if not token.is_instance:
            self.pass_on(token)

    def take_up(self, correction: Token) -> None:
        """A correction is done: what was set aside goes on where it stood and sees what was changed."""
        node_id = correction.task_spec.node.id
        self.just_completed.append(node_id)
        self.sequence += 1
        self.trace[node_id] = self.sequence
        hidden = [token for token in self.tokens() if token.set_aside]
        waiting = [token for token in hidden if token.parked == correction.number]
        for token in waiting:
            token.parked = 0
            token.frame.values.update(correction.frame.values)
        self.taken_up += [str(token.number) for token in hidden if not token.set_aside]

    def pass_on(self, token: Token) -> None:
        """The token's past is now this pass of its node; an earlier turn's pass of the same node goes."""
        scope, node_id = token.workflow, token.task_spec.node.id
        shortcut = scope.visits.take_out(node_id)
        if shortcut is not None:
            for other in (token, *scope.tokens()):
                other.past = shortcut.applied(other.past)
        visit = Pass(node_id, self.sequence)
        scope.visits.record(visit, token.past)
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
        self.place(scope, self.process.start_of(host.task_spec.spec), frame, ())

    def no_way_out(self, token: Token) -> None:
        """An inclusive gateway found no branch."""
        raise ElementError(token.task_spec.node.id, NO_WAY_OUT)

    # -- tokens ------------------------------------------------------------------------------------------------

    def place(
        self,
        scope: Scope,
        node_id: str,
        frame: Frame,
        past: tuple[Pass, ...],
        *,
        local: Frame | None = None,
        came_from: str = "",
        fired: bool = False,
    ) -> Token:
        """A token on the node, from outside of the flow."""
        token: Token = scope.task_tree._add_child(scope.spec.task_specs[node_id], TaskState.FUTURE)
        token.frame, token.past, token.local = frame, past, local
        token.came_from, token.fired = came_from, fired
        self.admit(token)
        token.task_spec._update(token)
        return token

    def scopes(self) -> Iterator[Scope]:
        """The process and its open sub-processes, outer ones first."""
        yield self.top
        yield from list(self.top.subprocesses.values())

    def tokens(self) -> Iterator[Token]:
        """All open tokens."""
        for scope in self.scopes():
            yield from scope.tokens()

    def find(self, token: str) -> Token:
        """The open token of that name, or the one that a boundary event or gateway event belongs to.

        Raises UnknownToken."""
        number = token.partition(":")[0]
        for each in self.tokens():
            if str(each.number) == number:
                return each
        raise UnknownToken("", "这一步已经办结或已取消")

    def scope_of(self, number: int) -> Scope:
        """The scope whose host has that number; 0: the process."""
        return next(scope for scope in self.scopes() if (scope.host.number if scope.host else 0) == number)

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

    def remove_all(self, scope: Scope) -> None:
        """Cancels every token of the scope."""
        for token in list(scope.tokens()):
            if token.id in scope.tasks:
                self.remove(token)

    def _remove_scope(self, host: Token, scope: Scope) -> None:
        settings = host.task_spec.node.settings
        frames = [token.frame for token in scope.tokens() if not token.is_instance]
        self.remove_all(scope)
        del self.top.subprocesses[host.id]
        if host.task_spec.node.kind == "subProcess" and not settings.outputs and not host.is_instance:
            scope.frame.values.update(joined([scope.frame, *frames]).changes_since(scope.frame))
            host.frame.values.update(without_inputs(scope.frame, settings.inputs))


def without_inputs(frame: Frame, inputs: Iterable[Any]) -> dict[str, Value]:
    """What an activity changed, without what it was only given."""
    given = {mapping.target for mapping in inputs}
    return {name: value for name, value in frame.values.items() if name not in given}


def plain(node_id: str, variables: Mapping[str, object]) -> dict[str, Value]:
    """Values from outside, cleaned. Raises ElementError."""
    try:
        values: dict[str, Value] = clean(variables)
    except ValueError as error:
        raise ElementError(node_id, str(error), error) from error
    return values
