"""What officers begin, how a request is judged, mended and accepted, and how a plan is drawn up."""

from datetime import timedelta

from sqlalchemy import select

from engine.kernel.clock import CHINA
from engine.personnel.recruitment.campaigns import Campaign
from engine.personnel.recruitment.requests import PostRequest
from engine.personnel.recruitment.states import CampaignState, RequestState
from tests.visitor import SignIn
from tests.web.worklist.stage import Stage

REQUEST = "/worklist/start/post-request"
LINE = {
    "lines-0-name": "综合服务岗", "lines-0-heads": "2", "lines-0-community_id": "", "lines-0-target": "open",
    "lines-0-education": "college", "lines-0-duties": "网格走访",
}  # fmt: skip


def request_of(stage: Stage, number: str) -> PostRequest:
    with stage.engine.reading() as session:
        row = session.scalars(select(PostRequest).where(PostRequest.number == number)).one()
        assert row.lines
        return row


def test_a_street_asks_for_posts_and_sees_where_its_request_is(stage: Stage, sign_in: SignIn) -> None:
    visitor = sign_in("street_clerk2")
    answer = visitor.post(REQUEST, {"reason": "退休 2 人", **LINE}, page=REQUEST)
    assert answer.status_code == 302
    page = visitor.get(answer.headers["Location"]).text
    assert "街道党工委审核：办理中" in page
    assert "退休 2 人" in page


def test_what_is_missing_stands_beside_its_field_and_nothing_is_lost(stage: Stage, sign_in: SignIn) -> None:
    visitor = sign_in("street_clerk2")
    answer = visitor.post(REQUEST, {"reason": "退休 2 人", **LINE, "lines-0-heads": "0"}, page=REQUEST)
    assert answer.status_code == 422
    assert "人数应为 1 至 200 的整数" in answer.text
    assert "退休 2 人" in answer.text
    assert "网格走访" in answer.text


def test_a_line_is_added_and_taken_without_losing_what_was_typed(stage: Stage, sign_in: SignIn) -> None:
    visitor = sign_in("street_clerk2")
    page = visitor.post(REQUEST, {"reason": "退休", **LINE, "_add": "lines"}, page=REQUEST)
    assert page.status_code == 200
    assert 'name="lines-1-name"' in page.text
    assert "网格走访" in page.text
    second = {key.replace("-0-", "-1-"): value for key, value in LINE.items()} | {"lines-1-name": "党建岗"}
    page = visitor.post(REQUEST, {"reason": "退休", **LINE, **second, "_remove": "lines-0"}, page=REQUEST)
    assert 'name="lines-1-name"' not in page.text
    assert 'name="lines-0-name"' in page.text
    assert 'value="党建岗"' in page.text


def test_a_community_of_another_street_is_refused(stage: Stage, sign_in: SignIn) -> None:
    other = stage.story.county.communities[0]
    visitor = sign_in("street_clerk2")
    answer = visitor.post(REQUEST, {"reason": "退休", **LINE, "lines-0-community_id": str(other)}, page=REQUEST)
    assert answer.status_code == 422


def test_only_street_clerks_may_ask_for_posts(stage: Stage, sign_in: SignIn) -> None:
    assert sign_in("county_clerk").get(REQUEST).status_code == 403


def test_the_county_accepts_fewer_heads(stage: Stage, sign_in: SignIn) -> None:
    number = stage.request(1)
    stage.story.act("street_leader2", number, "street_review", "pass", "同意")
    lines = request_of(stage, number).lines
    path = f"/worklist/items/{stage.item(number, 'county_review')}"
    visitor = sign_in("county_clerk")
    assert "够用" in visitor.get(path).text
    form = {"decision": "accept", "opinion": "同意 1 名"}
    for place, line in enumerate(lines):
        form |= {f"accepted-{place}-line": str(line.id), f"accepted-{place}-heads": "1" if place == 0 else "0"}
    assert visitor.post(path, form, page=path).status_code == 302
    accepted = request_of(stage, number)
    assert accepted.state is RequestState.ACCEPTED
    assert accepted.heads == 1


def test_more_heads_than_were_asked_for_are_refused_at_the_form(stage: Stage, sign_in: SignIn) -> None:
    number = stage.request(1)
    stage.story.act("street_leader2", number, "street_review", "pass", "同意")
    path = f"/worklist/items/{stage.item(number, 'county_review')}"
    line = request_of(stage, number).lines[0]
    visitor = sign_in("county_clerk")
    form = {"decision": "accept", "opinion": "", "accepted-0-line": str(line.id), "accepted-0-heads": "9"}
    answer = visitor.post(path, form, page=path)
    assert answer.status_code == 422
    assert "核定人数应在 0 至 2 之间" in answer.text
    assert request_of(stage, number).state is RequestState.COUNTY_REVIEW


