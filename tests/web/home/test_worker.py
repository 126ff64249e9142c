"""A worker's own pages: his record, contracts and cases; nobody else's."""

import re

import pytest
from sqlalchemy import select

from engine.personnel.exits.cases import ExitCase
from engine.personnel.exits.terms import ExitGround, ExitState
from engine.personnel.vocabulary import Education
from engine.personnel.workers import Worker
from engine.workflow.tables import Notification, ProcessInstance
from tests.visitor import SignIn
from tests.web.home.conftest import Town

PAGES = ("/me/", "/me/cases", "/me/contracts", "/me/correction", "/me/resignation")


def links_to_files(page: str) -> list[str]:
    """Addresses of the files that a page offers."""
    return re.findall(r'href="(/exits/[^"]*/files/\d+)"', page)


def worker_of(town: Town, place: int) -> Worker:
    return town.story.read(lambda session: session.get_one(Worker, town.workers[place]))


def test_the_street_corrects_a_record_with_its_reason_and_the_worker_is_told(sign_in: SignIn, town: Town) -> None:
    page = f"/registry/workers/{town.workers[4]}/correct"
    form = {"name": "钟立文", "phone": "13800001234", "education": "master", "politics": "party_member", "reason": ""}
    clerk = sign_in("street_clerk")
    assert clerk.post(page, form, page=page).status_code == 422
    assert clerk.post(page, {**form, "reason": "已核对毕业证书原件"}, page=page).status_code == 302
    worker = worker_of(town, 4)
    assert (worker.name, worker.phone, worker.education) == ("钟立文", "13800001234", Education.MASTER)
    told = select(Notification.body).where(
        Notification.user_id == worker.user_id, Notification.template == "record_corrected"
    )
    assert "学历" in town.story.read(lambda session: session.scalars(told).one())
    assert "没有改动任何内容" in clerk.post(page, {**form, "reason": "再核对一次"}, page=page).text
    assert sign_in("street_clerk2").get(page).status_code == 404


@pytest.mark.parametrize("login", ["community_worker", "community_secretary"])
def test_workers_and_secretaries_open_their_own_pages(login: str, sign_in: SignIn) -> None:
    visitor = sign_in(login)
    assert [visitor.get(page).status_code for page in PAGES] == [200] * len(PAGES)


@pytest.mark.parametrize("login", ["street_clerk", "resident_delegate"])
def test_others_have_no_such_pages(login: str, sign_in: SignIn) -> None:
    visitor = sign_in(login)
    assert [visitor.get(page).status_code for page in PAGES] == [403] * len(PAGES)


def test_the_record_hides_the_middle_of_the_numbers(sign_in: SignIn, town: Town) -> None:
    page, worker = sign_in("community_worker").get("/me/").text, worker_of(town, 0)
    assert worker.id_number not in page
    assert worker.id_number[-4:] in page
    assert str(worker.phone) not in page


def test_what_is_asked_of_the_worker_stands_on_top_with_its_button(sign_in: SignIn) -> None:
    page = sign_in("community_worker").get("/me/cases").text
    for words in ("写个人总结", "签署意见", "去投票", "借调到党建办", "年度考核"):
        assert words in page, words


def test_a_correction_reaches_the_clerks_of_the_street_only(sign_in: SignIn, town: Town) -> None:
    visitor = sign_in("community_worker")
    assert visitor.post("/me/correction", {"part": "", "text": ""}, page="/me/correction").status_code == 422
    answer = visitor.post("/me/correction", {"part": "学历", "text": "应为硕士研究生"}, page="/me/correction")
    assert answer.status_code == 302
    query = select(Notification).where(Notification.template == "record_correction")
    told = town.story.read(lambda session: session.scalars(query).all())
    assert [(one.user_id, "应为硕士研究生" in one.body) for one in told] == [
        (town.story.county.officers["street_clerk"], True)
    ]
    assert "应为硕士研究生" in sign_in("street_clerk").get("/worklist/home").text


def test_a_worker_reads_the_exit_that_concerns_him_and_its_served_papers(sign_in: SignIn) -> None:
    visitor = sign_in("worker003")
    page = visitor.get("/me/exits/TC-A").text
    assert "退出决定书" in page
    assert "申请复核" in page
    for link in links_to_files(page):
        assert visitor.get(link).mimetype == "application/pdf"
    assert "提交陈述申辩" in sign_in("worker004").get("/me/exits/TC-B").text


