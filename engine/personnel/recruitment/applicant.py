"""What an applicant does with his own draft: save it in steps, attach files [domain 1.5]."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import select

from engine.kernel.command import CommandContext
from engine.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from engine.personnel.files import remove_file, store_file
from engine.personnel.id_number import parse_id_number
from engine.personnel.recruitment.announcement import campaign_of
from engine.personnel.recruitment.campaigns import Campaign
from engine.personnel.recruitment.counter import require_applicant
from engine.personnel.recruitment.enrolment import change_post, claimed_index, registration_of
from engine.personnel.recruitment.registration_form import DETAILS, Declaration
from engine.personnel.recruitment.registrations import Attachment, AttachmentKind, Registration
from engine.personnel.recruitment.states import EDITABLE, CampaignState, RegistrationState
from engine.personnel.vocabulary import CertificateLevel, Education, Household, Politics

_MOST_ATTACHMENTS = 30
_READERS: Mapping[str, Callable[[Any], Any]] = {
    "name": lambda value: str(value).strip()[:64],
    "phone": lambda value: str(value).strip()[:20],
    "education": Education,
    "major": lambda value: str(value).strip()[:64],
    "social_work_major": bool,
    "household": Household,
    "politics": Politics,
    "veteran": bool,
    "grid_worker": bool,
    "fresh_graduate": bool,
    "new_employment": bool,
    "certificate": CertificateLevel,
    "community_years": lambda value: max(0, min(60, int(value))),
    "bonus_claimed": bool,
}
"""Fields with columns of their own."""
_DETAIL_KEYS = frozenset(entry.key for entry in DETAILS)


@dataclass(frozen=True, slots=True)
class SaveRegistrationDraft:
    """Keeps what the applicant typed so far, also when it is incomplete; answers the registration's id.

    `values` may hold any part of the form; keys that the form does not know are ignored, empty values
    clear a field. The ID number gives birth date and sex.
    """

    campaign_id: int
    values: Mapping[str, Any] = field(default_factory=dict)
    registration_id: int | None = None
    """Which one, where it is not the actor's own: one that he entered at the counter."""

    def execute(self, context: CommandContext) -> int:
        registration = (
            _own_draft(context, self.campaign_id) if self.registration_id is None
            else own_registration(context, self.registration_id)
        )  # fmt: skip
        if registration.state not in EDITABLE:
            raise Conflict(f"报名当前为“{registration.state.label}”，不能修改")
        if self.values.get("post_id"):
            change_post(context, registration.id, int(self.values["post_id"]))
        if "id_number" in self.values:
            _take_id_number(context, registration, str(self.values["id_number"] or ""))
        _take_columns(registration, self.values)
        _take_details(registration, self.values)
        if "declarations" in self.values:
            known = {declaration.value for declaration in Declaration}
            registration.declarations = sorted(known & set(self.values["declarations"] or ()))
        context.session.flush()
        return registration.id


@dataclass(frozen=True, slots=True)
class AttachFile:
    """Adds a file to the applicant's own draft; photo and ID card pages replace the earlier one."""

    registration_id: int
    kind: AttachmentKind
    name: str
    content: bytes

    def execute(self, context: CommandContext) -> int:
        registration = _own_editable(context, self.registration_id)
        file = store_file(context, registration.user_id, self.name, self.content)
        if self.kind is AttachmentKind.PHOTO and file.media_type == "application/pdf":
            raise Invalid("证件照片须为 JPG 图片", fields={"attachment_photo": "证件照片须为 JPG 图片"})
        single = (AttachmentKind.PHOTO, AttachmentKind.ID_FRONT, AttachmentKind.ID_BACK)
        for earlier in [a for a in registration.attachments if a.kind is self.kind and self.kind in single]:
            _detach(context, registration, earlier)
        if len(registration.attachments) >= _MOST_ATTACHMENTS:
            raise Invalid(f"最多上传 {_MOST_ATTACHMENTS} 个文件，请合并后再上传")
        attachment = Attachment(kind=self.kind, file_id=file.id)
        registration.attachments.append(attachment)
        context.session.flush()
        return attachment.id


