"""An applicant with a phone: from the announcement to the receipt, a correction, and the seat draw checked at home."""

from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy import select

from engine.kernel.clock import FixedClock
from engine.kernel.settings import Settings
from engine.kernel.store import Store
from engine.personnel.recruitment.registrations import Registration
from engine.personnel.recruitment.states import RegistrationState
from tests.browser.conftest import ContextMaker
from tests.process.office import Office
from tests.process.recruitment import Recruitment, id_number
from tests.web.applicant.people import picture
from webapp.application import create_app
from webapp.rooms import ROOMS

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

PHONE = "13955556666"
WIDEST = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


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
    _open_account(page, recruitment)
    _choose_post(page)
    _fill_person(page)
    _fill_background(page)
    _upload(page)
    _hand_in(page)
    expect(page.locator(".receipt-number")).to_have_text("BM2026-0001-000001")
    _returned(recruitment)
    page.get_by_role("link", name="查看报名进度").click()
    expect(page.get_by_text("现在请您：补正报名表")).to_be_visible()
    page.get_by_role("link", name="去补正").click()
    expect(page.locator(".answers .remark")).to_contain_text("请写全称")
    page.get_by_role("link", name="修改学历与经历").click()
    page.get_by_label("毕业院校").fill("江海师范大学")
    page.get_by_role("button", name="保存，下一步").click()
    page.get_by_role("link", name="下一步，核对与承诺").click()
    _hand_in(page)
    assert _mine(recruitment).state is RegistrationState.SUBMITTED
    page.get_by_role("link", name="查看报名进度").click()
    page.get_by_text("流程图", exact=True).click()
    expect(page.locator("[data-drawn] .mark-current").first).to_be_visible()


def test_the_id_number_fills_birth_date_and_sex_and_a_slip_is_named_at_once(
    address: str, recruitment: Recruitment, new_context: ContextMaker
) -> None:
    page = new_context(address, phone=True)
    _open_account(page, recruitment)
    _choose_post(page)
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
    expect(page.locator("[data-draw-result]")).to_have_text("已重新计算，全部一致")


def _open_account(page: Page, recruitment: Recruitment) -> None:
    page.goto(f"/announcements/{recruitment.number}")
    page.get_by_role("link", name="我要报名").click()
    page.get_by_role("link", name="注册报名账号").click()
    page.get_by_label("姓名").fill("王芳")
    page.get_by_label("手机号码").fill(PHONE)
    page.get_by_label("密码", exact=True).fill("correct horse battery")
    page.get_by_label("再输入一次密码").fill("correct horse battery")
    page.get_by_label("我已阅读并同意").check()
    page.get_by_role("button", name="注册并登录").click()


def _choose_post(page: Page) -> None:
    expect(page.locator("h1")).to_have_text("选择岗位")
    page.get_by_label("社区工作者2").check()
    _go_on(page, "保存，填写个人信息")


def _fill_person(page: Page) -> None:
    page.get_by_label("身份证号").fill(id_number(502))
    page.get_by_label("手机号码").fill(PHONE)
    page.get_by_label("紧急联系电话").fill("13955550000")
    page.get_by_label("民族").select_option("汉族")
    page.get_by_label("政治面貌").select_option("masses")
    page.get_by_label("户籍在本地", exact=True).check()
    page.get_by_label("户籍所在地").fill("清溪县东门街道")
    page.get_by_label("现居住地址").fill("东门街 1 号")
    expect(page.get_by_label("入党时间")).to_be_hidden()
    _go_on(page, "保存，下一步")


def _fill_background(page: Page) -> None:
    page.get_by_label("最高学历").select_option("bachelor")
    page.get_by_label("毕业院校").fill("江师大")
    page.get_by_label("专业", exact=True).fill("社会工作")
    page.get_by_label("毕业时间").fill("20200630")
    page.get_by_label("学习和工作简历").fill("2016-09 至 2020-06 江海师范大学 学生")
    _go_on(page, "保存，下一步")


def _upload(page: Page) -> None:
    photo = {"name": "me.jpg", "mimeType": "image/jpeg", "buffer": picture((1200, 1600)).getvalue()}
    page.locator("#photo input[type=file]").set_input_files(photo)
    page.get_by_role("button", name="用这张照片").click()
    expect(page.locator("#photo [data-photo-status]")).to_contain_text("已裁剪压缩为")
    page.get_by_role("button", name="上传证件照片").click()
    expect(page.locator("#messages")).to_contain_text("KB")
    proofs = {"id_front": "身份证（人像面）", "id_back": "身份证（国徽面）", "diploma": "学历（学位）证书"}
    for kind, label in proofs.items():
        scan = {"name": f"{kind}.jpg", "mimeType": "image/jpeg", "buffer": picture((900, 600)).getvalue()}
        page.locator(f"#{kind} input[type=file]").set_input_files(scan)
        expect(page.locator(f"#{kind} [data-document-preview]")).to_be_visible()
        page.get_by_role("button", name=f"上传{label}").click()
        expect(page.locator(f"#{kind}")).to_contain_text("已上传")
    _fits(page)
    page.get_by_role("link", name="下一步，核对与承诺").click()


def _hand_in(page: Page) -> None:
    for box in page.locator("input[name=declarations]").all():
        box.check()
    page.locator("input[name=consent]").check()
    page.locator("input[name=pledge]").check()
    _fits(page)
    page.locator("form[data-draft] button[type=submit]").click()
    expect(page.locator("h1")).to_have_text("报名已提交")


def _go_on(page: Page, label: str) -> None:
    _fits(page)
    page.get_by_role("button", name=label).click()


def _fits(page: Page) -> None:
    """Nothing has to be scrolled sideways on a small phone."""
    assert page.evaluate(WIDEST) == 0


def _returned(recruitment: Recruitment) -> None:
    number = str(_mine(recruitment).number)
    recruitment.office.act(
        "county_reviewer", number, "first_review", "return", "请补正", {"remarks": {"school": "请写全称"}}
    )


def _mine(recruitment: Recruitment) -> Registration:
    return recruitment.office.read(lambda session: session.scalars(select(Registration)).one())
