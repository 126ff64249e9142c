"""Unary tests: how a cell of a decision table, or the right side of `in`, is held against an input."""

from collections.abc import Callable

from .operators import ORDER, equal, in_order, same, within
from .run import Place, Run, Unfit
from .scopes import Code, Env, at
from .syntax import Name, Node, Test, children
from .values import Range, Value


def matches(node: Test, operand: Code, depth: int, place: Place) -> Code:
    """The test of one cell part; the input is the local value `depth` steps out."""
    if node.operator:
        return _compared(node.operator, operand, depth, place)
    if mentions(node.operand, "?"):
        return _condition(operand)
    return _value(operand, depth, place)


def mentions(node: Node, name: str) -> bool:
    """Whether the expression uses that name, such as `?`, its input."""
    if isinstance(node, Name):
        return node.name == name
    return any(mentions(child, name) for child in children(node))


def _condition(operand: Code) -> Code:
    return lambda run, env: operand(run, env) is True


def _compared(sign: str, operand: Code, depth: int, place: Place) -> Code:
    compare: Callable[[Run, Value, Value], Value]
    if sign == "=":
        compare = equal
    elif sign == "!=":
        compare = _unequal
    else:
        compare = _order(sign)

    def test(run: Run, env: Env) -> Value:
        value = at(env, depth)
        if value is None and sign in ORDER:
            return None
        try:
            return compare(run, value, operand(run, env))
        except Unfit as problem:
            run.warn(place, problem.message, problem.code)
            return None

    return test


def _unequal(run: Run, left: Value, right: Value) -> Value:
    return not equal(run, left, right)


def _order(sign: str) -> Callable[[Run, Value, Value], Value]:
    return lambda run, left, right: in_order(sign, left, right)


def _value(operand: Code, depth: int, place: Place) -> Code:
    def test(run: Run, env: Env) -> Value:
        try:
            return fits(run, at(env, depth), operand(run, env))
        except Unfit as problem:
            run.warn(place, problem.message, problem.code)
            return None

    return test


def fits(run: Run, value: Value, wanted: Value) -> Value:
    """Whether `value` is `wanted`, lies in it (range) or is one of it (list).

    A missing value lies in no range; that is no mistake of the table, so strict runs accept it.
    """
    if isinstance(wanted, Range):
        return None if value is None else within(run, value, wanted)
    if isinstance(wanted, list):
        return _one_of(run, value, wanted)
    if isinstance(value, list) and not isinstance(wanted, list):
        return any(same(run, item, wanted) for item in value)
    return equal(run, value, wanted)


def _one_of(run: Run, value: Value, wanted: list[Value]) -> bool:
    run.budget.charge(1 + len(wanted))
    if same(run, value, wanted):
        return True
    return any(within(run, value, item) if isinstance(item, Range) else same(run, value, item) for item in wanted)


def negated(codes: tuple[Code, ...]) -> Code:
    """`not(tests)`: true if no test holds."""

    def test(run: Run, env: Env) -> Value:
        values = [code(run, env) for code in codes]
        if True in values:
            return False
        return None if None in values else True

    return test
