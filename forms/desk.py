"""Forms of the exam desk: dates, rooms, imports, answers, releases."""

from typing import Any

from wtforms import BooleanField, FieldList, Form, FormField, HiddenField, IntegerField, StringField, TextAreaField
from wtforms.validators import NumberRange, ValidationError

from engine.personnel.recruitment.outcomes import ObjectionState
from forms.base import BaseForm
from forms.choices import RadioField, SelectField
from forms.fields import IdNumberField, ScoreField, XlsxField
from forms.validators import at_most, chosen, optional, person_name, required
from forms.work_items.recruitment_campaign import MomentField

ROOM_ROWS = 600
"""Exam rooms: 15,000 people in rooms of thirty, and some to spare."""


class WhenField(MomentField):
    """A moment that has to be given."""

    def __init__(self, label: str, **kwargs: Any) -> None:
        super().__init__(label, **kwargs)
        self.validators = (required("请填写日期和时间。"),)
        self.flags.required = True


class MoveDateForm(BaseForm):
    """A window is extended or a step brought forward."""

    field = SelectField("调整哪个时间", [chosen()], choices=[])
    moment = WhenField("改为")
    following = BooleanField("后面的时间一并顺延（先看结果再确认）")
    reason = TextAreaField(
        "理由", [required("请填写调整理由，将记入办理记录。"), at_most(300)], render_kw={"rows": 2}
    )
    confirmed = HiddenField()


class CancelForm(BaseForm):
    """The recruitment is ended for everybody."""

    reason = TextAreaField(
        "终止原因", [required("请填写终止招聘的原因，将向报考人员公布。"), at_most(300)], render_kw={"rows": 2}
    )


class CorrectionForm(BaseForm):
    """A mistyped name or ID number is put right."""

    name = StringField("姓名", [required("请填写姓名。"), person_name])
    id_number = IdNumberField(
        "身份证号", [optional()], description="没有差错的留空", render_kw={"autocomplete": "off"}
    )
    reason = TextAreaField(
        "更正依据", [required("请写明更正的依据。"), at_most(300)], render_kw={"rows": 2},
        description="例如 本人书面申请，已核对身份证原件",
    )  # fmt: skip


class DisqualifyForm(BaseForm):
    """A registration is cancelled for false data."""

    reason = TextAreaField(
        "事实和依据", [required("请写明取消资格的事实和依据，本人会看到。"), at_most(500)], render_kw={"rows": 3}
    )


class CounterForm(BaseForm):
    """Somebody registers at the counter."""

    name = StringField("姓名", [required("请填写姓名。"), person_name])
    post_id = SelectField("报考岗位", [chosen("请选择岗位。")], coerce=int, choices=[])


class PickForm(BaseForm):
    """Somebody of the reserve pool is asked."""

    reason = TextAreaField(
        "理由", [optional(), at_most(300)], render_kw={"rows": 2}, description="按名次选用的可以不填"
    )


class RoomRow(Form):
    """One exam room; an empty row is ignored."""

    name = StringField("考场名称", [at_most(64)])
    capacity = IntegerField("座位数", [optional(), NumberRange(1, 500, "座位数应在 1 至 500 之间。")])
    address = StringField("地址", [at_most(200)])

    def validate_name(self, field: StringField) -> None:
        """A room has a name and seats."""
        if self.capacity.data and not field.data:
            raise ValidationError("请填写考场名称。")
        if field.data and not self.capacity.data and not self.capacity.errors:
            raise ValidationError("请填写座位数。")


class RoomsForm(BaseForm):
    """The rooms in the order in which they are filled."""

    rooms = FieldList(FormField(RoomRow), max_entries=ROOM_ROWS)
    more = IntegerField("再添加同样的考场（个）", [optional(), NumberRange(1, 500, "一次可添加 1 至 500 个。")])
    seats = IntegerField("每个考场座位数", [optional(), NumberRange(1, 500, "座位数应在 1 至 500 之间。")])

    def validate_rooms(self, field: Any) -> None:
        """At least one room, no name twice."""
        names = [row.form.name.data.strip() for row in field if row.form.name.data]
        if not names and not self.more.data:
            raise ValidationError("请至少填写一个考场。")
        if len(set(names)) != len(names):
            raise ValidationError("考场名称不能重复。")

    def validate_seats(self, field: IntegerField) -> None:
        """Rooms that are added have seats."""
        if self.more.data and not field.data:
            raise ValidationError("请填写每个考场的座位数。")


class DrawForm(BaseForm):
    """The published seed of the draw."""

    seed = StringField(
        "抽签种子", [required("请填写抽签种子。"), at_most(128)],
        description="用事先无法预知、事后人人可查的号码，例如当天福利彩票的开奖号码；抽签后公布，不能更改",
    )  # fmt: skip
    opinion = StringField("说明", [optional(), at_most(200)], description="例如监督人员姓名")


class SheetForm(BaseForm):
    """A spreadsheet to import."""

    file = XlsxField(
        "Excel 工作簿（.xlsx）", [required("请选择要导入的文件。")],
        description="使用模板，标题在第 1 行，只读取第一张工作表，最大 5 MB",
    )  # fmt: skip


class ReleaseForm(BaseForm):
    """A list is made public."""

    opinion = StringField("说明", [optional(), at_most(200)])


class AnswerRow(Form):
    """The answer to one query about a score."""

    objection_id = HiddenField()
    finding = RadioField(
        "复核结论",
        [chosen("请选择复核结论。")],
        choices=[(ObjectionState.UNFOUNDED.value, "复核无误"), (ObjectionState.UPHELD.value, "确有差错，已更正成绩")],
    )
    text = StringField("复核说明", [required("请填写复核说明。"), at_most(300)])


class AnswersForm(BaseForm):
    """Answers to the queries that wait."""

    answers = FieldList(FormField(AnswerRow))


class ExtraRow(Form):
    """The score of one participant of an extra test."""

    number = HiddenField()
    score = ScoreField("加试成绩", validators=[required("请填写加试成绩。")])


class ExtraForm(BaseForm):
    """Scores of an extra test."""

    scores = FieldList(FormField(ExtraRow))
