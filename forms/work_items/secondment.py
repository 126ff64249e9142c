"""Forms of a secondment (借调) [N 9.2, 9.3, 9.4]."""

from typing import Any

from wtforms import StringField, TextAreaField

from engine.personnel.secondment.states import Performance
from forms.base import BaseForm
from forms.choices import SelectField
from forms.fields import ChineseDateField
from forms.validators import at_most, chosen, required
from forms.work_items.base import WorkItemForm


def _number(value: Any) -> int | None:
    text = str(value or "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 12 else None


class SecondmentForm(BaseForm):
    """借调申请: who, where to, for how long. Whether it is allowed is judged by the rules, with their clause."""

    worker_id = SelectField("借调人员", [chosen("请选择借调人员。")], coerce=_number, validate_choice=False)
    borrower_id = SelectField(
        "借用单位", [chosen("请选择借用单位。")], coerce=_number, validate_choice=False,
        description="县级以上机关事业单位不得借调社区工作者（第9条）",
    )  # fmt: skip
    office = StringField(
        "借用科室", [required("请填写借用科室。"), at_most(64)], description="街道内设机构，例如党建工作办公室"
    )
    starts_on = ChineseDateField("开始日期", [required("请填写开始日期。")])
    ends_on = ChineseDateField("结束日期", [required("请填写结束日期。")], description="最长不超过 6 个月")
    duties = TextAreaField("承担工作", [required("请填写承担的工作。"), at_most(500)], render_kw={"rows": 2})
    reason = TextAreaField("借调理由", [required("请填写借调理由。"), at_most(1000)], render_kw={"rows": 3})


class ExtensionForm(BaseForm):
    """借调延期申请."""

    ends_on = ChineseDateField("延期至", [required("请填写延期后的结束日期。")], description="累计不超过 6 个月")
    reason = TextAreaField("延期理由", [required("请填写延期理由。"), at_most(1000)], render_kw={"rows": 3})


class ReasonForm(BaseForm):
    """A reason alone: going back early, or taking the request back."""

    reason = TextAreaField("理由", [required("请填写理由。"), at_most(500)], render_kw={"rows": 2})


class ReturnForm(WorkItemForm):
    """返岗交接与鉴定."""

    bulk = False

    returned_on = ChineseDateField("返岗日期", [required("请填写返岗日期。")])
    performance = SelectField("借调期间表现", [chosen()], choices=Performance.choices())
    evaluation = TextAreaField("鉴定意见", [required("请填写鉴定意见。"), at_most(1000)], render_kw={"rows": 4})
    handover = TextAreaField(
        "工作交接", [required("请填写工作交接情况。"), at_most(1000)],
        description="材料、设备、账号的移交情况", render_kw={"rows": 3},
    )  # fmt: skip