def test_what_he_may_still_ask_for_stands_on_his_pages_with_its_window(sign_in: SignIn) -> None:
    visitor = sign_in("worker004")
    for page in ("/me/cases", "/worklist/home"):
        assert "提交陈述申辩" in visitor.get(page).text, page
    assert visitor.get("/exits/mine/TC-B/defence").status_code == 200
    assert "申请复核" in sign_in("worker003").get("/me/cases").text


def test_nobody_reads_the_exit_of_another(sign_in: SignIn, town: Town) -> None:
    for login in ("community_worker", "community_secretary", "worker004"):
        visitor = sign_in(login)
        for page in ("/me/exits/TC-A", "/me/exits/TC-A/review", "/exits/mine/TC-A/defence", "/exits/mine/TC-A/withdraw",
                     "/exits/TC-A/files/1"):  # fmt: skip
            assert visitor.get(page).status_code == 404, (login, page)
    assert sign_in("worker004").get(f"/secondment/{town.secondment}").status_code == 404


def test_a_paper_that_was_not_served_is_not_shown(sign_in: SignIn) -> None:
    page = sign_in("worker004").get("/me/exits/TC-B").text
    assert len(links_to_files(page)) == 1
    assert "退出告知书" in page
    assert "退出决定书" not in page


def test_a_defence_is_handed_in_within_its_time_only(sign_in: SignIn, town: Town) -> None:
    late = sign_in("worker003")
    answer = late.post("/exits/mine/TC-A/defence", {"text": "不服"}, page="/me/cases")
    assert answer.status_code == 422
    assert "不在陈述申辩期" in answer.text
    visitor, page = sign_in("worker004"), "/exits/mine/TC-B/defence"
    assert visitor.post(page, {"text": " "}, page=page).status_code == 422
    assert visitor.post(page, {"text": "当日已请假", "hearing": "y"}, page=page).status_code == 302
    cases = {
        case.number: case for case in town.story.read(lambda session: session.scalars(select(ExitCase)).all())
    }
    assert cases["TC-A"].defence == ""
    assert "当日已请假" in cases["TC-B"].defence
    assert cases["TC-B"].hearing_requested_at is not None
    assert "已要求听证" in visitor.get("/me/exits/TC-B").text


def test_a_review_is_asked_for_once(sign_in: SignIn, town: Town) -> None:
    visitor = sign_in("worker003")
    form = {"reason": "事实不清，请复核"}
    assert visitor.post("/me/exits/TC-A/review", form, page="/me/exits/TC-A/review").status_code == 302
    assert visitor.post("/me/exits/TC-A/review", form, page="/me/exits/TC-A/review").status_code == 422
    case = town.story.read(lambda session: session.scalars(select(ExitCase).where(ExitCase.number == "TC-A")).one())
    assert case.review_reason == "事实不清，请复核"


def test_a_resignation_keeps_the_notice_of_thirty_days_and_starts_the_case_at_the_street(
    sign_in: SignIn, town: Town
) -> None:
    visitor = sign_in("community_secretary")
    early = visitor.post("/me/resignation", {"reason": "家庭原因", "last_day": "2026-12-01"}, page="/me/resignation")
    assert early.status_code == 422
    assert "2026-12-23" in early.text
    assert "劳动合同法第 37 条" in early.text
    done = visitor.post("/me/resignation", {"reason": "家庭原因", "last_day": "2026-12-31"}, page="/me/resignation")
    assert done.status_code == 302
    query = select(ExitCase).where(ExitCase.worker_id == town.workers[1])
    case = town.story.read(lambda session: session.scalars(query).one())
    assert (case.ground, case.state, case.by_employer) == (ExitGround.RESIGNATION, ExitState.VERIFYING, False)
    cases = select(ProcessInstance.id).where(ProcessInstance.business_key == case.number)
    assert town.story.read(lambda session: session.scalar(cases)) is not None
    assert "本人辞职" in visitor.get("/me/cases").text
    again = visitor.post("/me/resignation", {"reason": "再交", "last_day": "2026-12-31"}, page="/me/resignation")
    assert "已有正在办理的退出事项" in again.text
