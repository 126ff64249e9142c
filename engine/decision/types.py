"""The types of FEEL: for `instance of`, for parameters and for the typeRef of decision models."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from .values import FeelFunction, Range, Value, YearMonthDuration


@dataclass(frozen=True, slots=True)
class FeelType:
    """A type. `kind` is a base name below, or list, range, context, function, any."""

    kind: str
    element: "FeelType | None" = None
    members: tuple[tuple[str, "FeelType"], ...] = ()
    parameters: tuple["FeelType", ...] | None = None
    result: "FeelType | None" = None
    allowed: Callable[[Value], bool] | None = None
    base: "FeelType | None" = None


ANY = FeelType("any")

_CLASSES: Mapping[str, type] = {
    "number": Decimal,
    "string": str,
    "boolean": bool,
    "date": date,
    "time": time,
    "date and time": datetime,
    "days and time duration": timedelta,
    "years and months duration": YearMonthDuration,
    "null": type(None),
}
_KIND_OF: Mapping[type, str] = {
    **{python: kind for kind, python in _CLASSES.items()},
    list: "list",
    dict: "context",
    Range: "range",
    FeelFunction: "function",
}
KIND_LABELS: Mapping[str, str] = {
    "number": "数字",
    "string": "文字",
    "boolean": "是/否",
    "date": "日期",
    "time": "时间",
    "date and time": "日期时间",
    "days and time duration": "时长（日时）",
    "years and months duration": "时长（年月）",
    "null": "空值",
    "list": "列表",
    "context": "对象",
    "range": "区间",
    "function": "函数",
    "any": "任意",
}
BASE_TYPES: Mapping[str, FeelType] = {
    **{kind: FeelType(kind) for kind in _CLASSES},
    "Any": ANY,
    "any": ANY,
    "Null": FeelType("null"),
    "dateTime": FeelType("date and time"),
    "dayTimeDuration": FeelType("days and time duration"),
    "yearMonthDuration": FeelType("years and months duration"),
    "duration": FeelType("duration"),
    "list": FeelType("list", ANY),
    "context": FeelType("context"),
    "range": FeelType("range", ANY),
    "function": FeelType("function"),
}


def kind_of(value: Value) -> str:
    """The kind of a value, "any" for something foreign."""
    return _KIND_OF.get(type(value), "any")


def label_of(value: Value) -> str:
    """The Chinese word for the kind of a value, for messages."""
    return KIND_LABELS[kind_of(value)]


def is_instance(value: Value, kind: FeelType) -> bool:
    """`value instance of kind`: null is an instance of Null and Any only [DMN 1.5, 10.3.2.9.4]."""
    if kind.base is not None and not is_instance(value, kind.base):
        return False
    if not _KINDS.get(kind.kind, _is_base)(value, kind):
        return False
    return kind.allowed is None or kind.allowed(value)


def conforms(value: Value, kind: FeelType) -> bool:
    """Whether a value may be assigned to the type; null may always."""
    return value is None or is_instance(value, kind)


def coerce(value: Value, kind: FeelType) -> tuple[bool, Value]:
    """Implicit conversions of FEEL [DMN 1.5, 10.3.2.9.4]: to and from a list of one, date to date and time."""
    if kind.base is not None:
        ok, value = coerce(value, kind.base)
        return (True, value) if ok and conforms(value, kind) else (False, None)
    if conforms(value, kind):
        return True, value
    if type(value) is date and kind.kind == "date and time":
        return True, datetime(value.year, value.month, value.day, tzinfo=UTC)
    if kind.kind == "list" and kind.element is not None and not isinstance(value, list):
        ok, item = coerce(value, kind.element)
        return (True, [item]) if ok else (False, None)
    if isinstance(value, list) and len(value) == 1 and kind.kind != "list" and conforms(value[0], kind):
        return True, value[0]
    return False, None


def _is_base(value: Value, kind: FeelType) -> bool:
    return type(value) is _CLASSES.get(kind.kind)


def _is_list(value: Value, kind: FeelType) -> bool:
    element = kind.element or ANY
    return isinstance(value, list) and (element is ANY or all(conforms(item, element) for item in value))


def _is_context(value: Value, kind: FeelType) -> bool:
    if not isinstance(value, dict):
        return False
    return all(name in value and conforms(value[name], member) for name, member in kind.members)


def _is_range(value: Value, kind: FeelType) -> bool:
    element = kind.element or ANY
    return isinstance(value, Range) and conforms(value.start, element) and conforms(value.end, element)


def _is_function(value: Value, kind: FeelType) -> bool:
    if not isinstance(value, FeelFunction):
        return False
    return kind.parameters is None or len(kind.parameters) == len(value.parameters)


_KINDS: Mapping[str, Callable[[Value, FeelType], bool]] = {
    "any": lambda value, kind: value is not None or kind.allowed is None,
    "alias": lambda value, kind: True,
    "duration": lambda value, kind: type(value) in (timedelta, YearMonthDuration),
    "list": _is_list,
    "context": _is_context,
    "range": _is_range,
    "function": _is_function,
}
