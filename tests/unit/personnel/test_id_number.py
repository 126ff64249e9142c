"""Identification numbers: form, meaning, and messages that say what to correct."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.kernel.errors import Invalid
from engine.personnel.id_number import check_digit, id_number_of, masked_phone, parse_id_number, problem_of
from engine.personnel.vocabulary import Sex

TODAY = date(2026, 11, 23)


def test_a_number_gives_birth_date_and_sex() -> None:
    number = parse_id_number(id_number_of("320706", date(1990, 2, 28), 122), TODAY)
    assert (number.birth_date, number.sex) == (date(1990, 2, 28), Sex.FEMALE)


def test_blanks_and_a_small_x_are_forgiven() -> None:
    text = next(n for n in (id_number_of("320706", date(1990, 2, 28), i) for i in range(99)) if n.endswith("X"))
    assert parse_id_number(f" {text[:6]} {text[6:17]}x ", TODAY).text == text


def test_a_wrong_last_digit_is_named_with_the_right_one() -> None:
    text = id_number_of("320706", date(1990, 2, 28), 122)
    wrong = "0" if text[17] != "0" else "1"
    with pytest.raises(Invalid) as refused:
        parse_id_number(text[:17] + wrong, TODAY)
    assert refused.value.message == f"身份证号第 18 位应为 {text[17]}，请核对"
    assert "id_number" in refused.value.fields


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("32070619900228122", "应为 18 位，现为 17 位"),
        ("32070619900228I22X", "第 15 位“I”不正确"),
        ("990706199002281220", "前两位“99”"),
        ("320706199002301220", "不是有效的出生日期"),
        ("320706203002281220", "晚于今天"),
        ("320706189902281220", "出生年份 1899"),
    ],
)
def test_each_mistake_has_its_own_message(text: str, part: str) -> None:
    assert part in (problem_of(text, TODAY) or "")


def test_full_width_digits_are_not_digits() -> None:
    assert "第 1 位" in (problem_of("３20706199002281220", TODAY) or "")


@given(st.dates(date(1950, 1, 1), date(2008, 1, 1)), st.integers(0, 999))
def test_every_generated_number_is_valid_and_any_changed_digit_is_found(birth: date, sequence: int) -> None:
    text = id_number_of("320706", birth, sequence)
    assert problem_of(text, TODAY) is None
    assert all(problem_of(text[:17] + other, TODAY) for other in "0123456789X" if other != text[17])


def test_the_check_digit_of_the_standards_example() -> None:
    assert check_digit("11010519491231002") == "X"


def test_masks_hide_the_birth_date_and_most_of_the_phone() -> None:
    text = id_number_of("320706", date(1990, 2, 28), 122)
    masked = parse_id_number(text, TODAY).masked
    assert "19900228" not in masked and len(masked) == 18 and masked.endswith(text[-4:])
    assert masked_phone("13812345678") == "138****5678"
