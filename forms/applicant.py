"""What the public asks and what applicants hand in after their registration [domain 1.5, 1.10, 1.12]."""

from wtforms import BooleanField, Field, IntegerField, StringField, TextAreaField
from wtforms.validators import Length, ValidationError

from engine.personnel.vocabulary import CertificateLevel, Education, Household, Politics
from forms.base import BaseForm
from forms.choices import SelectField
from forms.fields import IdNumberField, PhoneField
from forms.registration import DayField
from forms.validators import accepted, at_most, chosen, optional, person_name, required

LONGEST_STATEMENT = 1000
SHORTEST_STATEMENT = 10


class EligibilityForm(BaseForm):
    """我能报哪些岗位: what decides, asked of anybody, kept nowhere."""

    born = DayField("出生日期", [required("请填写出生日期。")])
    education = SelectField("最高学历", [chosen("请选择学历。")], choices=[("", "请选择"), *Education.choices()])
    major = StringField("专业", [optional(), at_most(64)], description="毕业证书上的专业名称")
    household = SelectField("户籍、生源情况", [chosen("请选择。")], choices=[("", "请选择"), *Household.choices()])
    politics = SelectField("政治面貌", [chosen("请选择。")], choices=[("", "请选择"), *Politics.choices()])
    certificate = SelectField("社会工作者职业资格", [optional()], choices=CertificateLevel.choices())
    community_years = IntegerField(
        "在社区工作年限", [optional()], default=0, render_kw={"inputmode": "numeric", "min": 0}
    )
    veteran = BooleanField("退役军人")
    grid_worker = BooleanField("在岗专职网格员")
    fresh_graduate = BooleanField("应届高校毕业生")
    new_employment = BooleanField("新就业群体")

    def validate_born(self, field: Field) -> None:
        """A birth date in the past."""
        if field.data and not 1900 <= field.data.year <= self.meta.today.year:
            raise ValidationError("请核对出生年份。")

    def validate_community_years(self, field: Field) -> None:
        """Whole years, as a person can have them."""
        if field.data is not None and not 0 <= field.data <= 50:
            raise ValidationError("年限应在 0 到 50 之间。")


class ScoreQueryForm(BaseForm):
    """Scores of one person, by what only he knows together."""

    exam_number = StringField(
        "准考证号", [required("请填写准考证号。"), at_most(32)],
        render_kw={"autocomplete": "off", "inputmode": "numeric"},
    )  # fmt: skip
    id_number = IdNumberField("身份证号", [required("请填写身份证号。")], render_kw={"autocomplete": "off"})


class StatementForm(BaseForm):
    """A statement in one's own words: appeal, defence, request for a check of the score."""

    text = TextAreaField(
        "事实和理由",
        [
            required("请写明事实和理由。"),
            Length(min=SHORTEST_STATEMENT, message=f"请至少写 {SHORTEST_STATEMENT} 个字，说明哪里不符合事实。"),
            at_most(LONGEST_STATEMENT),
        ],
        render_kw={"rows": 6},
    )


class ObjectionForm(StatementForm):
    """An objection from the public against somebody in a publicity notice; it has to be signed."""

    exam_number = SelectField("对哪一位提出", [chosen("请选择公示名单中的人员。")], coerce=str, choices=[])
    from_name = StringField("您的姓名", [required("请填写真实姓名，便于核实后答复。"), person_name])
    from_phone = PhoneField("您的手机号码", [required("请填写手机号码。")], description="只用于核实和答复，严格保密")


class WaiverForm(BaseForm):
    """Giving up for good."""

    reason = StringField("放弃原因", [required("请简要写明原因。"), at_most(200)], description="例如 已在其他单位就业")
    certain = BooleanField("我知道放弃后不能恢复", [accepted("请确认您知道后果。")])


class ConfirmForm(BaseForm):
    """A step that needs nothing but the person's will."""
