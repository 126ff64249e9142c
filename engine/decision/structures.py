"""Run-time parts of paths, filters, ranges, contexts and function values."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from .operators import in_order
from .run import Place, Run, Unfit
from .scopes import Code, Env
from .temporal import clock_offset, format_temporal
from .types import FeelType, coerce, label_of
from .values import FeelFunction, Range, Value, YearMonthDuration

_NOT_THERE = object()


def member(run: Run, place: Place, source: Value, name: str) -> Value:
    """`source.name`; over a list the members of its items."""
    if isinstance(source, dict):
        if name in source:
            return source[name]
        run.warn(place, f"没有属性：{name}", "feel.unknown_member")
        return None
    if isinstance(source, list):
        run.budget.items(len(source))
        return [_item_member(item, name) for item in source]
    value = property_of(source, name)
    if value is _NOT_THERE:
        run.warn(place, f"{label_of(source)}没有属性：{name}", "feel.unknown_member")
        return None
    return value


def _item_member(item: Value, name: str) -> Value:
    if isinstance(item, dict):
        return item.get(name)
    value = property_of(item, name)
    return None if value is _NOT_THERE else value


def property_of(value: Value, name: str) -> Value:
    """The properties of dates, times, durations and ranges [DMN 1.5, tables 65 and 66]."""
    reader = _PROPERTIES.get(type(value), {}).get(name)
    return _NOT_THERE if reader is None else reader(value)


def _offset(value: time | datetime) -> timedelta | None:
    return value.utcoffset() if isinstance(value, datetime) else clock_offset(value)


def _zone(value: time | datetime) -> str | None:
    text = format_temporal(value)
    return text.partition("@")[2] or None


def _hours(value: timedelta, unit: int, size: int) -> Decimal:
    seconds = abs(value.days * 86400 + value.seconds)
    found = seconds // unit % size if size else seconds // unit
    return Decimal(-found if value < timedelta() else found)


def _months(value: YearMonthDuration, years: bool) -> Decimal:
    size = abs(value.months)
    part = size // 12 if years else size % 12
    return Decimal(-part if value.months < 0 else part)


_DATE: Mapping[str, Callable[[Value], Value]] = {
    "year": lambda v: Decimal(v.year),
    "month": lambda v: Decimal(v.month),
    "day": lambda v: Decimal(v.day),
    "weekday": lambda v: Decimal(v.isoweekday()),
}
_TIME: Mapping[str, Callable[[Value], Value]] = {
    "hour": lambda v: Decimal(v.hour),
    "minute": lambda v: Decimal(v.minute),
    "second": lambda v: Decimal(v.second),
    "time offset": _offset,
    "timezone": _zone,
}
_PROPERTIES: Mapping[type, Mapping[str, Callable[[Value], Value]]] = {
    date: _DATE,
    time: _TIME,
    datetime: {**_DATE, **_TIME},
    timedelta: {
        "days": lambda v: _hours(v, 86400, 0),
        "hours": lambda v: _hours(v, 3600, 24),
        "minutes": lambda v: _hours(v, 60, 60),
        "seconds": lambda v: _hours(v, 1, 60),
    },
    YearMonthDuration: {"years": lambda v: _months(v, True), "months": lambda v: _months(v, False)},
    Range: {
        "start": lambda v: v.start,
        "end": lambda v: v.end,
        "start included": lambda v: v.start_included,
        "end included": lambda v: v.end_included,
    },
}


def filtering(source: Code, condition: Code, place: Place, constant: bool) -> Code:
    """`source[condition]`; a number is an index from 1, negative from the end."""

    def select(run: Run, env: Env) -> Value:
        items = source(run, env)
        if items is None:
            return [] if not constant else None
        if not isinstance(items, list):
            items = [items]
        run.budget.charge(1 + len(items))
        return _select(run, env, items, condition, place)

    return select


def _select(run: Run, env: Env, items: list[Value], condition: Code, place: Place) -> Value:
    kept: list[Value] = []
    for item in items:
        below = (item.get("item", item) if isinstance(item, dict) else item, (item, env))
        wanted = condition(run, below)
        if wanted is True:
            kept.append(item)
        elif type(wanted) is Decimal:
            return item_at(run, place, items, wanted)
        elif wanted is not False and wanted is not None:
            run.warn(place, "筛选条件应为“是/否”或序号")
            return None
        run.budget.charge(3)
    return kept


def item_at(run: Run, place: Place, items: list[Value], position: Decimal) -> Value:
    """The item at a position from 1, or from the end when negative."""
    if position != position.to_integral_value() or not 1 <= abs(position) <= len(items):
        run.warn(place, f"列表没有第 {position} 项", "feel.index")
        return None
    index = int(position)
    return items[index - 1 if index > 0 else index]


def ranging(start: Code | None, end: Code | None, start_included: bool, end_included: bool) -> Code:
    """A range value; the endpoints must be of one kind."""

    def build(run: Run, env: Env) -> Value:
        low = start(run, env) if start else None
        high = end(run, env) if end else None
        if start and end:
            if low is None or high is None:
                raise Unfit("区间的端点为空")
            if not in_order("<=", low, high):
                raise Unfit("区间的起点大于终点")
        return Range(low, high, start_included, end_included)

    return build


def context(entries: tuple[tuple[str, Code], ...]) -> Code:
    """`{key: value}`: each entry sees the ones before it."""

    def build(run: Run, env: Env) -> Value:
        built: dict[str, Value] = {}
        for key, code in entries:
            value = code(run, env)
            built[key] = value
            env = (value, env)
        return built

    return build


def function(parameters: tuple[tuple[str, FeelType | None], ...], body: Code, place: Place) -> Code:
    """A function value over the local values of the place where it is written."""
    names = tuple(name for name, _ in parameters)
    kinds = tuple(kind for _, kind in parameters)

    def build(run: Run, env: Env) -> Value:
        def call(inner: Run, *arguments: Value) -> Value:
            if len(arguments) != len(names):
                raise Unfit(f"函数需要 {len(names)} 个参数，给了 {len(arguments)} 个", "feel.arguments")
            below = env
            for value, kind in zip(arguments, kinds, strict=True):
                below = (fitted(inner, value, kind), below)
            inner.budget.charge(5)
            scope = inner if inner.variables is run.variables else inner.within(run.variables)
            return body(scope, below)

        return FeelFunction(names, call)

    return build


def fitted(run: Run, value: Value, kind: FeelType | None) -> Value:
    """The value as the type wants it, or Unfit."""
    if kind is None:
        return value
    if isinstance(value, list | dict):
        run.measure(value)
    ok, fitting = coerce(value, kind)
    if not ok:
        raise Unfit("参数的类型不对", "feel.arguments")
    return fitting


def calling(target: Code, arguments: tuple[Code, ...], keywords: tuple[str, ...], place: Place) -> Code:
    """A call of a function value."""

    def call(run: Run, env: Env) -> Value:
        found = target(run, env)
        if not isinstance(found, FeelFunction):
            run.warn(place, "调用的不是函数", "feel.not_a_function")
            return None
        values = [argument(run, env) for argument in arguments]
        try:
            return run.invoke(found, *_arranged(found, keywords, values))
        except Unfit as problem:
            run.warn(place, problem.message, problem.code)
            return None

    return call


def _arranged(target: FeelFunction, keywords: tuple[str, ...], values: list[Value]) -> list[Value]:
    if not keywords:
        return values
    given = dict(zip(keywords, values, strict=True))
    if given.keys() != set(target.parameters):
        raise Unfit(f"函数的参数应为：{'、'.join(target.parameters)}", "feel.arguments")
    return [given[name] for name in target.parameters]
