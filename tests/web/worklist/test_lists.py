"""The lists of work: what they show, how they are narrowed, what a page of them costs."""

import re
from datetime import timedelta

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
    assert re.search(r"公开招聘报名</a> <span class=\"queue-total\">3", page)


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


def test_the_home_page_says_what_waits_and_what_can_be_begun(stage: Stage, sign_in: SignIn) -> None:
    page = sign_in("county_reviewer").get("/worklist/home").text
    assert "<b>3</b> 件待办" in page
    assert "可以发起" not in page
    assert "发起公开招聘" in sign_in("county_clerk").get("/worklist/home").text
    assert "用人需求申请" in sign_in("street_clerk").get("/worklist/home").text


def test_a_longer_list_takes_no_more_queries(stage: Stage, sign_in: SignIn) -> None:
    visitor = sign_in("county_reviewer")
    paths = ("/worklist/", FIRST_REVIEWS, "/worklist/home", "/worklist/done", "/worklist/copies")
    for path in paths:  # what is read once a process start is not the list's
        visitor.get(path)
    statements: list[str] = []
    event.listen(stage.engine.store.engine, "before_cursor_execute", lambda *call: statements.append(call[2]))

    def cost(path: str) -> int:
        statements.clear()
        assert visitor.get(path).status_code == 200
        return len(statements)

    before = [cost(path) for path in paths]
    for _ in range(4):
        stage.registers()
    stage.story.act("county_reviewer", stage.applicants[0].number, "first_review", "pass", "符合")
    stage.story.act("county_reviewer", stage.applicants[1].number, "first_review", "pass", "符合")
    after = [cost(path) for path in paths]
    assert after[:3] == before[:3]
    assert after[3] <= before[3] + 1
    assert max(after) <= 34
