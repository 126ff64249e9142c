"""Decision tables from XML, with every mistake in them reported."""

from collections import Counter

from ..expression import Expression, UnaryTests
from .boxed import Names, Workshop, shown
from .celltypes import constant_of, misfit_expression, misfit_tests
from .findings import Severity, finding
from .tables import Aggregation, DecisionTable, HitPolicy, InputColumn, OutputColumn, Rule
from .xml import Element, attribute, child, children, line_of, spaced, text_of

MAX_CELLS = 10_000
_ORDERED_BY_VALUES = (HitPolicy.PRIORITY, HitPolicy.OUTPUT_ORDER)


def read_table(shop: Workshop, element: Element, names: Names) -> DecisionTable | None:
    """The compiled table; None (and findings) if a part of it is not usable."""
    return _TableReader(shop, element, names).read()


class _TableReader:
    def __init__(self, shop: Workshop, element: Element, names: Names) -> None:
        self.shop = shop
        self.element = element
        self.names = names
        self.broken = False
        self.labels: Counter[str] = Counter()

    def read(self) -> DecisionTable | None:
        if self._too_big():
            return None
        policy, aggregation = self._policy()
        self._structure(policy, aggregation)
        inputs = [self._input(column) for column in children(self.element, "input")]
        outputs = [self._output(column, policy) for column in children(self.element, "output")]
        rules = [
            self._rule(rule, index, inputs, outputs)
            for index, rule in enumerate(children(self.element, "rule"), start=1)
        ]
        whole = all(part is not None for part in [*inputs, *outputs, *rules])
        if not whole or self.broken:
            return None
        return DecisionTable(
            attribute(self.element, "id"),
            policy,
            aggregation,
            tuple(column for column in inputs if column),
            tuple(column for column in outputs if column),
            tuple(rule for rule in rules if rule),
        )

    def _too_big(self) -> bool:
        cells = sum(len(rule) for rule in children(self.element, "rule"))
        if cells > MAX_CELLS:
            self._fail("dmn.size", f"决策表有 {cells} 个单元格，超过上限 {MAX_CELLS}", self.element)
        return cells > MAX_CELLS

    def _fail(self, code: str, message: str, element: Element) -> None:
        self.broken = True
        self.shop.error(code, message, element)

    def _policy(self) -> tuple[HitPolicy, Aggregation]:
        text = attribute(self.element, "hitPolicy") or "UNIQUE"
        function = attribute(self.element, "aggregation")
        policy, aggregation = HitPolicy.UNIQUE, Aggregation.NONE
        try:
            policy = HitPolicy(text)
        except ValueError:
            self._fail("dmn.hit_policy", f"未知的命中策略：{text}", self.element)
        try:
            aggregation = Aggregation(function)
        except ValueError:
            self._fail("dmn.aggregation", f"未知的聚合方式：{function}", self.element)
        if aggregation and policy is not HitPolicy.COLLECT:
            self._fail("dmn.aggregation", f"命中策略 {policy} 不能聚合", self.element)
        return policy, aggregation

    def _structure(self, policy: HitPolicy, aggregation: Aggregation) -> None:
        outputs = children(self.element, "output")
        if not outputs:
            self._fail("dmn.no_output", "决策表没有输出列", self.element)
        if not children(self.element, "input"):
            self._warn("dmn.no_input", "决策表没有输入列")
        if not children(self.element, "rule"):
            self._warn("dmn.no_rule", "决策表没有规则")
        if aggregation and len(outputs) > 1:
            self._fail("dmn.aggregation", "聚合的决策表只能有一个输出列", self.element)
        self._output_names(outputs)
        if policy in _ORDERED_BY_VALUES and not any(child(column, "outputValues") is not None for column in outputs):
            self._fail("dmn.output_values", f"命中策略 {policy} 需要输出列的可选值", self.element)

    def _output_names(self, outputs: list[Element]) -> None:
        names = [spaced(attribute(column, "name")) for column in outputs]
        if len(outputs) < 2:
            return
        for column, name in zip(outputs, names, strict=True):
            if not name:
                self._fail("dmn.output_name", "输出列没有名称", column)
            elif names.count(name) > 1:
                self._fail("dmn.output_name", f"输出列名称重复：{name}", column)

    def _warn(self, code: str, message: str) -> None:
        self.shop.report(
            finding(
                code,
                message,
                element_id=attribute(self.element, "id"),
                line=line_of(self.element),
                severity=Severity.WARNING,
            )
        )

    def _input(self, column: Element) -> InputColumn | None:
        source = child(column, "inputExpression")
        text = text_of(source)
        if source is None or not text:
            self._fail("dmn.empty_cell", "输入列没有表达式", column)
            return None
        expression = self.shop.expression(text, source, self.names)
        reference = attribute(source, "typeRef")
        kind = self.shop.type(reference, source)
        allowed = self._allowed(child(column, "inputValues"))
        if expression is None:
            return None
        label = self._label(attribute(column, "label") or text)
        return InputColumn(attribute(column, "id"), label, expression, reference, kind, allowed)

    def _label(self, label: str) -> str:
        """The label, numbered when another column has it already: values are shown by label."""
        self.labels[label] += 1
        return label if self.labels[label] == 1 else f"{label}（{self.labels[label]}）"

    def _allowed(self, values: Element | None) -> UnaryTests | None:
        text = text_of(values)
        return self.shop.tests(text, values, self.names) if values is not None and text else None

    def _output(self, column: Element, policy: HitPolicy) -> OutputColumn | None:
        name = spaced(attribute(column, "name"))
        reference = attribute(column, "typeRef")
        kind = self.shop.type(reference, column)
        ordered = self._priorities(child(column, "outputValues"), policy)
        default = child(column, "defaultOutputEntry")
        fallback = (
            self.shop.expression(text_of(default), default, self.names)
            if text_of(default) and default is not None
            else None
        )
        label = self._label(attribute(column, "label") or name or attribute(self.element, "outputLabel") or "结果")
        allowed = self._allowed(child(column, "outputValues"))
        return OutputColumn(attribute(column, "id"), name, label, reference, kind, allowed, ordered, fallback)

    def _priorities(self, values: Element | None, policy: HitPolicy) -> Expression | None:
        """The output values in order, as the list of them."""
        if values is None or policy not in _ORDERED_BY_VALUES:
            return None
        return self.shop.expression(f"[{text_of(values)}]", values, self.names)

    def _rule(
        self,
        rule: Element,
        index: int,
        inputs: list[InputColumn | None],
        outputs: list[OutputColumn | None],
    ) -> Rule | None:
        entries, results = children(rule, "inputEntry"), children(rule, "outputEntry")
        if len(entries) != len(inputs) or len(results) != len(outputs):
            self._fail(
                "dmn.cell_count",
                f"第 {index} 条规则有 {len(entries)} 个条件、{len(results)} 个结果，"
                f"应为 {len(inputs)} 个、{len(outputs)} 个",
                rule,
            )
            return None
        tests = [self._test(cell, column) for cell, column in zip(entries, inputs, strict=True)]
        cells = [self._result(cell, column, index) for cell, column in zip(results, outputs, strict=True)]
        if any(part is None for part in [*tests, *cells]):
            return None
        return Rule(
            attribute(rule, "id"),
            index,
            _annotation(rule),
            tuple(test for test in tests if test),
            tuple(cell for cell in cells if cell),
        )

    def _test(self, cell: Element, column: InputColumn | None) -> UnaryTests | None:
        text = text_of(cell) or "-"
        tests = self.shop.tests(text, cell, self.names)
        problem = misfit_tests(text, column.type) if tests is not None and column is not None else ""
        if problem and column is not None:
            self._fail("dmn.cell_type", f"{problem}，列“{column.label}”的类型是 {column.type_ref}", cell)
        return tests

    def _result(self, cell: Element, column: OutputColumn | None, index: int) -> Expression | None:
        text = text_of(cell)
        if not text or text == "-":
            self._fail("dmn.empty_cell", f"第 {index} 条规则没有填写结果", cell)
            return None
        expression = self.shop.expression(text, cell, self.names)
        problem = misfit_expression(text, column.type) if expression is not None and column is not None else ""
        if problem and column is not None:
            self._fail("dmn.cell_type", f"{problem}，列“{column.label}”的类型是 {column.type_ref}", cell)
        elif expression is not None and column is not None and column.allowed is not None:
            self._listed(text, column.allowed, column.label, cell)
        return expression

    def _listed(self, text: str, allowed: UnaryTests, label: str, cell: Element) -> None:
        constant = constant_of(text)
        if constant is not None and not allowed.test(constant.value):
            self.shop.error("dmn.cell_value", f"{shown(text)} 不在列“{label}”的可选值中", cell)


def _annotation(rule: Element) -> str:
    texts = [text_of(entry) for entry in children(rule, "annotationEntry")] or [text_of(child(rule, "description"))]
    return "；".join(text for text in texts if text)
