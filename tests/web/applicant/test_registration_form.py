"""Filling in and handing in the registration form."""

from io import BytesIO

from sqlalchemy import select

from engine.kernel.history import HistoryEvent
from engine.personnel.recruitment.registrations import AttachmentKind, Registration
from engine.personnel.recruitment.states import RegistrationState
from forms.registration import CONSENT_VERSION
from tests.process.office import Office
from tests.process.recruitment import Recruitment, id_number
from tests.visitor import Visitor
from tests.web.applicant.people import BACKGROUND, PERSON, PLEDGE, picture


def test_five_steps_lead_to_a_receipt_with_the_number_and_what_happens_next(
    newcomer: Visitor, recruitment: Recruitment
) -> None:
    form = _begun(newcomer, recruitment)
    assert newcomer.post(f"{form}/person", PERSON, page=f"{form}/person").status_code == 302
    assert newcomer.post(f"{form}/background", BACKGROUND, page=f"{form}/background").status_code == 302
    _upload_all(newcomer, form)
    answer = newcomer.post(f"{form}/check", PLEDGE, page=f"{form}/check")
    assert answer.status_code == 302, newcomer.page
    newcomer.get(answer.location)
    mine = _mine(recruitment.office)
    assert mine.state is RegistrationState.SUBMITTED
    assert mine.number and mine.number in newcomer.page
    assert "24 小时" in newcomer.page


def test_consent_is_kept_with_the_version_of_the_text(newcomer: Visitor, recruitment: Recruitment) -> None:
    form = _begun(newcomer, recruitment)
    newcomer.post(f"{form}/person", PERSON, page=f"{form}/person")
    newcomer.post(f"{form}/background", BACKGROUND, page=f"{form}/background")
    _upload_all(newcomer, form)
    newcomer.post(f"{form}/check", PLEDGE, page=f"{form}/check")
    query = select(HistoryEvent).where(HistoryEvent.type == "consent.given")
    given = recruitment.office.read(lambda session: session.scalars(query).one())
    assert CONSENT_VERSION in str(given.facts)


def test_the_form_says_birth_date_and_sex_by_the_id_number(newcomer: Visitor, recruitment: Recruitment) -> None:
    form = _begun(newcomer, recruitment)
    newcomer.post(f"{form}/person", PERSON, page=f"{form}/person")
    newcomer.get(f"{form}/check")
    assert "出生日期 1998-05-20，性别 女" in newcomer.page


def test_a_wrong_check_digit_is_named_and_nothing_typed_is_lost(newcomer: Visitor, recruitment: Recruitment) -> None:
    form = _begun(newcomer, recruitment)
    right = id_number(502)
    typed = right[:17] + ("0" if right[17] != "0" else "1")
    answer = newcomer.post(f"{form}/person", {**PERSON, "id_number": typed}, page=f"{form}/person")
    assert answer.status_code == 422
    assert f"身份证号第 18 位应为 {right[17]}，请核对" in newcomer.page
    assert typed in newcomer.page
    assert PERSON["address"] in newcomer.page


def test_a_draft_saves_what_is_typed_so_far(newcomer: Visitor, recruitment: Recruitment) -> None:
    form = _begun(newcomer, recruitment)
    address = f"{form}/person".replace("/form/", "/draft/")
    newcomer.get(f"{form}/person")
    assert newcomer.post(address, {"address": "西门街 9 号", "phone": "139", "id_number": "3207"}).status_code == 204
    newcomer.get(f"{form}/person")
    assert "西门街 9 号" in newcomer.page


def test_nobody_can_hand_in_a_form_with_gaps(newcomer: Visitor, recruitment: Recruitment) -> None:
    form = _begun(newcomer, recruitment)
    assert newcomer.post(f"{form}/check", PLEDGE, page=f"{form}/check").status_code == 422
    for problem in ("请填写身份证号", "请上传证件照片", "请选择学历"):
        assert problem in newcomer.page
    assert _mine(recruitment.office).state is RegistrationState.DRAFT


def test_the_declarations_and_the_consent_are_needed(newcomer: Visitor, recruitment: Recruitment) -> None:
    form = _begun(newcomer, recruitment)
    newcomer.post(f"{form}/check", {"declarations": ["loyalty"]}, page=f"{form}/check")
    assert "还有 11 项没有确认" in newcomer.page
    assert "需要您同意处理个人信息" in newcomer.page


