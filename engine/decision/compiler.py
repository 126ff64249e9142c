"""Syntax tree to closures. Each node becomes one function of (run, local values); nothing is interpreted twice."""

from collections.abc import Callable, Collection, Mapping
from decimal import Decimal

from . import iteration, structures
from .library import FunctionLibrary, LibraryFunction
from .operators import ORDER, calculate, equal, in_order, negate
from .run import Place, Run, Unfit
from .scopes import Code, Env, Scope, at, find, local
from .syntax import (
    Arithmetic,
    Between,
    Call,
    Comparison,
    Conditional,
    ContextLiteral,
    Filter,
    For,
    FunctionLiteral,
    In,
    InstanceOf,
    Iteration,
    ListLiteral,
    Literal,
    Logic,
    Name,
    Negation,
    Node,
    Path,
    Quantified,
    RangeLiteral,
    Test,
)
from .tokens import Source
from .types import is_instance
from .unary import matches, mentions, negated
from .values import FeelFunction, Value

LENIENT = frozenset({"is defined", "get or else"})
"""Functions whose arguments may be unknown or unfit: that is what they are asked about."""


class Compiler:
    """Compiles the nodes of one text.

    `names` are the variables that may be used, None if any may; `callables` those that may be functions then.
    """

    def __init__(
        self,
        source: Source,
        library: FunctionLibrary,
        names: Collection[str] | None,
        callables: Collection[str] = (),
    ) -> None:
        self.source = source
        self.library = library
        self.names = names
        self.callables = callables if names is None else names
        self.used: set[str] = set()
        self._builders: Mapping[type[Node], Callable[..., Code]] = {
            Literal: self._literal,
            Name: self._name,
            Path: self._path,
            Filter: self._filter,
            Call: self._call,
            Negation: self._negation,
            Arithmetic: self._arithmetic,
            Comparison: self._comparison,
            Logic: self._logic,
            Between: self._between,
            In: self._in,
            Test: self._test,
            Conditional: self._conditional,
            For: self._for,
            Quantified: self._quantified,
            InstanceOf: self._instance,
            RangeLiteral: self._range,
            ListLiteral: self._list,
            ContextLiteral: self._context,
            FunctionLiteral: self._function,
        }

    def compile(self, node: Node, scope: Scope | None = None) -> Code:
        """The closure of a node."""
        return self._builders[type(node)](node, scope)

    def place(self, node: Node) -> Place:
        """Line and column of a node."""
        return Place(*self.source.place(node.at))

    def _literal(self, node: Literal, scope: Scope | None) -> Code:
        value = node.value
        return lambda run, env: value

    # Names

    def _name(self, node: Name, scope: Scope | None) -> Code:
        filters, depth = find(scope, node.name)
        outer = local(depth) if depth is not None else self._outer_name(node, inside_filter=bool(filters))
        if not filters:
            return outer
        return _member_or(node.name, filters, outer)

    def _outer_name(self, node: Name, *, inside_filter: bool) -> Code:
        name, place = node.name, self.place(node)
        function = self.library.find(name)
        known = self.names is None or name in self.names
        if function is not None and (self.names is None or not known):
            return _variable_or_function(name, function)
        if not known and not inside_filter:
            raise self.source.error(f"未知的变量：{name}", node.at, "feel.unknown_variable")
        if known:
            self.used.add(name)
        return lambda run, env: run.variable(name, place)

    def _path(self, node: Path, scope: Scope | None) -> Code:
        source, name, place = self.compile(node.source, scope), node.member, self.place(node)
        return lambda run, env: structures.member(run, place, source(run, env), name)

    def _filter(self, node: Filter, scope: Scope | None) -> Code:
        source = self.compile(node.source, scope)
        inner = self.compile(node.condition, Scope("item", Scope(None, scope)))
        return structures.filtering(source, inner, self.place(node), isinstance(node.condition, Literal))

    # Operators

    def _negation(self, node: Negation, scope: Scope | None) -> Code:
        if isinstance(node.operand, Literal) and type(node.operand.value) is Decimal:
            value = negate(node.operand.value)
            return lambda run, env: value
        operand, place = self.compile(node.operand, scope), self.place(node)
        return _guarded(lambda run, env: negate(operand(run, env)), place)

    def _arithmetic(self, node: Arithmetic, scope: Scope | None) -> Code:
        left, right = self.compile(node.left, scope), self.compile(node.right, scope)
        sign = node.operator
        return _guarded(lambda run, env: calculate(run, sign, left(run, env), right(run, env)), self.place(node))

    def _comparison(self, node: Comparison, scope: Scope | None) -> Code:
        left, right = self.compile(node.left, scope), self.compile(node.right, scope)
        place = self.place(node)
        if node.operator in {"=", "!="}:
            left = _that_may_be_missing(left) if _asks_for(node.left, node.right) else left
            right = _that_may_be_missing(right) if _asks_for(node.right, node.left) else right
        if node.operator == "=":
            return _equality(left, right, place)
        if node.operator == "!=":
            return _not(_equality(left, right, place))
        return _ordering(node.operator, left, right, place)

    def _logic(self, node: Logic, scope: Scope | None) -> Code:
        codes = tuple(self.compile(operand, scope) for operand in node.operands)
        place = self.place(node)
        return _all_of(codes, place) if node.operator == "and" else _any_of(codes, place)

    def _between(self, node: Between, scope: Scope | None) -> Code:
        value, low, high = (self.compile(part, scope) for part in (node.value, node.low, node.high))

        def between(run: Run, env: Env) -> Value:
            found = value(run, env)
            lowest, highest = low(run, env), high(run, env)
            return in_order(">=", found, lowest) and in_order("<=", found, highest)

        return _guarded(between, self.place(node))

    def _conditional(self, node: Conditional, scope: Scope | None) -> Code:
        condition, yes, no = (self.compile(part, scope) for part in (node.condition, node.yes, node.no))
        place = self.place(node)

        def choose(run: Run, env: Env) -> Value:
            found = condition(run, env)
            if found is True:
                return yes(run, env)
            if found is not False:
                run.warn(place, "if 的条件不是“是/否”")
            return no(run, env)

        return choose

    def _instance(self, node: InstanceOf, scope: Scope | None) -> Code:
        value, kind = self.compile(node.value, scope), node.type

        def check(run: Run, env: Env) -> Value:
            found = value(run, env)
            run.measure(found)
            return is_instance(found, kind)

        return check

    # Tests

    def _in(self, node: In, scope: Scope | None) -> Code:
        value, place = self.compile(node.value, scope), self.place(node)
        inner = Scope("?", scope)
        tests = tuple(self.compile(test, inner) for test in node.tests)

        def is_in(run: Run, env: Env) -> Value:
            below = (value(run, env), env)
            return _any_true(tests, run, below)

        return _guarded(is_in, place)

    def _test(self, node: Test, scope: Scope | None) -> Code:
        return matches(node, self.compile(node.operand, scope), _depth_of_input(scope), self.place(node))

    def tests(self, nodes: tuple[Test, ...], negate_all: bool) -> Code:
        """Unary tests of a table cell; the input is the local value `?`."""
        scope = Scope("?", None)
        codes = tuple(self.compile(node, scope) for node in nodes)
        if not codes:
            return lambda run, env: True
        return negated(codes) if negate_all else lambda run, env: _any_true(codes, run, env)

    # Calls

    def _call(self, node: Call, scope: Scope | None) -> Code:
        arguments = tuple(self.compile(argument, scope) for argument in node.arguments)
        function = self._library_function(node, scope)
        place = self.place(node)
        if function is None:
            return structures.calling(self.compile(node.target, scope), arguments, node.keywords, place)
        if not function.accepts(len(arguments), node.keywords):
            raise self.source.error(f"参数不对，应为 {function.usage}", node.target.at, "feel.arguments")
        if function.name in LENIENT:
            return _lenient(function, arguments, node.keywords, place)
        return _library_call(function, arguments, node.keywords, place)

    def _library_function(self, node: Call, scope: Scope | None) -> LibraryFunction | None:
        if not isinstance(node.target, Name):
            if isinstance(node.target, Literal):
                raise self.source.error("这里应为函数名", node.target.at, "feel.not_a_function")
            return None
        name = node.target.name
        filters, depth = find(scope, name)
        if depth is not None:
            return None
        function = self.library.find(name)
        if function is None and not filters and name not in self.callables:
            raise self.source.error(f"未知的函数：{name}", node.target.at, "feel.unknown_function")
        return function

    def _function(self, node: FunctionLiteral, scope: Scope | None) -> Code:
        for name, _ in node.parameters:
            scope = Scope(name, scope)
        return structures.function(node.parameters, self.compile(node.body, scope), self.place(node))

    # Structures

    def _range(self, node: RangeLiteral, scope: Scope | None) -> Code:
        start = self.compile(node.start, scope) if node.start else None
        end = self.compile(node.end, scope) if node.end else None
        return _guarded(structures.ranging(start, end, node.start_included, node.end_included), self.place(node))

    def _list(self, node: ListLiteral, scope: Scope | None) -> Code:
        items = tuple(self.compile(item, scope) for item in node.items)
        return lambda run, env: [item(run, env) for item in items]

    def _context(self, node: ContextLiteral, scope: Scope | None) -> Code:
        entries: list[tuple[str, Code]] = []
        for entry in node.entries:
            entries.append((entry.key, self.compile(entry.value, scope)))
            scope = Scope(entry.key, scope)
        return structures.context(tuple(entries))

    def _for(self, node: For, scope: Scope | None) -> Code:
        steps, scope = self._iterations(node.iterations, scope)
        if not mentions(node.body, "partial"):
            return iteration.looping(steps, self.compile(node.body, scope), self.place(node))
        body = self.compile(node.body, Scope("partial", scope))
        return iteration.looping_with_partial(steps, body, self.place(node))

    def _quantified(self, node: Quantified, scope: Scope | None) -> Code:
        steps, scope = self._iterations(node.iterations, scope)
        return iteration.quantifying(steps, self.compile(node.condition, scope), node.every, self.place(node))

    def _iterations(
        self, iterations: tuple[Iteration, ...], scope: Scope | None
    ) -> tuple[tuple[iteration.Step, ...], Scope | None]:
        steps: list[iteration.Step] = []
        for step in iterations:
            last = self.compile(step.end, scope) if step.end else None
            steps.append(iteration.Step(self.compile(step.domain, scope), last))
            scope = Scope(step.name, scope)
        return tuple(steps), scope


