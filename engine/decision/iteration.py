"""Loops: `for`, `some`, `every`. Ranges are walked lazily and every turn costs fuel."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from .budget import MAX_ITEMS
from .errors import BudgetExceeded
from .run import Place, Run, Unfit
from .scopes import Code, Env
from .types import label_of
from .values import Range, Value

TURN = 10
"""Steps that one turn of a loop costs."""


@dataclass(frozen=True, slots=True)
class Step:
    """One `name in domain` of a loop."""

    domain: Code
    end: Code | None


def looping(steps: tuple[Step, ...], body: Code, place: Place) -> Code:
    """`for ... return body`"""
    return _loop(steps, lambda run, below, results: body(run, below), place)


def looping_with_partial(steps: tuple[Step, ...], body: Code, place: Place) -> Code:
    """The same for a body that looks at `partial`, the results so far, as its innermost local value."""

    def turn(run: Run, below: Env, results: list[Value]) -> Value:
        run.budget.charge(len(results) // 8)
        return body(run, (list(results), below))

    return _loop(steps, turn, place)


def _loop(steps: tuple[Step, ...], turn: Callable[[Run, Env, list[Value]], Value], place: Place) -> Code:
    def loop(run: Run, env: Env) -> Value:
        results: list[Value] = []
        try:
            for below in _turns(run, env, steps, 0):
                if len(results) >= MAX_ITEMS:
                    raise BudgetExceeded(f"列表长度超过上限 {MAX_ITEMS}", code="feel.list_size")
                results.append(turn(run, below, results))
        except Unfit as problem:
            run.warn(place, problem.message, problem.code)
            return None
        return results

    return loop


def quantifying(steps: tuple[Step, ...], condition: Code, every: bool, place: Place) -> Code:
    """`some`/`every ... satisfies condition`, three-valued."""
    decisive = not every

    def quantify(run: Run, env: Env) -> Value:
        result: bool | None = every
        try:
            for below in _turns(run, env, steps, 0):
                value = condition(run, below)
                if value is decisive:
                    return decisive
                if value is not every:
                    _undecided(value)
                    result = None
        except Unfit as problem:
            run.warn(place, problem.message, problem.code)
            return None
        return result

    return quantify


def _undecided(value: Value) -> None:
    if value is not None:
        raise Unfit("satisfies 的条件应为“是/否”")


def _turns(run: Run, env: Env, steps: tuple[Step, ...], index: int) -> Iterator[Env]:
    step = steps[index]
    last = index == len(steps) - 1
    for value in _domain(run, env, step):
        run.budget.charge(TURN)
        below = (value, env)
        if last:
            yield below
        else:
            yield from _turns(run, below, steps, index + 1)


def _domain(run: Run, env: Env, step: Step) -> Iterator[Value]:
    domain = step.domain(run, env)
    if step.end is not None:
        return walk(domain, step.end(run, env))
    if isinstance(domain, Range):
        return walk_range(domain)
    if isinstance(domain, list):
        return iter(domain)
    if domain is None:
        raise Unfit("循环的列表为空值")
    return iter([domain])


def walk_range(bounds: Range) -> Iterator[Value]:
    """The whole numbers or days in a range."""
    values = walk(bounds.start, bounds.end)
    return (
        value
        for value in values
        if (bounds.start_included or value != bounds.start) and (bounds.end_included or value != bounds.end)
    )


def walk(start: Value, end: Value) -> Iterator[Value]:
    """From `start` to `end` by ones or by days."""
    if type(start) is Decimal and type(end) is Decimal:
        if start != start.to_integral_value() or end != end.to_integral_value():
            raise Unfit("循环的端点应为整数")
        return _numbers(start, end)
    if type(start) is date and type(end) is date:
        return _days(start, end)
    raise Unfit(f"不能从{label_of(start)}循环到{label_of(end)}")


def _numbers(start: Decimal, end: Decimal) -> Iterator[Decimal]:
    step = Decimal(1) if start <= end else Decimal(-1)
    while start <= end if step > 0 else start >= end:
        yield start
        start += step


def _days(start: date, end: date) -> Iterator[date]:
    step = timedelta(days=1 if start <= end else -1)
    yield start
    while start != end:
        start += step
        yield start
