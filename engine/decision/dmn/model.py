"""Decision models: decisions, what they require, and their evaluation in order of the requirements."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from ..budget import Budget
from ..errors import FeelEvaluationError, UnknownDecision
from ..expression import guarded
from ..run import NOWHERE, EvaluationWarning, Run, Unfit
from ..structures import fitted
from ..types import FeelType
from ..values import FeelFunction, Value, clean
from .boxed import Logic
from .tables import DecisionTable, HitPolicy, InputColumn, MatchedRule, OutputColumn


@dataclass(frozen=True, slots=True)
class InputData:
    """A value that comes from outside."""

    id: str
    name: str
    type_ref: str
    type: FeelType | None


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision; `table` is None when its logic is an expression. `requires` are ids."""

    id: str
    name: str
    table: DecisionTable | None
    requires: tuple[str, ...]
    type_ref: str
    type: FeelType | None
    logic: Logic
    line: int

    @property
    def inputs(self) -> tuple[InputColumn, ...]:
        """The input columns of its table."""
        return self.table.inputs if self.table else ()

    @property
    def outputs(self) -> tuple[OutputColumn, ...]:
        """The output columns of its table."""
        return self.table.outputs if self.table else ()

    @property
    def hit_policy(self) -> HitPolicy | None:
        """The hit policy of its table."""
        return self.table.hit_policy if self.table else None


@dataclass(frozen=True, slots=True)
class Knowledge:
    """A business knowledge model: a function by name."""

    id: str
    name: str
    requires: tuple[str, ...]
    function: Logic


@dataclass(frozen=True, slots=True)
class Service:
    """A decision service: decisions as one function. All members are ids."""

    id: str
    name: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    type: FeelType | None


@dataclass(frozen=True, slots=True)
class DecisionResult:
    """The value, the rules that hit, the same for the decisions it required, and why parts became null."""

    value: Value
    matched: tuple[MatchedRule, ...]
    required: Mapping[str, tuple[MatchedRule, ...]]
    warnings: tuple[EvaluationWarning, ...]


@dataclass(frozen=True)
class DecisionModel:
    """One parsed file. `decisions` by id; immutable and shared."""

    name: str
    source: str
    decisions: Mapping[str, Decision]
    input_data: Mapping[str, InputData]
    knowledge: Mapping[str, Knowledge]
    services: Mapping[str, Service] = field(default_factory=dict)

    def find(self, reference: str) -> Decision:
        """The decision of that id, else of that name; raises UnknownDecision."""
        found = self.decisions.get(reference)
        if found is None:
            found = next((decision for decision in self.decisions.values() if decision.name == reference), None)
        if found is None:
            raise UnknownDecision(f"没有这个决策：{reference}", element_id=reference)
        return found

    def evaluate(
        self,
        decision_id: str,
        variables: Mapping[str, Value],
        *,
        budget: Budget | None = None,
        strict: bool = False,
        clock: Callable[[], datetime] | None = None,
    ) -> DecisionResult:
        """The decision over these variables. Raises DecisionError, BudgetExceeded and, strict, FeelEvaluationError."""
        decision = self.find(decision_id)
        evaluation = self._open(variables, budget, strict, clock)
        value = evaluation.outcome(decision)
        matched = evaluation.matched.pop(decision.id, ())
        return DecisionResult(value, matched, evaluation.matched, tuple(evaluation.run.warnings))

    def invoke(
        self, name: str, arguments: Mapping[str, Value], *, budget: Budget | None = None, strict: bool = False
    ) -> Value:
        """Call a business knowledge model or decision service by name with named arguments."""
        evaluation = self._open({}, budget, strict, None)
        ids = [node.id for node in self.knowledge.values() if node.name == name]
        ids += [node.id for node in self.services.values() if node.name == name]
        if not ids:
            raise UnknownDecision(f"没有这个业务知识或决策服务：{name}", element_id=name)
        function = evaluation.value(ids[0])
        try:
            return evaluation.run.invoke(function, *[clean(arguments.get(p)) for p in function.parameters])
        except Unfit as problem:
            evaluation.run.warn(NOWHERE, problem.message, problem.code)
            return None

    def _open(
        self,
        variables: Mapping[str, Value],
        budget: Budget | None,
        strict: bool,
        clock: Callable[[], datetime] | None,
    ) -> "_Evaluation":
        given = _cleaned(variables)
        run = Run(given, budget or Budget(), strict=strict, clock=clock, trusted=True)
        return _Evaluation(self, run)


