"""A queue cleared from the keyboard: chosen, passed, filtered, handed on, and finished by a deputy."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from engine.installation import build_engine
from engine.kernel.clock import FixedClock
from engine.kernel.settings import Settings
from engine.kernel.store import Store
from engine.workflow.deputies import AppointDeputy
from tests.browser.conftest import ContextMaker
from tests.browser.people import press
from tests.visitor import PASSWORD
from tests.web.worklist.stage import START, Stage, make_stage
from webapp.application import create_app
from webapp.rooms import ROOMS


@dataclass
class Office:
    """Four requests wait for the leader of the second street."""

    stage: Stage
    numbers: list[str]
    address: str
    browsers: ContextMaker

    def enter(self, login: str) -> Page:
        page = self.browsers(self.address)
        page.goto("/worklist/")
        page.get_by_label("登录名或手机号码").fill(login)
        page.get_by_label("密码").fill(PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url("**/worklist/")
        return page


@pytest.fixture
def office(
    web_settings: Settings, web_store: Store, serve: Callable[[Flask], str], new_context: ContextMaker,
    password_hash: str,
) -> Office:  # fmt: skip
    clock = FixedClock(START)
    stage = make_stage(build_engine(web_settings, clock=clock, store=web_store), clock, password_hash)
    numbers = [stage.request(1) for _ in range(4)]
    return Office(stage, numbers, serve(create_app(stage.engine, ROOMS)), new_context)


def test_a_queue_is_cleared_handed_on_and_finished_by_a_deputy_without_a_mouse(office: Office) -> None:
    page = office.enter("street_leader2")
    rows = page.locator("tr[data-row]")
    expect(rows).to_have_count(4)
    press(page, "j", "x", "j", "x", "j", "x")
    expect(page.locator("[data-chosen-count]")).to_have_text("3")
    press(page, "a")
    expect(page.get_by_role("heading", level=1)).to_have_text("批量同意上报")
    expect(page.get_by_text("将对 3 件办理")).to_be_visible()
    expect(page.locator("input[name=opinion]")).to_be_focused()
    page.keyboard.type("同意")
    press(page, "Enter")
    expect(page.get_by_text("成功 3 件")).to_be_visible()
    expect(page.get_by_role("link", name="回到列表")).to_be_focused()
    press(page, "Enter")
    expect(rows).to_have_count(1)
    saves_a_filter(page, office.numbers[3])
    hands_on(page)
    finishes_as_deputy(office)


def saves_a_filter(page: Page, number: str) -> None:
    press(page, "/")
    page.keyboard.type(number)
    press(page, "Enter")
    page.wait_for_url("**q=XQ*")
    press(page, "s")
    expect(page.get_by_label("名称")).to_be_focused()
    page.keyboard.type("盯着的一件")
    press(page, "Enter")
    expect(page.get_by_role("link", name="盯着的一件 1")).to_be_visible()


def hands_on(page: Page) -> None:
    press(page, "j", "t")
    expect(page.get_by_label("转办的原因")).to_be_focused()
    page.keyboard.type("外出学习")
    press(page, "Tab")
    page.keyboard.type("钱国平")
    expect(page.locator(".picker-found input")).to_have_count(1)
    press(page, "Tab", "Tab", "Space", "Tab", "Enter")
    expect(page.locator("#messages")).to_contain_text("转办：用人需求")
    expect(page.get_by_role("link", name="盯着的一件 0")).to_be_visible()


def finishes_as_deputy(office: Office) -> None:
    officers, today = office.stage.story.county.officers, office.stage.clock.now().date()
    away = AppointDeputy(officers["street_leader"], officers["street_leader3"], today, today + timedelta(days=3))
    office.stage.story.do(away, "street_leader")
    page = office.enter("street_leader3")
    expect(page.locator(".note").first).to_contain_text("您正代理 钱国平（至 11月5日）")
    expect(page.locator("tr[data-row]").first).to_contain_text("代 钱国平")
    press(page, "j", "Enter")
    page.wait_for_url("**/items/*")
    press(page, "a")
    expect(page.locator("#messages")).to_contain_text("同意上报")
    page.goto(f"/worklist/cases/{office.stage.case(office.numbers[3])}")
    expect(page.locator(".timeline").first).to_contain_text("范立群代钱国平")
