"""Lexical scopes: where a name lives is decided once, when compiling.

At run time the local values are a linked list of (value, rest); a name becomes a number of steps along it.
"""

from collections.abc import Callable
from dataclasses import dataclass

from .run import Run
from .values import Value

Env = tuple[Value, "Env"] | None
Code = Callable[[Run, Env], Value]


@dataclass(frozen=True, slots=True)
class Scope:
    """One local value: a named one, or the item of a filter (`name` None) whose members are names too."""

    name: str | None
    outer: "Scope | None"


def local(depth: int) -> Code:
    """The local value `depth` steps out."""
    if depth == 0:
        return lambda run, env: env[0] if env is not None else None
    if depth == 1:
        return lambda run, env: env[1][0] if env is not None and env[1] is not None else None

    def walk(run: Run, env: Env) -> Value:
        return at(env, depth)

    return walk


def at(env: Env, depth: int) -> Value:
    """The value `depth` steps along the list."""
    for _ in range(depth):
        if env is None:
            return None
        env = env[1]
    return None if env is None else env[0]


def find(scope: Scope | None, name: str) -> tuple[list[int], int | None]:
    """(depths of filter items that may have a member of that name, depth of the named local value or None)."""
    filters: list[int] = []
    depth = 0
    while scope is not None:
        if scope.name == name:
            return filters, depth
        if scope.name is None:
            filters.append(depth)
        scope = scope.outer
        depth += 1
    return filters, None
