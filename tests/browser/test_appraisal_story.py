"""A year's appraisal with its real roles: guide, plan, summary and ballot on phones, settlement, result."""

from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy import update

from engine.identity.users import User
from engine.kernel.clock import FixedClock
from engine.kernel.settings import Settings
from engine.kernel.store import Store
from engine.personnel.appraisal.terms import AppraisalGrade, CaseState
from engine.personnel.vocabulary import Post
from tests.browser.conftest import ContextMaker
from tests.process.appraisal.town import Town
from tests.process.office import Office
from tests.visitor import PASSWORD
from webapp.application import create_app
from webapp.rooms import ROOMS

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
SignIn = Callable[..., Page]


@pytest.fixture
def town(web_settings: Settings, web_store: Store, clock: FixedClock, password_hash: str) -> Town:
    """One chief, one deputy, two others; everybody can sign in."""
    town = Town(Office(web_settings, web_store, clock), (Post.CHIEF, Post.DEPUTY, Post.GENERAL, Post.GENERAL))
    town.office.prepare(lambda context: context.session.execute(update(User).values(password_hash=password_hash)))
    return town


@pytest.fixture
def sign_in(town: Town, serve: Callable[[Flask], str], new_context: ContextMaker) -> SignIn:
    """Somebody with a browser of his own."""
    address = serve(create_app(town.office.engine, ROOMS))

    def enter(login: str = "", *, phone: bool = False) -> Page:
        page = new_context(address, phone=phone)
        page.goto("/login" if login else "/")
        if login:
            page.locator("#login").fill(login)
            page.locator("#password").fill(PASSWORD)
            page.locator("main button").first.click()
            page.wait_for_url(lambda url: "/login" not in url)
        return page

    return enter


def test_a_year_from_the_guide_to_the_result(town: Town, sign_in: SignIn) -> None:
    _begin(town, sign_in)
    _write_and_vote(town, sign_in)
    _settle(town, sign_in)
    town.office.act("street_leader", town.plan.number, "committee_decision", "approve")
    _publicise(town, sign_in)
    worker = sign_in("w2", phone=True)
    worker.goto("/appraisal/mine")
    expect(worker.get_by_text("达到优秀分数线，未进入优秀名额")).to_be_visible()
    expect(worker.get_by_role("link", name="考核登记表（PDF）")).to_be_visible()
    assert town.grade(0) is AppraisalGrade.EXCELLENT
    worker.goto(f"/worklist/items/{town.open_item(town.key(2), 'sign_feedback')}")
    worker.get_by_label("签名").fill("人2")
    worker.get_by_role("button", name="签收", exact=True).click()
    expect(worker.get_by_text("签收：")).to_be_visible()
    assert town.case(2).signed_at is not None


def _publicise(town: Town, sign_in: SignIn) -> None:
    """A resident objects with a phone; the group verifies; after five working days the results are served."""
    resident = sign_in(phone=True)
    resident.goto("/appraisal/publicity")
    resident.get_by_role("link", name="优秀人选公示").first.click()
    resident.get_by_role("link", name="对公示提出异议").click()
    resident.get_by_label("反映的情况").fill("三月以来多次不在岗，请核实。")
    resident.get_by_label("您的姓名").fill("祝成林")
    resident.get_by_label("您的手机号码").fill("13800000001")
    resident.get_by_role("button", name="提交异议").click()
    expect(resident.get_by_text("异议已收到")).to_be_visible()
    leader = sign_in("street_leader")
    leader.goto(f"/appraisal/plans/{town.plan.number}")
    leader.get_by_role("link", name="核实", exact=True).click()
    leader.get_by_label("不属实或不影响等次").check()
    leader.get_by_label("核实情况").fill("考勤完整，当日在外走访。")
    leader.get_by_role("button", name="记录核实结论").click()
    expect(leader.get_by_text("核实结论已记录")).to_be_visible()
    until = town.plan.publicity_until
    assert until is not None
    town.office.move_to(until)
    town.office.act("street_clerk", town.plan.number, "confirm_publicity", "confirm")


def _begin(town: Town, sign_in: SignIn) -> None:
    """County and street begin the year."""
    clerk = sign_in("county_clerk")
    clerk.goto("/appraisal/start/guide")
    clerk.get_by_role("button", name="启动并拟定方案").click()
    item = town.open_item(town.guide_row.number, "draft_guide")
    clerk.goto(f"/worklist/items/{item}")
    clerk.get_by_label("优秀比例上限").fill("26")
    clerk.get_by_role("button", name="提交审签").click()
    expect(clerk.locator(".error-summary")).to_be_visible()
    clerk.get_by_label("优秀比例上限").fill("20")
    clerk.get_by_role("button", name="提交审签").click()
    expect(clerk.get_by_text("提交审签：")).to_be_visible()
    head = sign_in("county_head")
    head.goto(f"/worklist/items/{town.open_item(town.guide_row.number, 'head_approval')}")
    head.get_by_role("button", name="同意发布").click()
    expect(head.get_by_text("同意发布：")).to_be_visible()
    street = sign_in("street_clerk")
    street.goto("/appraisal/start/plan")
    street.get_by_role("button", name="启动考核").click()
    expect(street.get_by_role("heading", name="2026 年度考核看板")).to_be_visible()
    town.office.work()


def _write_and_vote(town: Town, sign_in: SignIn) -> None:
    """A worker writes and votes with a phone, a resident votes with the code on his paper."""
    worker = sign_in("w0", phone=True)
    worker.goto(f"/worklist/items/{town.open_item(town.key(0), 'self_summary')}")
    worker.get_by_label("个人总结").fill("今年走访居民 260 户，办理民生事项 91 件。")
    worker.get_by_role("button", name="提交总结").click()
    expect(worker.get_by_text("提交总结：")).to_be_visible()
    assert town.state(0) is CaseState.SELF_REPORTED
    street = sign_in("street_clerk")
    street.goto(f"/appraisal/plans/{town.plan.number}/tokens")
    street.get_by_label("张数").fill("1")
    street.get_by_role("button", name="生成测评码").click()
    address = street.locator(".slip-address").first.inner_text()
    resident = sign_in(phone=True)
    resident.goto(address)
    for label in resident.get_by_label("很满意").all():
        label.check()
    resident.get_by_role("button", name="投票").click()
    expect(resident.get_by_role("heading", name="已投票，谢谢参与")).to_be_visible()
    resident.goto(address)
    expect(resident.get_by_text("您已经投过票")).to_be_visible()


def _settle(town: Town, sign_in: SignIn) -> None:
    """The group chooses one too many, is told so, and settles within the cap."""
    for place in (1, 2, 3):
        town.summarise(place)
    for place in range(4):
        town.judge(place)
    town.vote()
    town.close()
    for place, points in enumerate(("96", "80", "93", "82")):
        town.score(place, points)
    street = sign_in("street_clerk")
    street.goto(f"/worklist/items/{town.open_item(town.plan.number, 'settle_excellent')}")
    street.get_by_label("人2 评为优秀").check()
    street.get_by_role("button", name="提交党工委审定").click()
    expect(street.get_by_text("依据第 9.7 条")).to_be_visible()
    street.get_by_label("人2 评为优秀").uncheck()
    street.get_by_role("button", name="提交党工委审定").click()
    expect(street.get_by_text("提交党工委审定：")).to_be_visible()
