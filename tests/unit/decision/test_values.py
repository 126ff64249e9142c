"""The gate for plain data."""

from datetime import date
from decimal import Decimal

import pytest

from engine.decision import Range, YearMonthDuration, clean


def test_numbers_become_decimals_of_bounded_precision() -> None:
    assert clean(1) == Decimal(1)
    assert clean(0.1) == Decimal("0.1")
    assert len(clean(Decimal(1) / Decimal(3)).as_tuple().digits) <= 34
    assert clean(True) is True


def test_structures_are_copied() -> None:
    source = {"items": (1, {"日期": date(2026, 3, 1)}), "wide": Range(1, None), "term": YearMonthDuration(36)}
    cleaned = clean(source)
    assert cleaned == {
        "items": [Decimal(1), {"日期": date(2026, 3, 1)}],
        "wide": Range(Decimal(1), None),
        "term": YearMonthDuration(36),
    }
    assert cleaned is not source


def cyclic() -> list[object]:
    items: list[object] = []
    items.append(items)
    return items


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (float("inf"), "无穷大"),
        (Decimal("NaN"), "无穷大"),
        (10**7000, "过大"),
        ("a\x00b", "空字符"),
        ("\ud800", "不完整"),
        ({1: "a"}, "键必须是文字"),
        (object(), "不支持的数据类型"),
        (cyclic(), "嵌套超过"),
        (["x"] * 60_000, "数据过大"),
        ("x" * 200_000, "超过上限"),
    ],
    ids="infinity nan huge nul surrogate key object cycle many long".split(),
)
def test_what_is_no_plain_data_is_refused(value: object, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        clean(value)
