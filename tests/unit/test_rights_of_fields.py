"""Forms of steps: rights of a node's fields, and what was submitted before coming back into them."""

from datetime import date
from decimal import Decimal

from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, DateField, DecimalField, FieldList, FormField, SelectField, StringField
from wtforms.validators import Optional

from forms.base import BaseForm
from forms.work_items.base import RemarksField, WorkItemForm


class Line(BaseForm):
    name = StringField("名称")
    day = DateField("日期", [Optional()])


class StepForm(WorkItemForm):
    title = StringField("标题", [Optional()])
    share = DecimalField("比例", [Optional()])
    day = DateField("日期", [Optional()])
    sure = BooleanField("确认")
    kind = SelectField("类别", [Optional()], choices=[("a", "甲"), ("b", "乙")])
    lines = FieldList(FormField(Line), "明细")
    remarks = RemarksField("批注")


def posted(**values: str) -> MultiDict[str, str]:
    return MultiDict({"decision": "pass", **values})


def form_with(rights: dict[str, str], **values: str) -> StepForm:
    form = StepForm(posted(**values), title="原标题")
    form.offer({"pass": "通过"}, frozenset())
    form.restrict(rights)
    return form


def test_a_field_to_be_read_keeps_its_value_whatever_is_posted() -> None:
    form = form_with({"title": "read"}, title="伪造")
    assert form.validate()
    assert form.title.data == "原标题"
    assert "disabled" in form.title()
    assert "title" not in form.values()


def test_a_hidden_field_is_not_there() -> None:
    form = form_with({"title": "hidden", "opinion": "hidden"}, title="伪造")
    assert form.validate()
    assert "title" not in form
    assert form.hidden == {"title", "opinion"}
    assert "title" not in form.values()


def test_a_required_field_must_be_filled_in() -> None:
    for form in (form_with({"title": "required"}, title=""), form_with({"title": "required"}, title="　")):
        assert not form.validate()
        assert form.title.errors == ["请填写此项。"]
    assert form_with({"title": "required", "share": "required"}, title="新标题", share="0").validate()


def test_lines_to_be_read_take_nothing() -> None:
    form = StepForm(posted(**{"lines-0-name": "伪造"}), lines=[{"name": "原名"}])
    form.restrict({"lines": "read"})
    assert [line.form.name.data for line in form.lines] == ["原名"]
    assert "lines" not in form.values()


def test_what_was_submitted_comes_back_as_it_was() -> None:
    lines = {"lines-0-name": "一", "lines-0-day": "2026-11-24", "lines-1-name": "二", "remarks-school": "核对"}
    typed = {"title": "标题", "share": "12.50", "day": "2026-11-23", "sure": "y", "kind": "b", "opinion": "请补充"}
    before = StepForm(posted(**typed, **lines))
    assert before.validate()
    form = StepForm()
    form.begin_with({**before.values(), "opinion": before.opinion.data})
    assert (form.title.data, form.share.data, form.day.data) == ("标题", Decimal("12.50"), date(2026, 11, 23))
    assert (form.sure.data, form.kind.data, form.opinion.data) == (True, "b", "请补充")
    assert [(line.form.name.data, line.form.day.data) for line in form.lines] == [
        ("一", date(2026, 11, 24)), ("二", None),
    ]  # fmt: skip
    assert form.remarks.data == {"school": "核对"}
    assert 'value="2026-11-24"' in form.lines[0].form.day()


def test_what_no_longer_fits_is_left_out() -> None:
    form = StepForm(title="现值")
    form.begin_with({"title": 7, "share": "abc", "day": [], "lines": {"3": 1}, "gone": "x", "decision": "pass"})
    assert (form.title.data, form.share.data, form.day.data) == ("现值", None, None)
    assert (len(form.lines), form.decision.data) == (0, None)
