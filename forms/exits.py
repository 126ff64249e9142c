"""Forms of the ledger of absence without leave [N 11.5; domain 6.8]."""

from decimal import Decimal

from wtforms import DecimalField, SelectField, StringField, TextAreaField
from wtforms.validators import NumberRange

from engine.personnel.exits.terms import Service
from forms.base import BaseForm
from forms.fields import ChineseDateField
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
