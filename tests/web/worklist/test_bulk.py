"""What is done to many items at once: asked once, done one by one, with a list of what became of each."""

import re

import pytest

from engine.kernel.actor import SYSTEM
from engine.workflow.definitions import Deploy
from engine.workflow.instances import StartProcess
from engine.workflow.tables import Notification
from engine.workflow.work_items import ClaimWorkItem, CompleteWorkItem
from tests.store.workflow.approving import in_a_row
from tests.visitor import SignIn, Visitor
from tests.web.worklist.stage import Stage

BULK = "/worklist/bulk"
FIRST_REVIEWS = "/worklist/?process=recruitment_registration&node=first_review"


def items(stage: Stage) -> list[str]:
    return [str(stage.item(applicant.number, "first_review")) for applicant in stage.applicants]


def done(visitor: Visitor, **form: object) -> str:
    """The page after a bulk act that was confirmed."""
    answer = visitor.post(BULK, {"confirmed": "1", "opinion": "", **form}, page="/worklist/")
    return visitor.get(answer.headers["Location"]).text if answer.status_code == 302 else answer.text


def test_what_will_be_done_is_said_with_its_number_before_anything_happens(stage: Stage, sign_in: SignIn) -> None:
    visitor = sign_in("county_reviewer")
    page = visitor.post(BULK, {"item": items(stage), "act": "approve"}, page="/worklist/").text
    assert "将对 <b>3 件</b>办理" in page
    assert re.search(r"公开招聘报名 · 资格初审：通过 <b>3 件", page)
    assert '<option value="经审核，符合条件，同意。">' in page
    assert stage.applicants[0].number in sign_in("county_reviewer2").get("/worklist/").text


def test_many_are_passed_with_one_opinion_each_on_its_own(stage: Stage, sign_in: SignIn) -> None:
    chosen = items(stage)
    visitor = sign_in("county_reviewer")
    visitor.post(BULK, {"item": chosen, "act": "decide:pass"}, page=FIRST_REVIEWS)
    stage.engine.execute(ClaimWorkItem(int(chosen[1])), actor=stage.story.officer("county_reviewer2"))
    page = done(visitor, item=[chosen[0], chosen[2]], act="decide:pass", opinion="符合")
    assert "成功 2 件" in page
    assert "共同的意见：符合" in page


def test_what_somebody_else_took_meanwhile_is_named_and_the_rest_is_done(stage: Stage, sign_in: SignIn) -> None:
    stage.story.act("county_reviewer2", stage.applicants[1].number, "first_review", "pass", "先办")
    visitor = sign_in("county_reviewer")
    page = visitor.post(BULK, {"item": items(stage), "act": "approve"}, page="/worklist/").text
    assert "另有 1 件不能这样办理" in page
    assert "已由邵明哲办理" in page
    assert "成功 2 件" in done(visitor, item=items(stage), act="approve", opinion="符合")


def test_the_last_bulk_acts_can_be_looked_at_again(stage: Stage, sign_in: SignIn) -> None:
    chosen = items(stage)
    visitor = sign_in("county_reviewer")
    assert "成功 3 件" in done(visitor, item=chosen, act="claim")
    assert "成功 3 件" in done(visitor, item=chosen, act="release")
    run = visitor.get("/worklist/bulk").text
    assert "批量认领 3 件" in run
    assert "批量退回认领池 3 件" in run


def test_returning_many_needs_an_opinion(stage: Stage, sign_in: SignIn) -> None:
    visitor = sign_in("county_reviewer")
    silent = {"item": items(stage), "act": "return", "confirmed": "1", "opinion": " "}
    answer = visitor.post(BULK, silent, page="/worklist/")
    assert answer.status_code == 422
    assert "请填写退回的原因" in answer.text
    assert "成功 3 件" in done(visitor, item=items(stage), act="return", opinion="照片不清晰")
    assert "退回补正" in visitor.get("/worklist/done").text


def test_many_are_claimed_and_put_back_without_being_asked_again(stage: Stage, sign_in: SignIn) -> None:
    visitor = sign_in("county_reviewer")
    visitor.post(BULK, {"item": items(stage), "act": "claim"}, page=FIRST_REVIEWS)
    assert "没有待办" in sign_in("county_reviewer2").get("/worklist/").text
    visitor.post(BULK, {"item": items(stage), "act": "release"}, page=FIRST_REVIEWS)
    assert stage.applicants[0].number in sign_in("county_reviewer2").get("/worklist/").text


