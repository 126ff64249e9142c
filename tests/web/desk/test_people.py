"""The people of a recruitment at the desk: found, corrected after admission, disqualified."""

from collections.abc import Callable

import pytest
from flask import Flask

from engine.delegates.recruitment.commands import PrintTicket
from tests.process.office import Office
from tests.process.recruitment import Recruitment, id_number
from tests.visitor import Visitor
from tests.web.desk.conftest import Desk


@pytest.fixture
def recruitment(office: Office) -> Recruitment:
    return Recruitment(office).open()


def page_of(recruitment: Recruitment, *rest: object) -> str:
    return "/".join(("/desk/campaigns", recruitment.number, "people", *map(str, rest)))


def test_people_are_found_by_name_without_anything_secret(desk: Desk, recruitment: Recruitment) -> None:
    person, other = recruitment.admitted(0), recruitment.applicant(1)
    other.submit()
    text = desk("exam_officer").get(page_of(recruitment) + f"?q={person.row.name}").text
    assert person.row.name in text
    assert other.row.name not in text
    assert str(person.row.id_number) not in text


def test_a_mistyped_name_is_corrected_with_a_reason_and_the_person_is_told(
    office: Office, desk: Desk, recruitment: Recruitment
) -> None:
    person = recruitment.admitted(0)
    recruitment.close_registration()
    recruitment.seat()
    office.do(PrintTicket(person.registration_id), person.actor)
    office.work()
    clerk, page = desk("county_clerk"), page_of(recruitment, person.registration_id)
    number = id_number(77)
    form = {"name": "欧阳更正", "id_number": number, "reason": "本人申请，已核对身份证"}
    assert clerk.post(page, form, page=page).status_code == 302
    assert (person.row.name, person.row.id_number, person.row.exam_number is None) == ("欧阳更正", number, False)
    assert "准考证内容已更新，须由本人重新打印" in clerk.get(page).text
    assert "欧阳更正" in clerk.get(page).text


def test_a_correction_needs_a_reason_a_free_number_and_an_admitted_registration(
    desk: Desk, recruitment: Recruitment
) -> None:
    person, other, waiting = recruitment.admitted(0), recruitment.admitted(1), recruitment.applicant(2)
    waiting.submit()
    clerk, page = desk("county_clerk"), page_of(recruitment, person.registration_id)
    before = person.row.name
    missing = clerk.post(page, {"name": "张三", "id_number": "", "reason": ""}, page=page)
    taken = clerk.post(page, {"name": "张三", "id_number": other.row.id_number, "reason": "核对"}, page=page)
    early = clerk.post(page_of(recruitment, waiting.registration_id), {"name": "张三", "reason": "核对"}, page=page)
    assert (missing.status_code, taken.status_code, early.status_code) == (422, 422, 422)
    assert "请写明更正的依据" in missing.text
    assert "已有另一份报名" in taken.text
    assert "请退回由本人修改" in early.text
    assert person.row.name == before


def test_false_data_end_a_registration_from_the_desk(office: Office, desk: Desk, recruitment: Recruitment) -> None:
    person = recruitment.admitted(0)
    clerk, page = desk("county_clerk"), page_of(recruitment, person.registration_id)
    assert clerk.post(f"{page}/disqualification", {"reason": ""}, page=page).status_code == 422
    assert clerk.post(f"{page}/disqualification", {"reason": "学历证书系伪造"}, page=page).status_code == 302
    office.work()
    assert "取消资格" in clerk.get(page).text
    assert person.outcome == "已取消资格"


def test_people_of_another_county_do_not_exist(
    app: Flask, recruitment: Recruitment, new_user: Callable[..., int], county: int
) -> None:
    person = recruitment.admitted(0)
    new_user("stranger", "外县经办", ("county_clerk", county))
    stranger = Visitor(app)
    stranger.sign_in("stranger")
    for page in (page_of(recruitment), page_of(recruitment, person.registration_id)):
        assert stranger.get(page).status_code == 404


def test_later_dates_are_shown_before_they_move_along(desk: Desk, recruitment: Recruitment) -> None:
    clerk, page = desk("county_clerk"), f"/desk/campaigns/{recruitment.number}"
    before = recruitment.row
    form = {"field": "reg_closes_at", "moment": "2027-06-01T16:00", "reason": "推迟", "following": "y"}
    shown = clerk.post(f"{page}/dates", form, page=page)
    assert "以下时间将一起调整" in shown.text
    assert recruitment.row.reg_closes_at == before.reg_closes_at
    assert clerk.post(f"{page}/dates", {**form, "confirmed": "1"}, page=page).status_code == 302
    moved = recruitment.row
    assert moved.interview_at - before.interview_at == moved.reg_closes_at - before.reg_closes_at
