"""A paper on its way through a bureau in a real browser: handed over, asked about, signed, sent back, held, let go."""

from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO

import pytest
from flask import Flask
from PIL import Image
from playwright.sync_api import Page, expect

from engine.kernel.clock import FixedClock
from engine.kernel.process_engine import ProcessEngine
from tests.browser.conftest import ContextMaker
from tests.browser.people import People
from tests.web.worklist.bureau import Bureau, drawing
from webapp.application import create_app
from webapp.rooms import ROOMS


@dataclass
class House(People):
    """Everybody with a browser of his own; the head of the county has a phone."""

    bureau: Bureau
    on_phone = "head"

    def item(self, login: str, node: str) -> Page:
        return self.visit(login, f"/worklist/items/{self.bureau.item(node)}")

    def operate(self, login: str, node: str, label: str) -> Page:
        """Opens the form of an operation the way people do: by the keyboard's m and the link."""
        page = self.item(login, node)
        page.locator("body").press("m")
        page.locator(".more-operations").get_by_role("link", name=label, exact=True).click()
        expect(page.locator(".operation")).to_be_visible()
        page.wait_for_load_state()
        return page

    def choose(self, page: Page, typed: str, name: str) -> None:
        """Finds a colleague by what is typed."""
        page.get_by_placeholder("输入姓名或拼音查找").press_sequentially(typed)
        expect(page.locator(".picker-found .form-check")).to_have_count(1)
        page.locator(".picker-found").get_by_text(name).click()

    def said(self, page: Page, text: str) -> None:
        expect(page.locator("#messages .note-success").first).to_contain_text(text)

    def decide(self, page: Page, opinion: str = "") -> None:
        if opinion:
            page.get_by_label("办理意见").fill(opinion)
        page.locator("button[name=decision]").first.click()
        expect(page.locator("#messages .note-success").first).to_be_visible()


@pytest.fixture
def house(
    web_engine: ProcessEngine, clock: FixedClock, password_hash: str, serve: Callable[[Flask], str],
    new_context: ContextMaker,
) -> House:  # fmt: skip
    bureau = Bureau(web_engine, clock, password_hash)
    bureau.prepare()
    bureau.deploy(drawing(signature="required"))
    return House(bureau, address=serve(create_app(web_engine, ROOMS)), browsers=new_context)


def test_a_paper_is_handed_over_asked_about_sent_back_held_and_signed(house: House) -> None:
    case = house.bureau.start()
    transferred(house)
    delegated_and_answered(house)
    signed_before(house)
    taken_back(house)
    sent_straight_back(house)
    copied_and_talked_about(house)
    held_and_let_go(house)
    house.decide(house.item("head", "sign"), "同意")
    assert house.bureau.state(case) == "completed"
    told_in_full(house.visit("admin", f"/worklist/cases/{case}"))


def transferred(house: House) -> None:
    page = house.operate("street", "ask", "转办")
    house.choose(page, "王", "王敏")
    page.get_by_label("转办的原因").fill("由县里直接办")
    page.get_by_role("button", name="转办").click()
    house.said(page, "已转办给王敏")


def delegated_and_answered(house: House) -> None:
    page = house.operate("clerk", "ask", "委派")
    house.choose(page, "李", "李强")
    page.get_by_label("请对方做什么").fill("请核实面积")
    page.get_by_role("button", name="委派").click()
    house.said(page, "已委派给李强")
    page = house.item("second", "ask")
    expect(page.locator(".brief")).to_contain_text("请核实面积")
    page.get_by_label("答复意见").fill("面积属实")
    page.get_by_role("button", name="答复").click()
    house.said(page, "已答复，此件回到交办人")


def signed_before(house: House) -> None:
    page = house.operate("clerk", "ask", "前加签")
    expect(page.locator(".operation")).to_contain_text("签完以后回到您这里")
    house.choose(page, "周", "周正")
    page.get_by_label("加签的原因").fill("请领导先看")
    page.get_by_role("button", name="前加签").click()
    house.said(page, "已请周正先签")
    house.decide(house.item("head", "ask"), "可以")
    page = house.item("clerk", "ask")
    expect(page.locator(".brief").last).to_contain_text("可以")
    house.decide(page, "请县里批准三间")


