"""What the shell does for every page: permissions, tokens, headers, errors, and forms that come back."""

from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace

import pytest
from flask import Blueprint, Flask, redirect, render_template_string
from flask.typing import ResponseReturnValue
from structlog.testing import capture_logs
from wtforms import StringField

from engine.kernel.clock import FixedClock
from engine.kernel.errors import Conflict, Invalid, NotFound, RuleViolation
from engine.kernel.process_engine import ProcessEngine
from forms.base import BaseForm
from forms.validators import required
from tests.visitor import Visitor
from webapp import auth, notifications
from webapp import public as public_room
from webapp.application import create_app
from webapp.binding import beside_fields, bind, status_of, submitted
from webapp.navigation import Entry
from webapp.permissions import officers, public, requires, signed_in

NewUser = Callable[..., int]

ERRORS = {
    "invalid": Invalid("请改一改。"),
    "rule": RuleViolation("不可以。", clause="第9条"),
    "conflict": Conflict("王芳 已于 09:00 办理。"),
    "missing": NotFound(),
    "broken": ValueError("secret 320102199001011234"),
}


class OpinionForm(BaseForm):
    opinion = StringField("意见", [required("请填写意见。")])


@pytest.fixture
def done() -> list[str]:
    """What the test pages have done."""
    return []


@pytest.fixture
def app(web_engine: ProcessEngine, done: list[str]) -> Flask:
    """The product with a room for these tests."""
    room = Blueprint("room", __name__, url_prefix="/room")

    @room.route("/opinion", methods=["GET", "POST"])
    @officers
    def opinion() -> ResponseReturnValue:
        form = bind(OpinionForm)
        if submitted(form):
            with beside_fields(form):
                if form.opinion.data == "坏":
                    raise Invalid(fields={"opinion": "换一个说法。"})
            if not form.errors:
                done.append(str(form.opinion.data))
                return redirect("/room/opinion")
        page = (
            '{% extends "officer.html" %}{% from "macros/forms.html" import error_summary, field, submit %}'
            '{% block content %}<form method="post">{{ csrf_field() }}{{ error_summary(form) }}'
            "{{ field(form.opinion) }}</form>{% endblock %}"
        )
        return render_template_string(page, form=form), status_of(form)

    @room.get("/county")
    @requires("county_head")
    def county() -> str:
        return "only for the head"

    @room.get("/everybody")
    @signed_in
    def everybody() -> str:
        return "all who are signed in"

    @room.get("/forgotten")
    def forgotten() -> str:
        return "nobody said who may see this"

    @room.get("/error/<name>")
    @public
    def error(name: str) -> str:
        raise ERRORS[name]

    entries = (
        Entry("room.opinion", "意见", section="测试", count=lambda session, actor: 3),
        Entry("room.county", "县级"),
    )
    own = SimpleNamespace(blueprint=room, NAVIGATION=entries)
    return create_app(web_engine, rooms=(public_room, auth, notifications, own))


def test_a_route_that_declares_nothing_is_refused_to_everybody(
    visitor: Visitor, new_user: NewUser, county: int
) -> None:
    assert visitor.get("/room/forgotten").status_code == 403
    new_user("wang", "王芳", ("county_head", county))
    visitor.sign_in("wang")
    assert visitor.get("/room/forgotten").status_code == 403


def test_pages_open_to_the_roles_they_name(app: Flask, new_user: NewUser, county: int) -> None:
    new_user("head", "王芳", ("county_head", county))
    new_user("clerk", "李强", ("county_clerk", county))
    new_user("applicant", "张三")
    answers = {}
    for login in ("head", "clerk", "applicant"):
        person = Visitor(app)
        person.sign_in(login)
        pages = ("/room/county", "/room/opinion", "/room/everybody")
        answers[login] = [person.get(page).status_code for page in pages]
    assert answers == {"head": [200, 200, 200], "clerk": [403, 200, 200], "applicant": [403, 403, 200]}


def test_a_permission_for_a_role_that_does_not_exist_cannot_be_declared() -> None:
    with pytest.raises(ValueError, match="no such role"):
        requires("county_hed")


def test_the_navigation_shows_only_what_opens(visitor: Visitor, new_user: NewUser, county: int) -> None:
    new_user("clerk", "李强", ("county_clerk", county))
    visitor.sign_in("clerk")
    visitor.get("/room/opinion")
    assert 'href="/room/opinion" aria-current="page"' in visitor.page
    assert '<span class="count">3</span>' in visitor.page
    assert "/room/county" not in visitor.page
    assert "云台县委社会工作部 · 县级社会工作部经办" in visitor.page


def test_a_post_without_a_token_or_with_another_browsers_does_nothing(
    app: Flask, visitor: Visitor, new_user: NewUser, county: int, done: list[str]
) -> None:
    new_user("clerk", "李强", ("county_clerk", county))
    visitor.sign_in("clerk")
    stranger = Visitor(app)
    stranger.get("/login")
    for token in ("", stranger.hidden()["_csrf"], "é"):
        answer = visitor.client.post("/room/opinion", data={"_csrf": token, "opinion": "同意"})
        assert answer.status_code == 403
    assert done == []


def test_a_form_whose_token_is_old_comes_back_filled_and_is_not_carried_out(
    visitor: Visitor, new_user: NewUser, county: int, done: list[str]
) -> None:
    new_user("clerk", "李强", ("county_clerk", county))
    visitor.sign_in("clerk")
    visitor.get("/room/opinion")
    answer = visitor.post("/room/opinion", {"opinion": "同意，材料齐全", "_csrf": "old"})
    assert answer.status_code == 409
    assert "您刚才填写的内容还在" in visitor.page
    visitor.post("/room/opinion")
    assert 'value="同意，材料齐全"' in visitor.page
    assert done == []
    visitor.post("/room/opinion", {"opinion": "同意，材料齐全"})
    assert done == ["同意，材料齐全"]


