"""The registration form (报名表) in its five steps [domain 1.5]."""

from collections.abc import Iterable, Sequence
from typing import Any

from wtforms import BooleanField, Field, Form, IntegerField, StringField, TextAreaField
from wtforms.validators import StopValidation, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget, TextInput

from engine.personnel.recruitment.registration_form import Declaration
from engine.personnel.vocabulary import CertificateLevel, Education, Household, Politics
from forms.base import BaseForm
from forms.choices import RadioField, SelectField, SelectMultipleField
from forms.fields import ChineseDateField, DocumentField, IdNumberField, PhoneField, PhotoField
from forms.validators import accepted, at_most, chosen, optional, person_name, required

CONSENT_VERSION = "2026-11"
"""Version of the statement on personal data that applicants agree to; a new text needs a new version."""
NATIONS = (
    "汉族 蒙古族 回族 藏族 维吾尔族 苗族 彝族 壮族 布依族 朝鲜族 满族 侗族 瑶族 白族 土家族 哈尼族 哈萨克族 傣族 黎族 "
    "傈僳族 佤族 畲族 高山族 拉祜族 水族 东乡族 纳西族 景颇族 柯尔克孜族 土族 达斡尔族 仫佬族 羌族 布朗族 撒拉族 "
    "毛南族 仡佬族 锡伯族 阿昌族 普米族 塔吉克族 怒族 乌孜别克族 俄罗斯族 鄂温克族 德昂族 保安族 裕固族 京族 "
    "塔塔尔族 独龙族 鄂伦春族 赫哲族 门巴族 珞巴族 基诺族 其他"
).split()
STUDY_KINDS = ("全日制", "非全日制")
HOUSEHOLD_KINDS = ("居民户口", "家庭户", "集体户")
MARRIAGES = ("未婚", "已婚", "离异", "丧偶")
HEALTH_STATES = ("健康", "良好", "一般", "有慢性病或残疾")
DEGREES = ("无", "学士", "硕士", "博士")


def _options(words: Iterable[str], empty: str = "请选择") -> list[tuple[str, str]]:
    return [("", empty), *((word, word) for word in words)]


class NeededIf:
    """Must be filled in when another field is ticked or has one of the values; the page shows it only then."""

    field_flags = {"required": True}  # noqa: RUF012

    def __init__(self, name: str, message: str, *values: object) -> None:
        self.name, self.message, self.values = name, message, values

    def __call__(self, form: Form, field: Field) -> None:
        other = form[self.name].data
        if (other in self.values if self.values else other) and not field.data:
            raise StopValidation(self.message)


class DayField(ChineseDateField):
    """A day that is typed rather than picked: years ago, a picker takes many taps, and what is mistyped stays."""

    widget = TextInput()

    def __init__(self, label: str, validators: Any = (), description: str = "", **kwargs: Any) -> None:
        example = "例如 2020-06-30 或 20200630"
        text = f"{description}，{example}" if description else example
        super().__init__(label, validators, description=text, render_kw={"autocomplete": "off"}, **kwargs)


