"""The shell in a real browser: the strict policy holds, keys work, photos shrink, diagrams show, forms come back."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Blueprint, Flask, Response, render_template_string, request
from flask.typing import ResponseReturnValue
from PIL import Image
from playwright.sync_api import Page, expect
from wtforms import RadioField, SelectField, StringField, TextAreaField

from engine.kernel.clock import FixedClock
from engine.kernel.process_engine import ProcessEngine
from engine.kernel.store import Store
from forms.base import BaseForm
from forms.fields import DocumentField, PhotoField
from forms.validators import required
from tests.browser.conftest import ContextMaker
from tests.browser.people import press
from tests.visitor import PASSWORD
from webapp import auth, notifications
from webapp import public as public_room
from webapp.application import create_app
from webapp.binding import bind, status_of, submitted
from webapp.due import due_of
from webapp.navigation import Entry
from webapp.permissions import officers

PAGE = (Path(__file__).parent / "shell_page.html").read_text(encoding="utf-8")
DIAGRAM = (Path(__file__).parent / "shell_diagram.bpmn").read_text(encoding="utf-8")


class EverythingForm(BaseForm):
    name = StringField("姓名", [required("请填写姓名。")], description="与身份证一致")
    kind = SelectField("岗位", choices=[("a", "综合岗"), ("b", "专职网格岗")])
    sex = RadioField("性别", [required("请选择性别。")], choices=[("m", "男"), ("f", "女")])
    remark = TextAreaField("说明")
    photo = PhotoField("照片")
    diploma = DocumentField("学历证书")


@pytest.fixture
def sent() -> list[dict[str, Any]]:
    """What reached the server."""
    return []


@pytest.fixture
def address(
    web_engine: ProcessEngine, sent: list[dict[str, Any]], serve: Callable[[Flask], str], new_officer: None
) -> str:
    """Address of the shell with one page that holds every part."""
    room = Blueprint("room", __name__, url_prefix="/room")

    @room.route("/", methods=["GET", "POST"])
    @officers
    def everything() -> ResponseReturnValue:
        form = bind(EverythingForm)
        if submitted(form):
            sent.append({**form.data, "photo": form.photo.data and form.photo.data.read()})
        now = datetime.now(UTC)
        due = due_of(now + timedelta(days=2), now, workdays=2)
        return render_template_string(PAGE, form=form, due=due, soon=now + timedelta(days=1, hours=3)), status_of(form)

    @room.post("/draft")
    @officers
    def draft() -> tuple[str, int]:
        sent.append({"draft": request.form["remark"]})
        return "", 204

    @room.get("/diagram")
    @officers
    def diagram() -> Response:
        return Response(DIAGRAM, mimetype="application/xml")

    @room.post("/part")
    @officers
    def part() -> tuple[str, int]:
        return "<p>意见太短，请写明理由。</p>", 422

    entries = (Entry("room.everything", "待办", section="我的工作", count=lambda session, actor: 12),)
    mine = SimpleNamespace(blueprint=room, NAVIGATION=entries)
    return serve(create_app(web_engine, rooms=(public_room, auth, notifications, mine)))


def test_every_part_of_a_page_works_under_the_strict_policy(address: str, new_context: ContextMaker) -> None:
    page = _signed_in(new_context(address))
    expect(page.locator("[data-drawn]")).to_be_visible()
    expect(page.locator(".bjs-powered-by")).to_be_visible()
    expect(page.locator("[data-chart] svg")).to_be_visible()
    expect(page.get_by_text("距截止还有 1 天")).to_be_visible()
    expect(page.locator(".djs-element.mark-current")).to_have_count(1)


def test_keys_walk_the_rows_and_are_listed(address: str, new_context: ContextMaker) -> None:
    page = _signed_in(new_context(address))
    press(page, "j", "j")
    expect(page.locator("tr.selected")).to_contain_text("李强")
    press(page, "x")
    expect(page.locator("tr.selected input")).to_be_checked()
    press(page, "?")
    expect(page.locator("#shortcuts")).to_contain_text("提交审核")
    press(page, "Escape", "/")
    page.keyboard.type("jx?")
    expect(page.locator("#search")).to_have_value("jx?")


def test_a_photo_is_cropped_and_compressed_before_it_travels(
    address: str, new_context: ContextMaker, sent: list[dict[str, Any]]
) -> None:
    page = _signed_in(new_context(address))
    _fill(page)
    photo = {"name": "large.png", "mimeType": "image/png", "buffer": _large_photo()}
    page.locator("input[name=photo]").set_input_files(photo)
    page.get_by_role("button", name="用这张照片").click()
    expect(page.locator("[data-photo-status]")).to_contain_text("已裁剪压缩为")
    page.get_by_role("button", name="提交审核").click()
    expect(page.locator("h1")).to_be_visible()
    received = sent[-1]["photo"]
    assert len(received) <= 20 * 1024
    assert Image.open(BytesIO(received)).format == "JPEG"


def test_a_file_that_is_no_photo_is_refused_with_what_to_do(address: str, new_context: ContextMaker) -> None:
    page = _signed_in(new_context(address))
    photo = {"name": "fake.png", "mimeType": "image/png", "buffer": b"<script>"}
    page.locator("input[name=photo]").set_input_files(photo)
    expect(page.get_by_text("不是能打开的照片")).to_be_visible()


def test_a_draft_saves_itself(address: str, new_context: ContextMaker, sent: list[dict[str, Any]]) -> None:
    page = _signed_in(new_context(address))
    page.get_by_label("说明").fill("写到一半")
    expect(page.get_by_text("草稿已保存")).to_be_visible()
    assert sent == [{"draft": "写到一半"}]


def test_an_answer_with_an_error_is_shown_by_htmx(address: str, new_context: ContextMaker) -> None:
    page = _signed_in(new_context(address))
    page.get_by_role("button", name="检查意见").click()
    expect(page.get_by_text("意见太短，请写明理由。")).to_be_visible()


def test_the_error_summary_leads_to_the_field(address: str, new_context: ContextMaker) -> None:
    page = _signed_in(new_context(address))
    page.get_by_role("button", name="提交审核").click()
    expect(page.locator(".error-summary")).to_be_focused()
    page.get_by_role("link", name="姓名：请填写姓名。").click()
    expect(page.get_by_label("姓名")).to_be_focused()


def test_after_an_expired_session_the_form_is_there_as_it_was_typed(
    address: str, new_context: ContextMaker, clock: FixedClock, sent: list[dict[str, Any]]
) -> None:
    page = _signed_in(new_context(address))
    _fill(page)
    clock.advance(timedelta(hours=1))
    page.get_by_role("button", name="提交审核").click()
    expect(page.get_by_text("您填写的内容已保留")).to_be_visible()
    _sign_in(page)
    expect(page.get_by_label("姓名")).to_have_value("王小虎")
    expect(page.get_by_label("男")).to_be_checked()
    assert sent == []


def test_pages_fit_a_phone(address: str, new_context: ContextMaker) -> None:
    page = new_context(address, phone=True)
    for path in ("/", "/login", "/register", "/privacy"):
        page.goto(path)
        assert _overflow(page) == 0, path
    _signed_in(page)
    assert _overflow(page) == 0


def _overflow(page: Page) -> int:
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


def _fill(page: Page) -> None:
    page.get_by_label("姓名").fill("王小虎")
    page.get_by_label("男").check()


def _signed_in(page: Page) -> Page:
    page.goto("/login?next=/room/")
    _sign_in(page)
    expect(page.get_by_role("heading", name="资格初审")).to_be_visible()
    page.wait_for_load_state()
    return page


def _sign_in(page: Page) -> None:
    page.get_by_label("登录名或手机号码").fill("wang")
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()


def _large_photo() -> bytes:
    picture = Image.effect_noise((1600, 2000), 60).convert("RGB")
    buffer = BytesIO()
    picture.save(buffer, "PNG")
    return buffer.getvalue()


@pytest.fixture
def new_officer(new_user: Callable[..., int], county: int, web_store: Store) -> None:
    new_user("wang", "王芳", ("county_reviewer", county), ("county_clerk", county))
