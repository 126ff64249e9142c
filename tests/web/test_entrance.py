"""Coming in, staying in and going out."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from flask import Flask
from sqlalchemy import select

from engine.identity.sessions import SignInSession
from engine.identity.users import User
from engine.kernel.clock import FixedClock
from engine.kernel.process_engine import ProcessEngine
from engine.kernel.store import Store
from tests.visitor import PASSWORD, Visitor

NewUser = Callable[..., int]


def test_a_visitor_is_sent_to_sign_in_and_then_to_the_page_he_wanted(visitor: Visitor, new_user: NewUser) -> None:
    new_user("wang", "王芳")
    assert visitor.get("/account/password").location == "/login?next=/account/password"
    visitor.get("/login?next=/account/password")
    answer = visitor.post("/login", {"login": "wang", "password": PASSWORD})
    assert (answer.status_code, answer.location) == (302, "/account/password")


def test_nobody_is_led_to_another_site_after_signing_in(visitor: Visitor, new_user: NewUser) -> None:
    new_user("wang", "王芳")
    for address in ("https://evil.example", "//evil.example", "/\\evil.example", "/%0d%0a//x\r\n"):
        answer = visitor.sign_in("wang", next=address)
        assert answer.location == "/home"
        visitor.post("/logout", page="/account/password")


def test_a_wrong_password_and_an_unknown_name_read_the_same(visitor: Visitor, new_user: NewUser) -> None:
    new_user("wang", "王芳")
    wrong = visitor.sign_in("wang", "not the password")
    page = visitor.page
    unknown = visitor.sign_in("nobody", "not the password")
    assert wrong.status_code == unknown.status_code == 422
    assert "登录名或密码不正确" in page
    assert "登录名或密码不正确" in visitor.page


def test_guessing_is_slowed_down_for_known_and_unknown_names_alike(
    app: Flask, new_user: NewUser, clock: FixedClock
) -> None:
    new_user("wang", "王芳")
    for login in ("wang", "nobody"):
        guesser = Visitor(app)
        statuses = [guesser.sign_in(login, f"guess {number}").status_code for number in range(6)]
        assert statuses == [422] * 5 + [429]
    assert Visitor(app).sign_in("wang").status_code == 429  # even with the right password
    clock.advance(timedelta(minutes=2))
    assert Visitor(app).sign_in("wang").status_code == 302


def test_the_wait_grows_with_every_further_failure(app: Flask, new_user: NewUser, clock: FixedClock) -> None:
    new_user("wang", "王芳")
    guesser = Visitor(app)
    for _ in range(5):
        guesser.sign_in("wang", "guess")
    clock.advance(timedelta(seconds=61))
    assert guesser.sign_in("wang", "guess").status_code == 422
    clock.advance(timedelta(seconds=61))
    assert guesser.sign_in("wang", "guess").status_code == 429
    clock.advance(timedelta(seconds=61))
    assert guesser.sign_in("wang", "guess").status_code == 422


def test_a_disabled_account_cannot_sign_in_and_loses_its_session(
    visitor: Visitor, app: Flask, new_user: NewUser, web_store: Store
) -> None:
    user_id = new_user("wang", "王芳")
    visitor.sign_in("wang")
    with web_store.session() as session, session.begin():
        session.get_one(User, user_id).active = False
    assert visitor.get("/account/password").status_code == 302
    assert Visitor(app).sign_in("wang").status_code == 422


def test_a_session_ends_after_half_an_hour_without_use(visitor: Visitor, new_user: NewUser, clock: FixedClock) -> None:
    new_user("wang", "王芳")
    visitor.sign_in("wang")
    clock.advance(timedelta(minutes=29))
    assert visitor.get("/account/password").status_code == 200
    clock.advance(timedelta(minutes=29))
    assert visitor.get("/account/password").status_code == 200
    clock.advance(timedelta(minutes=31))
    assert visitor.get("/account/password").status_code == 302


def test_a_session_ends_after_twelve_hours_even_in_use(visitor: Visitor, new_user: NewUser, clock: FixedClock) -> None:
    new_user("wang", "王芳")
    visitor.sign_in("wang")
    for _ in range(35):
        clock.advance(timedelta(minutes=20))
        assert visitor.get("/account/password").status_code == 200
    clock.advance(timedelta(minutes=20))
    assert visitor.get("/account/password").status_code == 302


def test_signing_out_ends_the_session_on_the_server(
    visitor: Visitor, app: Flask, new_user: NewUser, web_store: Store
) -> None:
    new_user("wang", "王芳")
    visitor.sign_in("wang")
    stolen = visitor.client.get_cookie("session")
    assert stolen is not None
    visitor.post("/logout", page="/account/password")
    thief = Visitor(app)
    thief.client.set_cookie("session", stolen.value)
    assert thief.get("/account/password").status_code == 302
    with web_store.reading() as session:
        assert session.scalars(select(SignInSession)).all() == []


def test_every_sign_in_has_a_secret_of_its_own_and_only_its_digest_is_stored(
    visitor: Visitor, app: Flask, new_user: NewUser, web_store: Store
) -> None:
    new_user("wang", "王芳")
    secrets = set()
    for browser in (visitor, Visitor(app)):
        browser.sign_in("wang")
        cookie = browser.client.get_cookie("session")
        assert cookie is not None
        assert cookie.http_only
        with browser.client.session_transaction() as kept:
            secrets.add(kept["_user_id"])
    with web_store.reading() as session:
        assert len(secrets) == 2
        assert not secrets & {row.digest for row in session.scalars(select(SignInSession))}


def test_a_secret_that_was_made_up_opens_nothing(visitor: Visitor, new_user: NewUser) -> None:
    user = new_user("wang", "王芳")
    with visitor.client.session_transaction() as kept:
        kept["_user_id"] = str(user)
    assert visitor.get("/account/password").status_code == 302


def test_a_new_password_signs_out_every_other_browser(visitor: Visitor, app: Flask, new_user: NewUser) -> None:
    new_user("wang", "王芳")
    other = Visitor(app)
    other.sign_in("wang")
    visitor.sign_in("wang")
    typed = {"old": PASSWORD, "new": "an evening in may", "repeated": "an evening in may"}
    assert visitor.post("/account/password", typed, page="/account/password").status_code == 302
    assert visitor.get("/account/password").status_code == 200
    assert other.get("/account/password").status_code == 302
    assert other.sign_in("wang").status_code == 422
    assert other.sign_in("wang", "an evening in may").status_code == 302


def test_a_wrong_old_password_changes_nothing(visitor: Visitor, new_user: NewUser) -> None:
    new_user("wang", "王芳")
    visitor.sign_in("wang")
    typed = {"old": "wrong", "new": "an evening in may", "repeated": "an evening in may"}
    assert visitor.post("/account/password", typed, page="/account/password").status_code == 422
    assert "原密码不正确" in visitor.page


def test_an_applicant_registers_and_is_signed_in(visitor: Visitor, web_engine: ProcessEngine) -> None:
    answer = _register(visitor)
    assert (answer, visitor.get("/account/password").status_code) == (302, 200)
    with web_engine.reading() as session:
        user = session.scalars(select(User)).one()
        assert (user.name, user.phone) == ("李小龙", "13800001111")


def test_the_phone_number_stands_nowhere_in_the_database_file(visitor: Visitor, tmp_path: Path) -> None:
    _register(visitor)
    stored = b"".join(path.read_bytes() for path in tmp_path.glob("test.db*"))
    assert b"13800001111" not in stored
    assert "李小龙".encode() in stored  # the search itself works


def test_registering_says_at_each_field_what_to_do(visitor: Visitor) -> None:
    typed = {"name": "李", "phone": "12345", "password": "12345678", "repeated": "1"}
    assert visitor.post("/register", typed, page="/register").status_code == 422
    for message in ("请填写身份证上的姓名", "请填写 11 位手机号码", "两次输入的密码不一致", "请阅读并同意"):
        assert message in visitor.page
    assert 'value="12345"' in visitor.page  # nothing typed is lost
    assert 'href="#phone"' in visitor.page  # the summary leads to the field


def test_a_common_password_is_not_accepted(visitor: Visitor) -> None:
    assert _register(visitor, password="88888888") == 422
    assert "太常见" in visitor.page


def test_a_phone_number_registers_once(visitor: Visitor, app: Flask) -> None:
    _register(visitor)
    other = Visitor(app)
    assert _register(other) == 422
    assert "不能用这个手机号码注册" in other.page


def test_a_double_click_registers_once_and_succeeds_twice(visitor: Visitor) -> None:
    visitor.get("/register")
    sent = visitor.hidden()
    assert _register(visitor, page=None) == 302
    visitor.client.delete_cookie("session")
    visitor.page = "".join(f'<input type="hidden" name="{name}" value="{value}">' for name, value in sent.items())
    assert _register(visitor, page=None) == 302


def test_a_flood_of_registrations_is_stopped(visitor: Visitor) -> None:
    visitor.get("/register")
    statuses = {visitor.post("/register").status_code for _ in range(61)}
    assert statuses == {422, 429}


def _register(visitor: Visitor, *, password: str = "lovely river", page: str | None = "/register") -> int:
    typed = {"name": "李小龙", "phone": "138 0000 1111", "password": password, "repeated": password, "consent": "y"}
    return visitor.post("/register", typed, page=page).status_code
