"""The exam desk as officers use it, on a county where one recruitment is played stage by stage."""

import io
import zipfile
from collections.abc import Callable
from datetime import timedelta

from flask import Flask
from sqlalchemy import select

from engine.delegates.recruitment.commands import PrintTicket
from engine.kernel.clock import CHINA
from engine.kernel.store import Store
from engine.personnel.recruitment.outcomes import PublicNotice
from engine.personnel.recruitment.seat_draw import draw_value
from engine.personnel.spreadsheets import SheetToWrite, read_sheet, write_workbook
from tests.process.office import Office
from tests.process.recruitment import Applicant, Recruitment
from tests.visitor import Visitor
from tests.web.desk.conftest import Desk


def seated(recruitment: Recruitment) -> Recruitment:
    """Registration is over, examinees are fixed, rooms are to be arranged."""
    recruitment.close_registration()
    return recruitment


def sheet(*rows: tuple[str, ...]) -> dict[str, object]:
    """An upload of a workbook whose first row holds the headings."""
    content = write_workbook([SheetToWrite("成绩", rows[0], rows[1:])])
    return {"file": (io.BytesIO(content), "成绩.xlsx")}


def path_of(recruitment: Recruitment, *rest: str) -> str:
    return "/".join(("/desk/campaigns", recruitment.number, *rest))


def test_the_page_of_a_campaign_names_its_stage_its_numbers_and_the_next_act(office: Office, desk: Desk) -> None:
    recruitment = Recruitment(office).open()
    recruitment.admitted(0)
    recruitment.applicant(1).submit()
    page = desk("county_clerk").get(path_of(recruitment)).text
    assert 'aria-current="step"><span>报名</span>' in page
    assert "等待：报名截止" in page
    assert "<b>2</b><span>报名人数</span>" in page
    assert "<b>1</b><span>待审核</span>" in page


def test_a_window_is_extended_with_a_reason(office: Office, desk: Desk) -> None:
    recruitment = Recruitment(office).open()
    later = recruitment.row.reg_closes_at + timedelta(hours=4)
    form = {"field": "reg_closes_at", "moment": f"{later.astimezone(CHINA):%Y-%m-%dT%H:%M}", "reason": "应报考人员要求"}
    answer = desk("county_clerk").post(path_of(recruitment, "dates"), form, page=path_of(recruitment))
    assert answer.status_code == 302
    assert recruitment.row.reg_closes_at == later


def test_a_date_is_not_moved_without_a_reason(office: Office, desk: Desk) -> None:
    recruitment = Recruitment(office).open()
    before = recruitment.row.reg_closes_at
    form = {"field": "reg_closes_at", "moment": "2026-12-20T16:00", "reason": ""}
    answer = desk("county_clerk").post(path_of(recruitment, "dates"), form, page=path_of(recruitment))
    assert answer.status_code == 422
    assert "请填写调整理由" in answer.text
    assert recruitment.row.reg_closes_at == before


def test_seats_are_drawn_with_a_published_seed_that_anybody_can_recompute(office: Office, desk: Desk) -> None:
    recruitment = Recruitment(office).open()
    people = [recruitment.admitted(post) for post in (0, 1, 2)]
    seated(recruitment)
    officer, page = desk("exam_officer"), path_of(recruitment, "rooms")
    rooms = {"rooms-0-name": "第一考场", "rooms-0-capacity": "2", "rooms-1-name": "第二考场", "rooms-1-capacity": "2"}
    assert officer.post(page, rooms, page=page).status_code == 302
    assert officer.post(path_of(recruitment, "draw"), {"seed": "福彩2026135期"}, page=page).status_code == 302
    office.work()
    text = officer.get(page).text
    first = min(people, key=lambda person: draw_value("福彩2026135期", person.number))
    assert f"福彩2026135期:{first.number}" in text
    assert draw_value("福彩2026135期", first.number) in text
    assert first.row.exam_number is not None
    assert first.row.exam_number.endswith("01001")


def test_too_few_seats_are_refused_and_nothing_is_drawn(office: Office, desk: Desk) -> None:
    recruitment = Recruitment(office).open()
    for post in (0, 1, 2):
        recruitment.admitted(post)
    seated(recruitment)
    officer, page = desk("exam_officer"), path_of(recruitment, "rooms")
    officer.post(page, {"rooms-0-name": "第一考场", "rooms-0-capacity": "1"}, page=page)
    officer.post(path_of(recruitment, "draw"), {"seed": "福彩2026135期"}, page=page)
    assert "不够安排" in officer.get(page).text
    assert recruitment.row.drawn_at is None


