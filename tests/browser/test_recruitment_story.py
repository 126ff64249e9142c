"""The whole recruitment in a real browser: from a street's wish for posts to the contract, by everybody who has a part.

The clock is moved by the test and the worker does its rounds when told to; everything else is done on the pages.
"""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from flask import Flask
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import select

from engine.delegates.recruitment.commands import PrintTicket
from engine.identity.users import User, load_actor
from engine.kernel.clock import FixedClock
from engine.kernel.command import CommandContext
from engine.kernel.settings import Settings
from engine.kernel.store import Store
from engine.personnel.recruitment.registrations import Registration
from engine.personnel.recruitment.states import CampaignState, RegistrationState
from engine.personnel.spreadsheets import SheetToWrite, write_workbook
from tests.browser.conftest import ContextMaker
from tests.browser.people import People, decide, press
from tests.browser.registration import (
    NAME,
    PHONE,
    choose_post,
    fill_background,
    fill_person,
    fits,
    hand_in,
    mend_school,
    open_account,
    upload,
)
from tests.process.office import Office
from tests.process.recruitment import Applicant, Recruitment
from webapp.application import create_app
from webapp.rooms import ROOMS

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass
class Town(People):
    """Everybody with a browser of his own; who is asked to sign in does so."""

    office: Office
    on_phone = PHONE

    def decide(self, page: Page, decision: str, opinion: str = "") -> None:
        """Presses the button of a decision; the worker follows up."""
        decide(page, decision, opinion)
        self.office.work()

    def act(self, page: Page, button: str) -> None:
        """Presses a button of the desk; the worker follows up."""
        page.get_by_role("button", name=button).click()
        expect(page.locator("#messages .note-success").first).to_be_visible()
        self.office.work()

    def next_act(self, login: str, number: str) -> Page:
        """From the campaign's page to what its officer has to do next."""
        page = self.visit(login, f"/desk/campaigns/{number}")
        page.locator(".next-act a.btn-primary").click()
        return page


@pytest.fixture
def town(
    web_settings: Settings, web_store: Store, clock: FixedClock, serve: Callable[[Flask], str],
    new_context: ContextMaker, password_hash: str,
) -> Town:  # fmt: skip
    """An office whose people can all sign in."""
    office = Office(web_settings, web_store, clock)
    office.set_policy(openRatio=1, interviewRatio=2)

    def give_passwords(context: CommandContext) -> None:
        for user in context.session.scalars(select(User)):
            user.password_hash = password_hash

    office.prepare(give_passwords)
    return Town(office, address=serve(create_app(office.engine, ROOMS)), browsers=new_context)


def test_a_wish_for_posts_becomes_an_announcement_that_everybody_reads(town: Town, new_context: ContextMaker) -> None:
    page = town.visit("street_clerk", "/worklist/start/post-request")
    page.get_by_label("用人理由").fill("两名社区工作者到龄退休")
    page.get_by_label("人数").fill("2")
    page.get_by_label("岗位职责").fill("网格走访、民生服务")
    page.get_by_role("button", name="提交街道党工委审核").click()
    expect(page.get_by_text("请街道党工委审核")).to_be_visible()
    request = page.locator(".page-head .muted").first.inner_text()
    town.office.work()
    town.decide(town.find("street_leader", request, "街道党工委审核"), "pass", "同意")
    page = town.find("county_clerk", request, "县级社会工作部审核")
    expect(page.locator(".judged")).to_contain_text("够用")
    page.get_by_label("核定人数").fill("1")
    town.decide(page, "accept", "核定一名")
    number = _started(town)
    page = town.find("county_clerk", number, "编制招聘方案")
    page.get_by_label("咨询电话").fill("0599-0000 1234")
    town.decide(page, "submit")
    town.decide(town.find("county_head", number, "部领导审签"), "approve", "同意发布")
    town.decide(town.find("city_officer", number, "市级预审"), "pass", "符合规定")
    reader = new_context(town.address, phone=True)
    reader.goto("/announcements")
    reader.get_by_role("link", name="清溪县2026年公开招聘社区工作者").first.click()
    expect(reader.locator("main")).to_contain_text("0599-0000 1234")
    expect(reader.locator("main")).to_contain_text("社区工作者")
    fits(reader)


def _started(town: Town) -> str:
    page = town.visit("county_clerk", "/worklist/start/campaign")
    page.get_by_label("公告标题").fill("清溪县2026年公开招聘社区工作者")
    page.locator("input[name=requests]").check()
    page.get_by_role("button", name="发起招聘，编制方案").click()
    expect(page.get_by_text("请编制招聘方案")).to_be_visible()
    number = page.locator(".page-head .muted").first.inner_text()
    town.office.work()
    return number


