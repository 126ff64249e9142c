"""What the fields of forms read, and what they say when they cannot."""

from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from werkzeug.datastructures import FileStorage, MultiDict
from wtforms import PasswordField, StringField

from forms.base import BaseForm
from forms.fields import ChineseDateField, IdNumberField, PhoneField, PhotoField, ScoreField, XlsxField
from forms.validators import required


class EveryField(BaseForm):
    name = StringField("姓名")
    secret = PasswordField("密码")
    id_number = IdNumberField("身份证号")
    phone = PhoneField("手机号码")
    day = ChineseDateField("日期")
    score = ScoreField("成绩", highest=120)
    table = XlsxField("表格")
    photo = PhotoField("照片")


class RequiredScore(BaseForm):
    score = ScoreField("成绩", [required("请填写成绩。")])


def _read(**typed: Any) -> EveryField:
    form = EveryField(MultiDict(typed), meta={"today": date(2026, 11, 22)})
    form.validate()
    return form


def _file(name: str, content: bytes) -> FileStorage:
    return FileStorage(BytesIO(content), name)


def test_text_is_trimmed_also_of_wide_blanks_but_passwords_are_not() -> None:
    form = _read(name="\u3000张三 ", secret=" two words ")
    assert (form.name.data, form.secret.data) == ("张三", " two words ")


def test_an_id_number_is_read_with_wide_digits_blanks_and_a_small_x() -> None:
    form = _read(id_number="１１０１０５ 19491231 002x")
    assert (form.id_number.data, form.errors) == ("11010519491231002X", {})


def test_a_wrong_check_digit_names_the_right_one() -> None:
    assert _read(id_number="110105194912310021").errors["id_number"] == ["身份证号第 18 位应为 X，请核对。"]


@pytest.mark.parametrize("typed", ["138 0000 1234", "+8613800001234", "１３８００００１２３４"])
def test_a_phone_number_is_read_as_people_write_it(typed: str) -> None:
    assert _read(phone=typed).phone.data == "13800001234"


@pytest.mark.parametrize("typed", ["12345", "23800001234", "138000012345"])
def test_a_wrong_phone_number_says_what_is_needed(typed: str) -> None:
    assert _read(phone=typed).errors["phone"] == ["请填写 11 位手机号码。"]


@pytest.mark.parametrize(
    "typed", ["2026-01-05", "2026.1.5", "2026/1/5", "20260105", "2026年1月5日", "２０２６－１－５"]
)
def test_a_day_is_read_as_people_write_it(typed: str) -> None:
    assert _read(day=typed).day.data == date(2026, 1, 5)


@pytest.mark.parametrize("typed", ["2026-02-30", "明天", "2026", "1-2-3-4"])
def test_a_day_that_does_not_exist_says_how_to_write_it(typed: str) -> None:
    assert _read(day=typed).errors["day"] == ["请按“2026-01-05”的格式填写存在的日期。"]


def test_a_score_is_exact() -> None:
    assert _read(score="78.05").score.data == Decimal("78.05")


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("一百", "请填写数字，例如 78.50。"),
        ("120.01", "分数应在 0 到 120 之间。"),
        ("-1", "分数应在 0 到 120 之间。"),
        ("NaN", "分数应在 0 到 120 之间。"),
        ("78.005", "最多保留 2 位小数。"),
    ],
)
def test_a_wrong_score_says_what_is_needed(typed: str, message: str) -> None:
    assert _read(score=typed).errors["score"] == [message]


def test_a_missing_score_is_asked_for() -> None:
    form = RequiredScore(MultiDict({"score": ""}))
    assert not form.validate()
    assert form.errors["score"] == ["请填写成绩。"]


def test_a_file_is_judged_by_its_content_and_not_only_by_its_name() -> None:
    assert _read(table=_file("成绩.xlsx", b"PK\x03\x04...")).errors == {}
    assert "table" in _read(table=_file("成绩.xlsx", b"<html>")).errors
    assert "table" in _read(table=_file("成绩.xls", b"PK\x03\x04...")).errors
    assert "photo" in _read(photo=_file("a.jpg", b"<script>")).errors
    assert _read(photo=_file("a.jpg", b"\xff\xd8\xff\xe0")).errors == {}


def test_a_file_that_is_too_large_says_its_size_and_the_limit() -> None:
    form = _read(photo=_file("a.jpg", b"\xff\xd8\xff" + bytes(6 << 20)))
    assert form.errors["photo"] == ["文件 6.0 MB，超过 5 MB，请缩小后再传。"]


def test_the_error_list_leads_to_the_fields() -> None:
    form = _read(phone="1")
    form.add_errors({"name": "查无此人。", "": "没有成功。"})
    assert list(form.error_list()) == [
        (None, "没有成功。"), ("name", "姓名：查无此人。"), ("phone", "手机号码：请填写 11 位手机号码。"),
    ]  # fmt: skip
