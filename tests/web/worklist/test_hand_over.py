"""离职转办: preview, successor, a result for each item; and who may do it for whom."""

import pytest

from engine.workflow.work_items import ClaimWorkItem
from tests.visitor import SignIn
from tests.web.worklist.stage import Stage


@pytest.fixture
def numbers(stage: Stage) -> list[str]:
    """Two requests that the leader of the second street has taken."""
    made = [stage.request(1) for _ in range(2)]
    for number in made:
        stage.story.do(ClaimWorkItem(stage.item(number, "street_review")), "street_leader2")
    return made


def path(stage: Stage, login: str) -> str:
    return f"/worklist/hand-over/{stage.story.county.officers[login]}"


def test_everything_goes_to_the_successor_after_a_preview(stage: Stage, sign_in: SignIn, numbers: list[str]) -> None:
    admin = sign_in("process_admin")
    assert "石振邦" in admin.get("/worklist/hand-over?q=石振邦").text
    page = admin.get(path(stage, "street_leader2")).text
    assert "用人需求申请（2 件）" in page
    assert numbers[0] in page
    heir = str(stage.story.county.officers["street_leader"])
    answer = admin.post(path(stage, "street_leader2"), {"person": heir, "reason": "退休"})
    result = admin.get(answer.headers["Location"]).text
    assert "成功 2 件" in result
    assert "接办人：钱国平" in result
    assert numbers[0] in sign_in("street_leader").get("/worklist/?mine=1").text
    assert numbers[0] not in sign_in("street_leader2").get("/worklist/?mine=1").text


def test_what_is_done_meanwhile_stays_with_the_reason(
    stage: Stage, sign_in: SignIn, numbers: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("webapp.worklist.bulk.PORTION", 1)
    heir = str(stage.story.county.officers["street_leader"])
    admin, page = sign_in("process_admin"), path(stage, "street_leader2")
    run = admin.post(page, {"person": heir, "reason": "退休"}, page=page).headers["Location"]
    stage.story.act("street_leader2", numbers[1], "street_review", "pass", "同意")
    admin.post(f"{run}/go", page=run)
    result = admin.get(run).text
    assert "成功 1 件" in result
    assert "未办成 1 件" in result
    assert "此件已办理，不需要交接" in result


def test_a_successor_and_a_reason_have_to_be_given(stage: Stage, sign_in: SignIn, numbers: list[str]) -> None:
    admin, page = sign_in("process_admin"), path(stage, "street_leader2")
    answer = admin.post(page, {"reason": " "}, page=page)
    assert answer.status_code == 422
    assert "请选择接手人" in answer.text
    assert "请填写交接的原因" in answer.text
    nobody = str(stage.story.county.officers["security_admin"])
    assert "只能选择本县在用账号" in admin.post(page, {"reason": "x", "person": nobody}, page=page).text


def test_one_hands_over_ones_own_work_and_no_strangers(stage: Stage, sign_in: SignIn, numbers: list[str]) -> None:
    assert numbers[0] in sign_in("street_leader2").get(path(stage, "street_leader2")).text
    stranger = sign_in("street_leader")
    assert stranger.get(path(stage, "street_leader2")).status_code == 404
    assert stranger.post(path(stage, "street_leader2"), {"person": "1", "reason": "x"}).status_code == 404
    assert stranger.get("/worklist/hand-over").status_code == 403


def test_who_closes_accounts_hands_over_without_reading(stage: Stage, sign_in: SignIn, numbers: list[str]) -> None:
    guardian = sign_in("system_admin")
    page = guardian.get(path(stage, "street_leader2")).text
    assert "用人需求申请（2 件）" in page
    assert "内容不向您显示" in page
    assert numbers[0] not in page
    heir = str(stage.story.county.officers["street_leader"])
    answer = guardian.post(path(stage, "street_leader2"), {"person": heir, "reason": "离职"})
    result = guardian.get(answer.headers["Location"]).text
    assert "成功 2 件" in result
    assert numbers[0] not in result
