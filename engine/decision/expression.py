"""Compiled expressions and unary tests: the public face of FEEL."""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from .budget import Budget
from .compiler import Compiler
from .cursor import RESERVED
from .errors import BudgetExceeded
from .functions import STANDARD
from .library import FunctionLibrary
from .parser import Parser
from .run import NOWHERE, EvaluationWarning, Run
from .scopes import Code
from .syntax import size_and_depth
from .tokens import Source
from .types import FeelType
from .values import SCALARS, Value

Clock = Callable[[], datetime]
CACHE_SIZE = 4096
MAX_VARIABLE_NAME = 64
_VARIABLE_NAME = re.compile("[A-Za-z\u4e00-\u9fff][A-Za-z0-9_\u4e00-\u9fff]*")
NO_TYPES: Mapping[str, FeelType] = {}


@dataclass(frozen=True, slots=True)
class Evaluation:
    """A value and why parts of it became null on the way."""

    value: Value
    warnings: tuple[EvaluationWarning, ...]


@dataclass(frozen=True, slots=True)
class Expression:
    """A compiled expression: immutable, shared, safe to use from several threads."""

    text: str
    names: frozenset[str]
    code: Code
    size: int

    def evaluate(
        self,
        variables: Mapping[str, Value],
        *,
        budget: Budget | None = None,
        strict: bool = False,
        clock: Clock | None = None,
    ) -> Value:
        """The value. With `strict` a FeelEvaluationError instead of a null that nobody meant.

        `clock` serves `now()` and `today()`. Raises BudgetExceeded.
        """
        run = Run(variables, budget or Budget(), strict=strict, clock=clock)
        return self.run(run)

    def evaluate_strict(
        self, variables: Mapping[str, Value], *, budget: Budget | None = None, clock: Clock | None = None
    ) -> Value:
        """`evaluate` with strict=True: unknown variables and unfit values raise FeelEvaluationError."""
        return self.run(Run(variables, budget or Budget(), strict=True, clock=clock))

    def evaluate_logged(
        self, variables: Mapping[str, Value], *, budget: Budget | None = None, clock: Clock | None = None
    ) -> Evaluation:
        """The value by FEEL's null rules together with the warnings."""
        run = Run(variables, budget or Budget(), clock=clock)
        value = self.run(run)
        return Evaluation(value, tuple(run.warnings))

    def run(self, run: Run) -> Value:
        """Evaluate inside a run that is already open."""
        run.budget.charge(self.size)
        value = guarded(run, self.code)
        if type(value) in SCALARS or run.measure(value):
            return value
        run.warn(NOWHERE, "结果中含有函数，不能作为值使用", "feel.function_value")
        return None


@dataclass(frozen=True, slots=True)
class UnaryTests:
    """A compiled table cell: tests of one input value."""

    text: str
    names: frozenset[str]
    code: Code
    size: int

    def test(
        self,
        value: Value,
        variables: Mapping[str, Value] | None = None,
        *,
        budget: Budget | None = None,
        strict: bool = False,
        clock: Clock | None = None,
    ) -> bool:
        """Whether the value passes. Raises like `Expression.evaluate`."""
        run = Run(variables or {}, budget or Budget(), strict=strict, clock=clock)
        return self.run(run, run.admit("?", value))

    def run(self, run: Run, value: Value) -> bool:
        """Test inside a run that is already open."""
        run.budget.charge(self.size)
        return guarded(run, lambda run, env: self.code(run, (value, None))) is True


def guarded(run: Run, code: Code) -> Value:
    """Run compiled code; nesting that Python cannot follow counts as over budget."""
    try:
        return code(run, None)
    except RecursionError:
        raise BudgetExceeded("计算嵌套过深", code="feel.call_depth") from None


def compile_expression(
    text: str,
    *,
    names: Collection[str] | None = None,
    library: FunctionLibrary = STANDARD,
    members: Collection[str] = (),
    types: Mapping[str, FeelType] = NO_TYPES,
) -> Expression:
    """Compile FEEL text (without the leading `=`).

    `names`: the variables there are; any other is an error. `members`: property names that contain spaces or signs.
    Raises FeelSyntaxError with line and column.
    """
    if types:
        return _expression(text, _frozen(names), library, frozenset(members), types)
    return _cached_expression(text, _frozen(names), library, frozenset(members))


def compile_unary_tests(
    text: str,
    *,
    names: Collection[str] | None = None,
    library: FunctionLibrary = STANDARD,
    members: Collection[str] = (),
    types: Mapping[str, FeelType] = NO_TYPES,
) -> UnaryTests:
    """Compile a table cell such as `>= 60`, `[60..85)`, `"a","b"`, `not(1)`, `-`. Parameters as above."""
    if types:
        return _unary_tests(text, _frozen(names), library, frozenset(members), types)
    return _cached_unary_tests(text, _frozen(names), library, frozenset(members))


def is_variable_name(name: str) -> bool:
    """Whether a form field or variable may have this name: a letter (Latin or Han) first, then letters, digits and _.

    Reserved words and names of built-in functions are refused, so that data never hides the language.
    """
    if _VARIABLE_NAME.fullmatch(name) is None or len(name) > MAX_VARIABLE_NAME:
        return False
    return name not in RESERVED and name not in STANDARD.names


def strip_expression(text: str) -> str | None:
    """The expression behind a leading `=`, or None if the text is a constant."""
    stripped = text.strip()
    return stripped[1:].strip() if stripped.startswith("=") else None


def _frozen(names: Collection[str] | None) -> frozenset[str] | None:
    return None if names is None else frozenset(names)


def _parser(
    text: str,
    names: frozenset[str] | None,
    library: FunctionLibrary,
    members: frozenset[str],
    types: Mapping[str, FeelType],
) -> Parser:
    return Parser(Source(text), (names or frozenset()) | library.names | members | _PROPERTIES, types)


_PROPERTIES = frozenset({"time offset", "start included", "end included"})


def _expression(
    text: str,
    names: frozenset[str] | None,
    library: FunctionLibrary,
    members: frozenset[str],
    types: Mapping[str, FeelType],
) -> Expression:
    parser = _parser(text, names, library, members, types)
    tree = parser.expression_text()
    compiler = Compiler(parser.source, library, names, members)
    code = compiler.compile(tree)
    return Expression(text, frozenset(compiler.used), code, size_and_depth(tree)[0])


def _unary_tests(
    text: str,
    names: frozenset[str] | None,
    library: FunctionLibrary,
    members: frozenset[str],
    types: Mapping[str, FeelType],
) -> UnaryTests:
    parser = _parser(text, names, library, members, types)
    tests, negate_all = parser.tests_text()
    compiler = Compiler(parser.source, library, names, members)
    code = compiler.tests(tests, negate_all)
    return UnaryTests(text, frozenset(compiler.used), code, 1 + sum(size_and_depth(test)[0] for test in tests))


@lru_cache(maxsize=CACHE_SIZE)
def _cached_expression(
    text: str, names: frozenset[str] | None, library: FunctionLibrary, members: frozenset[str]
) -> Expression:
    return _expression(text, names, library, members, NO_TYPES)


@lru_cache(maxsize=CACHE_SIZE)
def _cached_unary_tests(
    text: str, names: frozenset[str] | None, library: FunctionLibrary, members: frozenset[str]
) -> UnaryTests:
    return _unary_tests(text, names, library, members, NO_TYPES)
