"""Forms of the pages of the annual appraisal: ballots, ledgers, review and appeal [domain 3]."""

from wtforms import BooleanField, HiddenField, IntegerField, StringField, TextAreaField
from wtforms.validators import NumberRange

from engine.personnel.appraisal.objections import ObjectionState
from engine.personnel.appraisal.terms import AbsenceKind, AppraisalGrade, Discipline
from forms.base import BaseForm
from forms.choices import RadioField, SelectField
from forms.fields import ChineseDateField, PhoneField, ScoreField, XlsxField
from forms.validators import at_most, chosen, optional, person_name, required
from forms.work_items.appraisal import one_of_four

EXCUSED = [(kind.value, kind.label) for kind in AbsenceKind if kind is not AbsenceKind.UNEXCUSED]


class TokensForm(BaseForm):
    """打印居民测评码: how many for which community."""

    community = SelectField("社区", [chosen("请选择社区。")], coerce=int)
    amount = IntegerField(
        "张数", [required("请填写张数。"), NumberRange(1, 500, message="一次可打印 1 至 500 张。")], default=40,
        render_kw={"inputmode": "numeric"},
    )  # fmt: skip


class ReasonForm(BaseForm):
    """申请复核、提出申诉: the reason."""

    kind = HiddenField()
    reason = TextAreaField("理由", [required("请填写理由。"), at_most(2000)], render_kw={"rows": 4})


class TrainingForm(BaseForm):
    """登记培训 [N 6.4]."""

    worker = SelectField("姓名", [chosen("请选择人员。")], coerce=int)
    held_on = ChineseDateField("培训日期", [required("请填写培训日期。")])
    days = ScoreField("天数", [required("请填写天数。")], highest=60, places=1, description="半天填 0.5")
    title = StringField("培训名称", [required("请填写培训名称。"), at_most(120)])


class LeaveForm(BaseForm):
    """登记请假; unexcused absence has a ledger of its own, with its warnings."""

    worker = SelectField("姓名", [chosen("请选择人员。")], coerce=int)
    kind = RadioField("类别", [chosen("请选择类别。")], choices=EXCUSED)
    starts_on = ChineseDateField("开始日期", [required("请填写开始日期。")])
    days = ScoreField("工作日天数", [required("请填写天数。")], highest=300, places=1, description="半天填 0.5")
    note = StringField("说明", [optional(), at_most(300)], description="加密保存")


class ConductForm(BaseForm):
    """考核处分登记: no story, only what the appraisal must know."""

    number = StringField("社区工作者编号", [required("请填写编号。"), at_most(32)], description="见社区工作者名册")
    year = IntegerField("年度", [required("请填写年度。"), NumberRange(2000, 2100, message="请填写四位年份。")])
    discipline = SelectField("本年度最重的处分", [chosen("请选择。")], choices=Discipline.choices(), default="none")
    under_investigation = BooleanField("正接受审查调查（结案前不定等次）")


class ObjectionForm(BaseForm):
    """公示异议: about whom, what, and by whom."""

    case_id = SelectField("对哪一位提出", [chosen("请选择公示名单中的人员。")], coerce=int)
    text = TextAreaField(
        "反映的情况", [required("请写清时间、地点和事实。"), at_most(2000)], render_kw={"rows": 6},
        description="写清事实便于核实，最多 2000 字",
    )  # fmt: skip
    from_name = StringField("您的姓名", [required("请填写真实姓名，便于核实后答复。"), person_name])
    from_phone = PhoneField("您的手机号码", [required("请填写手机号码。")], description="只用于核实和答复，严格保密")


class SettleObjectionForm(BaseForm):
    """核实公示异议: what the group has found out."""

    finding = RadioField(
        "核实结论", [chosen("请选择核实结论。")],
        choices=[(one.value, one.label) for one in ObjectionState if one is not ObjectionState.OPEN],
    )  # fmt: skip
    text = TextAreaField("核实情况", [required("请写明核实情况。"), at_most(2000)], render_kw={"rows": 5})


class LedgerSheetForm(BaseForm):
    """A spreadsheet for one of the ledgers."""

    file = XlsxField(
        "Excel 工作簿（.xlsx）", [required("请选择要导入的文件。")],
        description="使用模板，标题在第 1 行，只读取第一张工作表，最大 5 MB",
    )  # fmt: skip


class EarlierSheetForm(LedgerSheetForm):
    """Results of an earlier year, with the document they come from."""

    year = IntegerField(
        "考核年度", [required("请填写考核年度。"), NumberRange(2000, 2100, message="请填写四位年份。")],
        render_kw={"inputmode": "numeric"},
    )  # fmt: skip
    source = StringField(
        "结果来源", [required("请填写结果来源。"), at_most(120)], description="例如备案文件号：云社工〔2026〕2号"
    )


class MendForm(BaseForm):
    """The corrected cells of a staged spreadsheet are read by their place."""


class AllRoundForm(BaseForm):
    """登记全科社工证 [N 8.2]."""

    number = StringField("社区工作者编号", [required("请填写编号。"), at_most(32)], description="见社区工作者名册")
    certified_on = ChineseDateField("发证日期", [required("请填写发证日期。")])
    certificate = StringField("证书编号", [optional(), at_most(64)])


class GradeForm(BaseForm):
    """补定等次: after an investigation has been closed."""

    grade = RadioField(
        "等次", [chosen("请选择等次。"), one_of_four], choices=list(reversed(AppraisalGrade.choices())),
        validate_choice=False,
    )  # fmt: skip
    reason = TextAreaField("依据", [required("请填写定等次的依据。"), at_most(1000)], render_kw={"rows": 4})
