"""Equality, order and arithmetic between FEEL values [DMN 1.5, 10.3.2.15 and tables 45 to 60]."""

import operator
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal, DecimalException

from .run import Run, Unfit
from .temporal import add_months, clock_offset, duration_of, seconds_of
from .types import label_of
from .values import NUMBERS, FeelFunction, Range, Value, YearMonthDuration

_ORDERED = frozenset({Decimal, str, date, time, datetime, timedelta, YearMonthDuration})
_DAY = timedelta(days=1)

ORDER: Mapping[str, Callable[[Value, Value], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def equal(run: Run, left: Value, right: Value) -> bool | None:
    """`left = right`: null only equals null; values of different kinds cannot be compared (Unfit)."""
    if left is None or right is None:
        return left is right
    if type(left) is not type(right):
        raise Unfit(f"{label_of(left)}不能与{label_of(right)}比较")
    if isinstance(left, list):
        return _equal_lists(run, left, right)
    if isinstance(left, dict):
        return _equal_contexts(run, left, right)
    if isinstance(left, FeelFunction):
        raise Unfit("函数不能比较")
    if isinstance(left, Range):
        return _equal_ranges(run, left, right)
    if isinstance(left, (time, datetime)):
        return _same_moment(left, right)
    if isinstance(left, str):
        run.budget.charge(1 + len(left) // 256)
    return bool(left == right)


def same(run: Run, left: Value, right: Value) -> bool:
    """Equality inside lists and contexts: values of different kinds are simply not the same."""
    return type(left) is type(right) and bool(equal(run, left, right))


def _equal_lists(run: Run, left: list[Value], right: list[Value]) -> bool:
    run.budget.charge(1 + len(left))
    return len(left) == len(right) and all(same(run, a, b) for a, b in zip(left, right, strict=True))


def _equal_contexts(run: Run, left: dict[str, Value], right: dict[str, Value]) -> bool:
    run.budget.charge(1 + len(left))
    return left.keys() == right.keys() and all(same(run, item, right[key]) for key, item in left.items())


def _equal_ranges(run: Run, left: Range, right: Range) -> bool:
    if (left.start_included, left.end_included) != (right.start_included, right.end_included):
        return False
    return same(run, left.start, right.start) and same(run, left.end, right.end)


def _same_moment(left: time | datetime, right: time | datetime) -> bool:
    if (left.tzinfo is None) != (right.tzinfo is None):
        return False
    return bool(order_key(left) == order_key(right))


def order_key(value: Value) -> Value:
    """What to sort by: times of day with a zone are moved to UTC."""
    if type(value) is time:
        offset = clock_offset(value) or timedelta()
        length = timedelta(hours=value.hour, minutes=value.minute, seconds=value.second, microseconds=value.microsecond)
        return length - offset
    if type(value) is datetime and value.tzinfo is not None:
        return value.astimezone(UTC)
    return value


def in_order(sign: str, left: Value, right: Value) -> bool:
    """`left sign right` for one of < <= > >=; raises Unfit for null and for kinds without an order."""
    kind = type(left)
    if kind is not type(right) or kind not in _ORDERED:
        raise Unfit(f"{label_of(left)}不能与{label_of(right)}比较大小")
    if kind is time or kind is datetime:
        if (left.tzinfo is None) != (right.tzinfo is None):
            raise Unfit("带时区与不带时区的时间不能比较大小")
        left, right = order_key(left), order_key(right)
    return bool(ORDER[sign](left, right))


def within(run: Run, value: Value, bounds: Range) -> bool:
    """Whether the range holds the value."""
    if bounds.start is not None and not in_order(">=" if bounds.start_included else ">", value, bounds.start):
        return False
    if bounds.end is not None and not in_order("<=" if bounds.end_included else "<", value, bounds.end):
        return False
    return bounds.start is not None or bounds.end is not None


def negate(value: Value) -> Value:
    """`-value` for numbers and durations."""
    if type(value) is Decimal:
        return NUMBERS.minus(value)
    if type(value) is timedelta:
        return -value
    if type(value) is YearMonthDuration:
        return YearMonthDuration(-value.months)
    raise Unfit(f"{label_of(value)}不能取负")


def calculate(run: Run, sign: str, left: Value, right: Value) -> Value:
    """`left sign right` for one of + - * / **; raises Unfit when the pair has no such operation."""
    rule = _ARITHMETIC[sign].get((type(left), type(right)))
    if rule is None:
        raise Unfit(f"{label_of(left)}与{label_of(right)}不能做 {sign} 运算")
    if sign == "**":
        run.budget.charge(20)
    try:
        value = rule(left, right)
    except ZeroDivisionError:
        raise Unfit("除数为零", "feel.division_by_zero") from None
    except (DecimalException, OverflowError, ValueError):
        raise Unfit("计算结果超出范围", "feel.out_of_range") from None
    return run.budget.text(value) if type(value) is str else value


def _power(left: Decimal, right: Decimal) -> Decimal:
    if abs(right) > 9999:
        raise OverflowError("exponent")
    if not left and not right:
        return Decimal(1)
    return NUMBERS.power(left, right)


def _utc(value: date) -> datetime:
    return datetime(value.year, value.month, value.day, tzinfo=UTC)


def _between_moments(left: datetime, right: datetime) -> timedelta:
    if (left.tzinfo is None) != (right.tzinfo is None):
        raise Unfit("带时区与不带时区的时间不能相减")
    if left.tzinfo is not None:
        left, right = left.astimezone(UTC), right.astimezone(UTC)
    return left - right


def _between_times(left: time, right: time) -> timedelta:
    if (left.tzinfo is None) != (right.tzinfo is None):
        raise Unfit("带时区与不带时区的时间不能相减")
    length: timedelta = order_key(left) - order_key(right)
    return length


def _move_time(value: time, length: timedelta) -> time:
    start = datetime.combine(date(2000, 1, 2), value.replace(tzinfo=None))
    moved = start + timedelta(seconds=length.seconds, microseconds=length.microseconds)
    return moved.time().replace(tzinfo=value.tzinfo)


def _move_moment(value: datetime, length: timedelta) -> datetime:
    return value + length


def _move_date(value: date, length: timedelta) -> date:
    return date.fromordinal(value.toordinal() + length // _DAY)


def _scale_months(value: YearMonthDuration, factor: Decimal) -> YearMonthDuration:
    return _months(NUMBERS.multiply(Decimal(value.months), factor))


def _share_months(value: YearMonthDuration, divisor: Decimal) -> YearMonthDuration:
    return _months(NUMBERS.divide(Decimal(value.months), divisor))


def _months(count: Decimal) -> YearMonthDuration:
    if abs(count) > 10**11:
        raise OverflowError("months")
    return YearMonthDuration(int(count))


def _scale_days(value: timedelta, factor: Decimal) -> timedelta:
    return duration_of(NUMBERS.multiply(seconds_of(value), factor))


def _share_days(value: timedelta, divisor: Decimal) -> timedelta:
    return duration_of(NUMBERS.divide(seconds_of(value), divisor))


def _swap(rule: Callable[[Value, Value], Value]) -> Callable[[Value, Value], Value]:
    return lambda left, right: rule(right, left)


def _move_by_months(value: date, length: YearMonthDuration) -> date:
    return add_months(value, length.months)


def _add_durations(left: YearMonthDuration, right: YearMonthDuration) -> YearMonthDuration:
    return YearMonthDuration(left.months + right.months)


Rules = dict[tuple[type, type], Callable[[Value, Value], Value]]

_ADD: Rules = {
    (Decimal, Decimal): NUMBERS.add,
    (str, str): operator.add,
    (timedelta, timedelta): operator.add,
    (YearMonthDuration, YearMonthDuration): _add_durations,
    (time, timedelta): _move_time,
    (date, timedelta): _move_date,
    (datetime, timedelta): _move_moment,
    (date, YearMonthDuration): _move_by_months,
    (datetime, YearMonthDuration): _move_by_months,
}
_ADD |= {(b, a): _swap(rule) for (a, b), rule in _ADD.items() if a is not b}

_SUBTRACT: Rules = {
    (Decimal, Decimal): NUMBERS.subtract,
    (timedelta, timedelta): operator.sub,
    (YearMonthDuration, YearMonthDuration): lambda a, b: YearMonthDuration(a.months - b.months),
    (date, date): operator.sub,
    (datetime, datetime): _between_moments,
    (date, datetime): lambda a, b: _between_moments(_utc(a), b),
    (datetime, date): lambda a, b: _between_moments(a, _utc(b)),
    (time, time): _between_times,
    (time, timedelta): lambda a, b: _move_time(a, -b),
    (date, timedelta): lambda a, b: _move_date(a, -b),
    (datetime, timedelta): lambda a, b: _move_moment(a, -b),
    (date, YearMonthDuration): lambda a, b: add_months(a, -b.months),
    (datetime, YearMonthDuration): lambda a, b: add_months(a, -b.months),
}
_MULTIPLY: Rules = {
    (Decimal, Decimal): NUMBERS.multiply,
    (timedelta, Decimal): _scale_days,
    (Decimal, timedelta): _swap(_scale_days),
    (YearMonthDuration, Decimal): _scale_months,
    (Decimal, YearMonthDuration): _swap(_scale_months),
}
_DIVIDE: Rules = {
    (Decimal, Decimal): NUMBERS.divide,
    (timedelta, Decimal): _share_days,
    (YearMonthDuration, Decimal): _share_months,
    (timedelta, timedelta): lambda a, b: NUMBERS.divide(seconds_of(a), seconds_of(b)),
    (YearMonthDuration, YearMonthDuration): lambda a, b: NUMBERS.divide(Decimal(a.months), Decimal(b.months)),
}
_ARITHMETIC: Mapping[str, Rules] = {
    "+": _ADD,
    "-": _SUBTRACT,
    "*": _MULTIPLY,
    "/": _DIVIDE,
    "**": {(Decimal, Decimal): _power},
}