def _depth_of_input(scope: Scope | None) -> int:
    depth = find(scope, "?")[1]
    return depth or 0


def _variable_or_function(name: str, function: LibraryFunction) -> Code:
    value = FeelFunction(tuple(p.name for p in function.overloads[0].parameters), function.call)

    def read(run: Run, env: Env) -> Value:
        return run.variable(name, Place(0, 0)) if name in run.variables else value

    return read


def _member_or(name: str, filters: list[int], outer: Code) -> Code:
    def read(run: Run, env: Env) -> Value:
        for depth in filters:
            item = at(env, depth)
            if isinstance(item, dict) and name in item:
                return item[name]
        return outer(run, env)

    return read


def _guarded(code: Code, place: Place) -> Code:
    """Null and a warning where `code` meets values it cannot work with."""

    def guard(run: Run, env: Env) -> Value:
        try:
            return code(run, env)
        except Unfit as problem:
            run.warn(place, problem.message, problem.code)
            return None

    return guard


def _equality(left: Code, right: Code, place: Place) -> Code:
    def compare(run: Run, env: Env) -> Value:
        a, b = left(run, env), right(run, env)
        kind = type(a)
        if kind is type(b) and (kind is str or kind is Decimal):
            return a == b
        try:
            return equal(run, a, b)
        except Unfit as problem:
            run.warn(place, problem.message, problem.code)
            return None

    return compare