def test_an_applicant_comes_from_the_first_page_to_the_contract(town: Town) -> None:
    recruitment = Recruitment(town.office, heads=(1,)).open()
    rival = recruitment.admitted()
    mine = _registered(town, recruitment)
    recruitment.close_registration()
    _seats_drawn(town, recruitment, rival)
    _written(town, recruitment, {mine: "80", rival: "70.5"})
    _rechecked(town, recruitment, mine, rival)
    _interviewed(town, recruitment, {mine: "85", rival: "90"})
    _vetted(town, recruitment, mine)
    _hired(town, recruitment, mine)
    page = town.visit(PHONE, "/my/applications")
    expect(page.locator("main")).to_contain_text("已聘用")
    fits(page)
    assert (mine.state(), rival.state()) == (RegistrationState.HIRED, RegistrationState.RESERVE)
    assert recruitment.state() is CampaignState.CLOSED


def test_a_reviewer_clears_his_queue_without_touching_the_mouse(town: Town) -> None:
    recruitment = Recruitment(town.office).open()
    people = [recruitment.applicant(post) for post in range(3)]
    for person in people:
        person.submit()
    page = town.visit("county_reviewer", "/worklist/?process=recruitment_registration&node=first_review")
    press(page, "j", "Enter")
    for person in people[:2]:
        expect(page.locator("h1")).to_contain_text(person.row.name)
        press(page, "a")
    expect(page.locator("h1")).to_contain_text(people[2].row.name)
    press(page, "r")
    expect(page.locator(".error-summary")).to_contain_text("必须填写意见")
    press(page, "o")
    expect(page.get_by_label("办理意见")).to_be_focused()
    page.keyboard.type("毕业证书照片不清晰，请重新上传")
    press(page, "Escape")
    press(page, "r")
    expect(page.get_by_text("没有符合条件的待办")).to_be_visible()
    town.office.work()
    passed, returned = RegistrationState.PASSED, RegistrationState.RETURNED
    assert [person.state() for person in people] == [passed, passed, returned]


def _registered(town: Town, recruitment: Recruitment) -> Applicant:
    """Five steps on a phone, returned once, corrected, passed."""
    page = town.visit(PHONE, "/")
    open_account(page, recruitment.number)
    choose_post(page, "社区工作者1")
    fill_person(page)
    fill_background(page)
    upload(page)
    hand_in(page)
    town.office.work()
    review = town.find("county_reviewer", NAME, "资格初审")
    expect(review.locator(".machine")).to_contain_text("全部符合")
    remark = review.locator("input[name='remarks-school']")
    review.locator("details", has=remark).locator("summary").click()
    remark.fill("请写全称")
    town.decide(review, "return", "毕业院校请按证书填写")
    page.get_by_role("link", name="查看报名进度").click()
    mend_school(page)
    town.office.work()
    review = town.find("county_reviewer", NAME, "资格初审")
    expect(review.locator(".sheet-changed .before")).to_contain_text("江师大")
    town.decide(review, "pass")
    query = select(Registration.id, Registration.user_id).where(Registration.name == NAME)
    registration, user = town.office.read(lambda session: session.execute(query).one())
    return Applicant(town.office, town.office.read(lambda session: load_actor(session, user)), registration)


def _seats_drawn(town: Town, recruitment: Recruitment, rival: Applicant) -> None:
    """Rooms, the draw, and the ticket in the applicant's hand."""
    page = town.next_act("exam_officer", recruitment.number)
    page.get_by_label("第 1 行 考场名称").fill("第一考场")
    page.get_by_label("第 1 行 座位数").fill("30")
    page.get_by_label("第 1 行 地址").fill("清溪中学 101")
    page.get_by_role("button", name="保存考场").click()
    page.get_by_label("抽签种子").fill("福彩 2026135 期 03 07 11")
    town.act(page, "抽签并公布座位")
    recruitment.move_to("tickets_from")
    page = town.visit(PHONE, "/my/applications")
    page.get_by_role("link", name="准考证").click()
    with page.expect_download() as ticket:
        page.get_by_role("button", name="确认参加并下载准考证").click()
    assert ticket.value.path().read_bytes().startswith(b"%PDF")
    town.office.do(PrintTicket(rival.registration_id), rival.actor)
    town.office.work()