@dataclass(frozen=True, slots=True)
class RemoveAttachment:
    """Takes a file out of the applicant's own draft."""

    registration_id: int
    attachment_id: int

    def execute(self, context: CommandContext) -> None:
        registration = _own_editable(context, self.registration_id)
        found = [entry for entry in registration.attachments if entry.id == self.attachment_id]
        if not found:
            raise NotFound("没有找到该文件")
        _detach(context, registration, found[0])


def own_registration(context: CommandContext, registration_id: int) -> Registration:
    """The registration, if it is the actor's own; to others it does not exist."""
    registration = registration_of(context.session, registration_id)
    require_applicant(context, registration)
    return registration


def _own_editable(context: CommandContext, registration_id: int) -> Registration:
    registration = own_registration(context, registration_id)
    if registration.state not in EDITABLE:
        raise Conflict(f"报名当前为“{registration.state.label}”，不能修改材料")
    return registration


def _own_draft(context: CommandContext, campaign_id: int) -> Registration:
    user_id = context.actor.user_id
    if user_id is None:
        raise Forbidden("请先登录再报名")
    query = select(Registration).where(Registration.campaign_id == campaign_id, Registration.user_id == user_id)
    existing = context.session.scalars(query).first()
    return existing if existing is not None else _new_draft(context, campaign_of(context.session, campaign_id), user_id)


def _new_draft(context: CommandContext, campaign: Campaign, user_id: int) -> Registration:
    if campaign.state not in (CampaignState.PUBLISHED, CampaignState.REG_OPEN):
        raise Conflict("该公告不在报名阶段，不能报名")
    registration = Registration(
        campaign_id=campaign.id, user_id=user_id, state=RegistrationState.DRAFT, created_at=context.now, details={},
        declarations=[], certificate=CertificateLevel.NONE,
    )  # fmt: skip
    context.session.add(registration)
    context.session.flush()
    registration.number = f"{campaign.number.replace('ZP', 'BM')}-{registration.id:06d}"
    return registration


def _take_id_number(context: CommandContext, registration: Registration, typed: str) -> None:
    if not typed.strip():
        registration.id_number = registration.id_index = registration.born = registration.sex = None
        return
    number = parse_id_number(typed, context.today)
    registration.id_number = number.text
    index = claimed_index(context, registration)
    submitted = registration.state not in (RegistrationState.DRAFT, RegistrationState.WITHDRAWN)
    registration.id_index = index if submitted else None
    registration.born, registration.sex = number.birth_date, number.sex


def _take_columns(registration: Registration, values: Mapping[str, Any]) -> None:
    problems = {}
    for key, read in _READERS.items():
        if key not in values:
            continue
        try:
            value = read(values[key]) if values[key] not in (None, "") else _EMPTY.get(key)
        except (ValueError, TypeError):
            problems[key] = "选项无效，请重新选择"
        else:
            setattr(registration, key, value)
    if problems:
        raise Invalid(fields=problems)


def _take_details(registration: Registration, values: Mapping[str, Any]) -> None:
    typed = {key: _text(values[key]) for key in _DETAIL_KEYS & set(values)}
    if typed:
        registration.details = {**registration.details, **typed}


def _text(value: Any) -> str:
    if value is None:
        return ""
    return value.isoformat() if isinstance(value, date) else str(value).strip()[:4000]


def _detach(context: CommandContext, registration: Registration, attachment: Attachment) -> None:
    file_id = attachment.file_id
    registration.attachments.remove(attachment)
    context.session.flush()
    remove_file(context, file_id)


_EMPTY: Mapping[str, Any] = {
    "name": "", "major": "", "certificate": CertificateLevel.NONE, "community_years": 0, "social_work_major": False,
    "veteran": False, "grid_worker": False, "fresh_graduate": False, "new_employment": False, "bonus_claimed": False,
}  # fmt: skip
"""What a cleared field holds; the others hold nothing."""
