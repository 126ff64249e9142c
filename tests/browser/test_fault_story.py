"""A fault from the application to the conclusion in a real browser, by everybody who has a part."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy import update

from engine.identity.users import User
from engine.kernel.clock import FixedClock
from engine.kernel.command import CommandContext
from engine.kernel.settings import Settings
from engine.kernel.store import Store
from engine.personnel.fault_tolerance.terms import ClearingState, Conclusion
from tests.browser.conftest import ContextMaker
from tests.browser.people import People, decide
from tests.process.fault_tolerance.bureau import Bureau
from tests.process.fault_tolerance.test_material import picture
from tests.process.office import Office
from webapp.application import create_app
from webapp.rooms import ROOMS


@dataclass
class County(People):
    """Everybody with a browser of his own; the worker has a phone."""

    bureau: Bureau
    on_phone = "worker"

    def decide(self, page: Page, decision: str, opinion: str = "") -> None:
        decide(page, decision, opinion)
        self.bureau.office.work()


@pytest.fixture
def county(
    web_settings: Settings, web_store: Store, clock: FixedClock, serve: Callable[[Flask], str],
    new_context: ContextMaker, password_hash: str,
) -> County:  # fmt: skip
    office = Office(web_settings, web_store, clock)
    bureau = Bureau(office)

    def give_passwords(context: CommandContext) -> None:
        context.session.execute(update(User).values(password_hash=password_hash))

    office.prepare(give_passwords)
    return County(bureau, address=serve(create_app(office.engine, ROOMS)), browsers=new_context)


def test_a_worker_is_exempted_by_three_departments_and_reads_it_on_his_phone(county: County) -> None:
    bureau, day = county.bureau, county.bureau.today.isoformat()
    page = county.visit("worker", "/fault-tolerance/start")
    page.get_by_label("社区工作者").select_option(str(bureau.worker))
    page.get_by_label("收到问责通知的日期").fill(day)
    page.get_by_label("事情经过和理由").fill("防汛抢险中先行拆除围挡，事后当日报告。")
    page.get_by_label("证明材料").set_input_files({"name": "a.jpg", "mimeType": "image/jpeg", "buffer": picture()})
    page.get_by_role("button", name="提交").click()
    expect(page.locator("#messages .note-success").first).to_be_visible()
    number = page.locator("section.note h2").first.inner_text().split()[-1]
    county.decide(county.find("discipline_officer", number, "受理审查"), "accept")
    page = county.find("discipline_officer", number, "调查核实")
    page.get_by_label("调查核实情况").fill("系集体研究后的应急处置，未造成损失。")
    county.decide(page, "finish")
    page = county.find("discipline_officer", number, "填写容错核对表")
    for answer in page.get_by_label("符合", exact=True).all():
        answer.check()
    page.get_by_label("认定的事实和证据").fill("会议记录、现场照片")
    county.decide(page, "submit")
    page = county.find("discipline_officer", number, "拟定认定意见")
    expect(page.locator("body")).to_contain_text("核对表建议：免责")
    county.decide(page, "exempt")
    for login in ("second_discipline", "organiser", "county_head"):
        county.decide(county.find(login, number, "联合会商"), "agree", "同意")
    page = county.find("discipline_officer", number, "反馈认定结果")
    page.get_by_label("送达日期").fill(day)
    county.decide(page, "delivered")
    page = county.visit("worker", "/fault-tolerance/mine")
    expect(page.locator("section.note").first).to_contain_text("认定结果：免责")
    expect(page.get_by_role("link", name="提出异议")).to_be_visible()
    assert bureau.fault(number).conclusion is Conclusion.EXEMPT
    expect(county.visit("county_clerk", "/fault-tolerance/").locator("h1")).not_to_have_text("容错和澄清案件")


def test_a_worker_agrees_on_his_phone_and_is_cleared_at_a_meeting(county: County) -> None:
    bureau, day = county.bureau, county.bureau.today.isoformat()
    page = county.visit("discipline_officer", "/fault-tolerance/start-clearing")
    page.get_by_label("社区工作者").select_option(str(bureau.worker))
    page.get_by_label("被反映的问题和影响").fill("被举报截留慰问品，查无此事，影响评优。")
    page.get_by_role("button", name="提交").click()
    expect(page.locator("#messages .note-success").first).to_be_visible()
    number = page.locator("tr[data-row] a").first.inner_text()
    page = county.find("discipline_officer", number, "核实评估")
    page.get_by_label("查核结论").select_option("untrue")
    page.get_by_label("造成的影响").select_option("career")
    page.get_by_label("拟采用的澄清方式").select_option("meeting")
    page.get_by_label("拟澄清的范围").fill("东门社区全体工作人员")
    county.decide(page, "clear", "发放签领手续齐全")
    page = county.visit("worker", "/fault-tolerance/mine")
    expect(page.get_by_role("link", name="拟澄清告知书")).to_be_visible()
    page.get_by_role("link", name="本人表示意见").click()
    county.decide(page, "consented")
    for login in ("second_discipline", "organiser", "county_head"):
        county.decide(county.find(login, number, "审批澄清"), "approve", "同意")
    page = county.find("discipline_officer", number, "实施澄清")
    page.get_by_label("澄清日期").fill(day)
    county.decide(page, "done")
    expect(county.visit("worker", "/fault-tolerance/mine").get_by_role("link", name="澄清函")).to_be_visible()
    bureau.wait(100)
    page = county.find("discipline_officer", number, "回访谈心")
    for label in ("思想状态", "工作情况", "整改巩固或影响消除情况", "困难和诉求"):
        page.get_by_label(label).fill("情况良好")
    county.decide(page, "talked")
    assert bureau.clearing(number).state is ClearingState.CLOSED