def _written(town: Town, recruitment: Recruitment, papers: dict[Applicant, str]) -> None:
    """Scores come by workbook; a slip in it is mended on the page."""
    recruitment.move_to("tickets_until")
    recruitment.move_to("written_at")
    rows = [(a.row.exam_number, a.row.name, score, "") for a, score in papers.items()]
    page = town.next_act("exam_officer", recruitment.number)
    slip = [(number, name, "180", remark) for number, name, _, remark in rows[:1]] + rows[1:]
    _sheet(page, ("准考证号", "姓名", "笔试成绩", "备注"), slip)
    wrong = page.locator("input.is-invalid")
    wrong.fill(rows[0][2] or "")
    page.get_by_role("button", name="重新核对").click()
    town.act(page, "确认导入")
    page = town.next_act("county_clerk", recruitment.number)
    expect(page.locator(".public-list").first).to_contain_text("80.00")
    town.act(page, "公布笔试成绩")
    page = town.visit(PHONE, "/my/applications")
    page.get_by_role("link", name="清溪县公开招聘").click()
    expect(page.locator("main")).to_contain_text("80.00")


def _rechecked(town: Town, recruitment: Recruitment, *applicants: Applicant) -> None:
    recruitment.pass_workdays(5)
    for applicant in applicants:
        page = town.find("county_reviewer", applicant.number, "资格复审（核验原件）")
        page.get_by_label("身份证", exact=True).check()
        page.get_by_label("学历（学位）证书", exact=True).check()
        town.decide(page, "pass", "原件齐全")


def _interviewed(town: Town, recruitment: Recruitment, marks: dict[Applicant, str]) -> None:
    """Judges' marks by workbook, the ranking with its reasons, the totals made public."""
    recruitment.to_interview()
    head = ("准考证号", *(f"考官{number}" for number in range(1, 8)), "备注")
    page = town.next_act("exam_officer", recruitment.number)
    _sheet(page, head, [(a.row.exam_number, *[mark] * 7, "") for a, mark in marks.items()])
    town.act(page, "确认导入")
    page = town.visit("county_clerk", f"/desk/campaigns/{recruitment.number}/ranking")
    first = page.locator(".ranking details").first
    expect(first).to_contain_text(NAME)
    first.locator("summary").click()
    expect(first).to_contain_text("总成绩")
    town.act(town.next_act("county_clerk", recruitment.number), "公布总成绩")


def _vetted(town: Town, recruitment: Recruitment, mine: Applicant) -> None:
    page = town.find("medical_officer", mine.number, "体检")
    page.get_by_label("体检日期").fill(f"{town.office.clock.now():%Y-%m-%d}")
    page.get_by_label("体检医院").fill("清溪县人民医院")
    town.decide(page, "pass")
    for checker in ("checker1", "checker2"):
        page = town.find(checker, mine.number, "考察")
        page.get_by_label("政治表现").fill("表现良好")
        town.decide(page, "pass", "考察合格")


def _hired(town: Town, recruitment: Recruitment, mine: Applicant) -> None:
    """Publicity, approval, contract, first day."""
    town.act(town.next_act("county_clerk", recruitment.number), "发布公示")
    reader = town.visit("visitor", "/notices")
    reader.get_by_role("link", name="公示").first.click()
    expect(reader.locator("main")).to_contain_text(NAME)
    expect(reader.locator("main")).not_to_contain_text(PHONE)
    recruitment.pass_workdays(5)
    town.decide(town.find("county_head", recruitment.number, "聘用审批"), "approve", "同意聘用")
    page = town.find("street_clerk", mine.number, "签订劳动合同")
    page.get_by_label("合同起始日期").fill(f"{town.office.clock.now():%Y-%m-%d}")
    town.decide(page, "sign")
    page = town.find("street_clerk", mine.number, "报到上岗")
    page.get_by_label("报到日期").fill(f"{town.office.clock.now():%Y-%m-%d}")
    town.decide(page, "arrived")


def _sheet(page: Page, head: tuple[str, ...], rows: list[tuple[str | None, ...]]) -> Locator:
    """Uploads a workbook; answers its preview."""
    content = write_workbook([SheetToWrite("成绩", head, rows)])
    page.locator("input[type=file]").set_input_files({"name": "成绩.xlsx", "mimeType": XLSX, "buffer": content})
    page.get_by_role("button", name="上传并核对").click()
    preview = page.locator("table.table-form")
    expect(preview).to_be_visible()
    return preview
