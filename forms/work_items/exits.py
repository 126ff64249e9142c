"""Forms of exit (退出) [N 11; domain 6]."""

from decimal import Decimal
from typing import Any

from wtforms import BooleanField, DecimalField, StringField, TextAreaField
from wtforms.validators import NumberRange, ValidationError

from engine.personnel.exits.terms import EvidenceKind, ExitGround, Protection, Route, Service, TextChoice
from forms.base import BaseForm
from forms.choices import SelectField
from forms.fields import ChineseDateField
from forms.validators import at_most, chosen, optional, required
from forms.work_items.base import WorkItemForm, needed_for
from forms.work_items.recruitment_campaign import CheckboxesField

PUBLIC_CLAUSES = {
    ground: f"第11条第（{place}）项：{ground.label}" for place, ground in enumerate(list(ExitGround)[:6], start=1)
}

CHOOSE = ("", "请选择")


def person(value: Any) -> int | None:
    """The id of a worker; nobody is chosen beforehand."""
    return int(value) if value not in (None, "", "None") else None


class ExitStartForm(BaseForm):
    """提出退出: who, on which ground, by which article, and why."""

    worker = SelectField("社区工作者", [chosen("请选择社区工作者。")], coerce=person)
    ground = SelectField(
        "退出情形",
        [chosen()],
        choices=[CHOOSE, *((ground.value, PUBLIC_CLAUSES.get(ground, ground.label)) for ground in ExitGround)],
    )
    route = SelectField(
        "劳动合同法途径", [chosen()], choices=[CHOOSE, *Route.choices()],
        description="由经办人根据事实选择；情形与途径不相符的不能提交",
    )  # fmt: skip
    reason = TextAreaField("事实和理由", [required("请写明事实和理由。"), at_most(2000)], render_kw={"rows": 5})
    notified_on = ChineseDateField("收到辞职报告（发出期满通知）日期", [optional()], description="辞职、合同期满时填写")
    last_day = ChineseDateField(
        "最后工作日", [optional()], description="辞职、协商、期满、退休、死亡时填写；其他情形由退出决定书确定"
    )
    by_worker = BooleanField("由本人提出（协商解除），或本人拒绝同等条件续订（合同期满）")


class EvidenceForm(WorkItemForm):
    """收集证据."""

    bulk = False

    kinds = CheckboxesField("已取得的证据（已上传文件的自动计入）", choices=EvidenceKind.choices())
    documents = TextAreaField(
        "文号、日期和主要内容", [needed_for("submit", message="请填写各项证据的文号、日期和主要内容。"), at_most(2000)],
        render_kw={"rows": 4},
    )  # fmt: skip

    def values(self) -> dict[str, Any]:
        """Kinds and their description; nothing when it is withdrawn."""
        return super().values() if self.decision.data == "submit" else {}


class GuardCheckForm(WorkItemForm):
    """合法性核查: protected persons, the employer's rules, appeals. Something has to be said about each."""

    bulk = False

    protections = CheckboxesField("法律特别保护的情形（劳动合同法第42条）", choices=Protection.choices())
    unprotected = BooleanField("已核查，没有上述情形")
    rulebook = StringField(
        "依据的规章制度名称和版本", [optional(), at_most(120)], description="以严重违反规章制度解除时必填（第4条）"
    )
    rulebook_published_on = ChineseDateField("规章制度公示日期", [optional()])
    appeals_open = BooleanField("考核复核或申诉尚未办结")
    conflict_choice = SelectField(
        "文件与法律表述不一致时的办理依据", [optional()], choices=[CHOOSE, *TextChoice.choices()], default="",
        description="系统不代为判断：请对照左侧两种文本后选择",
    )  # fmt: skip
    conflict_reason = TextAreaField("选择的理由", [optional(), at_most(1000)], render_kw={"rows": 3})

    def validate_unprotected(self, field: BooleanField) -> None:
        """The sheet is complete: either a situation is named, or that there is none."""
        if self.decision.data != "submit":
            return
        if not self.protections.data and not field.data:
            raise ValidationError("请逐项核查：勾选存在的情形，或者勾选“没有上述情形”。")
        if self.protections.data and field.data:
            raise ValidationError("已勾选受保护的情形，不能同时勾选“没有上述情形”。")

    def values(self) -> dict[str, Any]:
        """The sheet; nothing when the case is withdrawn or converted."""
        return super().values() if self.decision.data == "submit" else {}


class DecisionForm(WorkItemForm):
    """A decision about one person; judged one by one."""

    bulk = False


class ServiceForm(WorkItemForm):
    """送达 of the paper that was made: day, way and proof."""

    bulk = False

    served_on = ChineseDateField("送达日期", [required("请填写送达日期。")])
    way = SelectField("送达方式", [chosen()], choices=Service.choices())
    proof = StringField(
        "送达凭证", [required("请填写送达凭证。"), at_most(300)], description="签收日期、挂号信编号或两名见证人姓名"
    )


class DecisionServiceForm(ServiceForm):
    """送达退出决定书: also the last day of work."""

    last_day = ChineseDateField("最后工作日", [required("请填写最后工作日。")])
    in_lieu = BooleanField("以支付一个月工资代替提前三十日通知")


class ClosingForm(WorkItemForm):
    """A closing task: what was done."""

    bulk = False

    note = TextAreaField(
        "办理情况", [needed_for("done", message="请填写办理情况。"), at_most(1000)], render_kw={"rows": 3}
    )


def _amount(label: str, hint: str = "") -> DecimalField:
    return DecimalField(
        label, [optional(), NumberRange(Decimal(0), Decimal(1_000_000), message="请填写 0 至 1000000 元。")], places=2,
        description=hint, render_kw={"inputmode": "decimal"},
    )  # fmt: skip


class FinalPayForm(WorkItemForm):
    """结清工资和补偿: what the calculator needs, in yuan."""

    bulk = False

    average = _amount("前 12 个月平均工资（元）", "应发工资，含奖金和津贴；不支付补偿的可以不填")
    city_average = _amount("全市职工月平均工资（元）", "上年度，统计部门公布")
    minimum = _amount("当地最低工资标准（元）")
    last_month = _amount("上月工资（元）", "代通知金按此计算")
    wages_due = _amount("尚未支付的工资（元）", "没有的填 0")
