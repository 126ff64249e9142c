"""Range functions [DMN 1.5, 10.3.4.11]: how points and ranges lie to each other."""

import re
from collections.abc import Callable

from ..errors import FeelSyntaxError
from ..library import STANDARD
from ..operators import in_order, negate
from ..parser import Parser
from ..run import Run, Unfit
from ..syntax import Call, Literal, Name, Negation, Node
from ..tokens import Source
from ..values import Range, Value

_RANGE = re.compile(r"(?P<open>[\[\](])(?P<start>.*?)\.\.(?P<end>.*)(?P<close>[\]\[)])", re.DOTALL)
_CONSTRUCTORS = frozenset({"date", "time", "date and time", "duration"})

Relation = Callable[[Range, Range], bool]


def _less(left: Value, right: Value) -> bool:
    return in_order("<", left, right)


def _same(left: Value, right: Value) -> bool:
    return in_order("<=", left, right) and in_order(">=", left, right)


def _span(value: Value) -> Range:
    if isinstance(value, Range):
        if value.start is None or value.end is None:
            raise Unfit("区间没有两个端点")
        return value
    return Range(value, value)


def _before(a: Range, b: Range) -> bool:
    if _less(a.end, b.start):
        return True
    return _same(a.end, b.start) and not (a.end_included and b.start_included)


def _includes(a: Range, b: Range) -> bool:
    low = _less(a.start, b.start) or (_same(a.start, b.start) and (a.start_included or not b.start_included))
    high = _less(b.end, a.end) or (_same(a.end, b.end) and (a.end_included or not b.end_included))
    return low and high


def _meets(a: Range, b: Range) -> bool:
    return a.end_included and b.start_included and _same(a.end, b.start)


def _overlaps(a: Range, b: Range) -> bool:
    return not _before(a, b) and not _before(b, a)


def _overlaps_before(a: Range, b: Range) -> bool:
    starts = _less(a.start, b.start) or (_same(a.start, b.start) and a.start_included and not b.start_included)
    ends = _less(a.end, b.end) or (_same(a.end, b.end) and (not a.end_included or b.end_included))
    return starts and ends and _overlaps(a, b)


def _starts(a: Range, b: Range) -> bool:
    return _same(a.start, b.start) and a.start_included == b.start_included and _includes(b, a)


def _finishes(a: Range, b: Range) -> bool:
    return _same(a.end, b.end) and a.end_included == b.end_included and _includes(b, a)


def _coincides(a: Range, b: Range) -> bool:
    ends = (a.start_included, a.end_included) == (b.start_included, b.end_included)
    return ends and _same(a.start, b.start) and _same(a.end, b.end)


def _reverse(relation: Relation) -> Relation:
    return lambda a, b: relation(b, a)


def _register(name: str, relation: Relation, *signatures: str) -> None:
    for signature in signatures:
        STANDARD.register(name, signature)(lambda run, a, b: _relate(run, relation, a, b))


def _relate(run: Run, relation: Relation, left: Value, right: Value) -> Value:
    return relation(_span(left), _span(right))


_POINTS = "point1: point, point2: point"
_POINT_RANGE = "point: point, range: range"
_RANGE_POINT = "range: range, point: point"
_RANGES = "range1: range, range2: range"

_register("before", _before, _POINTS, _POINT_RANGE, _RANGE_POINT, _RANGES)
_register("after", _reverse(_before), _POINTS, _POINT_RANGE, _RANGE_POINT, _RANGES)
_register("meets", _meets, _RANGES)
_register("met by", _reverse(_meets), _RANGES)
_register("overlaps", _overlaps, _RANGES)
_register("overlaps before", _overlaps_before, _RANGES)
_register("overlaps after", _reverse(_overlaps_before), _RANGES)
_register("finishes", _finishes, _POINT_RANGE, _RANGES)
_register("finished by", _reverse(_finishes), _RANGE_POINT, _RANGES)
_register("includes", _includes, _RANGE_POINT, _RANGES)
_register("during", _reverse(_includes), _POINT_RANGE, _RANGES)
_register("starts", _starts, _POINT_RANGE, _RANGES)
_register("started by", _reverse(_starts), _RANGE_POINT, _RANGES)
_register("coincides", _coincides, _POINTS, _RANGES)


@STANDARD.register("range", "from: text")
def _range_from_text(run: Run, text: str) -> Value:
    """`range("[1..10]")`, `range("[1..)")`: endpoints are constants only."""
    match = _RANGE.fullmatch(text.strip())
    if match is None:
        raise Unfit(f"不是有效的区间：{text[:40]}", "feel.conversion")
    start, end = (_constant(run, match[part]) for part in ("start", "end"))
    if start is None and end is None:
        raise Unfit("区间没有端点", "feel.conversion")
    if start is not None and end is not None and not in_order("<=", start, end):
        raise Unfit("区间的起点大于终点")
    return Range(start, end, match["open"] == "[", match["close"] == "]")


def _constant(run: Run, text: str) -> Value:
    if not text.strip():
        return None
    try:
        return _endpoint(run, Parser(Source(text), STANDARD.names, {}).expression_text())
    except FeelSyntaxError:
        raise Unfit(f"不是有效的区间端点：{text[:40]}", "feel.conversion") from None


def _endpoint(run: Run, node: Node) -> Value:
    if isinstance(node, Literal):
        return node.value
    if isinstance(node, Negation):
        return negate(_endpoint(run, node.operand))
    if isinstance(node, Call) and isinstance(node.target, Name) and node.target.name in _CONSTRUCTORS:
        function = STANDARD.find(node.target.name)
        if function is not None and all(isinstance(argument, Literal) for argument in node.arguments):
            return function.call(run, *[_endpoint(run, argument) for argument in node.arguments])
    raise Unfit("区间的端点应为常量", "feel.conversion")
