"""Decision tables at run time: matching rules and the seven hit policies [DMN 1.5, 8.2.8]."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from ..errors import AnyConflict, FeelEvaluationError, InputRefused, OutputRefused, UniqueViolated
from ..expression import Expression, UnaryTests
from ..operators import calculate, in_order, same
from ..run import NOWHERE, Run, Unfit
from ..types import FeelType, coerce
from ..values import Value


class HitPolicy(StrEnum):
    """Which of the matching rules count."""

    UNIQUE = "UNIQUE"
    ANY = "ANY"
    FIRST = "FIRST"
    PRIORITY = "PRIORITY"
    RULE_ORDER = "RULE ORDER"
    OUTPUT_ORDER = "OUTPUT ORDER"
    COLLECT = "COLLECT"


class Aggregation(StrEnum):
    """What COLLECT makes of its values; NONE is the list of them."""

    NONE = ""
    SUM = "SUM"
    MIN = "MIN"
    MAX = "MAX"
    COUNT = "COUNT"


@dataclass(frozen=True, slots=True)
class InputColumn:
    """One input: `label` is what users see; `allowed` are its input values."""

    id: str
    label: str
    expression: Expression
    type_ref: str
    type: FeelType | None
    allowed: UnaryTests | None


@dataclass(frozen=True, slots=True)
class OutputColumn:
    """One output: `allowed` are its output values, `priorities` the list of them (best first)."""

    id: str
    name: str
    label: str
    type_ref: str
    type: FeelType | None
    allowed: UnaryTests | None
    priorities: Expression | None
    default: Expression | None


@dataclass(frozen=True, slots=True)
class Rule:
    """One row; the index counts from 1."""

    id: str
    index: int
    annotation: str
    tests: tuple[UnaryTests, ...]
    outputs: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class MatchedRule:
    """A rule that hit, with the values it saw and gave: what users are shown as the reason."""

    rule_id: str
    index: int
    annotation: str
    inputs: Mapping[str, Value]
    outputs: Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Hit:
    """A matching rule with its output values in column order."""

    rule: Rule
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class DecisionTable:
    """A compiled decision table."""

    id: str
    hit_policy: HitPolicy
    aggregation: Aggregation
    inputs: tuple[InputColumn, ...]
    outputs: tuple[OutputColumn, ...]
    rules: tuple[Rule, ...]

    def evaluate(self, run: Run) -> Value:
        """The value of the table over the variables of the run; the rules that count go to the run's observer."""
        inputs = [self._input(run, column) for column in self.inputs]
        hits = [Hit(rule, self._outputs(run, rule)) for rule in self._matching(run, inputs)]
        counting = self._policy(run, hits)
        if run.observer is not None:
            run.observer(self.id, tuple(self._matched(hit, inputs) for hit in counting))
        return self._result(run, counting)

    def _input(self, run: Run, column: InputColumn) -> Value:
        value = column.expression.run(run)
        if column.type is not None:
            ok, value = coerce(value, column.type)
            if not ok:
                run.warn(NOWHERE, f"输入“{column.label}”的类型应为 {column.type_ref}")
        if column.allowed is not None and value is not None and not column.allowed.run(run, value):
            raise InputRefused(f"输入“{column.label}”的值不在允许范围内", element_id=column.id)
        return value

    def _matching(self, run: Run, inputs: list[Value]) -> list[Rule]:
        matching = []
        for rule in self.rules:
            if self._matches(run, rule, inputs):
                matching.append(rule)
                if self.hit_policy is HitPolicy.FIRST:
                    break
        return matching

    def _matches(self, run: Run, rule: Rule, inputs: list[Value]) -> bool:
        try:
            return all(test.run(run, value) for test, value in zip(rule.tests, inputs, strict=True))
        except FeelEvaluationError as error:
            raise error.within(f"第 {rule.index} 条规则") from None

    def _outputs(self, run: Run, rule: Rule) -> tuple[Value, ...]:
        pairs = zip(rule.outputs, self.outputs, strict=True)
        try:
            return tuple(self._output(run, cell, column) for cell, column in pairs)
        except FeelEvaluationError as error:
            raise error.within(f"第 {rule.index} 条规则") from None

    def _output(self, run: Run, cell: Expression, column: OutputColumn) -> Value:
        value = cell.run(run)
        if column.type is None:
            return value
        ok, value = coerce(value, column.type)
        if not ok:
            run.warn(NOWHERE, f"输出“{column.label}”的类型应为 {column.type_ref}")
        return value

    def _matched(self, hit: Hit, inputs: list[Value]) -> MatchedRule:
        seen = {column.label: value for column, value in zip(self.inputs, inputs, strict=True)}
        given = {column.label: value for column, value in zip(self.outputs, hit.values, strict=True)}
        return MatchedRule(hit.rule.id, hit.rule.index, hit.rule.annotation, seen, given)

    # Hit policies

    def _policy(self, run: Run, hits: list[Hit]) -> list[Hit]:
        if self.hit_policy is HitPolicy.UNIQUE:
            return self._unique(hits)
        if self.hit_policy is HitPolicy.ANY:
            return self._any(run, hits)
        if self.hit_policy is HitPolicy.PRIORITY:
            return self._by_priority(run, hits)[:1]
        if self.hit_policy is HitPolicy.OUTPUT_ORDER:
            return self._by_priority(run, hits)
        return hits

    def _unique(self, hits: list[Hit]) -> list[Hit]:
        if len(hits) > 1:
            rows = "、".join(str(hit.rule.index) for hit in hits)
            raise UniqueViolated(f"命中策略为 UNIQUE，但第 {rows} 条规则同时命中", element_id=self.id)
        return hits

    def _any(self, run: Run, hits: list[Hit]) -> list[Hit]:
        for hit in hits[1:]:
            if not same(run, list(hit.values), list(hits[0].values)):
                rows = f"{hits[0].rule.index}、{hit.rule.index}"
                raise AnyConflict(f"命中策略为 ANY，但第 {rows} 条规则的结果不同", element_id=self.id)
        return hits[:1]

    def _by_priority(self, run: Run, hits: list[Hit]) -> list[Hit]:
        orders = [column.priorities.run(run) if column.priorities else [] for column in self.outputs]

        def rank(hit: Hit) -> list[int]:
            return [
                next((place for place, item in enumerate(order) if same(run, item, value)), len(order))
                for order, value in zip(orders, hit.values, strict=True)
            ]

        return sorted(hits, key=rank)

    # Results

    def _result(self, run: Run, hits: list[Hit]) -> Value:
        if self.hit_policy is HitPolicy.COLLECT and self.aggregation is not Aggregation.NONE:
            return self._aggregate(run, [hit.values[0] for hit in hits])
        if not hits:
            return self._default(run)
        values = [self._value(hit.values) for hit in hits]
        single = self.hit_policy in (HitPolicy.UNIQUE, HitPolicy.ANY, HitPolicy.FIRST, HitPolicy.PRIORITY)
        return values[0] if single else values

    def _value(self, values: tuple[Value, ...]) -> Value:
        if len(self.outputs) == 1:
            return values[0]
        return {column.name: value for column, value in zip(self.outputs, values, strict=True)}

    def _default(self, run: Run) -> Value:
        if all(column.default is None for column in self.outputs):
            return None
        return self._value(tuple(column.default.run(run) if column.default else None for column in self.outputs))

    def _aggregate(self, run: Run, values: list[Value]) -> Value:
        if self.aggregation is Aggregation.COUNT:
            return Decimal(len(values))
        if not values:
            return self._default(run)
        total = values[0]
        try:
            for value in values[1:]:
                total = self._combine(run, total, value)
        except Unfit as problem:
            raise OutputRefused(f"聚合 {self.aggregation} 失败：{problem.message}", element_id=self.id) from None
        return total

    def _combine(self, run: Run, total: Value, value: Value) -> Value:
        if self.aggregation is Aggregation.SUM:
            return calculate(run, "+", total, value)
        return value if in_order("<" if self.aggregation is Aggregation.MIN else ">", value, total) else total
