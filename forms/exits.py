"""Forms of the pages of exit: absence, evidence, the person's own acts, compensation, retirement [N 11; domain 6]."""

from decimal import Decimal

from wtforms import BooleanField, DecimalField, StringField, TextAreaField
from wtforms.validators import NumberRange

from engine.personnel.exits.terms import EvidenceKind, Service
from forms.base import BaseForm
from forms.choices import SelectField
from forms.fields import ChineseDateField, DocumentField
from forms.validators import at_most, chosen, optional, required
from forms.work_items.exits import person


class AbsenceForm(BaseForm):
    """登记旷工: from which day, how many working days, in halves."""

    worker = SelectField("社区工作者", [chosen("请选择社区工作者。")], coerce=person)
    starts_on = ChineseDateField("开始日期", [required("请填写开始日期。")])
    days = DecimalField(
        "旷工天数（工作日）",
        [required("请填写天数。"), NumberRange(Decimal("0.5"), 300, message="应为 0.5 至 300。")],
        places=1, description="半天填 0.5，周末和节假日不计", render_kw={"inputmode": "decimal"},
    )  # fmt: skip
    note = TextAreaField("情况说明", [optional(), at_most(500)], render_kw={"rows": 2})


class ReturnNoticeForm(BaseForm):
    """返岗催告书送达."""

    number = StringField("催告书编号", [required("请填写催告书编号。"), at_most(64)])
    served_on = ChineseDateField("送达日期", [required("请填写送达日期。")])
    way = SelectField("送达方式", [chosen()], choices=Service.choices())
    proof = StringField(
        "送达凭证", [required("请填写送达凭证。"), at_most(300)], description="签收日期、挂号信编号或两名见证人姓名"
    )


class EvidenceFileForm(BaseForm):
    """上传证据: one file at a time, each for a kind of evidence."""

    kind = SelectField("证据种类", [chosen("请选择证据种类。")], choices=[("", "请选择"), *EvidenceKind.choices()])
    label = StringField(
        "文件名称", [required("请填写文件名称。"), at_most(100)],
        description="写明文号和日期，例如：考勤表（2026年8月）",
    )  # fmt: skip
    file = DocumentField("文件", [required("请选择文件。")], description="照片或 PDF，不超过 5 MB；加密保存")


class DefenceForm(BaseForm):
    """陈述申辩."""

    text = TextAreaField(
        "陈述申辩的内容", [required("请填写陈述申辩的内容。"), at_most(4000)], render_kw={"rows": 8},
        description="写明您认为不符合事实或者处理不当的地方和理由",
    )  # fmt: skip
    hearing = BooleanField("要求听证（由街道当面听取意见）")
    file = DocumentField("证明材料", [optional()], description="照片或 PDF，选填")


class ReasonForm(BaseForm):
    """A reason alone: a request for review, a resignation taken back, an award carried out."""

    reason = TextAreaField("理由", [required("请填写理由。"), at_most(2000)], render_kw={"rows": 5})


class ResignForm(BaseForm):
    """提出辞职."""

    last_day = ChineseDateField(
        "希望的最后工作日", [required("请填写最后工作日。")], description="须提前 30 日书面通知，试用期内提前 3 日"
    )
    reason = TextAreaField("辞职理由", [required("请填写辞职理由。"), at_most(2000)], render_kw={"rows": 5})


class RetirementForm(BaseForm):
    """弹性退休申请."""

    chosen_on = ChineseDateField("选择的退休日期", [required("请填写选择的退休日期。")])
    reason = TextAreaField("说明", [optional(), at_most(500)], render_kw={"rows": 3})


def _yuan(label: str, hint: str = "") -> DecimalField:
    return DecimalField(
        label, [optional(), NumberRange(Decimal(0), Decimal(1_000_000), message="请填写 0 至 1000000 元。")], places=2,
        description=hint, render_kw={"inputmode": "decimal"},
    )  # fmt: skip


class CalculatorForm(BaseForm):
    """经济补偿计算."""

    first_day = ChineseDateField("入职日期", [required("请填写入职日期。")])
    last_day = ChineseDateField("最后工作日", [required("请填写最后工作日。")])
    average = _yuan("前 12 个月平均工资（元）", "应发工资，含奖金和津贴（实施条例第27条）")
    city_average = _yuan("全市职工月平均工资（元）", "上年度，统计部门公布")
    minimum = _yuan("当地最低工资标准（元）")
    last_month = _yuan("上月工资（元）", "代通知金按此计算（实施条例第20条）")
    in_lieu = BooleanField("支付代通知金")
