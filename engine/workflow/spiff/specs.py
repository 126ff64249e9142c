"""What each kind of node does when a token comes: SpiffWorkflow's specs with the meaning of our dialect.

What is overridden and why:
* `_predict`: SpiffWorkflow draws all possible futures into the tree; a parallel split back into itself never ends.
  Successors are made when a token leaves.
* `_update_hook`: it copies the data of the parent; here variables live in frames.
* joins look at the arrived tokens only, not at ancestors in a tree that grows.
* events fire through the execution alone; no spec reads the clock.
"""

from decimal import Decimal
from typing import Any

from SpiffWorkflow.bpmn.specs import defaults
from SpiffWorkflow.bpmn.specs.mixins.bpmn_spec_mixin import BpmnSpecMixin
from SpiffWorkflow.util.task import TaskState

from engine.workflow.diagram import Node
from engine.workflow.spiff.frames import Frame, joined
from engine.workflow.spiff.interface import ElementError
from engine.workflow.spiff.tokens import Token


class Behaviour:
    """Goes in front of every spec class. `node` is set once, when the process is compiled."""

    node: Node
    boundaries: tuple[str, ...] = ()
    maps_inputs = True
    maps_outputs = True

    def test(self) -> None:
        """The compiler has compared the spec with the drawing."""

    def _predict(self, token: Token, *args: Any, **kwargs: Any) -> None:
        """No futures."""

    def _on_ready(self, token: Token) -> None:
        """Nothing is assigned."""

    def _update_hook(self, token: Token) -> bool:
        """A token arrives; True: it goes on at once or is ready to be worked on."""
        if self.maps_inputs:
            token.workflow.top_workflow.case.map_inputs(token)
        return True

    def _run_hook(self, token: Token) -> bool:
        return True

    def _on_complete_hook(self, token: Token) -> None:
        case = token.workflow.top_workflow.case
        if self.maps_outputs:
            case.map_outputs(token)
        if token.corrects is not None:
            case.take_up(token)
            return
        case.record(token)
        if not token._children and not token.is_instance:
            token._sync_children(self.outputs, TaskState.FUTURE)  # type: ignore[attr-defined]
        children = token.children
        for child in children:
            child.past, child.came_from = token.past, self.node.id
            child.frame = Frame(token.frame, branch=True) if len(children) > 1 else token.frame
            case.admit(child)


class UserTask(Behaviour, defaults.UserTask):
    pass


class PassTask(Behaviour, BpmnSpecMixin):
    """bpmn:task and bpmn:manualTask: nothing for the engine to do."""


class JobTask(Behaviour, BpmnSpecMixin):
    """zeebe:taskDefinition: the engine stops here, a worker completes it."""

    def __init__(self, wf_spec: Any, bpmn_id: str, **kwargs: Any) -> None:
        super().__init__(wf_spec, bpmn_id, **kwargs)
        self.manual = True


class ExpressionTask(Behaviour, BpmnSpecMixin):
    """zeebe:script."""

    def _run_hook(self, token: Token) -> bool:
        settings = self.node.settings
        value = token.workflow.script_engine.evaluate(token, settings.script)
        token.work.values[settings.result_variable] = value
        return True


class DecisionTask(Behaviour, BpmnSpecMixin):
    """zeebe:calledDecision."""

    def _run_hook(self, token: Token) -> bool:
        settings = self.node.settings
        value = token.workflow.script_engine.decide(token, settings.decision_id)
        token.work.values[settings.result_variable] = value
        return True


class StartEvent(Behaviour, defaults.StartEvent):
    pass


class CatchEvent(Behaviour, defaults.IntermediateCatchEvent):
    """Intermediate catch events and receive tasks: wait until the execution fires them."""

    def _update_hook(self, token: Token) -> bool:
        super()._update_hook(token)
        if not token.fired and self.node.event.kind != "none":
            token._set_state(TaskState.WAITING)
            return False
        return True


class BoundaryEvent(Behaviour, defaults.BoundaryEvent):
    """Gets a token only when it fires; until then it is a subscription of the activity."""


