"""What stands in a registration form: as values for the forms, and as text to check before handing in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from wtforms import Field

from engine.personnel.id_number import problem_of
from engine.personnel.recruitment.registration_form import DETAILS
from engine.personnel.recruitment.registrations import AttachmentKind, Registration
from engine.personnel.vocabulary import Term
from forms.base import BaseForm
from forms.choices import pairs_of
from forms.fields import parse_day
from forms.registration import BackgroundForm, PersonForm, PledgeForm, PostForm

COLUMNS = (
    "post_id name id_number phone education major social_work_major household politics veteran grid_worker "
    "fresh_graduate new_employment certificate community_years bonus_claimed declarations"
).split()
"""Fields of the forms that are columns of the registration; the others stand in its details."""
DATES = ("party_joined_on", "graduated_on", "certificate_on", "work_since")
DETAIL_KEYS = frozenset(field.key for field in DETAILS)


class StepName(StrEnum):
    """The five short steps, by the end of their address."""

    POST = "post"
    PERSON = "person"
    BACKGROUND = "background"
    MATERIALS = "materials"
    CHECK = "check"


LABELS: Mapping[StepName, str] = {
    StepName.POST: "选择岗位",
    StepName.PERSON: "个人信息",
    StepName.BACKGROUND: "学历与经历",
    StepName.MATERIALS: "照片与材料",
    StepName.CHECK: "核对与承诺",
}
FORMS: Mapping[StepName, type[BaseForm]] = {
    StepName.POST: PostForm,
    StepName.PERSON: PersonForm,
    StepName.BACKGROUND: BackgroundForm,
    StepName.CHECK: PledgeForm,
}


SHOWN_BY: Mapping[str, tuple[str, str]] = {
    "party_joined_on": ("politics", "league_member democratic masses"),
    "certificate_number": ("certificate", "none"),
    "certificate_on": ("certificate", "none"),
    "veteran_number": ("veteran", ""),
    "grid_agreement": ("grid_worker", ""),
    "bonus_items": ("bonus_claimed", ""),
}
"""Field -> the field it belongs to, and the choices of that one which make it pointless."""
MORE = frozenset(
    "household_kind origin_place native_place marriage health study_kind degree work_since employer awards family "
    "strengths".split()
)
"""Fields that nobody has to fill in; they stand together below the others."""


@dataclass(frozen=True, slots=True)
class Line:
    """One answer as text."""

    name: str
    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Section:
    """The answers of one step, and what is still wrong with them."""

    step: StepName
    label: str
    lines: Sequence[Line]
    problems: Sequence[str]


def values_of(registration: Registration) -> dict[str, Any]:
    """What was filled in so far, for the forms."""
    kept: dict[str, Any] = {
        "post_id": registration.post_id, "name": registration.name or None, "id_number": registration.id_number,
        "phone": registration.phone, "education": registration.education, "major": registration.major,
        "social_work_major": registration.social_work_major, "household": registration.household,
        "politics": registration.politics, "veteran": registration.veteran, "grid_worker": registration.grid_worker,
        "fresh_graduate": registration.fresh_graduate, "new_employment": registration.new_employment,
        "certificate": registration.certificate, "community_years": registration.community_years,
        "bonus_claimed": registration.bonus_claimed, "declarations": list(registration.declarations),
    }  # fmt: skip
    details = {key: _detail(key, text) for key, text in registration.details.items() if key in DETAIL_KEYS}
    return {name: value for name, value in {**details, **kept}.items() if value is not None}


def typed_in(form: BaseForm) -> dict[str, Any]:
    """What a form holds by now, sound or not; what could not even be read is left out."""
    return {
        name: _plain(field.data)
        for name, field in _fields(form)
        if (name in COLUMNS or name in DETAIL_KEYS) and not field.process_errors and _offered(field)
    }


def sections(registration: Registration, problems: Mapping[str, str]) -> list[Section]:
    """The whole form to check, step by step."""
    return [
        Section(step, LABELS[step], _lines(registration, step), [
            message for name, message in problems.items() if step_of(name) is step
        ])
        for step in (StepName.POST, StepName.PERSON, StepName.BACKGROUND, StepName.MATERIALS)
    ]  # fmt: skip


def step_of(field: str) -> StepName:
    """The step in which a field is filled in."""
    if field.startswith("attachment_"):
        return StepName.MATERIALS
    names = {"target": StepName.POST, "born": StepName.PERSON}
    if field in names:
        return names[field]
    return next((step for step, form in FORMS.items() if field in _names(form)), StepName.CHECK)


def _names(form: type[BaseForm]) -> frozenset[str]:
    return frozenset(name for name, _ in _fields(form()))


def _fields(form: BaseForm) -> list[tuple[str, Field]]:
    return [(field.short_name, field) for field in form]


def _lines(registration: Registration, step: StepName) -> list[Line]:
    if step is StepName.POST:
        return [Line("post_id", "报考岗位", _post_text(registration))]
    if step is StepName.MATERIALS:
        return [
            Line(f"attachment_{attachment.kind.value}", attachment.kind.label, f"已上传，{_size(attachment.file.size)}")
            for attachment in registration.attachments
        ]
    form = FORMS[step](data=values_of(registration))
    return [Line(name, field.label.text, _text(field)) for name, field in _fields(form) if _text(field)]


def _post_text(registration: Registration) -> str:
    post = registration.post
    return "" if post is None else f"{post.code} {post.name}，招 {post.heads} 人"


def _text(field: Field) -> str:
    value = field.data
    if isinstance(value, bool):
        return "是" if value else ""
    choices = dict(pairs_of(field))
    text = str(choices.get(value, value if value not in (None, 0) else ""))
    return "" if text in ("不填", "请选择") else text


def identity_text(registration: Registration, today: date) -> str:
    """What the ID number says: birth date and sex."""
    if not registration.id_number or problem_of(registration.id_number, today):
        return ""
    sex = "" if registration.sex is None else registration.sex.label
    return f"出生日期 {registration.born}，性别 {sex}" if registration.born else ""


def _detail(key: str, text: Any) -> Any:
    return parse_day(str(text)) or None if key in DATES else text


def _plain(value: Any) -> Any:
    if isinstance(value, Term):
        return value.value
    return value.isoformat() if isinstance(value, date) else value


def _offered(field: Field) -> bool:
    """Whether a chosen value was on offer; a field without choices offers everything."""
    choices = getattr(field, "choices", None)
    if choices is None or field.data in (None, ""):
        return True
    known = {value for value, _ in pairs_of(field)}
    return all(item in known for item in field.data) if isinstance(field.data, list) else field.data in known


def _size(count: int) -> str:
    return f"{count / 1048576:.1f} MB" if count >= 1048576 else f"{max(1, round(count / 1024))} KB"


def material_kinds(registration: Registration, required: Sequence[AttachmentKind]) -> list[AttachmentKind]:
    """What may be uploaded: what is needed first, then what may help."""
    useful = (
        AttachmentKind.HOUSEHOLD, AttachmentKind.CHSI, AttachmentKind.WORK, AttachmentKind.CONSENT,
        AttachmentKind.FOREIGN_DEGREE, AttachmentKind.BONUS, AttachmentKind.OTHER,
    )  # fmt: skip
    present = [attachment.kind for attachment in registration.attachments]
    return list(dict.fromkeys([*required, *useful, *present]))
