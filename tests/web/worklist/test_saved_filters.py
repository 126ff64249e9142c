"""Saved filters: kept by one person, counted while he looks elsewhere, renamed and forgotten."""

import re

from tests.visitor import SignIn, Visitor
from tests.web.worklist.stage import Stage

FILTERS = "/worklist/filters"
OVERDUE = {"view": "open", "overdue": "1", "process": "recruitment_registration"}


def keep(visitor: Visitor, name: str, **asked: str) -> None:
    assert visitor.post(FILTERS, {"name": name, **asked}, page="/worklist/").status_code == 302


def ids(visitor: Visitor) -> list[str]:
    return re.findall(r"/worklist/filters/(\d+)/rename", visitor.get(FILTERS).text)


def test_a_filter_stands_beside_every_list_with_what_it_holds_now(stage: Stage, sign_in: SignIn) -> None:
    visitor = sign_in("county_reviewer")
    keep(visitor, "报名初审", view="open", process="recruitment_registration", node="first_review")
    keep(visitor, "已逾期", **OVERDUE)
    page = visitor.get("/worklist/done").text
    assert re.search(r"<span>报名初审</span><span class=\"count\">3<", page)
    assert re.search(r"<span>已逾期</span><span class=\"count-none\">0<", page)
    stage.story.act("county_reviewer2", stage.applicants[0].number, "first_review", "pass", "符合")
    assert re.search(r"<span>报名初审</span><span class=\"count\">2<", visitor.get("/worklist/").text)


def test_a_filter_by_name_counts_what_the_search_finds(stage: Stage, sign_in: SignIn) -> None:
    visitor = sign_in("county_reviewer")
    keep(visitor, "盯着", view="open", q=stage.applicants[0].person.name, node="first_review")
    page = visitor.get("/worklist/").text
    assert re.search(r"<span>盯着</span><span class=\"count\">1<", page)
    keep(visitor, "盯着", view="open", q=stage.applicants[0].person.name, overdue="1")
    assert re.search(r"<span>盯着</span><span class=\"count-none\">0<", visitor.get("/worklist/").text)
    assert len(ids(visitor)) == 1


def test_a_filter_of_cases_is_kept_without_a_number(stage: Stage, sign_in: SignIn) -> None:
    head = sign_in("county_head")
    keep(head, "已挂起", view="all", state="suspended")
    assert 'href="/worklist/all?state=suspended"' in head.get("/worklist/all?state=suspended").text


def test_a_filter_is_renamed_and_forgotten(stage: Stage, sign_in: SignIn) -> None:
    visitor = sign_in("county_reviewer")
    keep(visitor, "甲", **OVERDUE)
    keep(visitor, "乙", **OVERDUE)
    first, second = ids(visitor)
    visitor.post(f"{FILTERS}/{first}/rename", {"name": "丙"}, page=FILTERS)
    assert "丙" in visitor.get(FILTERS).text
    visitor.post(f"{FILTERS}/{second}/rename", {"name": "丙"}, page=FILTERS)
    assert "您已有名为“丙”的常用筛选" in visitor.get(FILTERS).text
    visitor.post(f"{FILTERS}/{first}/delete", page=FILTERS)
    assert ids(visitor) == [second]


def test_what_has_no_name_or_is_one_too_many_is_refused(stage: Stage, sign_in: SignIn) -> None:
    visitor = sign_in("county_reviewer")
    keep(visitor, " ", **OVERDUE)
    assert "没有保存" in visitor.get("/worklist/").text
    for number in range(20):
        keep(visitor, f"第{number}个", **OVERDUE)
    keep(visitor, "第二十一个", **OVERDUE)
    assert "最多保存 20 个常用筛选" in visitor.get("/worklist/").text
    assert len(ids(visitor)) == 20


def test_a_strangers_filter_is_as_if_it_were_not_there(stage: Stage, sign_in: SignIn) -> None:
    owner, stranger = sign_in("county_reviewer"), sign_in("county_reviewer2")
    keep(owner, "盯着逾期的", **OVERDUE)
    (number,) = ids(owner)
    assert "盯着逾期的" not in stranger.get(FILTERS).text
    assert stranger.post(f"{FILTERS}/{number}/rename", {"name": "我"}, page=FILTERS).status_code == 404
    assert stranger.post(f"{FILTERS}/{number}/delete", page=FILTERS).status_code == 404
    assert ids(owner) == [number]