class ThrowEvent(Behaviour, defaults.IntermediateThrowEvent):
    def _run_hook(self, token: Token) -> bool:
        if self.node.event.kind == "message":
            token.workflow.top_workflow.case.throw_message(token)
        return True


class EndEvent(ThrowEvent):
    """Terminate and error ends take effect in the execution, after the token is gone."""


class EventBasedGateway(Behaviour, defaults.EventBasedGateway):
    def connect(self, spec: Any) -> None:
        BpmnSpecMixin.connect(self, spec)

    def _update_hook(self, token: Token) -> bool:
        token._set_state(TaskState.WAITING)
        return False

    def _run_hook(self, token: Token) -> bool:
        token._sync_children([self._wf_spec.task_specs[token.choice]], TaskState.FUTURE)
        (child,) = token.children
        child.fired, child.local = True, token.local
        token.local = None
        return True


class Condition:
    """A condition holds when it is true; null is false; anything else is a mistake of the author, not a way."""

    def __init__(self, text: str) -> None:
        self.text = text

    def _matches(self, token: Token) -> bool:
        value = token.workflow.script_engine.evaluate(token, self.text)
        if value is None or isinstance(value, bool):
            return bool(value)
        raise ElementError(token.task_spec.node.id, f"条件“{self.text[:80]}”的结果不是“是”或“否”")


class ExclusiveGateway(Behaviour, defaults.ExclusiveGateway):
    def _run_hook(self, token: Token) -> bool:
        return bool(defaults.ExclusiveGateway._run_hook(self, token))


class Join:
    """Tokens wait here until the gateway may fire; then one goes on for all of them."""

    def _update_hook(self, token: Token) -> bool:
        if len(self._inputs) < 2:  # type: ignore[attr-defined]
            return True
        token._set_state(TaskState.WAITING)
        self.try_to_fire(token.workflow)
        return False

    def try_to_fire(self, scope: Any, *, at_rest: bool = False) -> bool:
        """Fires once if the arrived tokens suffice; `at_rest`: nothing else moves any more."""
        here = [token for token in scope.tokens() if token.task_spec is self and token.state == TaskState.WAITING]
        arrived = [token for token in here if not token.parked]
        consumed = self.consumable(scope, arrived)
        if consumed:
            first = consumed[0]
            first.frame = joined(token.frame for token in consumed)
            first.past = tuple(visit for token in consumed for visit in token.past)
            for other in consumed[1:]:
                other.leave_tree()
            first._set_state(TaskState.READY)
        return bool(consumed)

    def consumable(self, scope: Any, arrived: list[Token]) -> list[Token]:
        """One token of each incoming flow, in the order of arrival, or nothing when the join has to wait."""
        raise AssertionError("each join decides for itself")

    def one_each(self, arrived: list[Token]) -> list[Token]:
        """The first token of each incoming flow."""
        first: dict[str, Token] = {}
        for token in arrived:
            first.setdefault(token.came_from, token)
        return list(first.values())


class ParallelGateway(Join, Behaviour, defaults.ParallelGateway):
    def consumable(self, scope: Any, arrived: list[Token]) -> list[Token]:
        tokens = self.one_each(arrived)
        return tokens if {token.came_from for token in tokens} >= set(self._inputs) else []