def test_everything_that_the_list_holds_can_be_chosen_at_once(stage: Stage, sign_in: SignIn) -> None:
    visitor = sign_in("county_reviewer")
    form = {"item": items(stage)[:1], "everything": "1", "act": "claim", "_back": FIRST_REVIEWS}
    answer = visitor.post(BULK, form, page=FIRST_REVIEWS)
    assert "成功 3 件" in visitor.get(answer.headers["Location"]).text


def test_one_thing_alone_goes_straight_back_to_the_list(stage: Stage, sign_in: SignIn) -> None:
    visitor = sign_in("county_reviewer")
    form = {"item": items(stage)[:1], "act": "approve", "confirmed": "1", "opinion": "", "_back": FIRST_REVIEWS}
    answer = visitor.post(BULK, form, page=FIRST_REVIEWS)
    assert answer.headers["Location"].endswith(FIRST_REVIEWS)
    assert "通过：" in visitor.get(FIRST_REVIEWS).text


def test_a_form_sent_twice_begins_one_run(stage: Stage, sign_in: SignIn) -> None:
    visitor = sign_in("county_reviewer")
    visitor.get("/worklist/")
    form = {**visitor.hidden(), "item": items(stage), "act": "release"}
    claimed = {**form, "act": "claim"}
    runs = [visitor.client.post(BULK, data=claimed, headers={"Origin": "http://localhost"}) for _ in range(2)]
    assert runs[0].status_code == 302
    assert visitor.get("/worklist/bulk").text.count("批量认领") == 1


