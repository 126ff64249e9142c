"""The port to decision tables: the table an administrator edits is what decides."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from engine.kernel.command import CommandContext
from engine.kernel.errors import ShegongError


class Decided(Protocol):
    """What a decision table answered."""

    @property
    def value(self) -> Any: ...

    @property
    def matched(self) -> Sequence[Any]: ...


Decide = Callable[[str, Mapping[str, Any]], Decided]
"""Evaluates the decision of that id with the variables."""


@dataclass(frozen=True, slots=True)
class DecisionTables:
    """The decision tables of the installation, as a service of the command context."""

    decide: Decide


def decider(context: CommandContext) -> Decide:
    """The tables that decide here: those a running case began with, else the newest deployed ones."""
    return context.case_decide or context.service(DecisionTables).decide


def remembering(decide: Decide) -> Decide:
    """The same tables, each asked once for the same question; for settling thousands of people in one go."""
    known: dict[str, Decided] = {}

    def remembered(table: str, variables: Mapping[str, Any]) -> Decided:
        question = f"{table} {sorted(variables.items())!r}"
        if question not in known:
            known[question] = decide(table, variables)
        return known[question]

    return remembered


class UndecidedError(ShegongError):
    """决策表没有给出结果，请流程管理员检查决策表是否覆盖了所有情形。"""

    code = "undecided"


def answer(decided: Decided) -> Any:
    """The value of a table with one output column."""
    if decided.value is None:
        raise UndecidedError()
    return decided.value


def row(decided: Decided) -> Mapping[str, Any]:
    """The one row of outputs; a table with no matching row is an error of the table, never a silent null."""
    if not isinstance(decided.value, Mapping):
        raise UndecidedError()
    return decided.value


def rows(decided: Decided) -> list[Mapping[str, Any]]:
    """All rows of outputs of a collecting table, in its order."""
    if decided.value is None:
        return []
    if not isinstance(decided.value, Sequence) or isinstance(decided.value, str):
        raise UndecidedError()
    return list(decided.value)