def test_a_large_photo_is_kept_within_20_kilobytes_and_the_applicant_is_told(
    newcomer: Visitor, recruitment: Recruitment
) -> None:
    form = _begun(newcomer, recruitment)
    _upload(newcomer, form, AttachmentKind.PHOTO, (1500, 2000))
    newcomer.get(f"{form}/materials")
    assert "压缩为" in newcomer.page
    mine = _mine(recruitment.office)
    size = recruitment.office.read(
        lambda session: session.get_one(Registration, mine.id).attachments[0].file.size
    )
    assert size <= 20 * 1024


def test_a_web_page_named_like_a_photo_is_refused_at_the_field(newcomer: Visitor, recruitment: Recruitment) -> None:
    form = _begun(newcomer, recruitment)
    files = form.removesuffix("/form") + "/files/photo"
    newcomer.get(f"{form}/materials")
    evil = (BytesIO(b"<html><script>"), "photo.jpg")
    assert newcomer.post(files, {"file": evil}, content_type="multipart/form-data").status_code == 422
    assert "请选择照片" in newcomer.page


def test_a_file_is_handed_out_as_an_attachment_that_no_browser_runs(
    newcomer: Visitor, recruitment: Recruitment
) -> None:
    form = _begun(newcomer, recruitment)
    _upload(newcomer, form, AttachmentKind.PHOTO)
    mine = _mine(recruitment.office)
    attachment = recruitment.office.read(
        lambda session: session.get_one(Registration, mine.id).attachments[0].id
    )
    answer = newcomer.get(form.removesuffix("/form") + f"/files/{attachment}")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.data.startswith(b"\xff\xd8\xff")


def test_fields_that_the_form_does_not_have_are_ignored(newcomer: Visitor, recruitment: Recruitment) -> None:
    form = _begun(newcomer, recruitment)
    more = {**PERSON, "state": "hired", "user_id": "1", "written_final": "100"}
    newcomer.post(f"{form}/person", more, page=f"{form}/person")
    mine = _mine(recruitment.office)
    assert (mine.state, mine.written_final) == (RegistrationState.DRAFT, None)


def test_a_session_that_ended_brings_the_same_form_back_with_what_was_typed(
    newcomer: Visitor, recruitment: Recruitment
) -> None:
    form = _begun(newcomer, recruitment)
    newcomer.get(f"{form}/person")
    newcomer.client.delete_cookie("session")
    assert newcomer.post(f"{form}/person", PERSON).status_code == 401
    newcomer.post("/login", {"login": "王芳", "password": "correct horse battery"})
    assert "您刚才填写的内容还在" in newcomer.page
    newcomer.post(f"{form}/person", {})
    assert PERSON["address"] in newcomer.page


def test_nobody_registers_before_the_window_opens(newcomer: Visitor, office: Office) -> None:
    early = Recruitment(office).publish()
    answer = newcomer.get(f"/my/apply/{early.number}")
    assert answer.status_code == 409
    assert "不在报名时间内" in newcomer.page


def test_who_comes_back_goes_on_with_the_same_draft(newcomer: Visitor, recruitment: Recruitment) -> None:
    _begun(newcomer, recruitment)
    answer = newcomer.get(f"/my/apply/{recruitment.number}")
    assert answer.status_code == 302
    assert len(recruitment.office.read(lambda session: list(session.scalars(select(Registration))))) == 1


def _begun(visitor: Visitor, recruitment: Recruitment) -> str:
    """Chooses the first post; answers the address of the form."""
    page = f"/my/apply/{recruitment.number}"
    answer = visitor.post(page, {"post_id": recruitment.row.posts[0].id}, page=page)
    assert answer.status_code == 302, visitor.page
    return answer.location.rsplit("/", 1)[0]


def _upload_all(visitor: Visitor, form: str) -> None:
    for kind in (AttachmentKind.PHOTO, AttachmentKind.ID_FRONT, AttachmentKind.ID_BACK, AttachmentKind.DIPLOMA):
        _upload(visitor, form, kind)


def _upload(visitor: Visitor, form: str, kind: AttachmentKind, size: tuple[int, int] = (700, 900)) -> None:
    visitor.get(f"{form}/materials")
    address = form.removesuffix("/form") + f"/files/{kind.value}"
    answer = visitor.post(address, {"file": (picture(size), "a.jpg")}, content_type="multipart/form-data")
    assert answer.status_code == 302, visitor.page


def _mine(office: Office) -> Registration:
    return office.read(lambda session: session.scalars(select(Registration)).one())