def taken_back(house: House) -> None:
    page = house.item("second", "check")
    sign(page)
    house.decide(page, "面积合理")
    page = house.visit("second", f"/worklist/items/{house.bureau.item('check', closed=True)}")
    page.locator(".more-operations summary").click()
    page.get_by_role("link", name="撤回").click()
    page.get_by_role("button", name="撤回").click()
    house.said(page, "已撤回")
    expect(page.get_by_label("办理意见")).to_have_value("面积合理")
    sign(page)
    house.decide(page, "面积合理，拟同意")


def sent_straight_back(house: House) -> None:
    page = house.operate("head", "sign", "退回")
    page.get_by_label("办理check").check()
    page.get_by_label("直达").check()
    page.get_by_label("退回的原因").fill("请写明楼层")
    page.get_by_role("button", name="退回").click()
    house.said(page, "改好后直接回到您这里")
    page = house.item("second", "check")
    expect(page.locator(".brief.note-warning")).to_contain_text("请写明楼层")
    expect(page.get_by_label("办理意见")).to_have_value("面积合理，拟同意")
    sign(page)
    house.decide(page, "三楼，拟同意")


def copied_and_talked_about(house: House) -> None:
    page = house.operate("head", "sign", "抄送")
    house.choose(page, "孙", "孙丽")
    page.get_by_role("button", name="抄送").click()
    house.said(page, "已抄送给孙丽")
    page.locator(".talk summary").click()
    page.get_by_label("说点什么").fill("平面图见附件")
    page.get_by_label("附件").set_input_files({"name": "平面图.png", "mimeType": "image/png", "buffer": drawn_plan()})
    page.get_by_role("button", name="留言", exact=True).click()
    house.said(page, "留言已保存")
    expect(page.locator(".timeline-files")).to_contain_text("平面图.png")


def held_and_let_go(house: House) -> None:
    page = house.visit("admin", "/operations/cases")
    page.get_by_role("link", name="挂起").click()
    page.get_by_label("理由").fill("等待上级批复")
    page.get_by_role("button", name="挂起").click()
    house.said(page, "已挂起")
    page = house.item("head", "sign")
    expect(page.locator("main")).to_contain_text("激活以后才能办理")
    page.locator(".more-operations summary").click()
    page.get_by_role("link", name="激活").click()
    page.get_by_label("理由").fill("已批复")
    page.get_by_role("button", name="激活").click()
    house.said(page, "已激活")


def told_in_full(page: Page) -> None:
    course = page.locator(".course")
    for told in ("转办给王敏", "委派给李强", "前加签给周正", "已撤回", "退回", "挂起", "激活", "抄送"):
        expect(course).to_contain_text(told)
    expect(course.locator("img.signature-picture").last).to_be_visible()
    expect(page.locator(".diagram")).to_have_attribute("data-drawn", "true")
    page.locator(".diagram-list summary").click()
    expect(page.locator(".diagram-list")).to_contain_text("三楼，拟同意")


def sign(page: Page) -> None:
    """Draws a line in the box to sign in."""
    box = page.locator("[data-signature] canvas")
    box.scroll_into_view_if_needed()
    place = box.bounding_box()
    assert place is not None
    page.mouse.move(place["x"] + 20, place["y"] + 60)
    page.mouse.down()
    page.mouse.move(place["x"] + 90, place["y"] + 20)
    page.mouse.move(place["x"] + 160, place["y"] + 70)
    page.mouse.up()
    expect(page.locator("[data-signature-status]")).to_have_text("已签名")


def drawn_plan() -> bytes:
    target = BytesIO()
    Image.new("RGB", (60, 40), "navy").save(target, "PNG")
    return target.getvalue()
