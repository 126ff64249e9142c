"""An applicant with a phone: from the announcement to the receipt, a correction, and the seat draw checked at home."""

from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import expect
from sqlalchemy import select

from engine.kernel.clock import FixedClock
from engine.kernel.settings import Settings
from engine.kernel.store import Store
from engine.personnel.recruitment.registrations import Registration
from engine.personnel.recruitment.states import RegistrationState
from tests.browser.conftest import ContextMaker
from tests.browser.registration import (
    choose_post,
    fill_background,
    fill_person,
    hand_in,
    mend_school,
    open_account,
    upload,
)
from tests.process.office import Office
from tests.process.recruitment import Recruitment, id_number
from webapp.application import create_app
from webapp.rooms import ROOMS

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


@pytest.fixture
def recruitment(web_settings: Settings, web_store: Store, clock: FixedClock) -> Recruitment:
    """A campaign for three posts that is open for registration."""
    office = Office(web_settings, web_store, clock)
    office.set_policy(openRatio=1, interviewRatio=2)
    return Recruitment(office).open()


@pytest.fixture
def address(recruitment: Recruitment, serve: Callable[[Flask], str]) -> str:
    return serve(create_app(recruitment.office.engine, ROOMS))


def test_an_applicant_registers_with_a_phone_and_mends_what_the_reviewer_remarks(
    address: str, recruitment: Recruitment, new_context: ContextMaker
) -> None:
    page = new_context(address, phone=True)
    open_account(page, recruitment.number)
    choose_post(page, "社区工作者2")
    fill_person(page)
    fill_background(page)
    upload(page)
    hand_in(page)
    expect(page.locator(".receipt-number")).to_have_text("BM2026-0001-000001")
    _returned(recruitment)
    page.get_by_role("link", name="查看报名进度").click()
    mend_school(page)
    assert _mine(recruitment).state is RegistrationState.SUBMITTED
    page.get_by_role("link", name="查看报名进度").click()
    page.get_by_text("流程图", exact=True).click()
    expect(page.locator("[data-drawn] .mark-current").first).to_be_visible()


def test_the_id_number_fills_birth_date_and_sex_and_a_slip_is_named_at_once(
    address: str, recruitment: Recruitment, new_context: ContextMaker
) -> None:
    page = new_context(address, phone=True)
    open_account(page, recruitment.number)
    choose_post(page, "社区工作者2")
    number = page.get_by_label("身份证号")
    number.press_sequentially(id_number(502))
    expect(page.locator("#id_number_facts")).to_have_text("出生日期 1998-05-20，性别 女")
    number.fill(id_number(502)[:17])
    number.blur()
    expect(page.locator("#id_number_facts")).to_have_text("身份证号应为 18 位，现为 17 位")
    expect(page.locator("[data-draft-status]")).to_contain_text("草稿已保存")
    page.get_by_label("现居住地址").fill("西门街 9 号")
    expect(page.locator("[data-draft-status]")).to_contain_text("草稿已保存")
    page.reload()
    expect(page.get_by_label("现居住地址")).to_have_value("西门街 9 号")


def test_anybody_recomputes_the_seat_draw_in_his_own_browser(
    address: str, recruitment: Recruitment, new_context: ContextMaker
) -> None:
    for post in range(3):
        recruitment.admitted(post)
    recruitment.close_registration()
    recruitment.seat()
    page = new_context(address)
    page.goto(f"/announcements/{recruitment.number}/draw")
    page.get_by_role("button", name="在本机重新算一遍").click()
    expect(page.locator("[data-draw-result]")).to_have_text("已重新计算 3 人，全部一致")


def _returned(recruitment: Recruitment) -> None:
    number = str(_mine(recruitment).number)
    recruitment.office.act(
        "county_reviewer", number, "first_review", "return", "请补正", {"remarks": {"school": "请写全称"}}
    )


def _mine(recruitment: Recruitment) -> Registration:
    return recruitment.office.read(lambda session: session.scalars(select(Registration)).one())
