"""The catalogue of local settings: what a county may choose, the default, and the bounds that no county may cross."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import time
from decimal import Decimal, InvalidOperation
from typing import Any, Generic, TypeVar

from engine.kernel.errors import Invalid, RuleViolation
from engine.personnel.vocabulary import Term

T = TypeVar("T")
P = TypeVar("P", bound="Parameter[Any]")


class ParameterKind(Term):
    """How a setting is typed in."""

    INTEGER = "integer", "整数"
    DECIMAL = "decimal", "小数"
    FLAG = "flag", "是或否"
    CHOICE = "choice", "单选"
    CHOICES = "choices", "多选"
    TIME = "time", "时刻"


@dataclass(frozen=True)
class Parameter(Generic[T]):
    """One local setting; values are kept as text and read through `read`."""

    key: str
    kind: ParameterKind
    default: T
    label: str
    help: str
    unit: str
    clause: str
    """Where the setting comes from: a clause of the notice, of labour law, or of the defaults pack."""
    read: Callable[[str], T]
    write: Callable[[T], str]
    lowest: Decimal | None = None
    highest: Decimal | None = None
    hard_clause: str | None = None
    """Set when the bounds are law: crossing them is a violation of this clause, not a slip."""
    options: Mapping[str, str] | None = None
    required: str | None = None
    """An option that may not be left out, under `hard_clause`."""

    @property
    def group(self) -> str:
        """The part of the key before the dot: recruitment, grade ..."""
        return self.key.split(".")[0]

    def parse(self, text: str) -> T:
        """The value that `text` stands for; refuses what is no value and what crosses a bound."""
        try:
            value = self.read(text.strip())
        except (ValueError, InvalidOperation) as error:
            raise Invalid(f"{self.label}应为{self.kind.label}，“{text}”无法识别", fields={"value": text}) from error
        self._check_bounds(value)
        self._check_options(value)
        return value

    def _check_bounds(self, value: T) -> None:
        if not isinstance(value, (int, Decimal)) or isinstance(value, bool):
            return
        low = self.lowest is not None and value < self.lowest
        if low or (self.highest is not None and value > self.highest):
            self._refuse(f"{self.label}应在 {self.lowest} 至 {self.highest} {self.unit}之间，现为 {value}")

    def _check_options(self, value: T) -> None:
        if self.options is None:
            return
        chosen = value if isinstance(value, tuple) else (value,)
        unknown = [str(item) for item in chosen if str(item) not in self.options]
        if unknown:
            raise Invalid(f"{self.label}没有“{'、'.join(unknown)}”这一选项", fields={"value": unknown[0]})
        if self.required is not None and self.required not in chosen:
            self._refuse(f"{self.label}必须包含“{self.options[self.required]}”")

    def _refuse(self, message: str) -> None:
        if self.hard_clause is None:
            raise Invalid(message, fields={"value": message})
        raise RuleViolation(message, clause=self.hard_clause)


CATALOGUE: dict[str, Parameter[Any]] = {}
"""All settings by key, in the order in which they are shown."""


def parameter(key: str) -> Parameter[Any]:
    """The setting called `key`."""
    if key not in CATALOGUE:
        raise Invalid(f"没有名为“{key}”的参数")
    return CATALOGUE[key]


def register(entry: P) -> P:
    """Puts `entry` into the catalogue."""
    CATALOGUE[entry.key] = entry
    return entry


def integer(
    key: str,
    default: int,
    label: str,
    *,
    unit: str = "",
    clause: str = "",
    help: str = "",
    lowest: int = 0,
    highest: int = 1000,
    hard_clause: str | None = None,
) -> Parameter[int]:
    """A whole number."""
    entry = Parameter(
        key, ParameterKind.INTEGER, default, label, help, unit, clause, int, str,
        Decimal(lowest), Decimal(highest), hard_clause,
    )  # fmt: skip
    return register(entry)


def decimal(
    key: str, default: str, label: str, *, unit: str = "分", clause: str = "", help: str = "",
    lowest: str = "0", highest: str = "100",
) -> Parameter[Decimal]:  # fmt: skip
    """A decimal number."""
    entry = Parameter(
        key, ParameterKind.DECIMAL, Decimal(default), label, help, unit, clause, _read_decimal, str,
        Decimal(lowest), Decimal(highest),
    )  # fmt: skip
    return register(entry)


def flag(key: str, default: bool, label: str, *, clause: str = "", help: str = "") -> Parameter[bool]:
    """Yes or no."""
    entry = Parameter(key, ParameterKind.FLAG, default, label, help, "", clause, _read_flag, _write_flag)
    return register(entry)


def moment(key: str, default: time, label: str, *, clause: str = "", help: str = "") -> Parameter[time]:
    """A time of day."""
    entry = Parameter(
        key, ParameterKind.TIME, default, label, help, "", clause, time.fromisoformat, lambda at: f"{at:%H:%M}"
    )
    return register(entry)


def choice(
    key: str, default: str, label: str, options: Sequence[tuple[str, str]], *, clause: str = "", help: str = ""
) -> Parameter[str]:
    """One of several options."""
    entry = Parameter(key, ParameterKind.CHOICE, default, label, help, "", clause, str, str, options=dict(options))
    return register(entry)


def choices(
    key: str,
    default: tuple[str, ...],
    label: str,
    options: Sequence[tuple[str, str]],
    *,
    clause: str = "",
    help: str = "",
    required: str | None = None,
    hard_clause: str | None = None,
) -> Parameter[tuple[str, ...]]:
    """Any number of options, written with commas."""
    entry = Parameter(
        key, ParameterKind.CHOICES, default, label, help, "", clause, _read_choices, ",".join,
        options=dict(options), required=required, hard_clause=hard_clause,
    )  # fmt: skip
    return register(entry)


def _read_decimal(text: str) -> Decimal:
    value = Decimal(text)
    if not value.is_finite():
        raise ValueError(text)
    return value


def _read_flag(text: str) -> bool:
    values = {"true": True, "是": True, "1": True, "false": False, "否": False, "0": False}
    if text.lower() not in values:
        raise ValueError(text)
    return values[text.lower()]


def _write_flag(value: bool) -> str:
    return "true" if value else "false"


def _read_choices(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())