class InclusiveGateway(Join, Behaviour, defaults.InclusiveGateway):
    """Waits as long as another token could still come by an incoming flow that has none [BPMN 2.0, 13.4.3].

    `reaching` holds, for each incoming node, every node from which a token can get there without passing this gateway.
    It can only be decided when nothing else moves, so the execution asks again when it comes to rest.
    """

    reaching: dict[str, frozenset[str]]

    def try_to_fire(self, scope: Any, *, at_rest: bool = False) -> bool:
        return at_rest and super().try_to_fire(scope, at_rest=True)

    def consumable(self, scope: Any, arrived: list[Token]) -> list[Token]:
        tokens = self.one_each(arrived)
        filled = {token.came_from for token in tokens}
        empty = [source for source in self._inputs if source not in filled]
        elsewhere = {token.task_spec.node.id for token in scope.tokens() if token.task_spec is not self}
        blocked = any(self._may_still_come(node, empty, filled) for node in elsewhere)
        return [] if blocked else tokens

    def _may_still_come(self, node: str, empty: list[str], filled: set[str]) -> bool:
        if any(node in self.reaching[source] for source in filled):
            return False
        return any(node in self.reaching[source] for source in empty)

    def _run_hook(self, token: Token) -> bool:
        matches, otherwise = self._get_matching_outputs(token)
        chosen = matches or otherwise
        if not chosen:
            token.workflow.top_workflow.case.no_way_out(token)
        token._sync_children(chosen, TaskState.FUTURE)
        return True


class SubProcess(Behaviour, defaults.SubWorkflowTask):
    """Embedded, called and event sub-processes: a scope opens with the token and closes before it goes on."""

    maps_inputs = False

    def _update_hook(self, token: Token) -> bool:
        token._set_state(TaskState.STARTED)
        token.workflow.top_workflow.case.open_scope(token)
        return False


class Instances(Behaviour):
    """Multi-instance. Nothing but the output element leaves an instance; the output keeps the order of the input.

    `memory`: `items` (sequential: those to come), `outputs`, `size`, `done`.
    """

    maps_inputs = maps_outputs = False
    sequential = False
    task_spec: str
    _wf_spec: Any

    def _update_hook(self, token: Token) -> bool:
        case = token.workflow.top_workflow.case
        items = case.collection(token)
        token.memory = {"items": items, "outputs": [None] * len(items), "size": len(items), "done": 0, "next": 0}
        token._set_state(TaskState.STARTED)
        for _ in items[:1] if self.sequential else items:
            self.add_instance(token)
        if not items:
            self.finish(token)
        return False

    def add_instance(self, token: Token) -> None:
        position = token.memory["next"]
        token.memory["next"] = position + 1
        child = token._add_child(self._wf_spec.task_specs[self.task_spec], TaskState.FUTURE)
        child.past, child.index = token.past, position + 1
        child.frame = Frame(token.frame, {"loopCounter": Decimal(position + 1)})
        loop = self.node.settings.loop
        if loop is not None and loop.element:
            child.frame.values[loop.element] = token.memory["items"][position]
        token.workflow.top_workflow.case.admit(child)
        child.task_spec._update(child)

    def instance_done(self, token: Token, child: Token) -> None:
        loop = self.node.settings.loop
        engine = token.workflow.script_engine
        memory = token.memory
        if loop is not None and loop.output_collection and child.index is not None:
            memory["outputs"][child.index - 1] = engine.evaluate(child, loop.output_element)
        memory["done"] += 1
        if memory["done"] == memory["size"] or self._condition_met(token, child):
            self.finish(token)
        elif self.sequential:
            self.add_instance(token)

    def _condition_met(self, token: Token, child: Token) -> bool:
        loop = self.node.settings.loop
        if loop is None or not loop.completion_condition:
            return False
        memory = token.memory
        active = len([each for each in token.children if each.live])
        counters = {
            "numberOfInstances": Decimal(memory["size"]),
            "numberOfActiveInstances": Decimal(active),
            "numberOfCompletedInstances": Decimal(memory["done"]),
            "numberOfTerminatedInstances": Decimal(0),
        }
        return token.workflow.script_engine.evaluate(child, loop.completion_condition, counters) is True

    def finish(self, token: Token) -> None:
        case = token.workflow.top_workflow.case
        for child in token.children:
            case.remove(child)
        loop = self.node.settings.loop
        if loop is not None and loop.output_collection:
            token.frame.values[loop.output_collection] = token.memory["outputs"]
        token.memory = {}
        token._set_state(TaskState.READY)


class ParallelInstances(Instances, defaults.ParallelMultiInstanceTask):
    pass


class SequentialInstances(Instances, defaults.SequentialMultiInstanceTask):
    sequential = True
