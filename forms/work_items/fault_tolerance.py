"""Forms of fault tolerance and clearing (容错纠错、澄清正名) [N 10; domain 5]."""

from typing import Any

from wtforms import StringField, TextAreaField

from engine.personnel.fault_tolerance.terms import ClearingWay, Condition, Exclusion, ReportEffect, ReportFinding
from forms.base import BaseForm
from forms.choices import RadioField, SelectField
from forms.fields import ChineseDateField, DocumentField
from forms.validators import at_most, chosen, optional, required
from forms.work_items.base import WorkItemForm, needed_for
from forms.work_items.recruitment_campaign import CheckboxesField

LONGEST = 4000
_ROWS = {"rows": 6}


class MaterialForm(BaseForm):
    """上传材料: one file at a time."""

    label = StringField(
        "材料名称", [required("请填写材料名称。"), at_most(100)], description="例如：会议记录、现场照片"
    )
    file = DocumentField(
        "文件", [required("请选择文件。")], description="照片或 PDF，不超过 5 MB；照片会重新编码，去除拍摄位置等信息"
    )


class FaultStartForm(BaseForm):
    """容错申请, or a case that discipline begins; `worker_id` is left out where the person applies himself."""

    worker_id = SelectField("社区工作者", [chosen("请选择社区工作者。")], coerce=int, choices=[])
    accountability_on = ChineseDateField(
        "收到问责通知的日期", [optional()], description="申请人必填；依职权启动的留空"
    )
    account = TextAreaField(
        "事情经过和理由", [required("请写明事情经过和申请的理由。"), at_most(LONGEST)], render_kw=_ROWS,
        description="写明时间、任务、当时的处置、后果，以及事后报告和挽回的情况",
    )  # fmt: skip
    material = DocumentField("证明材料", [optional()], description="照片或 PDF；提交后还可以继续上传")


class ClearingStartForm(BaseForm):
    """提出或启动澄清."""

    worker_id = SelectField("社区工作者", [chosen("请选择社区工作者。")], coerce=int, choices=[])
    account = TextAreaField(
        "被反映的问题和影响", [required("请写明被反映的问题和造成的影响。"), at_most(LONGEST)], render_kw=_ROWS
    )
    material = DocumentField("证明材料", [optional()], description="照片或 PDF；提交后还可以继续上传")


class ObjectionForm(BaseForm):
    """对容错认定提出异议."""

    reason = TextAreaField("异议的理由", [required("请写明异议的理由。"), at_most(LONGEST)], render_kw=_ROWS)


class CaseDecisionForm(WorkItemForm):
    """A decision about one case; never taken in bulk."""

    bulk = False


class SupplementForm(CaseDecisionForm):
    """补正申请材料."""

    account = TextAreaField(
        "补充的情况", [needed_for("resubmit", message="请填写补充的情况。"), at_most(LONGEST)], render_kw=_ROWS
    )


class HandInForm(CaseDecisionForm):
    """本人补充材料; files are handed in on the page of materials."""

    account = TextAreaField(
        "补充的情况", [required("请填写补充的情况。"), at_most(LONGEST)], render_kw=_ROWS,
        description="先在“上传材料”中上传文件，再在此说明并提交",
    )  # fmt: skip


class InvestigationForm(CaseDecisionForm):
    """调查核实: the report, when the investigation is over."""

    report = TextAreaField(
        "调查核实情况", [needed_for("finish", message="请填写调查核实情况。"), at_most(LONGEST)],
        render_kw={"rows": 10}, description="等待补充材料期间不计入调查期限；只能延长一次",
    )  # fmt: skip


def _condition(condition: Condition) -> RadioField:
    return RadioField(
        condition.label, [chosen("请选择“符合”或“不符合”。")], choices=[("yes", "符合"), ("no", "不符合")]
    )


