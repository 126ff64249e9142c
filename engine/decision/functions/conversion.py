"""Conversion functions, `not` and `is` [DMN 1.5, 10.3.4.1, 10.3.4.2]."""

import re
from datetime import date, datetime, time, timedelta
from decimal import Decimal, DecimalException

from ..library import STANDARD
from ..run import Run, Unfit
from ..temporal import format_temporal
from ..values import NUMBERS, FeelFunction, Range, Value, YearMonthDuration

_NUMBER = re.compile(r"-?(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d{1,4})?", re.ASCII)


def text_of(run: Run, value: Value, *, inner: bool = False) -> str:
    """A value as FEEL text; texts inside lists and contexts stand in quotes."""
    run.budget.charge(1)
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"' if inner else value
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, Decimal):
        text = format_number(value)
        run.budget.charge(len(text) // 16)
        return text
    if isinstance(value, (date, time, timedelta, YearMonthDuration)):
        return format_temporal(value)
    return run.budget.text(_structure_text(run, value))


def format_number(value: Decimal) -> str:
    """Plain digits without exponent and without trailing zeros."""
    if value == 0:
        return "0"
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _structure_text(run: Run, value: Value) -> str:
    if isinstance(value, list):
        return "[" + ", ".join(text_of(run, item, inner=True) for item in value) + "]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_key(key)}: {text_of(run, item, inner=True)}" for key, item in value.items()) + "}"
    if isinstance(value, Range):
        return _range_text(run, value)
    raise Unfit("函数不能转为文字")


def _key(key: str) -> str:
    return key if re.fullmatch(r"[^\W\d][\w ]*", key) else f'"{key}"'


def _range_text(run: Run, value: Range) -> str:
    if value.start is None or value.end is None:
        sign = ("<" if value.start is None else ">") + ("=" if value.start_included or value.end_included else "")
        return f"({sign} {text_of(run, value.end if value.start is None else value.start, inner=True)})"
    opening, closing = "[" if value.start_included else "(", "]" if value.end_included else ")"
    return f"{opening}{text_of(run, value.start, inner=True)}..{text_of(run, value.end, inner=True)}{closing}"


@STANDARD.register("string", "from: any")
def _string(run: Run, value: Value) -> Value:
    if value is None or isinstance(value, FeelFunction):
        return None
    return text_of(run, value)


@STANDARD.register("number", "from: number")
def _number_same(run: Run, value: Decimal) -> Value:
    return value


@STANDARD.register("number", "from: text")
def _number_plain(run: Run, value: str) -> Value:
    return _parse(value)


@STANDARD.register("number", "from: text, grouping separator: any, decimal separator: any?")
def _number(run: Run, value: str, grouping: Value, point: Value = None) -> Value:
    if grouping not in (None, " ", ",", ".") or point not in (None, ",", "."):
        raise Unfit("分隔符只能是空格、逗号或点", "feel.arguments")
    if grouping is not None and grouping == point:
        raise Unfit("千分位与小数点不能相同", "feel.arguments")
    text = value.replace(grouping, "") if grouping else value
    if point == ",":
        if "." in text:
            raise Unfit(f"不是数字：{value[:40]}", "feel.conversion")
        text = text.replace(",", ".")
    return _parse(text)


def _parse(text: str) -> Decimal:
    if len(text) > 100 or _NUMBER.fullmatch(text) is None:
        raise Unfit(f"不是数字：{text[:40]}", "feel.conversion")
    try:
        return NUMBERS.create_decimal(text)
    except DecimalException:
        raise Unfit("数值超出范围", "feel.out_of_range") from None


@STANDARD.register("not", "negand: any")
def _not(run: Run, negand: Value) -> Value:
    if negand is None:
        return None
    if type(negand) is not bool:
        raise Unfit("not 的参数应为“是/否”")
    return not negand


@STANDARD.register("is", "value1: any, value2: any")
def _is(run: Run, left: Value, right: Value) -> Value:
    if type(left) is not type(right):
        return False
    if isinstance(left, (time, datetime)):
        return (
            left == right
            and left.utcoffset() == right.utcoffset()
            and left.replace(tzinfo=None) == right.replace(tzinfo=None)
        )
    return bool(left == right)
