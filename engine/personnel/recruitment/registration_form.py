"""The registration form (报名表): its fields, declarations, attachments, and what must be there [domain 1.4, 1.5]."""

from dataclasses import dataclass
from datetime import date

from engine.kernel.errors import Invalid
from engine.personnel.id_number import parse_id_number
from engine.personnel.recruitment.registrations import AttachmentKind, Registration
from engine.personnel.vocabulary import CertificateLevel, Term


class Declaration(Term):
    """Statements of the negative list, each ticked by the applicant and checked later [N 4.1-4.3, domain 1.4]."""

    LOYALTY = "loyalty", "拥护中国共产党领导，遵纪守法，品行端正"
    DEVOTION = "devotion", "热爱社区工作，热心服务居民群众"
    ABILITY = "ability", "具有一定的组织协调能力和社区工作相关知识"
    NOT_SERVING = "not_serving", "不是现役军人，不是在读的非应届毕业生"
    NO_CRIME = "no_crime", "未受过刑事处罚，未因涉嫌违法犯罪正被调查"
    NO_DISMISSAL = "no_dismissal", "未被开除公职或开除党籍"
    NO_DISCIPLINE = "no_discipline", "不在党纪政务处分影响期内，未正在接受纪律审查"
    NOT_DISHONEST = "not_dishonest", "未被列为失信被执行人或失信联合惩戒对象"
    NO_CHEATING = "no_cheating", "近三年未在公职类考试中被认定为作弊"
    NO_BAD_RECORD = "no_bad_record", "近五年无社会治安不良记录，未参加邪教或非法组织，不涉黑涉恶涉黄赌毒"
    NO_SERVICE_TERM = "no_service_term", "没有未满的最低服务期，不存在应当回避的情形"
    TRUTH = "truth", "所填内容和所交材料真实有效，如有虚假自愿承担取消资格等后果"


class Section(Term):
    """The five short steps of the form."""

    PERSON = "person", "个人信息"
    EDUCATION = "education", "学历与证书"
    EXPERIENCE = "experience", "经历与家庭"
    ATTACHMENTS = "attachments", "材料上传"
    CONFIRMATION = "confirmation", "承诺与核对"


@dataclass(frozen=True, slots=True)
class FormField:
    """A field that is kept in `details`, encrypted as a whole."""

    key: str
    label: str
    section: Section
    required: bool = False
    longest: int = 100


DETAILS: tuple[FormField, ...] = (
    FormField("nation", "民族", Section.PERSON, True, 20),
    FormField("party_joined_on", "入党时间", Section.PERSON, longest=10),
    FormField("household_place", "户籍所在地", Section.PERSON, True),
    FormField("household_kind", "户口性质", Section.PERSON, longest=20),
    FormField("origin_place", "生源地", Section.PERSON),
    FormField("native_place", "籍贯", Section.PERSON, longest=50),
    FormField("address", "现居住地址", Section.PERSON, True, 200),
    FormField("marriage", "婚姻状况", Section.PERSON, longest=20),
    FormField("health", "健康状况", Section.PERSON, longest=50),
    FormField("emergency_phone", "紧急联系电话", Section.PERSON, True, 20),
    FormField("degree", "学位", Section.EDUCATION, longest=50),
    FormField("school", "毕业院校", Section.EDUCATION, True),
    FormField("graduated_on", "毕业时间", Section.EDUCATION, True, 10),
    FormField("study_kind", "学历性质", Section.EDUCATION, longest=20),
    FormField("certificate_number", "社会工作者证书编号", Section.EDUCATION, longest=50),
    FormField("certificate_on", "证书取得时间", Section.EDUCATION, longest=10),
    FormField("work_since", "参加工作时间", Section.EXPERIENCE, longest=10),
    FormField("employer", "现工作单位及职务", Section.EXPERIENCE),
    FormField("veteran_number", "退役军人证件号", Section.EXPERIENCE, longest=50),
    FormField("grid_agreement", "网格员聘用协议起止", Section.EXPERIENCE),
    FormField("strengths", "特长", Section.EXPERIENCE, longest=200),
    FormField("resume", "学习工作简历", Section.EXPERIENCE, True, 2000),
    FormField("awards", "奖惩情况", Section.EXPERIENCE, longest=1000),
    FormField("family", "家庭成员及主要社会关系", Section.EXPERIENCE, longest=1000),
    FormField("bonus_items", "加分项目申报", Section.EXPERIENCE, longest=200),
    FormField("remark", "备注", Section.CONFIRMATION, longest=300),
)

ALWAYS_ATTACHED = (AttachmentKind.PHOTO, AttachmentKind.ID_FRONT, AttachmentKind.ID_BACK, AttachmentKind.DIPLOMA)
"""Files that every registration needs."""


def form_problems(registration: Registration, today: date) -> dict[str, str]:
    """What is missing or wrong before the form can be handed in, by field."""
    problems = _identity_problems(registration, today)
    problems |= _detail_problems(registration)
    problems |= _attachment_problems(registration)
    if set(registration.declarations) != {declaration.value for declaration in Declaration}:
        problems["declarations"] = "请逐项确认报考承诺；有任何一项不能确认的，不能报考"
    return problems


def required_attachments(registration: Registration) -> list[AttachmentKind]:
    """Files that this registration needs, by what was filled in."""
    wanted = list(ALWAYS_ATTACHED)
    if registration.certificate is not CertificateLevel.NONE:
        wanted.append(AttachmentKind.CERTIFICATE)
    if registration.veteran:
        wanted.append(AttachmentKind.VETERAN)
    if registration.grid_worker:
        wanted.append(AttachmentKind.GRID_WORKER)
    return wanted


def _identity_problems(registration: Registration, today: date) -> dict[str, str]:
    problems = {}
    wanted = {
        "post_id": (registration.post_id, "请选择报考岗位"), "name": (registration.name.strip(), "请填写姓名"),
        "education": (registration.education, "请选择学历"), "household": (registration.household, "请选择户籍情况"),
        "politics": (registration.politics, "请选择政治面貌"),
        "phone": (registration.phone or registration.entered_by, "请填写手机号码"),
    }  # fmt: skip
    for field, (value, message) in wanted.items():
        if not value:
            problems[field] = message
    if not registration.id_number:
        return problems | {"id_number": "请填写身份证号"}
    try:
        parse_id_number(registration.id_number, today)
    except Invalid as error:
        problems["id_number"] = error.message
    return problems


def _detail_problems(registration: Registration) -> dict[str, str]:
    problems = {}
    for field in DETAILS:
        text = str(registration.details.get(field.key, "")).strip()
        if field.required and not text:
            problems[field.key] = f"请填写{field.label}"
        elif len(text) > field.longest:
            problems[field.key] = f"{field.label}最多 {field.longest} 字，现为 {len(text)} 字"
    return problems


def _attachment_problems(registration: Registration) -> dict[str, str]:
    present = {attachment.kind for attachment in registration.attachments}
    return {
        f"attachment_{kind.value}": f"请上传{kind.label}"
        for kind in required_attachments(registration)
        if kind not in present
    }
