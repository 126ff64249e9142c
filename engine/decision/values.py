"""The values of FEEL as plain Python data, and the gate they pass on the way in and out."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_EVEN, Context, Decimal, DivisionByZero, InvalidOperation, Overflow
from typing import Any, TypeAlias

Value: TypeAlias = Any
"""None, bool, Decimal, str, date, time, datetime, timedelta, YearMonthDuration, list, dict with text keys, Range."""

PRECISION = 34
MAX_DEPTH = 32
MAX_NODES = 50_000
MAX_STRING = 100_000

NUMBERS = Context(
    prec=PRECISION, rounding=ROUND_HALF_EVEN, Emin=-6143, Emax=6144, traps=[InvalidOperation, DivisionByZero, Overflow]
)
"""IEEE 754 decimal128, the arithmetic that FEEL prescribes [DMN 1.5, 10.3.2.3.1]."""


@dataclass(frozen=True, order=True, slots=True)
class YearMonthDuration:
    """A years and months duration, counted in months; the other FEEL duration is a timedelta."""

    months: int


@dataclass(frozen=True, slots=True)
class Range:
    """An interval. An endpoint of None is open towards infinity: `(> 5)` has no end."""

    start: Value
    end: Value
    start_included: bool = True
    end_included: bool = True


@dataclass(frozen=True, slots=True, eq=False)
class FeelFunction:
    """A function value. It lives inside an evaluation only and never leaves it."""

    parameters: tuple[str, ...]
    call: Callable[..., Value]


SCALARS = frozenset({type(None), bool, str, date, time, datetime, timedelta, YearMonthDuration})


def clean(value: object) -> Value:
    """Plain data of bounded size out of `value`: numbers become Decimal, tuples become lists.

    Raises ValueError (Chinese) for infinities, NUL and lone surrogates in texts, keys that are no texts,
    cycles, foreign types and anything too deep or too big.
    """
    return _Cleaner().clean(value, 0)


class _Cleaner:
    def __init__(self) -> None:
        self.nodes = 0

    def clean(self, value: object, depth: int) -> Value:
        self.nodes += 1
        if self.nodes > MAX_NODES:
            raise ValueError(f"数据过大：超过 {MAX_NODES} 项")
        if depth > MAX_DEPTH:
            raise ValueError(f"数据嵌套超过 {MAX_DEPTH} 层（或循环引用）")
        kind = type(value)
        if kind is str:
            return _clean_text(str(value))
        if kind in SCALARS:
            return value
        if isinstance(value, (int, float, Decimal)) and not isinstance(value, bool):
            return clean_number(value)
        return self._clean_structure(value, depth + 1)

    def _clean_structure(self, value: object, depth: int) -> Value:
        if isinstance(value, (list, tuple)):
            return [self.clean(item, depth) for item in value]
        if isinstance(value, Mapping):
            return {_clean_key(key): self.clean(item, depth) for key, item in value.items()}
        if isinstance(value, Range):
            return Range(
                self.clean(value.start, depth),
                self.clean(value.end, depth),
                value.start_included,
                value.end_included,
            )
        if isinstance(value, str):
            return _clean_text(str.__str__(value))
        raise ValueError(f"不支持的数据类型：{type(value).__name__}")


def clean_number(value: int | float | Decimal) -> Decimal:
    """A finite number of at most 34 digits; floats pass through their shortest text."""
    if isinstance(value, int) and value.bit_length() > 20_000:
        raise ValueError("数值过大")
    number = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
    if not number.is_finite():
        raise ValueError("数值不能是无穷大或非数")
    try:
        return NUMBERS.plus(number)
    except Overflow:
        raise ValueError("数值过大") from None


def _clean_key(key: object) -> str:
    if not isinstance(key, str):
        raise ValueError("对象的键必须是文字")  # noqa: TRY004 -- one error class for all refusals
    return _clean_text(key)


def _clean_text(value: str) -> str:
    if len(value) > MAX_STRING:
        raise ValueError(f"文字长度 {len(value)} 超过上限 {MAX_STRING}")
    if value.isascii():
        if "\x00" in value:
            raise ValueError("文字不能包含空字符")
        return value
    if "\x00" in value or any("\ud800" <= char <= "\udfff" for char in value):
        raise ValueError("文字不能包含空字符或不完整的字符")
    return value