def test_an_expired_session_returns_to_the_form_with_what_was_typed(
    visitor: Visitor, new_user: NewUser, county: int, clock: FixedClock, done: list[str]
) -> None:
    new_user("clerk", "李强", ("county_clerk", county))
    visitor.sign_in("clerk")
    visitor.get("/room/opinion")
    clock.advance(timedelta(hours=1))
    answer = visitor.post("/room/opinion", {"opinion": "同意，材料齐全"})
    assert answer.status_code == 401
    assert "您填写的内容已保留" in visitor.page
    assert "同意，材料齐全" not in visitor.page  # it travels encrypted
    visitor.post("/login", {"login": "clerk", "password": "correct horse battery"})
    assert 'action="/room/opinion"' in visitor.page
    visitor.post("/room/opinion")
    assert 'value="同意，材料齐全"' in visitor.page
    assert done == []


def test_what_one_person_typed_is_not_shown_to_the_next_at_the_same_computer(
    visitor: Visitor, new_user: NewUser, county: int, clock: FixedClock
) -> None:
    new_user("clerk", "李强", ("county_clerk", county))
    new_user("head", "王芳", ("county_head", county))
    visitor.sign_in("clerk")
    visitor.get("/room/opinion")
    clock.advance(timedelta(hours=1))
    visitor.post("/room/opinion", {"opinion": "同意，材料齐全"})
    answer = visitor.post("/login", {"login": "head", "password": "correct horse battery"})
    assert answer.location == "/home"


def test_a_foreign_site_cannot_bring_a_form_back(visitor: Visitor, new_user: NewUser, county: int) -> None:
    new_user("clerk", "李强", ("county_clerk", county))
    visitor.sign_in("clerk")
    for headers in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
        answer = visitor.post("/room/opinion", {"opinion": "同意", "_csrf": ""}, headers=headers)
        assert answer.status_code == 403


def test_a_request_of_a_script_is_told_to_sign_in(visitor: Visitor) -> None:
    headers = {"HX-Request": "true", "HX-Current-URL": "http://localhost/room/opinion?page=2"}
    answer = visitor.get("/room/opinion", headers=headers)
    assert answer.status_code == 401
    assert answer.headers["HX-Redirect"] == "/login?next=/room/opinion?page%3D2"


def test_what_a_command_finds_wrong_stands_beside_the_field(
    visitor: Visitor, new_user: NewUser, county: int, done: list[str]
) -> None:
    new_user("clerk", "李强", ("county_clerk", county))
    visitor.sign_in("clerk")
    assert visitor.post("/room/opinion", {"opinion": "坏"}, page="/room/opinion").status_code == 422
    assert '<a href="#opinion">意见：换一个说法。</a>' in visitor.page
    assert 'aria-describedby="opinion-error"' in visitor.page
    assert 'aria-invalid="true"' in visitor.page
    assert done == []


@pytest.mark.parametrize(
    ("name", "status", "words"),
    [
        ("invalid", 422, "请改一改。"),
        ("rule", 422, "依据：第9条"),
        ("conflict", 409, "王芳 已于 09:00 办理。"),
        ("missing", 404, "没有找到"),
        ("broken", 500, "错误编号"),
    ],
)
def test_errors_are_said_in_words_with_the_right_status(visitor: Visitor, name: str, status: int, words: str) -> None:
    assert visitor.get(f"/room/error/{name}").status_code == status
    assert words in visitor.page
    fragment = visitor.get(f"/room/error/{name}", headers={"HX-Request": "true"})
    assert (fragment.status_code, fragment.headers["HX-Retarget"]) == (status, "#messages")
    assert "<html" not in visitor.page


def test_an_unexpected_error_shows_and_logs_nothing_of_what_was_typed(
    visitor: Visitor, caplog: pytest.LogCaptureFixture
) -> None:
    with capture_logs() as logged:
        visitor.get("/room/error/broken")
    assert [entry["event"] for entry in logged] == ["request_failed"]
    assert logged[0]["error_id"] in visitor.page
    assert "320102199001011234" not in f"{visitor.page}{logged}{caplog.text}"


def test_an_error_page_that_fails_itself_logs_nothing_of_what_was_typed(
    app: Flask, visitor: Visitor, caplog: pytest.LogCaptureFixture
) -> None:
    app.jinja_env.globals["navigation"] = None
    app.jinja_env.globals["asset"] = None
    with capture_logs() as logged:
        assert visitor.client.get("/room/error/broken").status_code == 500
    assert "request_failed" in [entry["event"] for entry in logged]
    assert "320102199001011234" not in f"{logged}{caplog.text}"


def test_every_answer_carries_the_security_headers(visitor: Visitor) -> None:
    for path in ("/", "/login", "/nothing", "/room/error/broken", "/room/forgotten"):
        headers = visitor.get(path).headers
        policy = headers["Content-Security-Policy"]
        assert "default-src 'self'" in policy
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert headers["X-Content-Type-Options"] == "nosniff"


def test_personal_pages_are_never_kept_by_a_cache(visitor: Visitor, new_user: NewUser) -> None:
    new_user("zhang", "张三")
    visitor.sign_in("zhang")
    assert visitor.get("/account/password").headers["Cache-Control"] == "no-store"
    assert visitor.get("/").headers["Cache-Control"] == "no-store"


def test_a_public_page_sets_no_cookie(app: Flask) -> None:
    assert "Set-Cookie" not in app.test_client().get("/").headers
