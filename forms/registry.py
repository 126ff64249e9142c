"""Forms of the registry: organisations, accounts, roles, policy parameters, the calendar, the staffing base."""

from typing import Any

from wtforms import (
    BooleanField,
    FieldList,
    Form,
    FormField,
    HiddenField,
    IntegerField,
    PasswordField,
    StringField,
    TextAreaField,
)
from wtforms.validators import NumberRange, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from engine.identity.organisations import OrganisationKind
from engine.identity.roles import ROLES
from engine.personnel.parameters import Parameter, ParameterKind
from engine.personnel.vocabulary import Term
from forms.base import BaseForm
from forms.choices import RadioField, SelectField, SelectMultipleField
from forms.fields import ChineseDateField, PhoneField
from forms.validators import at_most, chosen, optional, pattern, person_name, required

KIND_LABELS = {
    OrganisationKind.PROVINCE: "省", OrganisationKind.CITY: "市", OrganisationKind.COUNTY: "县（市、区）",
    OrganisationKind.STREET: "街道（乡镇）", OrganisationKind.COMMUNITY: "社区", OrganisationKind.DEPARTMENT: "部门",
    OrganisationKind.EXAM_ORGAN: "考试机构",
}  # fmt: skip
HOLIDAY_ROWS = 40


class CheckboxesField(SelectMultipleField):
    """Several boxes of which any number may be ticked."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class OrganisationForm(BaseForm):
    """A new unit below another."""

    parent_id = SelectField("上级单位", [chosen()], coerce=int)
    kind = SelectField("类别", [chosen()], choices=[(kind.value, label) for kind, label in KIND_LABELS.items()])
    code = StringField(
        "单位代码",
        [required(), at_most(32), pattern(r"[0-9A-Za-z-]{2,32}", "用数字、字母或横线，2 至 32 位。")],
        description="行政区划代码或本地代码，全系统不重复",
    )
    name = StringField("单位名称", [required(), at_most(64)])


class OrganisationChangeForm(BaseForm):
    """What may be changed of a unit."""

    name = StringField("单位名称", [required(), at_most(64)])
    active = BooleanField("正在使用", description="撤并的单位取消勾选，历史资料不受影响")


class UserForm(BaseForm):
    """A new officer's account."""

    name = StringField("姓名", [required("请填写姓名。"), person_name])
    login = StringField(
        "登录名", [required(), at_most(32)], description="小写字母开头，例如 wang.min",
        render_kw={"autocomplete": "off", "autocapitalize": "none"},
    )  # fmt: skip
    phone = PhoneField("手机号码", [optional()], description="可用来登录", render_kw={"inputmode": "tel"})
    home = SelectField(
        "所在单位", [optional()], coerce=int, choices=[], validate_choice=False,
        description="还没有角色时，由该单位及其上级的管理员管理这个账号",
    )  # fmt: skip
    password = PasswordField(
        "初始密码", [required("请设置初始密码。"), at_most(128)],
        description="至少 8 个字符；请当面告知本人，首次登录后修改",
        render_kw={"autocomplete": "new-password"},
    )  # fmt: skip


class WorkerAccountForm(BaseForm):
    """Which record an account belongs to."""

    number = StringField(
        "社区工作者编号", [required("请填写编号。"), at_most(32)], description="见社区工作者名册，例如 SG2026000001"
    )


class ConfirmedForm(BaseForm):
    """An act that asks for the password of whoever acts."""

    own_password = PasswordField(
        "您的登录密码", [required("请输入您自己的登录密码以确认。"), at_most(128)], description="确认是您本人操作",
        render_kw={"autocomplete": "current-password"},
    )  # fmt: skip


class RoleGrantForm(ConfirmedForm):
    """A role at a unit."""

    role = SelectField("角色", [chosen()], choices=[("", "请选择"), *((role.id, role.label) for role in ROLES)])
    organisation_id = SelectField("单位", [chosen()], coerce=int)
    ends_on = ChineseDateField("到期日", [optional()], description="当天仍有效，次日自动收回；不填为长期")


