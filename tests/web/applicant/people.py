"""Accounts, pictures and answers of invented applicants."""

from io import BytesIO

from PIL import Image
from sqlalchemy import delete

from engine.identity.users import User
from engine.kernel.actor import Actor
from engine.kernel.command import CommandContext
from engine.personnel.recruitment.applicant import AttachFile
from engine.personnel.recruitment.registration_form import Declaration
from engine.personnel.recruitment.registrations import Attachment, AttachmentKind
from tests.process.office import Office
from tests.process.recruitment import Applicant, id_number

PERSON = {
    "name": "王芳", "id_number": id_number(502), "phone": "13912345678", "emergency_phone": "13912340000",
    "nation": "汉族", "politics": "masses", "household": "household", "household_place": "清溪县东门街道",
    "address": "清溪县东门街道一号",
}  # fmt: skip
BACKGROUND = {
    "education": "bachelor", "school": "江海大学", "major": "社会工作", "graduated_on": "2020-06-30",
    "certificate": "none", "community_years": "0", "resume": "2016-09 至 2020-06 江海大学 学生",
}  # fmt: skip
PLEDGE = {"declarations": [entry.value for entry in Declaration], "consent": "y", "pledge": "y"}


def give_password(office: Office, actor: Actor, password_hash: str) -> str:
    """Lets somebody sign in; answers the login."""

    def make(context: CommandContext) -> str:
        user = context.session.get_one(User, actor.user_id)
        user.password_hash = password_hash
        return user.login

    return office.prepare(make)


def give_photo(applicant: Applicant) -> int:
    """A real portrait in place of the material that stands for everything; answers the attachment."""
    wanted = delete(Attachment).where(
        Attachment.registration_id == applicant.registration_id, Attachment.kind == AttachmentKind.PHOTO
    )
    applicant.office.prepare(lambda context: context.session.execute(wanted) and None)
    photo = AttachFile(applicant.registration_id, AttachmentKind.PHOTO, "a.jpg", picture((350, 450)).getvalue())
    return applicant.office.do(photo, applicant.actor)


def picture(size: tuple[int, int] = (700, 900), kind: str = "JPEG") -> BytesIO:
    """A photo as a phone takes it."""
    target = BytesIO()
    Image.effect_noise(size, 40).convert("RGB").save(target, kind)
    target.seek(0)
    return target