class ChoicesField(SelectMultipleField):
    """Several boxes; all that must be ticked are ticked one by one."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()

    def __init__(self, label: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(label, *args, **kwargs)
        self.type = "CheckboxesField"  # how the field macro draws it


class PostForm(BaseForm):
    """Step 1: the post. The page gives the posts of the campaign as choices."""

    post_id = RadioField("报考岗位", [chosen("请选择一个岗位。")], coerce=int, choices=[], validate_choice=True)

    def offer(self, posts: Sequence[tuple[int, str]]) -> None:
        """Sets the posts that may be chosen now."""
        self.post_id.choices = list(posts)


class PersonForm(BaseForm):
    """Step 2: who the applicant is and how he is reached."""

    name = StringField(
        "姓名", [required("请填写姓名。"), person_name], description="与身份证一致", render_kw={"autocomplete": "name"}
    )
    id_number = IdNumberField(
        "身份证号", [required("请填写身份证号。")], description="18 位，填写后自动得出出生日期和性别",
        render_kw={"autocomplete": "off", "maxlength": 24, "data-id-number": "id_number_facts"},
    )  # fmt: skip
    phone = PhoneField(
        "手机号码", [required("请填写手机号码。")], description="审核结果和考试安排会通知到这个号码",
        render_kw={"autocomplete": "tel", "inputmode": "tel"},
    )  # fmt: skip
    emergency_phone = PhoneField(
        "紧急联系电话", [required("请填写一位家人或朋友的手机号码。")], description="联系不到您本人时使用",
        render_kw={"inputmode": "tel", "autocomplete": "off"},
    )  # fmt: skip
    nation = SelectField("民族", [chosen("请选择民族。")], choices=_options(NATIONS))
    politics = SelectField("政治面貌", [chosen("请选择政治面貌。")], choices=[("", "请选择"), *Politics.choices()])
    party_joined_on = DayField("入党时间", [optional()], description="中共党员（含预备党员）填写")
    household = RadioField(
        "户籍、生源或兵源情况", [chosen("请选择您与本地的户籍关系。")], choices=Household.choices(),
        description="“本地”指公告所指的地区，以公告发布前一日的登记为准",
    )  # fmt: skip
    household_place = StringField(
        "户籍所在地", [required("请填写户籍所在地。"), at_most(100)], description="写到县（市、区）、街道（乡镇）"
    )
    household_kind = SelectField("户口性质", [optional()], choices=_options(HOUSEHOLD_KINDS, "不填"))
    origin_place = StringField("生源地", [optional(), at_most(100)], description="高考（升学）前的户籍所在地")
    native_place = StringField("籍贯", [optional(), at_most(50)], description="例如 江苏云泽")
    address = StringField(
        "现居住地址", [required("请填写现居住地址。"), at_most(200)], render_kw={"autocomplete": "street-address"}
    )
    marriage = SelectField("婚姻状况", [optional()], choices=_options(MARRIAGES, "不填"))
    health = SelectField("健康状况", [optional()], choices=_options(HEALTH_STATES, "不填"))

    def validate_emergency_phone(self, field: Field) -> None:
        """Somebody else's number, or it is no use when the applicant does not answer."""
        if field.data and field.data == self.phone.data:
            raise ValidationError("请填写本人以外的联系电话。")

    def validate_party_joined_on(self, field: Field) -> None:
        """In the past."""
        if field.data and field.data > self.meta.today:
            raise ValidationError("入党时间晚于今天，请核对。")