def test_sign_in_sheets_are_a_pdf_without_whole_id_numbers(office: Office, desk: Desk) -> None:
    recruitment, people = examined(office)
    officer = desk("exam_officer")
    answer = officer.get(path_of(recruitment, "rooms", "sign-in.pdf"))
    assert answer.mimetype == "application/pdf"
    assert answer.data.startswith(b"%PDF-")
    number = people[0].row.id_number or ""
    assert number.encode() not in answer.data
    assert number not in officer.get(path_of(recruitment, "rooms")).text


def test_written_scores_are_previewed_mended_in_place_and_then_imported(office: Office, desk: Desk) -> None:
    recruitment, people = examined(office)
    numbers = [str(person.row.exam_number) for person in people]
    officer, page = desk("exam_officer"), path_of(recruitment, "import", "written")
    scores = [(number, "7x" if n == 0 else "80", "") for n, number in enumerate(numbers)]
    rows = [("准考证号", "笔试成绩", "备注"), *scores]
    answer = officer.post(page, sheet(*rows), page=page, content_type="multipart/form-data")
    preview = answer.headers["Location"]
    text = officer.get(preview).text
    assert "第 2 行“笔试成绩”：“7x”不是数字" in text
    assert 'name="cell-2-1" value="7x"' in text
    mended = officer.post(preview, {"cell-2-1": "78.50"})
    assert "全部行核对无误" in mended.text
    assert officer.post(f"{preview}/commit", {"finish": "1"}).status_code == 302
    office.work()
    assert office.open_nodes(recruitment.number) == ["release_written"]


def test_with_errors_nothing_is_imported(office: Office, desk: Desk) -> None:
    recruitment, people = examined(office)
    number = str(people[0].row.exam_number)
    officer, page = desk("exam_officer"), path_of(recruitment, "import", "written")
    rows = [("准考证号", "笔试成绩", "备注"), (number, "80", ""), ("20269999", "70", "")]
    preview = officer.post(page, sheet(*rows), page=page, content_type="multipart/form-data").headers["Location"]
    officer.get(preview)
    assert officer.post(f"{preview}/commit").headers["Location"] == preview
    assert office.open_nodes(recruitment.number) == ["import_written"]


def test_an_upload_belongs_to_the_person_who_made_it(office: Office, desk: Desk) -> None:
    recruitment, people = examined(office)
    number = str(people[0].row.exam_number)
    officer, page = desk("exam_officer"), path_of(recruitment, "import", "written")
    rows = [("准考证号", "笔试成绩", "备注"), (number, "80", "")]
    preview = officer.post(page, sheet(*rows), page=page, content_type="multipart/form-data").headers["Location"]
    assert desk("county_clerk").get(preview).status_code == 404


def test_what_is_no_workbook_is_refused_with_a_remedy(office: Office, desk: Desk) -> None:
    recruitment, _people = examined(office)
    officer, page = desk("exam_officer"), path_of(recruitment, "import", "written")
    for content in (b"PK\x03\x04 not really", _bomb()):
        upload = {"file": (io.BytesIO(content), "成绩.xlsx")}
        answer = officer.post(page, upload, page=page, content_type="multipart/form-data")
        assert answer.status_code == 422
        assert "另存为" in answer.text


def test_the_template_lists_the_people_whose_scores_are_awaited(office: Office, desk: Desk) -> None:
    recruitment, people = examined(office)
    content = desk("exam_officer").get(path_of(recruitment, "import", "written", "template")).data
    rows = read_sheet(content)
    assert rows[0] == ["准考证号", "姓名", "笔试成绩", "备注"]
    assert {row[0] for row in rows[1:]} == {str(person.row.exam_number) for person in people}


def test_a_list_is_seen_exactly_as_it_will_be_published_and_not_before(
    office: Office, desk: Desk, web_store: Store
) -> None:
    recruitment, people = examined(office)
    recruitment.import_written(dict.fromkeys(people, 80))
    recruitment.act("exam_officer", "import_written", "imported")
    clerk, page = desk("county_clerk"), path_of(recruitment, "release", "written")
    kinds = notices(web_store)
    text = clerk.get(page).text
    assert notices(web_store) == kinds
    assert str(people[0].row.exam_number) in text
    assert people[0].row.id_number not in text
    clerk.post(page, page=page)
    office.work()
    shown = latest(web_store, "written").content["rows"]
    assert all(f"<td>{cell}</td>" in text for row in shown for cell in row)


