"""The lists of work, and what is done to many items at once."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import event

from tests.visitor import SignIn
from tests.web.worklist.stage import Stage

FIRST_REVIEWS = "/worklist/?process=recruitment_registration&node=first_review"


def items(stage: Stage) -> list[int]:
    return [stage.item(applicant.number, "first_review") for applicant in stage.applicants]


def test_the_list_shows_what_waits_with_its_deadline_and_its_counts(stage: Stage, sign_in: SignIn) -> None:
    page = sign_in("county_reviewer").get("/worklist/").text
    for applicant in stage.applicants:
        assert applicant.number in page
    assert "剩 1 个工作日，" in page
    assert re.search(r"资格初审</span>\s*<span class=\"queue-numbers\"><span class=\"count\">3", page)


def test_a_late_item_is_named_late_and_found_by_the_filter(stage: Stage, sign_in: SignIn) -> None:
    visitor = sign_in("county_reviewer")
    assert "没有符合条件的待办" in visitor.get("/worklist/?overdue=1").text
    stage.clock.move_to(stage.clock.now() + timedelta(hours=25))
    visitor = sign_in("county_reviewer")
    page = visitor.get("/worklist/?overdue=1").text
    assert "已逾期" in page
    assert "逾期 3" in page


def test_an_item_is_found_by_number_and_by_name(stage: Stage, sign_in: SignIn) -> None:
    visitor = sign_in("county_reviewer")
    wanted, other = stage.applicants[0], stage.applicants[1]
    for typed in (wanted.number, wanted.number.lower(), wanted.person.name):
        page = visitor.get("/worklist/", query_string={"q": typed}).text
        assert wanted.number in page
        assert other.number not in page
    assert "没有找到" in visitor.get("/worklist/?q=nobody").text


def test_wild_cards_in_a_search_are_plain_letters(stage: Stage, sign_in: SignIn) -> None:
    assert "没有找到" in sign_in("county_reviewer").get("/worklist/", query_string={"q": "%"}).text


def test_the_done_list_says_how_and_when(stage: Stage, sign_in: SignIn) -> None:
    stage.story.act("county_reviewer", stage.applicants[0].number, "first_review", "pass", "符合")
    page = sign_in("county_reviewer").get("/worklist/done").text
    assert stage.applicants[0].number in page
    assert "通过" in page
    assert stage.applicants[0].number not in sign_in("county_reviewer2").get("/worklist/done").text


def test_cases_are_listed_to_those_who_started_or_supervise_them(stage: Stage, sign_in: SignIn) -> None:
    number = stage.request(1)
    assert number in sign_in("street_clerk2").get("/worklist/started").text
    assert number in sign_in("county_head").get("/worklist/all").text
    assert number in sign_in("street_leader2").get("/worklist/all").text
    assert number not in sign_in("street_leader").get("/worklist/all").text
    assert sign_in("county_reviewer").get("/worklist/all").status_code == 403


def test_all_cases_are_narrowed_by_process_state_and_name(stage: Stage, sign_in: SignIn) -> None:
    head = sign_in("county_head")
    applicant = stage.applicants[0]
    assert applicant.number in head.get("/worklist/all", query_string={"q": applicant.person.name}).text
    assert applicant.number not in head.get("/worklist/all?process=post_request").text
    assert applicant.number not in head.get("/worklist/all?state=completed").text
    assert head.get("/worklist/all?state=nonsense&organisation=x&after=nowhere").status_code == 200


def test_many_are_passed_with_one_opinion_each_on_its_own(stage: Stage, sign_in: SignIn) -> None:
    chosen = items(stage)
    stage.story.act("county_reviewer2", stage.applicants[1].number, "first_review", "pass", "先办")
    visitor = sign_in("county_reviewer")
    form = {"item": [str(id_) for id_ in chosen], "act": "decide:pass", "opinion": "符合"}
    answer = visitor.post("/worklist/bulk", form, page=FIRST_REVIEWS)
    assert "成功 2 件" in answer.text
    assert "未办成 1 件" in answer.text
    assert "已由邵明哲于" in answer.text


def test_returning_many_needs_an_opinion(stage: Stage, sign_in: SignIn) -> None:
    visitor = sign_in("county_reviewer")
    form = {"item": [str(id_) for id_ in items(stage)], "act": "decide:return", "opinion": ""}
    answer = visitor.post("/worklist/bulk", form, page=FIRST_REVIEWS)
    assert "未办成 3 件" in answer.text
    assert "必须填写意见" in answer.text


def test_many_are_claimed_and_put_back(stage: Stage, sign_in: SignIn) -> None:
    visitor = sign_in("county_reviewer")
    chosen = [str(id_) for id_ in items(stage)]
    visitor.post("/worklist/bulk", {"item": chosen, "act": "claim"}, page=FIRST_REVIEWS)
    assert "没有符合条件的待办" in sign_in("county_reviewer2").get("/worklist/").text
    visitor.post("/worklist/bulk", {"item": chosen, "act": "release"}, page=FIRST_REVIEWS)
    assert stage.applicants[0].number in sign_in("county_reviewer2").get("/worklist/").text


def test_strangers_items_in_a_bulk_act_are_as_if_they_were_not_there(stage: Stage, sign_in: SignIn) -> None:
    stranger = sign_in("street_clerk2")
    form = {"item": [str(id_) for id_ in items(stage)] + ["x", "-1"], "act": "decide:pass", "opinion": "x"}
    answer = stranger.post("/worklist/bulk", form, page="/worklist/home")
    assert "成功 0 件" in answer.text
    assert stage.applicants[0].person.name not in answer.text


@pytest.mark.parametrize("act", ["decide:approve", "decide:", "explode", ""])
def test_acts_that_a_step_does_not_know_are_refused(stage: Stage, sign_in: SignIn, act: str) -> None:
    visitor = sign_in("county_reviewer")
    form = {"item": [str(items(stage)[0])], "act": act, "opinion": "x"}
    assert "成功 0 件" in visitor.post("/worklist/bulk", form, page=FIRST_REVIEWS).text


def test_steps_that_have_to_be_filled_in_are_not_decided_in_bulk(stage: Stage, sign_in: SignIn) -> None:
    number = stage.request(1)
    stage.story.act("street_leader2", number, "street_review", "return", "请补充理由")
    visitor = sign_in("street_clerk2")
    form = {"item": [str(stage.item(number, "correct_request"))], "act": "decide:resubmit"}
    assert "需要逐件填写" in visitor.post("/worklist/bulk", form, page="/worklist/").text


def test_the_home_page_says_what_waits_and_what_can_be_begun(stage: Stage, sign_in: SignIn) -> None:
    page = sign_in("county_reviewer").get("/worklist/home").text
    assert "<b>3</b> 件待办" in page
    assert "可以发起" not in page
    assert "发起公开招聘" in sign_in("county_clerk").get("/worklist/home").text
    assert "用人需求申请" in sign_in("street_clerk").get("/worklist/home").text


def test_a_longer_list_takes_no_more_queries(stage: Stage, sign_in: SignIn) -> None:
    visitor = sign_in("county_reviewer")
    visitor.get("/worklist/")
    statements: list[str] = []
    event.listen(stage.engine.store.engine, "before_cursor_execute", lambda *call: statements.append(call[2]))

    def cost(path: str) -> int:
        statements.clear()
        assert visitor.get(path).status_code == 200
        return len(statements)

    paths = ("/worklist/", FIRST_REVIEWS, "/worklist/home", "/worklist/done")
    before = [cost(path) for path in paths]
    for _ in range(4):
        stage.registers()
    stage.story.act("county_reviewer", stage.applicants[0].number, "first_review", "pass", "符合")
    stage.story.act("county_reviewer", stage.applicants[1].number, "first_review", "pass", "符合")
    after = [cost(path) for path in paths]
    assert after[:3] == before[:3]
    assert after[3] <= before[3] + 1
    assert max(after) <= 30
