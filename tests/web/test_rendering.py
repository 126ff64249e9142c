"""How values read on a page."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from engine.kernel.clock import CHINA
from webapp.due import due_of
from webapp.rendering import cn_date, cn_datetime, cn_day, mask_id, mask_phone, score

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


def test_moments_are_shown_in_china_with_their_weekday() -> None:
    assert cn_datetime(NOW) == "2026-11-22（周日） 17:00"
    assert cn_date(datetime(2026, 11, 22, 17, 0, tzinfo=UTC)) == "2026-11-23（周一）"
    assert cn_day(date(2026, 1, 5)) == "1月5日"
    assert cn_datetime(None) == cn_date(None) == ""


def test_personal_numbers_are_masked() -> None:
    assert mask_id("320102199001011234") == "320***********1234"
    assert mask_phone("13800001234") == "138****1234"
    assert mask_id(None) == mask_phone("") == ""


@pytest.mark.parametrize(("value", "shown"), [("78.005", "78.01"), ("78", "78.00"), ("0.125", "0.13")])
def test_scores_have_two_decimals_rounded_half_up(value: str, shown: str) -> None:
    assert score(Decimal(value)) == shown


def test_a_missing_score_is_a_dash_and_not_a_zero() -> None:
    assert score(None) == "—"


@pytest.mark.parametrize(
    ("at", "workdays", "text"),
    [
        (datetime(2026, 11, 25, 17, 0, tzinfo=CHINA), 2, "剩 2 个工作日，11月25日 17:00 截止"),
        (datetime(2026, 11, 22, 18, 0, tzinfo=CHINA), 0, "今天到期，11月22日 18:00 截止"),
        (datetime(2026, 11, 22, 20, 0, tzinfo=CHINA), None, "剩 3 小时，11月22日 20:00 截止"),
        (datetime(2026, 11, 22, 17, 40, tzinfo=CHINA), None, "剩不到 1 小时，11月22日 17:40 截止"),
        (datetime(2026, 11, 20, 17, 0, tzinfo=CHINA), 0, "已逾期，11月20日 17:00 截止"),
    ],
)
def test_remaining_time_is_said_in_working_time(at: datetime, workdays: int | None, text: str) -> None:
    due = due_of(at, NOW, workdays=workdays)
    assert due is not None
    assert due.text == text


def test_what_has_no_end_has_no_remaining_time() -> None:
    assert due_of(None, NOW) is None