def test_the_ranking_opens_to_show_every_mark(office: Office, desk: Desk) -> None:
    recruitment, people = examined(office)
    recruitment.import_written(dict.fromkeys(people, 80))
    recruitment.act("exam_officer", "import_written", "imported")
    recruitment.shortlist()
    recruitment.recheck(*people)
    recruitment.to_interview()
    recruitment.interview(dict.fromkeys(people, 82))
    text = desk("exam_officer").get(path_of(recruitment, "ranking")).text
    assert "80.00 × 50% + 82.00 × 50% = 81.00" in text
    assert "<s>82.00</s>" in text


def test_exports_keep_personal_numbers_masked_and_formulas_harmless(office: Office, desk: Desk) -> None:
    recruitment = Recruitment(office).open()
    person = recruitment.applicant(0, name="=HYPERLINK(1)")
    person.submit()
    content = desk("county_clerk").post(path_of(recruitment, "export", "registrations"), page=path_of(recruitment)).data
    rows = read_sheet(content)
    assert rows[1][1].startswith("'=")
    assert rows[1][3] == f"{(person.row.id_number or '')[:3]}***********{(person.row.id_number or '')[-4:]}"


def test_the_desk_of_another_county_does_not_exist(
    office: Office, app: Flask, new_user: Callable[..., int], county: int
) -> None:
    recruitment = Recruitment(office).open()
    new_user("stranger", "外县经办", ("county_clerk", county))
    stranger = Visitor(app)
    stranger.sign_in("stranger")
    for rest in ((), ("rooms",), ("ranking",), ("import", "posts"), ("release", "written")):
        assert stranger.get(path_of(recruitment, *rest)).status_code == 404


def test_a_reviewer_has_no_desk(office: Office, desk: Desk) -> None:
    assert desk("county_reviewer").get("/desk/").status_code == 403


def test_the_quota_board_counts_places_over_the_streets(office: Office, desk: Desk) -> None:
    Recruitment(office).open()
    page = desk("county_clerk").get("/desk/quota").text
    assert "<b>36</b><span>核定员额</span>" in page
    assert "<b>3</b><span>已预留（招聘中）</span>" in page


def examined(office: Office) -> tuple[Recruitment, list[Applicant]]:
    """Three people have sat the written exam; their scores are to be imported."""
    recruitment = Recruitment(office).open()
    people = [recruitment.admitted(post) for post in (0, 1, 2)]
    seated(recruitment).seat()
    for person in people:
        office.do(PrintTicket(person.registration_id), person.actor)
    office.work()
    recruitment.move_to("tickets_until")
    recruitment.move_to("written_at")
    return recruitment, people


def notices(store: Store) -> list[str]:
    with store.reading() as session:
        return [notice.kind.value for notice in session.scalars(select(PublicNotice))]


def latest(store: Store, kind: str) -> PublicNotice:
    with store.reading() as session:
        query = select(PublicNotice).where(PublicNotice.kind == kind).order_by(PublicNotice.id.desc())
        notice = session.scalars(query).first()
        assert notice is not None
        session.expunge_all()
        return notice


def _bomb() -> bytes:
    """A workbook that would unpack to a hundred megabytes."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", b"0" * (100 << 20))
    return target.getvalue()


def test_scores_imported_before_let_the_step_be_finished_later(office: Office, desk: Desk) -> None:
    recruitment, people = examined(office)
    recruitment.import_written(dict.fromkeys(people, 80))
    officer, page = desk("exam_officer"), path_of(recruitment, "import", "written")
    assert "已导入 3 人的成绩" in officer.get(page).text
    assert officer.post(f"{page}/finish").status_code == 302
    office.work()
    assert office.open_nodes(recruitment.number) == ["release_written"]


def test_a_step_that_lacks_scores_is_not_finished_and_says_so(office: Office, desk: Desk) -> None:
    recruitment, people = examined(office)
    recruitment.import_written({people[0]: 80})
    officer, page = desk("exam_officer"), path_of(recruitment, "import", "written")
    officer.get(page)
    officer.post(f"{page}/finish")
    assert "还有 2 名考生没有笔试成绩" in officer.get(path_of(recruitment)).text
    assert office.open_nodes(recruitment.number) == ["import_written"]


def test_an_upload_without_a_file_says_what_to_do(office: Office, desk: Desk) -> None:
    recruitment, _ = examined(office)
    page = path_of(recruitment, "import", "written")
    answer = desk("exam_officer").post(page, {}, page=page, content_type="multipart/form-data")
    assert answer.status_code == 422
    assert "请选择要导入的文件" in answer.text
