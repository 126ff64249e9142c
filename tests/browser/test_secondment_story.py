"""A secondment with its real roles: street, worker with a phone, community, county, notice, reminders, return."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy import select, update

from engine.identity.users import User
from engine.kernel.clock import CHINA, FixedClock
from engine.kernel.settings import Settings
from engine.kernel.store import Store
from engine.personnel.secondment.secondments import Secondment
from engine.personnel.secondment.states import SecondmentState
from tests.browser.conftest import ContextMaker
from tests.process.office import Office
from tests.process.secondment.village import END, START, Case, Village
from tests.visitor import PASSWORD
from webapp.application import create_app
from webapp.rooms import ROOMS

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
SignIn = Callable[..., Page]


@pytest.fixture
def village(web_settings: Settings, web_store: Store, clock: FixedClock, password_hash: str) -> Village:
    """One community of eight; everybody can sign in."""
    village = Village(Office(web_settings, web_store, clock))
    village.office.prepare(lambda context: context.session.execute(update(User).values(password_hash=password_hash)))
    return village


@pytest.fixture
def sign_in(village: Village, serve: Callable[[Flask], str], new_context: ContextMaker) -> SignIn:
    """Somebody with a browser of his own."""
    address = serve(create_app(village.office.engine, ROOMS))

    def enter(login: str, *, phone: bool = False) -> Page:
        page = new_context(address, phone=phone)
        page.goto("/login")
        page.locator("#login").fill(login)
        page.locator("#password").fill(PASSWORD)
        page.locator("main button").first.click()
        page.wait_for_url(lambda url: "/login" not in url)
        return page

    return enter


def test_a_secondment_from_the_request_to_the_file(village: Village, sign_in: SignIn) -> None:
    case = _ask(village, sign_in)
    _decide(village, sign_in, case)
    _notice(sign_in, case)
    _remind(village, sign_in, case)
    _return(village, sign_in, case)


def _ask(village: Village, sign_in: SignIn) -> Case:
    """A county organ and seven months are refused with their clauses; six months for the street are taken."""
    clerk = sign_in("street_clerk")
    clerk.goto("/secondment/new")
    clerk.get_by_label("借调人员").select_option(label="一号社区 人4")
    clerk.get_by_label("借用单位").select_option(label="清溪县（县级以上机关，不得借调）")
    clerk.get_by_label("借用科室").fill("党建工作办公室")
    clerk.get_by_label("开始日期").fill(START.isoformat())
    clerk.get_by_label("结束日期").fill("2027-06-30")
    clerk.get_by_label("承担工作").fill("材料整理")
    clerk.get_by_label("借调理由").fill("专项工作任务集中")
    clerk.get_by_role("button", name="提交申请").click()
    refused = "县级以上机关事业单位不得借调社区工作者，借用单位只能是街道（乡镇）（依据第 9.2 条）"
    expect(clerk.locator(".error-summary")).to_contain_text(refused)
    clerk.get_by_label("借用单位").select_option(str(village.office.street))
    clerk.get_by_role("button", name="提交申请").click()
    expect(clerk.get_by_text("依据第 9.4 条")).to_be_visible()
    assert village.count() == 0
    clerk.get_by_label("结束日期").fill(END.isoformat())
    clerk.get_by_role("button", name="提交申请").click()
    expect(clerk.get_by_text("借调申请已提交")).to_be_visible()
    number = village.office.read(lambda session: session.scalars(select(Secondment.number)).one())
    return Case(village, 4, str(number))


def _decide(village: Village, sign_in: SignIn, case: Case) -> None:
    """The worker consents with a phone; community, street and county follow one another."""
    steps = (
        ("w4", "worker_consent", "同意借调"), ("secretary", "community_opinion", "同意借出"),
        ("street_leader", "street_committee", "同意上报"), ("county_clerk", "county_review", "提请审批"),
        ("county_head", "county_approval", "批准借调"),
    )  # fmt: skip
    for login, node_id, label in steps:
        assert case.open == [node_id]
        page = sign_in(login, phone=login == "w4")
        page.goto("/worklist/")
        page.get_by_role("link", name="借调人4").first.click()
        if login == "secretary":
            expect(page.get_by_role("row", name="借出后在岗")).to_contain_text("7 人")
            expect(page.get_by_role("row", name="借出后全科社工")).to_contain_text("3 人")
        page.get_by_role("button", name=label, exact=True).click()
        expect(page.get_by_text(f"{label}：")).to_be_visible()
    assert case.state is SecondmentState.APPROVED


def _notice(sign_in: SignIn, case: Case) -> None:
    """Worker and street open the notice; the form of approval is printed."""
    worker = sign_in("w4", phone=True)
    worker.goto(f"/secondment/{case.number}")
    expect(worker.get_by_text("苏社清借〔2026〕1号")).to_be_visible()
    for name in ("借调通知（PDF）", "借调审批表（PDF）"):
        address = worker.get_by_role("link", name=name).get_attribute("href")
        assert worker.request.get(str(address)).body().startswith(b"%PDF-")


def _remind(village: Village, sign_in: SignIn, case: Case) -> None:
    """It begins on its first day; fifteen and three days before the last one everybody is reminded."""
    assert case.at(START).state is SecondmentState.ACTIVE
    for days, reminders in ((15, 1), (3, 2)):
        case.at(END - timedelta(days=days))
        assert village.told(case.worker).count("借调即将到期") == reminders
    board = sign_in("county_clerk")
    board.goto("/secondment/")
    expect(board.get_by_role("row", name="人4")).to_contain_text("即将到期")


def _return(village: Village, sign_in: SignIn, case: Case) -> None:
    """Handover and evaluation by the street, confirmed by the community, kept in the ledger and the monthly return."""
    case.at(END)
    clerk = sign_in("street_clerk")
    clerk.goto("/worklist/")
    clerk.get_by_role("link", name="借调人4").first.click()
    clerk.get_by_role("button", name="已返岗", exact=True).click()
    expect(clerk.locator(".error-summary")).to_be_visible()
    clerk.get_by_label("借调期间表现").select_option(label="好")
    clerk.get_by_label("鉴定意见").fill("工作认真，完成任务好。")
    clerk.get_by_label("工作交接").fill("材料、账号已移交。")
    clerk.get_by_role("button", name="已返岗", exact=True).click()
    expect(clerk.get_by_text("已返岗：")).to_be_visible()
    secretary = sign_in("secretary")
    secretary.goto("/worklist/")
    secretary.get_by_role("link", name="借调人4").first.click()
    secretary.get_by_role("button", name="确认返岗", exact=True).click()
    expect(secretary.get_by_text("确认返岗：")).to_be_visible()
    assert (case.state, case.outcome) == (SecondmentState.RETURNED, "借调结束已归档")
    village.office.move_to(datetime(2027, 6, 2, 10, 0, tzinfo=CHINA))
    clerk = sign_in("street_clerk")
    clerk.goto("/secondment/monthly?month=2027-05")
    clerk.get_by_role("button", name="报送东门街道 5 月报表").click()
    expect(clerk.get_by_text("2027-05 借调月报已报送")).to_be_visible()