class CheckSheetForm(CaseDecisionForm):
    """容错核对表: six conditions, the negative list, and the grounds."""

    lawful = _condition(Condition.LAWFUL)
    emergency = _condition(Condition.EMERGENCY)
    diligent = _condition(Condition.DILIGENT)
    unselfish = _condition(Condition.UNSELFISH)
    procedure = _condition(Condition.PROCEDURE)
    corrected = _condition(Condition.CORRECTED)
    found = CheckboxesField("存在的不予容错情形（没有的不选）", choices=Exclusion.choices())
    grounds = TextAreaField(
        "认定的事实和证据", [required("请写明认定的事实和证据。"), at_most(LONGEST)], render_kw=_ROWS
    )


class DeliveryForm(CaseDecisionForm):
    """反馈认定结果."""

    delivered_on = ChineseDateField("送达日期", [required("请填写送达日期。")])
    manner = SelectField(
        "送达方式", [chosen()], default="face",
        choices=[("face", "当面送达本人"), ("organisation", "通过所在党组织送达"), ("post", "邮寄送达")],
    )  # fmt: skip


class CorrectionNoticeForm(CaseDecisionForm):
    """下达纠错通知."""

    correction = TextAreaField(
        "需要纠正的问题和要求", [required("请写明需要纠正的问题和要求。"), at_most(LONGEST)], render_kw=_ROWS
    )
    correction_due = ChineseDateField("整改期限", [optional()], description="留空按本县规定的天数计算")


def _asked(label: str, hint: str) -> TextAreaField:
    return TextAreaField(
        label, [required(f"请填写{label}。"), at_most(800)], render_kw={"rows": 3}, description=hint
    )


class TalkForm(CaseDecisionForm):
    """回访谈心: the question sheet; its answers are kept as one text."""

    mood = _asked("思想状态", "对处理结果的认识，有无思想包袱")
    work = _asked("工作情况", "履职表现，周围反映")
    effect = _asked("整改巩固或影响消除情况", "问题是否反复，不良影响是否消除")
    needs = _asked("困难和诉求", "需要组织解决的困难；没有的填“无”")

    def values(self) -> dict[str, Any]:
        """The four answers as one record."""
        fields = (self.mood, self.work, self.effect, self.needs)
        return {"talk": "\n".join(f"{field.label.text}：{field.data}" for field in fields)}


class ClearingAssessmentForm(CaseDecisionForm):
    """核实评估."""

    finding = SelectField(
        "查核结论", [needed_for("clear", message="请选择查核结论。")], default="",
        choices=[("", "（请选择）"), *ReportFinding.choices()],
    )  # fmt: skip
    effect = SelectField(
        "造成的影响", [needed_for("clear", message="请选择造成的影响。")], default="",
        choices=[("", "（请选择）"), *ReportEffect.choices()],
    )  # fmt: skip
    way = SelectField(
        "拟采用的澄清方式", [needed_for("clear", message="请选择澄清方式。")], default="",
        choices=[("", "（请选择）"), *ClearingWay.choices()],
    )  # fmt: skip
    scope = StringField(
        "拟澄清的范围", [needed_for("clear", message="请填写澄清的范围。"), at_most(200)],
        description="写入拟澄清告知书，征求本人意见，例如：所在社区全体工作人员",
    )  # fmt: skip


class OwnConsentForm(CaseDecisionForm):
    """本人表示意见."""


class ConsentForm(CaseDecisionForm):
    """征求本人意见."""

    consented_on = ChineseDateField("本人同意的日期", [needed_for("consented", message="请填写本人同意的日期。")])


class CarryOutForm(CaseDecisionForm):
    """实施澄清: one of the four ways, before whom, and when."""

    way = SelectField("澄清方式", [chosen()], choices=ClearingWay.choices(), default=ClearingWay.WRITTEN.value)
    scope = StringField(
        "澄清范围", [required("请填写澄清的范围。"), at_most(200)], description="例如：所在社区全体工作人员"
    )
    cleared_on = ChineseDateField("澄清日期", [required("请填写澄清日期。")])
