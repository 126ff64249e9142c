"""The street asks in the browser: what is not allowed is refused with its clause and changes nothing."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from engine.personnel.secondment.returns import SecondmentReturn
from engine.personnel.secondment.states import SecondmentState
from tests.process.secondment.village import END, START, Village
from tests.visitor import SignIn

NEW = "/secondment/new"


def form_of(village: Village, place: int = 4, **values: Any) -> dict[str, Any]:
    facts = {
        "worker_id": village.workers[place], "borrower_id": village.office.street, "office": "党建工作办公室",
        "starts_on": START.isoformat(), "ends_on": END.isoformat(), "duties": "材料整理", "reason": "专项工作",
    }  # fmt: skip
    return {**facts, **values}


def test_a_street_asks_and_the_worker_finds_it_in_his_list(village: Village, sign_in: SignIn) -> None:
    clerk = sign_in("street_clerk")
    answer = clerk.post(NEW, form_of(village), page=NEW)
    assert (answer.status_code, village.count()) == (302, 1)
    worker = sign_in("w4")
    worker.get("/worklist/home")
    assert "借调人4" in worker.page


def test_seven_months_are_refused_with_the_clause(village: Village, sign_in: SignIn) -> None:
    clerk = sign_in("street_clerk")
    answer = clerk.post(NEW, form_of(village, ends_on="2027-06-30"), page=NEW)
    assert (answer.status_code, village.count()) == (422, 0)
    assert "借调时间不超过 6 个月" in clerk.page
    assert "依据第 9.4 条" in clerk.page
    assert 'value="2027-06-30"' in clerk.page


def test_a_county_organ_is_refused_with_the_clause(village: Village, sign_in: SignIn) -> None:
    clerk = sign_in("street_clerk")
    answer = clerk.post(NEW, form_of(village, borrower_id=village.office.county), page=NEW)
    assert (answer.status_code, village.count()) == (422, 0)
    assert "县级以上机关事业单位不得借调社区工作者" in clerk.page
    assert "依据第 9.2 条" in clerk.page


def test_a_second_secondment_at_the_same_time_is_refused_with_the_clause(village: Village, sign_in: SignIn) -> None:
    village.request()
    clerk = sign_in("street_clerk")
    answer = clerk.post(NEW, form_of(village, starts_on="2027-05-31", ends_on="2027-07-01"), page=NEW)
    assert (answer.status_code, village.count()) == (422, 1)
    assert "时间不能重叠" in clerk.page
    assert "依据第 9.4 条" in clerk.page


@pytest.mark.parametrize("field", ["worker_id", "office", "starts_on", "ends_on", "duties", "reason"])
def test_what_is_left_empty_is_asked_for(village: Village, sign_in: SignIn, field: str) -> None:
    clerk = sign_in("street_clerk")
    answer = clerk.post(NEW, {**form_of(village), field: ""}, page=NEW)
    assert (answer.status_code, village.count()) == (422, 0)


def test_a_chief_is_refused_even_when_the_form_is_forged(village: Village, sign_in: SignIn) -> None:
    clerk = sign_in("street_clerk")
    answer = clerk.post(NEW, form_of(village, place=0), page=NEW)
    assert (answer.status_code, village.count()) == (422, 0)
    assert "社区正职不得借调" in clerk.page


def test_other_roles_cannot_ask(village: Village, sign_in: SignIn) -> None:
    for login in ("county_clerk", "street_leader", "w4"):
        assert sign_in(login).get(NEW).status_code == 403


def test_a_secondment_does_not_exist_for_those_it_does_not_concern(village: Village, sign_in: SignIn) -> None:
    case = village.request()
    for login, status in (("w4", 200), ("secretary", 200), ("county_clerk", 200), ("w5", 404), ("city_officer", 404)):
        assert sign_in(login).get(f"/secondment/{case.number}").status_code == status, login
    assert sign_in("county_clerk").get("/secondment/JD202699999").status_code == 404


def test_the_notice_is_there_after_the_approval_only(village: Village, sign_in: SignIn) -> None:
    case = village.request()
    clerk = sign_in("street_clerk")
    assert clerk.get(f"/secondment/{case.number}/notice.pdf").status_code == 404
    case.approved()
    answer = clerk.get(f"/secondment/{case.number}/notice.pdf")
    assert (answer.status_code, answer.data[:5]) == (200, b"%PDF-")
    clerk.get(f"/secondment/{case.number}")
    assert "苏社清借〔2026〕1号" in clerk.page


def test_the_clerk_ends_it_early_and_the_evaluation_waits(village: Village, sign_in: SignIn) -> None:
    case = village.request().approved().at(date(2026, 12, 10))
    clerk = sign_in("street_clerk")
    page = f"/secondment/{case.number}/early-return"
    assert clerk.post(page, {"reason": ""}, page=page).status_code == 422
    assert clerk.post(page, {"reason": "工作完成"}, page=page).status_code == 302
    village.office.work()
    assert case.open == ["return_to_post"]


def test_an_extension_over_six_months_is_refused_with_the_clause(village: Village, sign_in: SignIn) -> None:
    case = village.request(ends_on=date(2027, 1, 31)).approved().at(date(2026, 12, 10))
    clerk = sign_in("street_clerk")
    page = f"/secondment/{case.number}/extension"
    assert clerk.post(page, {"ends_on": "2027-06-01", "reason": "继续"}, page=page).status_code == 422
    assert "依据第 9.4 条" in clerk.page
    assert clerk.post(page, {"ends_on": "2027-05-31", "reason": "继续"}, page=page).status_code == 302


def test_the_initiator_takes_his_request_back(village: Village, sign_in: SignIn) -> None:
    case = village.request()
    clerk = sign_in("street_clerk")
    page = f"/secondment/{case.number}/withdraw"
    assert clerk.post(page, {"reason": "安排变化"}, page=page).status_code == 302
    assert case.state == SecondmentState.CANCELLED


def test_the_item_shows_what_is_left_in_the_community(village: Village, sign_in: SignIn) -> None:
    case = village.request()
    case.act(case.worker, "worker_consent", "agree")
    secretary = sign_in("secretary")
    item = village.office.open_item(case.number, "community_opinion", village.secretary)
    assert secretary.get(f"/worklist/items/{item}").status_code == 200
    assert "借出后在岗" in secretary.page
    assert "7 人" in secretary.page


def test_the_board_lists_who_is_away_and_who_is_late(village: Village, sign_in: SignIn) -> None:
    village.request(ends_on=date(2026, 12, 7)).approved().at(date(2026, 12, 1)).at(date(2026, 12, 7))
    village.office.move_to(village.office.clock.now().replace(day=8))
    head = sign_in("county_head")
    head.get("/secondment/?kind=overdue")
    assert "逾期未返岗" in head.page
    assert "人4" in head.page


def test_a_month_without_anybody_is_reported_as_zero(village: Village, sign_in: SignIn) -> None:
    head = sign_in("county_head")
    head.get("/secondment/monthly")
    assert "零报告" in head.page
    answer = head.post("/secondment/monthly", {"month": "2026-11"})
    assert (answer.status_code, answer.data[:2]) == (200, b"PK")
    assert head.get("/secondment/monthly?month=2026-13").status_code == 422


def test_the_form_of_approval_is_printed_as_far_as_it_has_come(village: Village, sign_in: SignIn) -> None:
    case = village.request()
    clerk = sign_in("street_clerk")
    page = f"/secondment/{case.number}/sheet.pdf"
    answer = clerk.get(page)
    assert (answer.status_code, answer.data[:5]) == (200, b"%PDF-")
    case.approved()
    assert len(clerk.get(page).data) > len(answer.data)
    assert sign_in("w5").get(page).status_code == 404


def test_a_street_hands_in_the_return_of_a_month_that_is_over_once(village: Village, sign_in: SignIn) -> None:
    village.request().approved().at(date(2026, 12, 1))
    village.office.move_to(village.office.clock.now().replace(year=2027, month=1, day=4))
    clerk = sign_in("street_clerk")
    clerk.get("/secondment/monthly?month=2026-12")
    assert "未报送" in clerk.page
    answer = {"month": "2026-12", "street": village.office.street}
    assert clerk.post("/secondment/monthly/report", answer).status_code == 302
    clerk.get("/secondment/monthly?month=2026-12")
    assert ("已报送" in clerk.page, "未报送" in clerk.page) == (True, False)
    row = village.office.read(lambda session: session.scalars(select(SecondmentReturn)).one())
    assert (row.carried, row.begun, row.ended, row.away, row.overdue) == (0, 1, 0, 1, 0)
    assert clerk.post("/secondment/monthly/report", answer).status_code == 409
    this_month = {"month": "2027-01", "street": village.office.street}
    assert clerk.post("/secondment/monthly/report", this_month).status_code == 422
    other = {"month": "2026-11", "street": village.office.county}
    assert clerk.post("/secondment/monthly/report", other).status_code == 403
    assert sign_in("county_clerk").post("/secondment/monthly/report", answer, page="/secondment/").status_code == 403


def test_the_wrong_street_cannot_act_on_anothers_secondment(village: Village, sign_in: SignIn) -> None:
    case = village.request().approved().at(date(2026, 12, 10))
    village.elsewhere("clerk2", "street_clerk")
    stranger = sign_in("clerk2")
    for act in ("early-return", "extension", "withdraw"):
        page = f"/secondment/{case.number}/{act}"
        assert stranger.get(page).status_code == 404
        assert stranger.post(page, {"reason": "理由", "ends_on": "2027-05-31"}, page="/secondment/").status_code == 404
    assert stranger.post(NEW, form_of(village, place=5), page=NEW).status_code in (404, 422)
    assert (village.count(), case.state) == (1, SecondmentState.ACTIVE)


def test_too_few_all_round_workers_are_refused_with_the_clause(village: Village, sign_in: SignIn) -> None:
    clerk = sign_in("street_clerk")
    village.change(1, active=False)
    answer = clerk.post(NEW, form_of(village, place=2), page=NEW)
    assert (answer.status_code, village.count()) == (422, 0)
    assert "全科社工 1 人，少于 2 人" in clerk.page
    assert "依据第 8.1 条" in clerk.page