def _not(code: Code) -> Code:
    def invert(run: Run, env: Env) -> Value:
        value = code(run, env)
        return None if value is None else not value

    return invert


def _ordering(sign: str, left: Code, right: Code, place: Place) -> Code:
    order = ORDER[sign]

    def compare(run: Run, env: Env) -> Value:
        a, b = left(run, env), right(run, env)
        if type(a) is Decimal and type(b) is Decimal:
            return order(a, b)
        try:
            return in_order(sign, a, b)
        except Unfit as problem:
            run.warn(place, problem.message, problem.code)
            return None

    return compare


def _all_of(codes: tuple[Code, ...], place: Place) -> Code:
    def conjunction(run: Run, env: Env) -> Value:
        result: bool | None = True
        for code in codes:
            value = code(run, env)
            if value is False:
                return False
            if value is not True:
                _expect_boolean(run, place, value)
                result = None
        return result

    return conjunction


def _any_of(codes: tuple[Code, ...], place: Place) -> Code:
    def disjunction(run: Run, env: Env) -> Value:
        result: bool | None = False
        for code in codes:
            value = code(run, env)
            if value is True:
                return True
            if value is not False:
                _expect_boolean(run, place, value)
                result = None
        return result

    return disjunction


def _expect_boolean(run: Run, place: Place, value: Value) -> None:
    if value is not None:
        run.warn(place, "and / or 的两边应为“是/否”")


def _any_true(tests: tuple[Code, ...], run: Run, env: Env) -> bool | None:
    result: bool | None = False
    for test in tests:
        value = test(run, env)
        if value is True:
            return True
        if value is None:
            result = None
    return result


def _library_call(
    function: LibraryFunction, arguments: tuple[Code, ...], keywords: tuple[str, ...], place: Place
) -> Code:
    def call(run: Run, env: Env) -> Value:
        run.budget.charge(1)
        try:
            values = [argument(run, env) for argument in arguments]
            return function.call_named(run, keywords, values) if keywords else function.call(run, *values)
        except Unfit as problem:
            run.warn(place, problem.message, problem.code)
            return None

    return call


def _lenient(function: LibraryFunction, arguments: tuple[Code, ...], keywords: tuple[str, ...], place: Place) -> Code:
    call = _library_call(function, arguments, keywords, place)
    return lambda run, env: run.quietly(lambda: call(run, env))


def _asks_for(operand: Node, other: Node) -> bool:
    """A name or a path compared with null asks whether there is a value: no mistake where it is unknown."""
    if not (isinstance(other, Literal) and other.value is None):
        return False
    while isinstance(operand, Path):
        operand = operand.source
    return isinstance(operand, Name)


def _that_may_be_missing(code: Code) -> Code:
    return lambda run, env: run.quietly(lambda: code(run, env))