class BackgroundForm(BaseForm):
    """Step 3: education, certificates, work."""

    education = SelectField("最高学历", [chosen("请选择学历。")], choices=[("", "请选择"), *Education.choices()])
    study_kind = SelectField("学历性质", [optional()], choices=_options(STUDY_KINDS, "不填"))
    degree = SelectField("学位", [optional()], choices=_options(DEGREES, "不填"))
    school = StringField("毕业院校", [required("请填写毕业院校全称。"), at_most(100)])
    major = StringField("专业", [required("请填写毕业证书上的专业名称。"), at_most(64)], description="与毕业证书一致")
    social_work_major = BooleanField("所学为社会工作类专业")
    graduated_on = DayField(
        "毕业时间", [required("请填写毕业时间。")], description="毕业证书上的日期，应届生填预计日期"
    )
    fresh_graduate = BooleanField("我是应届高校毕业生（含择业期内未落实工作单位的）")
    certificate = SelectField(
        "社会工作者职业资格", [chosen("请选择，没有的选“无”。")], choices=CertificateLevel.choices()
    )
    certificate_number = StringField(
        "证书编号",
        [
            NeededIf(
                "certificate", "请填写证书编号。", CertificateLevel.JUNIOR.value, CertificateLevel.MIDDLE.value,
                CertificateLevel.SENIOR.value,
            ),
            at_most(50),
        ],
        description="有证书的填写",
    )  # fmt: skip
    certificate_on = DayField("证书取得时间", [optional()], description="有证书的填写")
    veteran = BooleanField("我是退役军人")
    veteran_number = StringField(
        "退役军人证件号", [NeededIf("veteran", "请填写退役证（优待证）号码。"), at_most(50)],
        description="退役军人填写",
    )  # fmt: skip
    grid_worker = BooleanField("我是在岗专职网格员")
    grid_agreement = StringField(
        "网格员聘用协议起止", [NeededIf("grid_worker", "请填写聘用协议起止时间。"), at_most(100)],
        description="专职网格员填写，例如 2023-03-01 至 2027-02-28",
    )  # fmt: skip
    new_employment = BooleanField("我属于新就业群体（快递员、外卖配送员、网约车司机、货车司机、网络主播等）")
    community_years = IntegerField(
        "在社区工作年限", [optional()], default=0, description="满几年填几，没有填 0",
        render_kw={"inputmode": "numeric", "min": 0, "max": 50},
    )  # fmt: skip
    work_since = DayField("参加工作时间", [optional()], description="没有工作过的不填")
    employer = StringField("现工作单位及职务", [optional(), at_most(100)], description="没有工作的填“无”")
    resume = TextAreaField(
        "学习和工作简历", [required("请从高中开始填写学习和工作经历。"), at_most(2000)],
        description="从高中起，每段一行：起止年月，在哪里，做什么", render_kw={"rows": 6},
    )  # fmt: skip
    awards = TextAreaField("奖惩情况", [optional(), at_most(1000)], render_kw={"rows": 2})
    family = TextAreaField(
        "家庭成员及主要社会关系", [optional(), at_most(1000)], description="每人一行：称谓，姓名，年龄，政治面貌，单位",
        render_kw={"rows": 4},
    )  # fmt: skip
    strengths = StringField("特长", [optional(), at_most(200)])
    bonus_claimed = BooleanField("我申报加分，并在下一步上传证明材料")
    bonus_items = StringField(
        "申报的加分项目", [NeededIf("bonus_claimed", "请填写申报的加分项目。"), at_most(200)],
        description="例如 社会工作师（中级）；报名截止后不再受理",
    )  # fmt: skip

    def validate_community_years(self, field: Field) -> None:
        """Whole years, as a person can have them."""
        if field.data is not None and not 0 <= field.data <= 50:
            raise ValidationError("年限应在 0 到 50 之间。")

    def validate_certificate_on(self, field: Field) -> None:
        """In the past."""
        self._not_later_than_today(field, "证书取得时间")

    def validate_work_since(self, field: Field) -> None:
        """In the past."""
        self._not_later_than_today(field, "参加工作时间")

    def _not_later_than_today(self, field: Field, what: str) -> None:
        if field.data and field.data > self.meta.today:
            raise ValidationError(f"{what}晚于今天，请核对。")


class PhotoForm(BaseForm):
    """The portrait."""

    file = PhotoField(
        "近期免冠正面证件照", [required("请选择照片。")],
        description="白底或蓝底，头肩居中；系统会裁剪成 35×45 并压缩到 20 KB 以内",
    )  # fmt: skip


class DocumentForm(BaseForm):
    """One proof."""

    file = DocumentField("选择文件", [required("请选择文件。")], description="拍照或选择 JPG、PNG、PDF，5 MB 以内")


class PledgeForm(BaseForm):
    """Step 5: the answers are checked, the declarations made, the form handed in."""

    declarations = ChoicesField("请逐项确认", choices=Declaration.choices())
    remark = TextAreaField("备注", [optional(), at_most(300)], render_kw={"rows": 2})
    consent = BooleanField(
        "我同意为本次招聘处理我的个人信息，包括身份证号、学历、体检和考察结论等敏感个人信息",
        [accepted("需要您同意处理个人信息，才能受理报名。")],
    )
    pledge = BooleanField(
        "我已阅读招聘公告，理解报考条件；以上填写和上传的内容真实、准确、完整，如有虚假，自愿承担取消资格等后果",
        [accepted("请确认诚信承诺。")],
    )

    def validate_declarations(self, field: Field) -> None:
        """Every one of them."""
        missing = [label for value, label in Declaration.choices() if value not in (field.data or [])]
        if missing:
            raise ValidationError(f"还有 {len(missing)} 项没有确认，例如“{missing[0]}”。有一项不能确认的，不能报考。")
