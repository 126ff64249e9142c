"""Numeric functions [DMN 1.5, 10.3.4.5]."""

from decimal import (
    ROUND_CEILING,
    ROUND_DOWN,
    ROUND_FLOOR,
    ROUND_HALF_DOWN,
    ROUND_HALF_EVEN,
    ROUND_HALF_UP,
    ROUND_UP,
    Decimal,
    DecimalException,
)

from ..library import STANDARD
from ..operators import calculate
from ..run import Run, Unfit
from ..values import NUMBERS, Value

_SCALES = (-6111, 6176)


def rounded(value: Decimal, scale: Decimal, rounding: str) -> Decimal:
    """`value` to `scale` decimal places; raises Unfit for a scale that is no whole number or out of range."""
    places = scale.to_integral_value(ROUND_DOWN)
    if not _SCALES[0] <= places <= _SCALES[1]:
        raise Unfit("小数位数超出范围", "feel.out_of_range")
    if -int(places) < int(value.as_tuple().exponent) and int(places) >= 0:
        return value
    context = NUMBERS.copy()
    context.prec = 7000
    context.rounding = rounding
    try:
        return NUMBERS.plus(value.quantize(Decimal(1).scaleb(-int(places), context), context=context))
    except DecimalException:
        raise Unfit("数值超出范围", "feel.out_of_range") from None


@STANDARD.register("decimal", "n: number, scale: number")
def _decimal(run: Run, n: Decimal, scale: Decimal) -> Value:
    return rounded(n, scale, ROUND_HALF_EVEN)


@STANDARD.register("floor", "n: number, scale: number?")
def _floor(run: Run, n: Decimal, scale: Decimal = Decimal(0)) -> Value:
    return rounded(n, scale, ROUND_FLOOR)


@STANDARD.register("ceiling", "n: number, scale: number?")
def _ceiling(run: Run, n: Decimal, scale: Decimal = Decimal(0)) -> Value:
    return rounded(n, scale, ROUND_CEILING)


@STANDARD.register("round up", "n: number, scale: number?")
def _round_up(run: Run, n: Decimal, scale: Decimal = Decimal(0)) -> Value:
    return rounded(n, scale, ROUND_UP)


@STANDARD.register("round down", "n: number, scale: number?")
def _round_down(run: Run, n: Decimal, scale: Decimal = Decimal(0)) -> Value:
    return rounded(n, scale, ROUND_DOWN)


@STANDARD.register("round half up", "n: number, scale: number?")
def _round_half_up(run: Run, n: Decimal, scale: Decimal = Decimal(0)) -> Value:
    return rounded(n, scale, ROUND_HALF_UP)


@STANDARD.register("round half down", "n: number, scale: number?")
def _round_half_down(run: Run, n: Decimal, scale: Decimal = Decimal(0)) -> Value:
    return rounded(n, scale, ROUND_HALF_DOWN)


@STANDARD.register("abs", "n: number")
def _abs(run: Run, n: Decimal) -> Value:
    return NUMBERS.abs(n)


@STANDARD.register("abs", "n: length")
def _abs_length(run: Run, n: Value) -> Value:
    return n if n >= type(n)(0) else calculate(run, "*", n, Decimal(-1))


@STANDARD.register("modulo", "dividend: number, divisor: number")
def _modulo(run: Run, dividend: Decimal, divisor: Decimal) -> Value:
    if divisor == 0:
        raise Unfit("除数为零", "feel.division_by_zero")
    quotient = rounded(calculate(run, "/", dividend, divisor), Decimal(0), ROUND_FLOOR)
    return calculate(run, "-", dividend, calculate(run, "*", divisor, quotient))


@STANDARD.register("sqrt", "number: number")
def _sqrt(run: Run, number: Decimal) -> Value:
    if number < 0:
        raise Unfit("负数没有平方根", "feel.out_of_range")
    run.budget.charge(5)
    return NUMBERS.sqrt(number)


@STANDARD.register("log", "number: number")
def _log(run: Run, number: Decimal) -> Value:
    if number <= 0:
        raise Unfit("只有正数有对数", "feel.out_of_range")
    run.budget.charge(60)
    return NUMBERS.ln(number)


@STANDARD.register("exp", "number: number")
def _exp(run: Run, number: Decimal) -> Value:
    run.budget.charge(30)
    try:
        return NUMBERS.exp(number)
    except DecimalException:
        raise Unfit("计算结果超出范围", "feel.out_of_range") from None


@STANDARD.register("odd", "number: number")
def _odd(run: Run, number: Decimal) -> Value:
    return _whole(number) and _remainder(number) == 1


@STANDARD.register("even", "number: number")
def _even(run: Run, number: Decimal) -> Value:
    return _whole(number) and _remainder(number) == 0


def _whole(number: Decimal) -> bool:
    return number == number.to_integral_value()


def _remainder(number: Decimal) -> int:
    if int(number.adjusted()) > 40:
        return 0
    return int(number) % 2
