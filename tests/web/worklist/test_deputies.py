"""代理: appointed with rules beside the fields, seen by both, ended early; and the deputy's list."""

import re
from datetime import timedelta

from engine.kernel.clock import local_date
from tests.visitor import SignIn, Visitor
from tests.web.worklist.stage import Stage

DEPUTIES = "/worklist/deputies"


def asked(stage: Stage, deputy: str, *, first: int = 0, last: int = 5, scope: str = "everything") -> dict[str, str]:
    today = local_date(stage.clock.now())
    return {
        "deputy": str(stage.story.county.officers[deputy]), "scope": scope,
        "starts_on": (today + timedelta(days=first)).isoformat(),
        "ends_on": (today + timedelta(days=last)).isoformat(),
    }  # fmt: skip


def ending(visitor: Visitor) -> list[str]:
    return re.findall(r"/worklist/deputies/\d+/end", visitor.get(DEPUTIES).text)


def test_a_deputy_is_told_for_whom_and_until_when_and_his_rows_say_so(stage: Stage, sign_in: SignIn) -> None:
    number = stage.request(1)
    leader = sign_in("street_leader2")
    assert leader.post(DEPUTIES, asked(stage, "street_leader"), page=DEPUTIES).status_code == 302
    assert "代理中" in leader.get(DEPUTIES).text
    deputy = sign_in("street_leader")
    page = deputy.get("/worklist/").text
    assert re.search(r"您正代理\s+石振邦（至 \d+月\d+日）", page)
    assert number in page
    assert "代 石振邦" in page
    assert "石振邦" in deputy.get(DEPUTIES).text
    leader.post(ending(leader)[0], page=DEPUTIES)
    assert number not in deputy.get("/worklist/").text


def test_what_cannot_be_is_said_beside_its_field(stage: Stage, sign_in: SignIn) -> None:
    leader, other = sign_in("street_leader2"), "street_leader"
    refused = [
        (asked(stage, "street_leader2"), "代理人不能是本人"),
        (asked(stage, other, first=-1), "开始日期不能早于今天"),
        (asked(stage, other, last=-1), "结束日期不能早于开始日期"),
        (asked(stage, other, last=500), "代理期限最长一年"),
        (asked(stage, "security_admin"), "代理人应为本县在用账号并担任岗位的人员"),
        (asked(stage, other, scope="role:county_head"), "不是有效的选择"),
    ]
    for form, message in refused:
        answer = leader.post(DEPUTIES, form, page=DEPUTIES)
        assert answer.status_code == 422
        assert message in answer.text
    assert ending(leader) == []


def test_two_deputies_do_not_overlap_for_the_same_work(stage: Stage, sign_in: SignIn) -> None:
    leader = sign_in("street_leader2")
    leader.post(DEPUTIES, asked(stage, "street_leader", scope="process:post_request"), page=DEPUTIES)
    answer = leader.post(DEPUTIES, asked(stage, "street_leader3", first=3), page=DEPUTIES)
    assert answer.status_code == 422
    assert "已由钱国平代理同样的事项" in answer.text
    other = asked(stage, "street_leader3", first=3, scope="process:secondment")
    assert leader.post(DEPUTIES, other, page=DEPUTIES).status_code == 302
    later = asked(stage, "street_leader3", first=6, last=8)
    assert leader.post(DEPUTIES, later, page=DEPUTIES).status_code == 302


def test_nobody_stands_in_who_is_away_himself(stage: Stage, sign_in: SignIn) -> None:
    away = sign_in("street_leader")
    away.post(DEPUTIES, asked(stage, "street_leader3"), page=DEPUTIES)
    answer = sign_in("street_leader2").post(DEPUTIES, asked(stage, "street_leader"), page=DEPUTIES)
    assert "在这段时间本人也请了代理" in answer.text


def test_a_strangers_deputy_is_as_if_it_were_not_there(stage: Stage, sign_in: SignIn) -> None:
    leader, deputy, stranger = sign_in("street_leader2"), sign_in("street_leader"), sign_in("street_clerk")
    leader.post(DEPUTIES, asked(stage, "street_leader"), page=DEPUTIES)
    (path,) = ending(leader)
    assert stranger.post(path, page=DEPUTIES).status_code == 404
    assert deputy.post(path, page=DEPUTIES).status_code == 403
    someone = stage.story.county.officers["street_leader2"]
    assert stranger.get(f"{DEPUTIES}?for={someone}").status_code == 404
    assert ending(leader) == [path]


def test_a_process_administrator_appoints_and_ends_for_others(stage: Stage, sign_in: SignIn) -> None:
    someone = stage.story.county.officers["street_leader2"]
    admin, page = sign_in("process_admin"), f"{DEPUTIES}?for={someone}"
    assert "石振邦的代理" in admin.get(page).text
    assert admin.post(page, asked(stage, "street_leader"), page=page).status_code == 302
    (path,) = re.findall(r"/worklist/deputies/\d+/end", admin.get(page).text)
    assert admin.post(path, {"_back": page}, page=page).status_code == 302
    assert ending(sign_in("street_leader2")) == []
