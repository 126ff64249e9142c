"""An exit in a real browser: refused for a protected person, then played by everybody who has a part."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy import select, update

from engine.identity.users import User
from engine.kernel.clock import FixedClock
from engine.kernel.command import CommandContext
from engine.kernel.settings import Settings
from engine.kernel.store import Store
from engine.personnel.exits.cases import ExitCase
from engine.personnel.exits.terms import ExitState
from tests.browser.conftest import ContextMaker
from tests.browser.people import People, decide
from tests.process.exits.bench import PHOTO, Bench
from tests.process.office import Office
from webapp.application import create_app
from webapp.rooms import ROOMS


@dataclass
class Street(People):
    """Everybody with a browser of his own."""

    bench: Bench
    on_phone = "worker"

    def item(self, login: str, step: str) -> Page:
        return self.find(login, self.bench.number, step)

    def decide(self, page: Page, decision: str, opinion: str = "") -> None:
        decide(page, decision, opinion)
        self.bench.office.work()

    def hand_in(self, kind: str, label: str) -> None:
        """The clerk photographs a piece of evidence."""
        page = self.visit("street_clerk", f"/exits/{self.bench.number}/evidence")
        page.get_by_label("证据种类").select_option(kind)
        page.get_by_label("文件名称").fill(label)
        page.get_by_label("文件", exact=True).set_input_files(
            {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": PHOTO}
        )
        page.get_by_role("button", name="上传").click()
        expect(page.locator("#messages .note-success").first).to_be_visible()

    def serve(self, step: str, day: str) -> Page:
        page = self.item("street_clerk", step)
        page.get_by_label("送达日期").fill(day)
        page.get_by_label("送达凭证").fill("本人签收")
        return page


@pytest.fixture
def street(
    web_settings: Settings, web_store: Store, clock: FixedClock, serve: Callable[[Flask], str],
    new_context: ContextMaker, password_hash: str,
) -> Street:  # fmt: skip
    office = Office(web_settings, web_store, clock)
    bench = Bench(office)

    def give_passwords(context: CommandContext) -> None:
        context.session.execute(update(User).values(password_hash=password_hash))

    office.prepare(give_passwords)
    return Street(bench, address=serve(create_app(office.engine, ROOMS)), browsers=new_context)


def test_a_protected_person_is_refused_and_a_checked_exit_reaches_the_closing_tasks(street: Street) -> None:
    bench, day = street.bench, "2026-11-23"
    page = street.visit("street_clerk", "/exits/start")
    page.get_by_label("社区工作者").select_option(str(bench.worker_id))
    page.get_by_label("退出情形").select_option("incompetence")
    page.get_by_label("劳动合同法途径").select_option("L40(2)")
    page.get_by_label("事实和理由").fill("经培训仍不能胜任")
    page.locator("main").get_by_role("button", name="提出退出").click()
    expect(page.locator("body")).to_contain_text("还缺：不能胜任工作的认定材料")
    bench.number = bench.office.read(lambda session: session.scalars(select(ExitCase.number)).one())
    street.hand_in("unfitness_record", "季度考评记录")
    street.hand_in("training_record", "培训签到表")
    page = street.item("street_clerk", "收集证据")
    page.get_by_label("文号、日期和主要内容").fill("考评记录 3 号")
    street.decide(page, "submit")
    page = street.item("street_clerk", "合法性核查")
    page.get_by_label("孕期、产期、哺乳期").check()
    page.locator("button[name=decision][value=submit]").click()
    expect(page.locator("body")).to_contain_text("劳动合同法第 42 条第 4 项")
    assert bench.stands(ExitState.GUARD_CHECK)
    page = street.item("street_clerk", "合法性核查")
    page.get_by_label("已核查，没有上述情形").check()
    street.decide(page, "submit")
    street.decide(street.item("union_officer", "征求工会意见"), "no_objection")
    street.decide(street.serve("送达退出告知书", day), "served")
    page = street.visit("worker", f"/me/exits/{bench.number}")
    expect(page.get_by_role("link", name="退出告知书")).to_be_visible()
    page.get_by_role("link", name="提交陈述申辩").click()
    page.get_by_label("陈述申辩的内容").fill("培训只有半天，请再给一次机会")
    page.get_by_role("button", name="提交陈述申辩").click()
    expect(page.locator("#messages .note-success").first).to_be_visible()
    page = street.item("street_clerk", "听取陈述申辩")
    expect(page.locator("body")).to_contain_text("培训只有半天")
    street.decide(page, "heard", "已听取本人意见")
    for leader in ("street_leader", "second_leader"):
        street.decide(street.item(leader, "街道党工委会签"), "approve", "同意")
    street.decide(street.item("county_head", "县级社会工作部确认"), "confirm", "同意")
    page = street.serve("送达退出决定书", day)
    page.get_by_label("最后工作日").fill(day)
    page.get_by_label("以支付一个月工资代替").check()
    street.decide(page, "served")
    assert bench.stands(ExitState.HANDOVER)
    page = street.visit("worker", f"/me/exits/{bench.number}")
    page.get_by_role("link", name="申请复核").click()
    page.get_by_label("理由").fill("不服决定，请求复核")
    page.locator("main form").get_by_role("button").click()
    expect(page.locator("#messages .note-success").first).to_be_visible()
    expect(street.visit("street_leader", "/exits/").locator("body")).to_contain_text("办理离任手续")
