"""What an applicant may send: files of every kind, hostile names, forms of other campaigns, and nothing out of time."""

import io
import struct
import zlib
from pathlib import Path

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import select

from engine.personnel.recruitment.exam_desk import RoomPlan, SaveExamRooms
from engine.personnel.recruitment.registrations import Attachment, Registration
from tests.process.office import Office
from tests.process.recruitment import Applicant, Recruitment
from tests.visitor import Visitor
from tests.web.applicant.conftest import SignedIn, app, newcomer, office, opened, recruitment, signed_in
from tests.web.applicant.people import give_photo, picture

__all__ = ["app", "newcomer", "office", "opened", "recruitment", "signed_in"]

HOSTILE = '=cmd|" #read("/etc/passwd") $x$ #import "a" <script>alert(1)</script> {{7*7}} \u202egpj'


def png_that_claims(width: int, height: int) -> bytes:
    """A tiny file that unpacks to a picture of that size."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    body = chunk(b"IDAT", zlib.compress(b"\0" * 4096))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + body + chunk(b"IEND", b"")


def files_of(office: Office, one: Applicant) -> set[str]:
    query = select(Attachment).where(Attachment.registration_id == one.registration_id)
    return office.read(lambda session: {entry.file.sha256 for entry in session.scalars(query)})


def send(visitor: Visitor, one: Applicant, kind: str, name: str, content: bytes) -> int:
    base = f"/my/applications/{one.registration_id}"
    page = f"{base}/form/materials"
    answer = visitor.post(f"{base}/files/{kind}", {"file": (io.BytesIO(content), name)}, page=page)
    return answer.status_code


@pytest.mark.parametrize(
    ("kind", "name", "content"),
    [
        ("photo", "a.svg", b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'),
        ("photo", "a.jpg", b'<svg xmlns="http://www.w3.org/2000/svg"/>'),
        ("photo", "a.png", png_that_claims(60_000, 60_000)),
        ("photo", "a.png", png_that_claims(20_000, 3_000)),
        ("diploma", "a.png", png_that_claims(65_000, 65_000)),
        ("photo", "a.jpg", b"\xff\xd8\xff" + b"<?php echo 1 ?>" * 100),
        ("photo", "a.gif", b"GIF89a" + b"\0" * 100),
        ("diploma", "a.pdf", b"MZ\x90\0%PDF-1.4"),
        ("diploma", "a.html", b"%PDF-1.4 <script>alert(1)</script>"),
        ("diploma", "a.pdf", b""),
        ("photo", "a.pdf", b"%PDF-1.4"),
    ],
)
def test_a_file_that_is_not_what_it_says_is_refused_beside_its_field(
    kind: str, name: str, content: bytes, recruitment: Recruitment, office: Office, signed_in: SignedIn
) -> None:
    one = recruitment.applicant(0)
    before = files_of(office, one)
    assert send(signed_in(one), one, kind, name, content) == 422
    assert files_of(office, one) == before


def test_what_hides_behind_a_picture_is_not_kept(
    recruitment: Recruitment, office: Office, signed_in: SignedIn
) -> None:
    one = recruitment.applicant(0)
    give_photo(one)
    visitor = signed_in(one)
    polyglot = picture((350, 450)).getvalue() + b"<script>alert('canary-behind')</script>PK\x03\x04"
    assert send(visitor, one, "photo", "../../../etc/passwd\u202e1.jpg", polyglot) == 302
    query = select(Attachment).where(Attachment.registration_id == one.registration_id, Attachment.kind == "photo")
    attachment = office.read(lambda session: session.scalars(query).one().id)
    answer = visitor.get(f"/my/applications/{one.registration_id}/files/{attachment}")
    assert b"canary-behind" not in answer.data
    assert Image.open(io.BytesIO(answer.data)).format == "JPEG"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert "passwd" not in answer.headers["Content-Disposition"]


def test_a_name_of_a_file_is_only_a_name(recruitment: Recruitment, office: Office, signed_in: SignedIn) -> None:
    one = recruitment.applicant(0)
    visitor, folder = signed_in(one), office.engine.settings.data_folder
    before = set(Path(folder).parent.rglob("*evil*"))
    name = "../../evil<script>alert(1)</script>\u202egpj.pdf"
    assert send(visitor, one, "diploma", name, b"%PDF-1.4 evil") == 302
    page = visitor.get(f"/my/applications/{one.registration_id}/form/materials").text
    assert "<script>alert" not in page
    assert set(Path(folder).parent.rglob("*evil*")) == before


def test_a_text_in_place_of_a_file_is_told_at_the_field(recruitment: Recruitment, signed_in: SignedIn) -> None:
    base = f"/my/applications/{(one := recruitment.applicant(0)).registration_id}"
    visitor = signed_in(one)
    for kind in ("photo", "diploma"):
        answer = visitor.post(f"{base}/files/{kind}", {"file": "no file at all"}, page=f"{base}/form/materials")
        assert answer.status_code == 422


def test_materials_are_not_changed_after_the_window(
    recruitment: Recruitment, office: Office, signed_in: SignedIn
) -> None:
    one = recruitment.applicant(0)
    visitor = signed_in(one)
    one.submit()
    one.handled("county_reviewer", "first_review", "reject", "不符合")
    page = f"/my/applications/{one.registration_id}"
    recruitment.move_to("reg_closes_at")
    held = files_of(office, one)
    query = select(Attachment.id).where(Attachment.registration_id == one.registration_id)
    first = office.read(lambda session: session.scalars(query).first())
    visitor = signed_in(one)
    file = {"file": (io.BytesIO(b"%PDF-1.4 late"), "a.pdf")}
    assert visitor.post(f"{page}/files/diploma", file, page=page).status_code == 409
    assert visitor.post(f"{page}/files/{first}/removal", page=page).status_code == 409
    assert files_of(office, one) == held


def test_somebody_elses_attachment_is_neither_seen_nor_removed_through_ones_own_registration(
    recruitment: Recruitment, office: Office, signed_in: SignedIn
) -> None:
    one, other = recruitment.applicant(0), recruitment.applicant(1)
    visitor, held = signed_in(one), files_of(office, other)
    query = select(Attachment.id).where(Attachment.registration_id == other.registration_id)
    for attachment in office.read(lambda session: list(session.scalars(query))):
        base = f"/my/applications/{one.registration_id}/files/{attachment}"
        assert visitor.get(base).status_code == 404
        assert visitor.post(f"{base}/removal", page="/my/applications").status_code == 404
    assert files_of(office, other) == held


def test_fields_of_the_office_posted_by_an_applicant_change_nothing(
    recruitment: Recruitment, office: Office, signed_in: SignedIn
) -> None:
    one = recruitment.applicant(0)
    visitor = signed_in(one)
    names = ("state", "user_id", "campaign_id", "exam_number", "written_paper", "bonus", "written_final", "rank",
             "passed_at", "number", "born", "sex", "details", "id")  # fmt: skip
    before = {name: vars(one.row)[name] for name in names}
    forged = dict.fromkeys(names, "99")
    for step in ("post", "person", "background"):
        page = f"/my/applications/{one.registration_id}/form/{step}"
        visitor.post(page, forged, page=page)
        visitor.post(f"/my/applications/{one.registration_id}/draft/{step}", {**forged, "post_id": "999999"}, page=page)
    after = {name: vars(one.row)[name] for name in names if name != "details"}
    assert after == {name: value for name, value in before.items() if name != "details"}
    assert not set(names) & set(one.row.details)


def test_two_tabs_and_a_double_click_hand_in_once(
    recruitment: Recruitment, office: Office, newcomer: Visitor
) -> None:
    address = f"/my/apply/{recruitment.number}"
    form = {"post_id": recruitment.row.posts[0].id}
    newcomer.get(address)
    hidden = newcomer.hidden()
    answers = [newcomer.post(address, {**form, **hidden}, page=None) for _ in range(2)]
    answers.append(newcomer.post(address, {**form, "_csrf": hidden["_csrf"], "_key": "another tab"}))
    assert {answer.status_code for answer in answers} == {302}
    query = select(Registration.id).where(Registration.campaign_id == recruitment.row.id)
    assert len(office.read(lambda session: list(session.scalars(query)))) == 1


def test_hostile_names_are_plain_text_on_tickets_sheets_and_lists(
    recruitment: Recruitment, office: Office, app: Flask, signed_in: SignedIn
) -> None:
    one = recruitment.applicant(0)
    give_photo(one)
    one.submit()
    one.handled("county_reviewer", "first_review", "pass", "")
    recruitment.close_registration()
    office.do(SaveExamRooms(recruitment.row.id, [RoomPlan(HOSTILE[:60], 30, HOSTILE[:60])]), "exam_officer")
    recruitment.act("exam_officer", "arrange_rooms", "arranged", seed="20261123")
    recruitment.move_to("tickets_from")
    visitor = signed_in(one)
    base = f"/my/applications/{one.registration_id}/ticket"
    assert "<script>alert" not in visitor.get(base).text
    visitor.post(f"{base}/printing", page=base)
    ticket = visitor.get(f"{base}.pdf")
    assert ticket.mimetype == "application/pdf"
    assert b"root:" not in ticket.data
    assert b"/JavaScript" not in ticket.data
    draw = f"/announcements/{recruitment.number}/draw"
    assert "<script>alert" not in visitor.get(draw).text
    assert ",'=cmd" in visitor.get(f"{draw}.csv").text.replace('"', "")
    assert visitor.get(f"{draw}.csv").headers["Content-Disposition"].startswith("attachment")


def test_an_answer_with_a_score_is_kept_by_no_cache(recruitment: Recruitment, app: Flask) -> None:
    visitor = Visitor(app)
    answer = visitor.post("/scores", {"exam_number": "1", "id_number": "x"}, page="/scores")
    assert answer.headers["Cache-Control"] == "no-store"