def test_a_run_is_done_in_portions_and_goes_on_where_it_was_left(
    stage: Stage, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("webapp.worklist.bulk.PORTION", 1)
    visitor = sign_in("county_reviewer")
    answer = visitor.post(BULK, {"item": items(stage), "act": "claim"}, page=FIRST_REVIEWS)
    path = answer.headers["Location"]
    assert "已处理 <b>1</b> / 3 件" in visitor.get(path).text
    assert path in visitor.get("/worklist/").text
    portion = visitor.post(f"{path}/go", headers={"HX-Request": "true"}, page=path).text
    assert "已处理 <b>2</b> / 3 件" in portion
    visitor.post(f"{path}/go", page=path)
    assert "成功 3 件" in visitor.get(path).text
    assert path not in visitor.get("/worklist/").text


def test_a_run_that_is_stopped_leaves_the_rest_as_it_was(
    stage: Stage, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("webapp.worklist.bulk.PORTION", 1)
    visitor = sign_in("county_reviewer")
    path = visitor.post(BULK, {"item": items(stage), "act": "claim"}, page=FIRST_REVIEWS).headers["Location"]
    visitor.post(f"{path}/stop", page=path)
    page = visitor.get(path).text
    assert "成功 1 件" in page
    assert "已停止，没有办理" in page
    visitor.post(f"{path}/retry", page=path)
    visitor.post(f"{path}/go", page=path)
    assert "成功 3 件" in visitor.get(path).text


def test_a_strangers_run_is_as_if_it_were_not_there(stage: Stage, sign_in: SignIn) -> None:
    visitor = sign_in("county_reviewer")
    path = visitor.post(BULK, {"item": items(stage), "act": "claim"}, page=FIRST_REVIEWS).headers["Location"]
    stranger = sign_in("county_reviewer2")
    assert stranger.get(path).status_code == 404
    for act in ("go", "retry", "stop"):
        assert stranger.post(f"{path}/{act}", page="/worklist/").status_code == 404


def test_strangers_items_in_a_bulk_act_are_as_if_they_were_not_there(stage: Stage, sign_in: SignIn) -> None:
    stranger = sign_in("street_clerk2")
    form = {"item": [*items(stage), "x", "-1"], "act": "decide:pass", "opinion": "x", "confirmed": "1"}
    page = stranger.post(BULK, form, page="/worklist/").text
    assert "所选事项都不能这样办理" in page
    assert stage.applicants[0].person.name not in page


def test_acts_that_a_step_does_not_know_are_refused(stage: Stage, sign_in: SignIn) -> None:
    visitor = sign_in("county_reviewer")
    for act in ("decide:approve", "decide:", "explode", "hand_over", ""):
        answer = visitor.post(BULK, {"item": items(stage)[:1], "act": act, "confirmed": "1"}, page=FIRST_REVIEWS)
        assert answer.status_code == 422 or "所选事项都不能这样办理" in answer.text
    assert stage.applicants[0].number in visitor.get("/worklist/").text


def test_steps_that_have_to_be_filled_in_are_not_decided_in_bulk(stage: Stage, sign_in: SignIn) -> None:
    number = stage.request(1)
    stage.story.act("street_leader2", number, "street_review", "return", "请补充理由")
    visitor = sign_in("street_clerk2")
    form = {"item": [str(stage.item(number, "correct_request"))], "act": "decide:resubmit"}
    assert "需要逐件填写" in visitor.post(BULK, form, page="/worklist/").text


def test_cases_are_urged_together_and_not_too_often(stage: Stage, sign_in: SignIn) -> None:
    cases = [str(stage.case(stage.request(1))) for _ in range(2)]
    visitor = sign_in("street_clerk2")
    assert "成功 2 件" in done(visitor, item=cases, act="urge", opinion="请尽快")
    assert "催办" in sign_in("street_leader2").get("/worklist/").text
    page = done(visitor, item=cases, act="urge")
    assert "未办成 2 件" in page
    assert "4小时内只能催办一次" in page
    stranger = sign_in("street_clerk")
    assert "没有找到此件" in stranger.post(BULK, {"item": cases, "act": "urge"}, page="/worklist/").text


def test_steps_that_send_back_along_the_way_ask_how_far_and_others_are_named(stage: Stage, sign_in: SignIn) -> None:
    drawing = in_a_row("a", "b", "c")
    stage.engine.execute(Deploy({"in_a_row.bpmn": drawing.xml()}), actor=SYSTEM)
    county, clerk = stage.story.county.county, stage.story.officer("county_clerk")
    for number in range(2):
        stage.engine.execute(StartProcess("in_a_row", f"H-{number}", county, f"事项{number}", {}), actor=SYSTEM)
    for node in ("a", "b"):
        stage.engine.execute(CompleteWorkItem(stage.item("H-0", node), "pass", "同意"), actor=clerk)
    chosen = [str(stage.item("H-0", "c")), str(stage.item("H-1", "a"))]
    visitor = sign_in("county_clerk")
    page = visitor.post(BULK, {"item": chosen, "act": "return"}, page="/worklist/").text
    assert "各件最初的环节" in page
    result = done(visitor, item=chosen, act="return", opinion="材料不全", way="first")
    assert "成功 1 件" in result
    assert "此件前面没有可以退回的环节" in result
    assert re.search(r"事项0</a>\s*<span class=\"chip chip-bad\">退回", visitor.get("/worklist/").text)


def test_many_are_handed_to_one_colleague_for_good(stage: Stage, sign_in: SignIn) -> None:
    chosen = [str(stage.item(stage.request(1), "street_review")) for _ in range(2)]
    visitor = sign_in("street_leader2")
    nobody = {"item": chosen, "act": "transfer", "opinion": "外出", "confirmed": "1"}
    answer = visitor.post(BULK, nobody, page="/worklist/")
    assert answer.status_code == 422
    assert "请选择接办的同事" in answer.text
    searched = {"item": chosen, "act": "transfer", "opinion": "外出", "_find": "1", "_typed": "钱国平"}
    assert "钱国平" in visitor.post(BULK, searched, page="/worklist/").text
    heir = str(stage.story.county.officers["street_leader"])
    assert "成功 2 件" in done(visitor, item=chosen, act="transfer", opinion="外出", person=heir)
    assert "2" in re.findall(r"待办 <span class=\"count\">(\d+)", sign_in("street_leader").get("/worklist/").text)
    with stage.engine.reading() as session:
        told = [row.body for row in session.query(Notification).filter_by(user_id=int(heir))]
    assert [body for body in told if "转" in body] == ["有2件待办事项转交给您。"]
