"""The forms of steps: what each decision asks for, what is kept, and what is refused."""

from datetime import date
from typing import Any

import pytest
from werkzeug.datastructures import MultiDict

from forms.work_items import FORMS
from forms.work_items.base import LONGEST_REMARK, MOST_REMARKS, WorkItemForm

TODAY = date(2026, 11, 23)
DECISIONS = {
    "registration_contract": {"sign": "签订合同", "refuse": "本人放弃聘用"},
    "registration_medical": {"pass": "合格", "absent": "未参加"},
    "registration_recheck": {"pass": "合格", "fail": "不合格"},
    "registration_first_review": {"pass": "通过", "return": "退回补正"},
    "post_request_county_review": {"accept": "纳入招聘计划", "return": "退回补正"},
}


def filled(form_id: str, **typed: Any) -> WorkItemForm:
    pairs = [(name.replace("__", "-"), value) for name, value in typed.items()]
    form = FORMS[form_id](MultiDict(pairs), meta={"today": TODAY})
    form.offer(DECISIONS[form_id], frozenset({"return", "fail", "refuse"}))
    return form


def errors(form: WorkItemForm) -> str:
    form.validate()
    return "；".join(message for _, message in form.error_list())


def test_a_contract_that_is_signed_needs_its_dates() -> None:
    assert "请填写合同起始日期" in errors(filled("registration_contract", decision="sign"))


def test_a_contract_that_is_refused_needs_only_the_reason() -> None:
    assert errors(filled("registration_contract", decision="refuse", opinion="本人另有安排")) == ""
    assert "必须填写意见" in errors(filled("registration_contract", decision="refuse"))


def test_dates_are_kept_as_text_and_what_is_empty_is_not_kept() -> None:
    form = filled("registration_contract", decision="sign", start="2026.12.1", months="36", probation_months="6")
    assert errors(form) == ""
    assert form.values() == {"start": "2026-12-01", "months": 36, "probation_months": 6}


def test_an_examination_is_not_in_the_future() -> None:
    form = filled("registration_medical", decision="pass", hospital="县医院", examined_on="2026-11-24")
    assert "不能晚于今天" in errors(form)


def test_who_did_not_come_to_the_medical_has_neither_day_nor_hospital() -> None:
    assert errors(filled("registration_medical", decision="absent")) == ""


def test_nobody_passes_the_recheck_without_identity_and_diploma() -> None:
    assert "请核验学历（学位）证书原件" in errors(filled("registration_recheck", decision="pass", originals="id_card"))
    assert errors(filled("registration_recheck", decision="fail", opinion="证书不符")) == ""


def test_only_remarks_on_plain_field_names_are_read() -> None:
    form = filled(
        "registration_first_review", decision="return", remarks__school="请核对", **{"remarks-__class__": "x"},
        **{"remarks-a b": "y"}, **{"remarks-": "z"}, remarks__major="  ",
    )  # fmt: skip
    assert form.values() == {"remarks": {"school": "请核对"}}


def test_remarks_have_a_length_and_a_number() -> None:
    long = filled("registration_first_review", decision="return", remarks__school="字" * (LONGEST_REMARK + 1))
    assert "每条批注最多" in errors(long)
    many = {f"remarks__f{number}": "x" for number in range(MOST_REMARKS + 20)}
    assert len(filled("registration_first_review", decision="return", **many).values()["remarks"]) == MOST_REMARKS


@pytest.mark.parametrize("heads", ["-1", "1.5", "a", "9999", ""])
def test_heads_that_are_no_number_are_refused(heads: str) -> None:
    form = filled("post_request_county_review", decision="accept", accepted__0__line="7", accepted__0__heads=heads)
    assert form.validate() is False


def test_accepting_nobody_is_told_to_be_a_refusal() -> None:
    form = filled("post_request_county_review", decision="accept", accepted__0__line="7", accepted__0__heads="0")
    assert "请改为“不予采纳”" in errors(form)


def test_fields_that_a_form_does_not_have_are_never_kept() -> None:
    form = filled("registration_medical", decision="absent", organisation_id="1", outcome="pass")
    assert form.values() == {}
