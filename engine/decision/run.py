"""The state of one evaluation: variables, fuel, warnings, clock. Closures get it as their first argument."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from .budget import MAX_CALL_DEPTH, Budget
from .errors import BudgetExceeded, FeelEvaluationError
from .values import SCALARS, FeelFunction, Value, clean

MAX_WARNINGS = 50


class Place(NamedTuple):
    """Line and column, both from 1."""

    line: int
    column: int


NOWHERE = Place(0, 0)


@dataclass(frozen=True, slots=True)
class EvaluationWarning:
    """Why a part of an expression became null."""

    code: str
    message: str
    line: int
    column: int


class Unfit(Exception):
    """Raised by operators and functions for values they cannot work with; becomes null and a warning."""

    def __init__(self, message: str, code: str = "feel.type_mismatch") -> None:
        self.message = message
        self.code = code
        super().__init__(message)


class Run:
    """One evaluation. Strict runs turn the first warning into a FeelEvaluationError.

    The variables of a `trusted` run are clean already (a decision model cleaned them) and may hold functions.
    """

    __slots__ = ("_admitted", "budget", "clock", "depth", "observer", "strict", "trusted", "variables", "warnings")

    def __init__(
        self,
        variables: Mapping[str, Value],
        budget: Budget,
        *,
        strict: bool = False,
        clock: Callable[[], datetime] | None = None,
        trusted: bool = False,
    ) -> None:
        self.variables = variables
        self.budget = budget
        self.strict = strict
        self.warnings: list[EvaluationWarning] = []
        self.depth = 0
        self.clock = clock
        self.observer: Callable[[str, Value], None] | None = None
        self.trusted = trusted
        self._admitted: dict[str, Value] = {}

    def within(self, variables: Mapping[str, Value]) -> "Run":
        """The same evaluation over other variables: fuel, warnings and observer are shared."""
        if self.depth >= MAX_CALL_DEPTH:
            raise BudgetExceeded(f"函数调用超过 {MAX_CALL_DEPTH} 层", code="feel.call_depth")
        inner = Run(variables, self.budget, strict=self.strict, clock=self.clock, trusted=True)
        inner.warnings = self.warnings
        inner.depth = self.depth + 1
        inner.observer = self.observer
        return inner

    def warn(self, place: Place, message: str, code: str = "feel.type_mismatch") -> None:
        """Note why the value at `place` is null."""
        if self.strict:
            raise FeelEvaluationError(message, code=code, line=place.line, column=place.column)
        if len(self.warnings) < MAX_WARNINGS:
            self.warnings.append(EvaluationWarning(code, message, place.line, place.column))

    def variable(self, name: str, place: Place) -> Value:
        """The value of a variable from outside, as clean plain data."""
        try:
            value = self.variables[name]
        except KeyError:
            self.warn(place, f"未知的变量：{name}", "feel.unknown_variable")
            return None
        kind = type(value)
        if self.trusted or kind in SCALARS or (kind is Decimal and value.is_finite()):
            return value
        return self.admit(name, value, place)

    def admit(self, name: str, value: Value, place: Place = NOWHERE) -> Value:
        """The value as clean plain data; null and a warning if it is none."""
        if name in self._admitted:
            return self._admitted[name]
        try:
            found = clean(value)
        except ValueError as error:
            self.warn(place, f"变量 {name} 的值不可用：{error}", "feel.value")
            found = None
        self._admitted[name] = found
        return found

    def invoke(self, function: FeelFunction, *arguments: Value) -> Value:
        """Call a function value, one level deeper."""
        if self.depth >= MAX_CALL_DEPTH:
            raise BudgetExceeded(f"函数调用超过 {MAX_CALL_DEPTH} 层", code="feel.call_depth")
        self.depth += 1
        self.budget.charge(1)
        try:
            return function.call(self, *arguments)
        finally:
            self.depth -= 1

    def measure(self, value: Value) -> bool:
        """Charge for every part of a value, so that shared parts cannot grow when they are written out.

        True if all of it is plain data, False if it holds a function.
        """
        plain = True
        open_values = [value]
        while open_values:
            found = open_values.pop()
            plain = plain and type(found) is not FeelFunction
            if isinstance(found, list):
                self.budget.charge(len(found))
                open_values.extend(found)
            elif isinstance(found, dict):
                self.budget.charge(len(found))
                open_values.extend(found.values())
        return plain

    def quietly(self, compute: Callable[[], Value]) -> Value:
        """Compute without warnings, for `is defined` and `get or else`."""
        self.budget.charge(5)
        strict, warnings = self.strict, self.warnings
        self.strict, self.warnings = False, []
        try:
            return compute()
        finally:
            self.strict, self.warnings = strict, warnings