def _cleaned(variables: Mapping[str, Value]) -> dict[str, Value]:
    return {name: clean(value) for name, value in variables.items()}


class _Evaluation:
    """One evaluation of a model: each node is computed once."""

    def __init__(self, model: DecisionModel, run: Run) -> None:
        self.model = model
        self.run = run
        self.known: dict[str, Value] = {}
        self.matched: dict[str, tuple[MatchedRule, ...]] = {}

    def outcome(self, decision: Decision) -> Value:
        """The value of the decision as plain data."""
        value = guarded(self.run, lambda run, env: self.decide(decision))
        if self.run.measure(value):
            return value
        self.run.warn(NOWHERE, "结果中含有函数，不能作为值使用", "feel.function_value")
        return None

    def decide(self, decision: Decision) -> Value:
        scope = dict(self.run.variables)
        for reference in decision.requires:
            value = self.value(reference)
            scope[self.name(reference)] = scope[reference] = value
        inner = self.run.within(scope)
        table = decision.table.id if decision.table else ""
        inner.observer = lambda table_id, rules: self._observe(decision.id, table, table_id, rules)
        try:
            value = decision.logic(inner)
        except FeelEvaluationError as error:
            raise error.within(f"决策“{decision.name}”") from None
        return self._typed(value, decision.type, decision.type_ref, decision.name)

    def _observe(self, decision_id: str, own_table: str, table_id: str, rules: tuple[MatchedRule, ...]) -> None:
        if table_id == own_table or decision_id not in self.matched:
            self.matched[decision_id] = rules

    def _typed(self, value: Value, kind: FeelType | None, reference: str, name: str) -> Value:
        if kind is None:
            return value
        try:
            return fitted(self.run, value, kind)
        except Unfit:
            self.run.warn(NOWHERE, f"“{name}”的类型应为 {reference}")
            return None

    def name(self, reference: str) -> str:
        model = self.model
        node = (
            model.decisions.get(reference)
            or model.input_data.get(reference)
            or model.knowledge.get(reference)
            or model.services.get(reference)
        )
        return node.name if node else reference

    def value(self, reference: str) -> Value:
        """The value of a required node."""
        if reference not in self.known:
            self.known[reference] = self._compute(reference)
        return self.known[reference]

    def _compute(self, reference: str) -> Value:
        model = self.model
        if reference in model.decisions:
            return self.decide(model.decisions[reference])
        if reference in model.input_data:
            return self._input(model.input_data[reference])
        if reference in model.services:
            return self._service(model.services[reference])
        knowledge = model.knowledge[reference]
        scope = {self.name(inner): self.value(inner) for inner in knowledge.requires}
        return knowledge.function(self.run.within(scope))

    def _input(self, data: InputData) -> Value:
        if data.name not in self.run.variables:
            self.run.warn(NOWHERE, f"缺少输入：{data.name}", "feel.unknown_variable")
            return None
        return self._typed(self.run.variables[data.name], data.type, data.type_ref, data.name)

    def _service(self, service: Service) -> FeelFunction:
        names = tuple(self.name(reference) for reference in service.inputs)

        def call(run: Run, *arguments: Value) -> Value:
            if len(arguments) != len(names):
                raise Unfit(f"决策服务需要 {len(names)} 个参数", "feel.arguments")
            inner = _Evaluation(self.model, run.within(dict(zip(names, arguments, strict=True))))
            for reference, value in zip(service.inputs, arguments, strict=True):
                inner.known[reference] = inner.admitted(reference, value)
            values = {inner.name(reference): inner.value(reference) for reference in service.outputs}
            result = next(iter(values.values())) if len(values) == 1 else values
            return inner._typed(result, service.type, service.name, service.name)

        return FeelFunction(names, call)

    def admitted(self, reference: str, value: Value) -> Value:
        """An argument of a decision service, fitted to the type of the node it stands for."""
        node = self.model.input_data.get(reference) or self.model.decisions.get(reference)
        if node is None or node.type is None:
            return value
        return fitted(self.run, value, node.type)
