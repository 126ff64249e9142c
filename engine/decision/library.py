"""Function libraries: named functions with typed parameters. The standard one holds the FEEL built-ins.

A signature reads `"string: text, start position: number, length: number?"`. Kinds are those of `_KINDS`; `?` marks a
parameter that may be left out, `*` one that takes all remaining arguments as a list.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from .run import Run, Unfit
from .types import label_of
from .values import FeelFunction, Range, Value, YearMonthDuration

Implementation = Callable[..., Value]

_KINDS: Mapping[str, tuple[tuple[type, ...], str]] = {
    "any": ((), "任意值"),
    "number": ((Decimal,), "数字"),
    "text": ((str,), "文字"),
    "boolean": ((bool,), "是/否"),
    "date": ((date, datetime), "日期"),
    "day": ((date,), "日期"),
    "time": ((time,), "时间"),
    "datetime": ((datetime,), "日期时间"),
    "moment": ((time, datetime, date), "日期或时间"),
    "duration": ((timedelta,), "时长"),
    "length": ((timedelta, YearMonthDuration), "时长"),
    "list": ((list,), "列表"),
    "context": ((dict,), "对象"),
    "range": ((Range,), "区间"),
    "function": ((FeelFunction,), "函数"),
    "point": ((Decimal, str, date, time, datetime, timedelta, YearMonthDuration), "可比较的值"),
}
_MISSING = object()


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a library function."""

    name: str
    kind: str
    optional: bool
    rest: bool


@dataclass(frozen=True, slots=True)
class Overload:
    """One way to call a library function."""

    parameters: tuple[Parameter, ...]
    implementation: Implementation

    def bind(self, arguments: Sequence[Value]) -> list[Value] | None:
        """The arguments in order and of the right kinds, or None."""
        if self.parameters and self.parameters[-1].rest:
            return self._bind_rest(arguments)
        if len(arguments) > len(self.parameters):
            return None
        if any(not parameter.optional for parameter in self.parameters[len(arguments) :]):
            return None
        return _fit_all(arguments, self.parameters)

    def _bind_rest(self, arguments: Sequence[Value]) -> list[Value] | None:
        fixed = self.parameters[:-1]
        if len(arguments) < len(fixed):
            return None
        bound = _fit_all(arguments[: len(fixed)], fixed)
        return None if bound is None else [*bound, list(arguments[len(fixed) :])]

    def order(self, keywords: Sequence[str], arguments: Sequence[Value]) -> list[Value] | None:
        """Named arguments in the order of the parameters, or None if the names do not fit."""
        given = dict(zip(keywords, arguments, strict=True))
        names = [parameter.name for parameter in self.parameters]
        if len(given) != len(keywords) or not given.keys() <= set(names):
            return None
        ordered = [given.get(name, _MISSING) for name in names]
        while ordered and ordered[-1] is _MISSING:
            ordered.pop()
        if any(item is _MISSING for item in ordered):
            return None
        if self.parameters[-1].rest and len(ordered) == len(names) and isinstance(ordered[-1], list):
            return [*ordered[:-1], *ordered[-1]]
        return ordered


def _fit_all(arguments: Sequence[Value], parameters: Sequence[Parameter]) -> list[Value] | None:
    bound = []
    for argument, parameter in zip(arguments, parameters, strict=False):
        value = _fit(argument, parameter.kind)
        if value is _MISSING:
            return None
        bound.append(value)
    return bound


def _fit(value: Value, kind: str) -> Value:
    classes = _KINDS[kind][0]
    if not classes or type(value) in classes:
        return value
    if kind == "list":
        return _MISSING if value is None else [value]
    if isinstance(value, list) and len(value) == 1 and type(value[0]) in classes:
        return value[0]
    return _MISSING


@dataclass(frozen=True, slots=True)
class LibraryFunction:
    """A named function with its overloads, tried in order."""

    name: str
    overloads: tuple[Overload, ...]

    def call(self, run: Run, *arguments: Value) -> Value:
        """Call by position; raises Unfit when no overload takes the arguments."""
        for overload in self.overloads:
            bound = overload.bind(arguments)
            if bound is not None:
                return overload.implementation(run, *bound)
        labels = "、".join(label_of(argument) for argument in arguments)
        raise Unfit(f"函数 {self.name} 不接受这些参数：{labels or '（无）'}", "feel.arguments")

    def call_named(self, run: Run, keywords: Sequence[str], arguments: Sequence[Value]) -> Value:
        """Call by parameter name."""
        for overload in self.overloads:
            ordered = overload.order(keywords, arguments)
            bound = None if ordered is None else overload.bind(ordered)
            if bound is not None:
                return overload.implementation(run, *bound)
        raise Unfit(f"函数 {self.name} 没有这些参数：{'、'.join(keywords)}", "feel.arguments")

    def accepts(self, count: int, keywords: Sequence[str]) -> bool:
        """Whether a call with so many arguments, or these names, can fit any overload."""
        for overload in self.overloads:
            names = [parameter.name for parameter in overload.parameters]
            needed = [p for p in overload.parameters if not p.optional and not p.rest]
            many = bool(overload.parameters) and overload.parameters[-1].rest
            if keywords and set(keywords) <= set(names) and len(keywords) >= len(needed):
                return True
            if not keywords and len(needed) <= count and (many or count <= len(names)):
                return True
        return False

    @property
    def usage(self) -> str:
        """The ways to call it, for messages."""
        return " 或 ".join(
            f"{self.name}({', '.join(p.name + ('…' if p.rest else '?' if p.optional else '') for p in o.parameters)})"
            for o in self.overloads
        )


class FunctionLibrary:
    """Functions by name. `extended()` gives a copy that may be registered to without touching the original."""

    def __init__(self, functions: Mapping[str, LibraryFunction] | None = None) -> None:
        self._functions = dict(functions or {})

    def extended(self) -> "FunctionLibrary":
        """A library with the same functions, open to more."""
        return FunctionLibrary(self._functions)

    def register(self, name: str, signature: str) -> Callable[[Implementation], Implementation]:
        """Decorator: add an overload `implementation(run, *arguments)` of function `name`."""

        def add(implementation: Implementation) -> Implementation:
            before = self._functions.get(name)
            overloads = before.overloads if before else ()
            self._functions[name] = LibraryFunction(
                name, (*overloads, Overload(_parameters(signature), implementation))
            )
            return implementation

        return add

    def find(self, name: str) -> LibraryFunction | None:
        """The function of that name."""
        return self._functions.get(name)

    @property
    def names(self) -> frozenset[str]:
        """The names of all functions."""
        return frozenset(self._functions)


def _parameters(signature: str) -> tuple[Parameter, ...]:
    found = []
    for part in filter(None, (part.strip() for part in signature.split(","))):
        name, _, kind = part.partition(": ")
        base = kind.rstrip("?*")
        if base not in _KINDS:
            raise ValueError(f"unknown kind in signature: {part}")
        found.append(Parameter(name, base, kind.endswith("?"), kind.endswith("*")))
    return tuple(found)


STANDARD = FunctionLibrary()
"""The FEEL built-in functions; filled by the modules of `functions`."""
