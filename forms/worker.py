"""Forms of a worker's own pages."""

from wtforms import StringField, TextAreaField

from engine.personnel.vocabulary import Education, Politics
from forms.base import BaseForm
from forms.choices import SelectField
from forms.fields import ChineseDateField, PhoneField
from forms.validators import at_most, chosen, optional, person_name, required

PARTS = (
    "姓名", "身份证号", "手机号码", "学历", "政治面貌", "岗位和等级", "劳动合同", "证书", "培训", "入职时间", "其他",
)  # fmt: skip
_CHOICES = [("", "请选择"), *((part, part) for part in PARTS)]


class CorrectionForm(BaseForm):
    """申请更正档案."""

    part = SelectField("要更正的内容", [chosen("请选择要更正的内容。")], choices=_CHOICES)
    text = TextAreaField(
        "应当怎样更正", [required("请写明应当怎样更正。"), at_most(500)], render_kw={"rows": 4},
        description="写明现在是什么、应当是什么；需要证明材料的，请交街道经办核对原件。",
    )  # fmt: skip


class ResignationForm(BaseForm):
    """提交辞职报告 [L37]."""

    reason = TextAreaField("辞职原因", [required("请写明辞职原因。"), at_most(1000)], render_kw={"rows": 4})
    last_day = ChineseDateField(
        "最后工作日", [required("请填写最后工作日。")],
        description="须提前 30 日书面通知，试用期内提前 3 日；想提前离开的，与街道协商一致办理。",
    )  # fmt: skip


class OwnReviewForm(BaseForm):
    """对退出决定申请复核."""

    reason = TextAreaField("申请理由", [required("请填写申请复核的理由。"), at_most(2000)], render_kw={"rows": 5})


class RecordCorrectionForm(BaseForm):
    """更正档案: what a street's clerk corrects after seeing the originals."""

    name = StringField("姓名", [required("请填写姓名。"), person_name])
    phone = PhoneField("新手机号码", [optional()], description="不改的留空", render_kw={"inputmode": "tel"})
    education = SelectField("学历", choices=Education.choices())
    politics = SelectField("政治面貌", choices=Politics.choices())
    reason = TextAreaField(
        "更正依据", [required("请写明更正依据。"), at_most(300)], render_kw={"rows": 3},
        description="例如核对过的毕业证书、派出所证明；记入档案的变动记录",
    )  # fmt: skip
