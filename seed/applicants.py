"""People who register: an account, a form filled in with its materials, handed in."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from engine.delegates.recruitment.commands import SubmitRegistration
from engine.identity.accounts import RegisterAccount
from engine.kernel.actor import Actor
from engine.kernel.clock import local_date
from engine.kernel.command import CommandContext
from engine.personnel.dates import add_years
from engine.personnel.recruitment.applicant import AttachFile, SaveRegistrationDraft
from engine.personnel.recruitment.registration_form import Declaration, required_attachments
from engine.personnel.recruitment.registrations import Registration
from engine.personnel.vocabulary import CertificateLevel, Education
from seed.materials import material
from seed.people import Person
from seed.story import Story

PUBLIC = Actor(user_id=None, name="访客")
_SCHOOLS = ("江澜师范学院", "江澜职业技术学院", "苏北社会工作学院", "云汀开放大学", "江澜理工学院")
_MAJORS = ("社会工作", "公共事业管理", "汉语言文学", "会计学", "法学", "计算机应用", "市场营销", "护理学")


@dataclass(frozen=True, slots=True)
class Applicant:
    """Somebody with a registration."""

    person: Person
    actor: Actor
    registration_id: int
    number: str


@dataclass(frozen=True, slots=True)
class FillIn:
    """Saves the form with all its materials, as the applicant does page by page; hands it in when it is complete.

    Answers the registration's id and number.
    """

    campaign_id: int
    values: Mapping[str, Any]
    person: Person
    complete: bool

    def execute(self, context: CommandContext) -> tuple[int, str]:
        draft = SaveRegistrationDraft(self.campaign_id, self.values).execute(context)
        registration = context.session.get_one(Registration, draft)
        if self.complete:
            for kind in required_attachments(registration):
                AttachFile(draft, kind, *material(kind, self.person.sex, draft)).execute(context)
            SubmitRegistration(draft).execute(context)
        return draft, registration.number or ""


def register(
    story: Story, campaign_id: int, post_id: int, person: Person, password_hash: str, *, complete: bool = True
) -> Applicant:
    """An account and a registration for a post; with `complete` it is handed in."""
    user_id = story.do(RegisterAccount(person.name, person.phone, password_hash), PUBLIC)
    actor = story.person(user_id)
    values = {**form_of(person, user_id, local_date(story.clock.now())), "post_id": post_id}
    registration_id, number = story.do(FillIn(campaign_id, values, person, complete), actor)
    return Applicant(person, actor, registration_id, number)


def form_of(person: Person, serial: int, today: date) -> dict[str, Any]:
    """The form as this person fills it in; nothing in it lies ahead of the day."""
    graduated = add_years(person.born, 22 if person.education is not Education.MASTER else 25)
    graduated = min(graduated, add_years(today, -2))
    certified = person.certificate is not CertificateLevel.NONE
    return {
        "name": person.name, "id_number": person.id_number, "phone": person.phone, "education": person.education.value,
        "major": _MAJORS[serial % len(_MAJORS)], "social_work_major": serial % len(_MAJORS) == 0,
        "household": person.household.value, "politics": person.politics.value, "veteran": person.veteran,
        "grid_worker": person.grid_worker, "certificate": person.certificate.value,
        "community_years": person.community_years, "bonus_claimed": certified or person.veteran,
        "declarations": [declaration.value for declaration in Declaration], **_details(person, serial, graduated),
    }  # fmt: skip


def _details(person: Person, serial: int, graduated: date) -> dict[str, Any]:
    certified = person.certificate is not CertificateLevel.NONE
    school = _SCHOOLS[serial % len(_SCHOOLS)]
    return {
        "nation": "汉族", "household_place": "江苏省江澜市云汀县", "native_place": "江苏江澜", "marriage": "未婚",
        "address": f"云汀县汀兰街道示例路 {serial % 180 + 1} 号", "health": "健康",
        "emergency_phone": f"197{serial:08d}", "school": school, "graduated_on": f"{graduated:%Y}-06-30",
        "study_kind": "全日制", "degree": "学士" if person.education is Education.BACHELOR else "",
        "certificate_number": f"SG{serial:08d}" if certified else "",
        "certificate_on": f"{graduated.year + 1}-10-01" if certified else "",
        "veteran_number": f"TY{serial:08d}" if person.veteran else "",
        "grid_agreement": f"{graduated.year + 1}-07-01 至今" if person.grid_worker else "",
        "employer": "云汀县某社区专职网格员" if person.grid_worker else "",
        "resume": f"{graduated.year - 3}.09—{graduated.year}.06 {school}学习；{graduated.year}.07 至今从事基层服务。",
        "family": "父母均在本县居住。",
    }  # fmt: skip
