"""Forms of the officers' user tasks of a registration (报名) [N 4, 5, 12; domain 1.5]."""

from typing import Any

from wtforms import Field, IntegerField, StringField, TextAreaField
from wtforms.validators import NumberRange, ValidationError

from forms.fields import ChineseDateField
from forms.validators import at_most, optional
from forms.work_items.base import RemarksField, WorkItemForm, needed_for
from forms.work_items.recruitment_campaign import CheckboxesField

ORIGINALS = (
    ("id_card", "身份证"), ("household", "户口簿"), ("diploma", "学历（学位）证书"), ("chsi", "学籍在线验证报告"),
    ("certificate", "社会工作者职业资格证书"), ("veteran", "退役军人证件"), ("grid_worker", "网格员聘用协议"),
    ("consent", "单位同意报考证明"), ("bonus", "加分证明材料"),
)  # fmt: skip


class FirstReviewForm(WorkItemForm):
    """资格初审: pass, return or reject, with remarks that the applicant sees beside his fields."""

    placed, keeps_seen = frozenset({"remarks"}), True

    remarks = RemarksField("批注")

    def validate(self, extra_validators: Any = None) -> bool:
        """A returned registration says what has to be mended: by remarks, by the opinion, or by both."""
        if self.decision.data == "return" and self.remarks.data and not self.opinion.data:
            self.opinion.data = "请按批注逐项补正后重新提交。"
        return super().validate(extra_validators)


class SecondOpinionForm(WorkItemForm):
    """A review of somebody else's decision (申诉、申辩复核): each on its own merits, never in bulk."""

    bulk = False


class RecheckForm(WorkItemForm):
    """资格复审: which originals were shown."""

    bulk = False

    originals = CheckboxesField("已核验原件", choices=ORIGINALS)

    def validate_originals(self, field: Field) -> None:
        """Nobody passes without his identity and diploma having been seen."""
        missing = [label for value, label in ORIGINALS if value in ("id_card", "diploma") and value not in field.data]
        if self.decision.data == "pass" and missing:
            raise ValidationError(f"请核验{'、'.join(missing)}原件后再判定合格。")


class MedicalForm(WorkItemForm):
    """体检、复检: when, where, and what was found; health facts are kept encrypted."""

    bulk = False

    examined_on = ChineseDateField("体检日期", [needed_for("pass", "recheck", "fail", message="请填写体检日期。")])
    hospital = StringField(
        "体检医院", [needed_for("pass", "recheck", "fail", message="请填写体检医院。"), at_most(100)]
    )
    findings = TextAreaField(
        "体检结论", [optional(), at_most(1000)], description="只填与结论有关的项目，加密保存", render_kw={"rows": 3}
    )

    def validate_examined_on(self, field: Field) -> None:
        """An examination has taken place."""
        if field.data and field.data > self.meta.today:
            raise ValidationError("体检日期不能晚于今天。")


class BackgroundCheckForm(WorkItemForm):
    """考察: what one of the checkers found on each point."""

    bulk = False

    politics = TextAreaField("政治表现", [optional(), at_most(500)], render_kw={"rows": 2})
    conduct = TextAreaField("道德品行", [optional(), at_most(500)], render_kw={"rows": 2})
    law = TextAreaField("遵纪守法", [optional(), at_most(500)], render_kw={"rows": 2})
    family = TextAreaField("家庭及主要社会关系", [optional(), at_most(500)], render_kw={"rows": 2})
    ability = TextAreaField("工作能力和表现", [optional(), at_most(500)], render_kw={"rows": 2})


class ContractForm(WorkItemForm):
    """签订劳动合同: dates within labour law; the rule itself is checked by the domain [L19]."""

    bulk = False

    start = ChineseDateField("合同起始日期", [needed_for("sign", message="请填写合同起始日期。")])
    months = IntegerField(
        "合同期限（月）",
        [needed_for("sign", message="请填写合同期限。"), NumberRange(3, 120, message="合同期限应为 3 至 120 个月。")],
        default=36,
    )
    probation_months = IntegerField(
        "试用期（月）",
        [needed_for("sign", message="请填写试用期。"), NumberRange(0, 6, message="试用期应为 0 至 6 个月。")],
        default=3,
        description="三年以上合同最长 6 个月，一年以上不满三年最长 2 个月",
    )
    number = StringField("合同编号", [optional(), at_most(64)])


class ReportForDutyForm(WorkItemForm):
    """报到上岗."""

    bulk = False

    arrived_on = ChineseDateField("报到日期", [needed_for("arrived", message="请填写报到日期。")])

    def validate_arrived_on(self, field: Field) -> None:
        """Somebody has arrived."""
        if field.data and field.data > self.meta.today:
            raise ValidationError("报到日期不能晚于今天。")