def test_a_returned_request_comes_back_filled_and_is_mended(stage: Stage, sign_in: SignIn) -> None:
    number = stage.request(1)
    stage.story.act("street_leader2", number, "street_review", "return", "请写明理由")
    path = f"/worklist/items/{stage.item(number, 'correct_request')}"
    visitor = sign_in("street_clerk2")
    page = visitor.get(path).text
    assert "请写明理由" in page
    assert "辖区人口增加" in page
    assert visitor.post(path, {"decision": "resubmit", "reason": "退休 2 人", **LINE}, page=path).status_code == 302
    mended = request_of(stage, number)
    assert mended.reason == "退休 2 人"
    assert [line.heads_wanted for line in mended.lines] == [2]


def test_a_request_that_is_given_up_need_not_be_mended(stage: Stage, sign_in: SignIn) -> None:
    number = stage.request(1)
    stage.story.act("street_leader2", number, "street_review", "return", "请写明理由")
    path = f"/worklist/items/{stage.item(number, 'correct_request')}"
    answer = sign_in("street_clerk2").post(path, {"decision": "give_up", "reason": ""}, page=path)
    assert answer.status_code == 302
    assert request_of(stage, number).state is RequestState.REJECTED


def test_an_announcement_is_begun_from_accepted_requests_and_its_plan_handed_in(
    stage: Stage, sign_in: SignIn
) -> None:
    number = stage.request(1)
    stage.accept(number, 1)
    visitor = sign_in("county_clerk")
    start = "/worklist/start/campaign"
    assert number in visitor.get(start).text
    chosen = str(request_of(stage, number).id)
    answer = visitor.post(start, {"title": "第二批公告", "publish_on": "", "requests": chosen}, page=start)
    assert answer.status_code == 302
    with stage.engine.reading() as session:
        campaign = session.scalars(select(Campaign).where(Campaign.title == "第二批公告")).one()
    path = f"/worklist/items/{stage.item(campaign.number, 'draft_plan')}"
    form = plan_of(campaign) | {"title": "第二批公告（修订）"}
    assert visitor.post(path, form, page=path).status_code == 302
    with stage.engine.reading() as session:
        planned = session.get_one(Campaign, campaign.id)
        assert planned.title == "第二批公告（修订）"
        assert planned.state is CampaignState.COUNTY_REVIEW
        assert planned.interview_at == campaign.interview_at + timedelta(days=7)


def plan_of(campaign: Campaign) -> dict[str, str]:
    """The plan as the page shows it, with the interviews a week later."""
    names = (
        "reg_opens_at", "reg_closes_at", "review_closes_at", "appeal_closes_at", "tickets_from", "tickets_until",
        "written_at",
    )  # fmt: skip
    moments = {name: vars(campaign)[name] for name in names}
    moments["interview_at"] = campaign.interview_at + timedelta(days=7)
    typed = {name: moment.astimezone(CHINA).strftime("%Y-%m-%dT%H:%M") for name, moment in moments.items()}
    return {"decision": "submit", "phone": "0512-00000000", "announcement": "正文", **typed}


def test_dates_out_of_order_are_refused_at_the_later_one(stage: Stage, sign_in: SignIn) -> None:
    number = stage.request(1)
    stage.accept(number, 1)
    visitor = sign_in("county_clerk")
    start = "/worklist/start/campaign"
    chosen = str(request_of(stage, number).id)
    visitor.post(start, {"title": "第二批公告", "publish_on": "", "requests": chosen}, page=start)
    with stage.engine.reading() as session:
        campaign = session.scalars(select(Campaign).where(Campaign.title == "第二批公告")).one()
    path = f"/worklist/items/{stage.item(campaign.number, 'draft_plan')}"
    form = plan_of(campaign) | {"title": "第二批公告", "written_at": "2026-11-12T09:00"}
    answer = visitor.post(path, form, page=path)
    assert answer.status_code == 422
    assert "笔试时间不能早于准考证打印截止" in answer.text


def test_without_accepted_requests_the_page_says_what_to_wait_for(stage: Stage, sign_in: SignIn) -> None:
    assert "需求库里还没有可用的需求" in sign_in("county_clerk").get("/worklist/start/campaign").text


def test_a_case_prints_as_the_paper_form_with_its_opinions(stage: Stage, sign_in: SignIn) -> None:
    number = stage.request(1)
    stage.story.act("street_leader2", number, "street_review", "pass", "同意上报，请予支持")
    page = sign_in("county_clerk").get(f"/worklist/cases/{stage.case(number)}/print").text
    assert "用人需求申请审批表" in page
    assert "同意上报，请予支持" in page
    assert "石振邦" in page


def test_a_head_ends_a_case_with_a_reason(stage: Stage, sign_in: SignIn) -> None:
    number = stage.request(1)
    case = f"/worklist/cases/{stage.case(number)}"
    head = sign_in("county_head")
    refused = head.post(f"{case}/operations/terminate", {"reason": ""}, page=case)
    assert (refused.status_code, "请填写理由" in refused.text) == (422, True)
    head.post(f"{case}/operations/terminate", {"reason": "重复申请"}, page=case)
    page = head.get(case).text
    assert "已终止" in page
    assert "例外操作" in page
    assert "重复申请" in page
    assert "终止此事项" not in sign_in("street_leader2").get(case).text
