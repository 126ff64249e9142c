"""Forms of the annual appraisal (年度考核) [N 9; domain 3]."""

from decimal import Decimal
from typing import Any

from wtforms import BooleanField, Field, IntegerField, StringField, TextAreaField
from wtforms.validators import NumberRange, ValidationError

from engine.personnel.appraisal.guides import DATES
from engine.personnel.appraisal.terms import AppraisalGrade
from forms.base import BaseForm
from forms.choices import SelectField
from forms.fields import ChineseDateField, ScoreField
from forms.validators import at_most, optional, required
from forms.work_items.base import WorkItemForm, needed_for
from forms.work_items.recruitment_campaign import CheckboxesField

WEIGHTS = (
    ("weight_routine", "日常考核"), ("weight_street", "街道评价"), ("weight_community", "社区党组织评价"),
    ("weight_peers", "同事互评"), ("weight_residents", "居民群众满意度"),
)  # fmt: skip
FULL = Decimal(100)


class GuideStartForm(BaseForm):
    """启动年度考核: the year."""

    year = IntegerField(
        "考核年度", [required("请填写考核年度。"), NumberRange(2000, 2100, message="请填写四位年份。")],
        render_kw={"inputmode": "numeric"},
    )  # fmt: skip


def _weight(label: str) -> ScoreField:
    return ScoreField(f"{label}（%）", [needed_for("submit", message="请填写权重。")], highest=100)


def _day(label: str) -> ChineseDateField:
    return ChineseDateField(label, [needed_for("submit", message="请填写日期。")])


class GuideForm(WorkItemForm):
    """拟定指导方案: weights that are 100 together, the share of 优秀, and the dates of the year."""

    bulk = False
    placed = frozenset({"title", "content", "excellent_percent", *(n for n, _ in WEIGHTS), *(n for n, _ in DATES)})

    title = StringField("方案名称", [needed_for("submit", message="请填写方案名称。"), at_most(120)])
    weight_routine = _weight("日常考核")
    weight_street = _weight("街道评价")
    weight_community = _weight("社区党组织评价")
    weight_peers = _weight("同事互评")
    weight_residents = _weight("居民群众满意度")
    excellent_percent = ScoreField(
        "优秀比例上限（%）", [needed_for("submit", message="请填写优秀比例。")], highest=25,
        description="按街道计算，舍去尾数；正职单独排名",
    )  # fmt: skip
    plan_due_on = _day("街道制定方案截止")
    summary_due_on = _day("个人总结截止")
    ballots_due_on = _day("测评截止")
    decision_due_on = _day("党工委审定截止")
    publicity_due_on = _day("公示截止")
    filing_due_on = _day("报县级备案截止")
    content = TextAreaField("考核内容和要求", [optional(), at_most(10_000)], render_kw={"rows": 8})

    def validate(self, extra_validators: Any = None) -> bool:
        """The weights are 100 together; a draft that is given up is not checked."""
        if self.decision.data == "abandon":
            return bool(self.opinion.data) or super().validate(extra_validators)
        if not super().validate(extra_validators):
            return False
        total = sum((self[name].data or Decimal(0) for name, _ in WEIGHTS), Decimal(0))
        if total != FULL:
            self.add_errors({"weight_routine": f"各项权重之和应为 100，现为 {total.normalize():f}。"})
        return total == FULL

    def values(self) -> dict[str, Any]:
        """The content as it is kept; nothing when it is given up."""
        return {} if self.decision.data == "abandon" else super().values()


class GuideDecisionForm(WorkItemForm):
    """A decision about the county's guide."""

    bulk = False


class PlanStartForm(BaseForm):
    """制定考核方案: the year and the street's own dates."""

    year = IntegerField(
        "考核年度", [required("请填写考核年度。"), NumberRange(2000, 2100, message="请填写四位年份。")],
        render_kw={"inputmode": "numeric"},
    )  # fmt: skip
    summary_on = ChineseDateField("个人总结截止", [optional()], description="留空按县级指导方案的日期")
    ballots_on = ChineseDateField("测评截止", [optional()], description="留空按县级指导方案的日期")

    def validate_ballots_on(self, field: Field) -> None:
        """Both dates or none."""
        if (field.data is None) != (self.summary_on.data is None):
            raise ValidationError("两个日期请同时填写，或同时留空。")


class SummaryForm(WorkItemForm):
    """个人总结: the person's account of the year."""

    bulk, placed = False, frozenset({"summary"})

    summary = TextAreaField(
        "个人总结（述职）", [required("请填写个人总结。"), at_most(5000)], render_kw={"rows": 14},
        description="按德、能、勤、绩、廉写本年度的主要工作、不足和打算",
    )  # fmt: skip


class OpinionForm(WorkItemForm):
    """社区意见: points out of 100; the opinion is the text of the step."""

    bulk = False

    points = ScoreField("评分（百分制）", [required("请填写评分。")], highest=100)


class GroupScoreForm(WorkItemForm):
    """考核小组评分: two scores, a comment, and what has to be considered."""

    bulk = False

    routine = ScoreField("日常考核得分", [required("请填写日常考核得分。")], highest=100)
    street = ScoreField("街道评价得分", [required("请填写街道评价得分。")], highest=100)
    comment = TextAreaField("评语", [required("请填写评语。"), at_most(1000)], render_kw={"rows": 4})
    complaint = BooleanField("有经查实的投诉（不能评为优秀）")
    refused_assignment = BooleanField("拒不服从工作安排（不能评为优秀）")
    refused_appraisal = BooleanField("经提醒仍拒不参加考核（确定为不合格）")
    neglect = BooleanField("严重失职（确定为不合格）")


class SettlementForm(WorkItemForm):
    """评定优秀名额: who of the candidates is in."""

    bulk, placed = False, frozenset({"excellent"})

    excellent = CheckboxesField("评定为优秀的人员", coerce=int)


class PlanDecisionForm(WorkItemForm):
    """A decision about a whole street; never taken in bulk."""

    bulk = False


class FeedbackForm(WorkItemForm):
    """签收考核结果: a signature is no consent; a review may be asked for with it."""

    bulk = False

    signature = StringField(
        "签名", [required("请填写本人姓名作为签收。"), at_most(30)], description="签收只表示已收到，不表示同意"
    )


def one_of_four(_form: BaseForm, field: Field) -> None:
    """Refuses what is none of the four grades [N 9.7]."""
    if field.data and field.data not in {grade.value for grade in AppraisalGrade}:
        raise ValidationError("等次只能是优秀、合格、基本合格、不合格（依据第 9.7 条）。")


class RulingForm(WorkItemForm):
    """复核、申诉处理: the result stands, or another of the four grades [N 9.7]."""

    bulk = False

    grade = SelectField(
        "改定等次", [needed_for("change", message="请选择改定的等次。")], default="",
        choices=[("", "（维持原等次）"), *reversed(AppraisalGrade.choices())], validate_choice=False,
    )  # fmt: skip

    def validate_grade(self, field: Field) -> None:
        """A result that stands has no other grade; there are exactly four [N 9.7]."""
        if self.decision.data == "uphold":
            field.data = ""
        one_of_four(self, field)