def _whole(text: Any) -> int | None:
    return int(text) if str(text).isdecimal() else None


class RoleRevokeForm(ConfirmedForm):
    """Which role is taken away."""

    role = HiddenField(validators=[required()])
    organisation_id = HiddenField(validators=[required()], filters=[_whole])


class PasswordResetForm(ConfirmedForm):
    """A new password for somebody who forgot his."""

    password = PasswordField(
        "新密码", [required("请设置新密码。"), at_most(128)], description="至少 8 个字符；请当面告知本人",
        render_kw={"autocomplete": "new-password"},
    )  # fmt: skip


class PopulationForm(BaseForm):
    """The people from whom the county's staffing quota is computed [N 1.2]."""

    urban_population = IntegerField(
        "城镇常住人口（人）",
        [required("请填写人数。"), NumberRange(1, 20_000_000, "请填写 1 至 20000000 之间的整数。")],
        render_kw={"inputmode": "numeric"},
    )
    effective_from = ChineseDateField("起算日期", [required("请填写日期。")])
    source = StringField("数据来源", [required("请填写数据来源，例如统计年鉴。"), at_most(200)])


class ParameterForm(BaseForm):
    """What every change of a setting states; the value's field is added by `parameter_form`."""

    effective_from = ChineseDateField(
        "生效日期", [required("请填写生效日期。")], description="已发布的招聘沿用发布时的参数"
    )
    effective_to = ChineseDateField("失效日期", [optional()], description="到期恢复原值；留空为长期有效")
    reason = TextAreaField(
        "修改依据", [required("请填写修改依据，例如会议纪要或文件号。"), at_most(500)], render_kw={"rows": 2}
    )


def parameter_form(entry: Parameter[Any]) -> type[ParameterForm]:
    """The form of one setting, with a field that fits its kind."""
    return type("BoundParameterForm", (ParameterForm,), {"value": _value_field(entry)})


def _value_field(entry: Parameter[Any]) -> Any:
    if entry.kind is ParameterKind.FLAG:
        return RadioField(entry.label, [chosen()], choices=[("true", "是"), ("false", "否")], description=entry.help)
    if entry.kind is ParameterKind.CHOICE:
        return RadioField(entry.label, [chosen()], choices=list((entry.options or {}).items()), description=entry.help)
    if entry.kind is ParameterKind.CHOICES:
        return CheckboxesField(entry.label, choices=list((entry.options or {}).items()), description=entry.help)
    unit = f"单位：{entry.unit}。" if entry.unit else ""
    bounds = "" if entry.lowest is None else f"可填 {entry.lowest} 至 {entry.highest}。"
    return StringField(entry.label, [required(), at_most(255)], description=f"{unit}{bounds}{entry.help}")


class DayKind(Term):
    """What a span of days is."""

    OFF = "off", "放假"
    WORK = "work", "调休上班"


class HolidayRow(Form):
    """A span of days with one name; empty rows are ignored."""

    first = ChineseDateField("从", [optional()])
    last = ChineseDateField("到", [optional()])
    kind = SelectField("安排", choices=DayKind.choices())
    name = StringField("名称", [at_most(64)])

    def validate_name(self, field: StringField) -> None:
        """A span needs a beginning, a name, and an end that is not before its beginning."""
        if self.first.data is None and (field.data or self.last.data):
            raise ValidationError("请填写开始日期。")
        if self.first.data is not None and not field.data:
            raise ValidationError("请填写节日名称。")
        if self.first.data and self.last.data and self.last.data < self.first.data:
            raise ValidationError("结束日期早于开始日期。")


class HolidayForm(BaseForm):
    """The announced days of one year."""

    source = StringField("文件依据", [required("请填写放假安排的文件依据。"), at_most(200)])
    days = FieldList(FormField(HolidayRow), max_entries=HOLIDAY_ROWS)
