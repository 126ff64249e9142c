"""Boxed expressions: from XML to logic that runs over variables [DMN 1.5, 10.2]."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from ..errors import FeelSyntaxError
from ..expression import Expression, UnaryTests, compile_expression, compile_unary_tests, guarded
from ..iteration import walk_range
from ..library import STANDARD, FunctionLibrary
from ..run import NOWHERE, Run, Unfit
from ..structures import fitted
from ..types import FeelType
from ..values import FeelFunction, Range, Value
from .findings import Severity, finding
from .itemtypes import ItemTypes
from .xml import Element, attribute, child, children, line_of, local_name, spaced, text_of

Logic = Callable[[Run], Value]
Names = frozenset[str] | None
BOXES = (
    "literalExpression",
    "decisionTable",
    "context",
    "invocation",
    "functionDefinition",
    "list",
    "relation",
    "conditional",
    "filter",
    "for",
    "some",
    "every",
)
MAX_BOX_DEPTH = 20


def nothing(run: Run) -> Value:
    """The logic of what could not be compiled: null, with a warning."""
    run.warn(NOWHERE, "这个表达式有错误，无法计算", "feel.broken")
    return None


@dataclass(frozen=True)
class Workshop:
    """What compiling needs: the types, the names with spaces, where findings go and whose logic it is."""

    types: ItemTypes
    members: frozenset[str]
    report: Callable[..., None]
    library: FunctionLibrary = STANDARD
    depth: int = 0

    def deeper(self) -> "Workshop":
        """The same, one box further in."""
        return replace(self, depth=self.depth + 1)

    def error(self, code: str, message: str, element: Element, *, column: int = 0, line: int = 0) -> None:
        """Report a problem at an element."""
        self.report(
            finding(
                code,
                message,
                element_id=nearest_id(element),
                line=line_of(element) + max(line - 1, 0),
                column=column,
                severity=Severity.ERROR,
            )
        )

    def type(self, reference: str, element: Element) -> FeelType | None:
        """The type of that name; an unknown one is reported."""
        if not reference:
            return None
        found = self.types.find(reference)
        if found is None:
            self.error("dmn.unknown_type", f"未知的类型：{reference}", element)
        return found

    def expression(self, text: str, element: Element, names: Names) -> Expression | None:
        """The text as FEEL; mistakes are reported and give None."""
        try:
            return compile_expression(
                text, names=names, library=self.library, members=self.members, types=self.types.named
            )
        except FeelSyntaxError as error:
            self.error(error.code, f"{error.message}（{shown(text)}）", element, column=error.column, line=error.line)
            return None

    def tests(self, text: str, element: Element, names: Names) -> UnaryTests | None:
        """The text as unary tests; mistakes are reported and give None."""
        try:
            return compile_unary_tests(
                text, names=names, library=self.library, members=self.members, types=self.types.named
            )
        except FeelSyntaxError as error:
            self.error(error.code, f"{error.message}（{shown(text)}）", element, column=error.column, line=error.line)
            return None


def shown(text: str) -> str:
    """A text cut to a length that fits into a message."""
    return text if len(text) <= 60 else text[:60] + "…"


def nearest_id(element: Element | None) -> str:
    """The id of the element or of the nearest one around it."""
    while element is not None:
        if attribute(element, "id"):
            return attribute(element, "id")
        element = element.getparent()
    return ""


def build(shop: Workshop, element: Element, names: Names, table: Callable[..., Logic]) -> Logic:
    """The logic of one boxed expression."""
    if shop.depth > MAX_BOX_DEPTH:
        shop.error("dmn.unsupported", f"表达式嵌套超过 {MAX_BOX_DEPTH} 层", element)
        return nothing
    builder = Boxes(shop.deeper(), table)
    return builder.logic(element, names)


class Boxes:
    """Builds logic for each kind of boxed expression; `table` builds that of decision tables."""

    def __init__(self, shop: Workshop, table: Callable[..., Logic]) -> None:
        self.shop = shop
        self.table = table
        self._builders: Mapping[str, Callable[[Element, Names], Logic]] = {
            "literalExpression": self._literal,
            "decisionTable": lambda element, names: table(shop, element, names),
            "context": self._context,
            "invocation": self._invocation,
            "functionDefinition": self.function,
            "list": self._list,
            "relation": self._relation,
            "conditional": self._conditional,
            "filter": self._filter,
            "for": self._for,
            "some": lambda element, names: self._quantified(element, names, every=False),
            "every": lambda element, names: self._quantified(element, names, every=True),
        }

    def logic(self, element: Element, names: Names) -> Logic:
        builder = self._builders.get(local_name(element))
        if builder is None:
            self.shop.error("dmn.unsupported", f"不支持的表达式：{local_name(element)}", element)
            return nothing
        logic = builder(element, names)
        reference = attribute(element, "typeRef")
        kind = self.shop.type(reference, element) if reference else None
        return logic if kind is None else typed(logic, kind, reference)

    def inner(self, element: Element, names: Names) -> Logic:
        """The boxed expression inside `element`."""
        found = child(element, *BOXES)
        if found is None:
            self.shop.error("dmn.no_logic", "缺少表达式", element)
            return nothing
        return build(self.shop, found, names, self.table)

    def part(self, element: Element, tag: str, names: Names) -> Logic:
        """The boxed expression inside the child `tag`."""
        found = child(element, tag)
        if found is None:
            self.shop.error("dmn.no_logic", f"缺少 {tag}", element)
            return nothing
        return self.inner(found, names)

    def _literal(self, element: Element, names: Names) -> Logic:
        language = attribute(element, "expressionLanguage")
        if language and "feel" not in language.lower() and "FEEL" not in language:
            self.shop.error("dmn.unsupported", f"不支持的表达式语言：{language}", element)
            return nothing
        text = text_of(element)
        if not text:
            self.shop.error("dmn.empty_cell", "表达式为空", element)
            return nothing
        compiled = self.shop.expression(text, element, names)
        return nothing if compiled is None else raw(compiled)

    def _context(self, element: Element, names: Names) -> Logic:
        entries: list[tuple[str, Logic]] = []
        for entry in children(element, "contextEntry"):
            variable = child(entry, "variable")
            name = spaced(attribute(variable, "name")) if variable is not None else ""
            logic = self.inner(entry, names)
            reference = attribute(variable, "typeRef") if variable is not None else ""
            kind = self.shop.type(reference, entry)
            entries.append((name, logic if kind is None else typed(logic, kind, reference)))
            names = names if names is None or not name else names | {name}
        return _contextual(tuple(entries))

    def _invocation(self, element: Element, names: Names) -> Logic:
        target = self.inner(element, names)
        bindings: list[tuple[str, Logic]] = []
        for binding in children(element, "binding"):
            parameter = child(binding, "parameter")
            name = spaced(attribute(parameter, "name")) if parameter is not None else ""
            bindings.append((name, self.inner(binding, names)))
        return _invoking(target, tuple(bindings))

    def function(self, element: Element, names: Names) -> Logic:
        """The logic that gives the function value."""
        if attribute(element, "kind") not in ("", "FEEL"):
            self.shop.error("dmn.unsupported", "只支持 FEEL 函数", element)
            return nothing
        parameters = tuple(
            (spaced(attribute(parameter, "name")), self.shop.type(attribute(parameter, "typeRef"), parameter))
            for parameter in children(element, "formalParameter")
        )
        inside = names if names is None else names | {name for name, _ in parameters}
        body = self.inner(element, inside)
        return lambda run: closure(run, parameters, body)

    def _list(self, element: Element, names: Names) -> Logic:
        items = [build(self.shop, item, names, self.table) for item in children(element, *BOXES)]
        return lambda run: [item(run) for item in items]

    def _relation(self, element: Element, names: Names) -> Logic:
        columns = [spaced(attribute(column, "name")) for column in children(element, "column")]
        rows = [
            [build(self.shop, cell, names, self.table) for cell in children(row, *BOXES)]
            for row in children(element, "row")
        ]
        if any(len(row) != len(columns) for row in rows):
            self.shop.error("dmn.cell_count", "关系表的单元格数与列数不一致", element)
            return nothing
        return lambda run: [{c: cell(run) for c, cell in zip(columns, row, strict=True)} for row in rows]

    def _conditional(self, element: Element, names: Names) -> Logic:
        condition, yes, no = (self.part(element, tag, names) for tag in ("if", "then", "else"))
        return lambda run: yes(run) if condition(run) is True else no(run)

    def _filter(self, element: Element, names: Names) -> Logic:
        source = self.part(element, "in", names)
        match = self.part(element, "match", None)
        return lambda run: _filtered(run, source(run), match)

    def _for(self, element: Element, names: Names) -> Logic:
        variable = spaced(attribute(element, "iteratorVariable"))
        domain = self.part(element, "in", names)
        inside = names if names is None else names | {variable, "partial"}
        body = self.part(element, "return", inside)

        def loop(run: Run) -> Value:
            results: list[Value] = []
            for value in _walked(run, domain(run)):
                run.budget.items(len(results))
                run.budget.charge(10)
                results.append(body(run.within({**run.variables, variable: value, "partial": list(results)})))
            return results

        return loop

    def _quantified(self, element: Element, names: Names, *, every: bool) -> Logic:
        variable = spaced(attribute(element, "iteratorVariable"))
        domain = self.part(element, "in", names)
        inside = names if names is None else names | {variable}
        condition = self.part(element, "satisfies", inside)

        def quantify(run: Run) -> Value:
            items = domain(run)
            if items is None:
                return None
            found = [condition(run.within({**run.variables, variable: value})) for value in _walked(run, items)]
            if any(item is not None and type(item) is not bool for item in found):
                return None
            if (not every) in found:
                return not every
            return None if None in found else every

        return quantify


def raw(compiled: Expression) -> Logic:
    """The logic of a FEEL text; function values may come out of it."""

    def evaluate(run: Run) -> Value:
        run.budget.charge(compiled.size)
        value = guarded(run, compiled.code)
        run.measure(value)
        return value

    return evaluate


def typed(logic: Logic, kind: FeelType, reference: str) -> Logic:
    """The logic with its result fitted to a type, null where it does not fit."""

    def evaluate(run: Run) -> Value:
        try:
            return fitted(run, logic(run), kind)
        except Unfit:
            run.warn(NOWHERE, f"结果的类型应为 {reference}")
            return None

    return evaluate


def closure(run: Run, parameters: tuple[tuple[str, FeelType | None], ...], body: Logic) -> FeelFunction:
    """A function value over the variables of the run."""
    names = tuple(name for name, _ in parameters)
    variables = run.variables

    def call(inner: Run, *arguments: Value) -> Value:
        if len(arguments) != len(names):
            raise Unfit(f"函数需要 {len(names)} 个参数，给了 {len(arguments)} 个", "feel.arguments")
        given = {name: fitted(inner, value, kind) for (name, kind), value in zip(parameters, arguments, strict=True)}
        inner.budget.charge(5 + len(variables) // 16)
        return body(inner.within({**variables, **given}))

    return FeelFunction(names, call)


def _contextual(entries: tuple[tuple[str, Logic], ...]) -> Logic:
    def evaluate(run: Run) -> Value:
        built: dict[str, Value] = {}
        variables = dict(run.variables)
        for name, logic in entries:
            value = logic(run.within(variables))
            if not name:
                return value
            built[name] = variables[name] = value
        return built

    return evaluate


def _invoking(target: Logic, bindings: tuple[tuple[str, Logic], ...]) -> Logic:
    def evaluate(run: Run) -> Value:
        function = target(run)
        if not isinstance(function, FeelFunction):
            run.warn(NOWHERE, "调用的不是函数", "feel.not_a_function")
            return None
        given = {name: logic(run) for name, logic in bindings}
        if not given.keys() <= set(function.parameters):
            run.warn(NOWHERE, f"函数的参数应为：{'、'.join(function.parameters)}", "feel.arguments")
            return None
        try:
            return run.invoke(function, *[given.get(name) for name in function.parameters])
        except Unfit as problem:
            run.warn(NOWHERE, problem.message, problem.code)
            return None

    return evaluate


def _filtered(run: Run, items: Value, match: Logic) -> Value:
    if items is None:
        return None
    kept: list[Value] = []
    rows = items if isinstance(items, list) else [items]
    for item in rows:
        run.budget.charge(10)
        members = item if isinstance(item, dict) else {}
        wanted = match(run.within({**run.variables, "item": item, **members}))
        if wanted is True:
            kept.append(item)
        elif type(wanted) is Decimal:
            index = int(wanted) if abs(wanted) <= len(rows) else 0
            return rows[index - 1 if index > 0 else index] if index else None
        elif type(wanted) is not bool and wanted is not None:
            run.warn(NOWHERE, "筛选条件应为“是/否”")
            return None
    return kept


def _walked(run: Run, items: Value) -> list[Value]:
    if items is None:
        raise Unfit("循环的列表为空值")
    if not isinstance(items, Range):
        return items if isinstance(items, list) else [items]
    found: list[Value] = []
    for item in walk_range(items):
        found.append(item)
        run.budget.items(len(found))
        run.budget.charge(10)
    return found
