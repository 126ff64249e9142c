"""Who is signed in. Flask-Login keeps the person of the request; the session itself is ours and lives in the database.

What the browser holds, and Flask-Login takes for the id of the user, is the secret of that session: it changes at every
sign-in and is worth nothing once the session is over, by sign-out, password change, disabling or time.
"""

from dataclasses import dataclass

from flask import Flask, Response, request
from flask.sessions import SecureCookieSessionInterface, SessionMixin
from flask_login import LoginManager, login_user, logout_user

from engine.identity.sessions import TOUCH_AFTER, TouchSession, live_session, session_owner
from engine.identity.users import load_actor
from engine.kernel.actor import SYSTEM, Actor
from engine.kernel.clock import local_date
from webapp.visit import engine, reading

NOBODY = Actor(user_id=None, name="访客")
"""Who acts when nobody is signed in."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody in a session that holds."""

    actor: Actor
    secret: str
    is_authenticated: bool = True
    is_active: bool = True
    is_anonymous: bool = False

    def get_id(self) -> str:
        return self.secret


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody who is not signed in, and holds no role."""

    actor: Actor = NOBODY
    is_authenticated: bool = False
    is_active: bool = False
    is_anonymous: bool = True

    def get_id(self) -> None:
        return None


class _Cookie(SecureCookieSessionInterface):
    """Scripts and styles are the same for everybody: their answers do not depend on the cookie."""

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        if request.endpoint != "static":
            super().save_session(app, session, response)


def init_app(app: Flask) -> None:
    """Flask-Login on the sessions of the store."""
    app.session_interface = _Cookie()
    manager = LoginManager()
    manager.session_protection = None  # phones change their network address; the sessions have their own time-outs
    manager.anonymous_user = Visitor
    manager.user_loader(_person)
    manager.init_app(app)


def sign_in_as(secret: str) -> None:
    """The person of a session that was just opened is signed in with this browser."""
    person = _person(secret)
    if person is not None:
        login_user(person)


def forget_session() -> None:
    """Takes the session from the browser."""
    logout_user()


def owner_of(secret: str | None) -> int | None:
    """Whose session it is or was, as far as it is still known."""
    if not secret:
        return None
    with reading() as session:
        return session_owner(session, secret)


def _person(secret: str) -> Person | None:
    """The person of the session, if it holds; notes its use now and then."""
    now = engine().clock.now()
    with reading() as session:
        row = live_session(session, secret, now)
        person = Person(load_actor(session, row.user_id, local_date(now)), secret) if row else None
        stale = row is not None and row.seen_at + TOUCH_AFTER <= now
    if stale:
        engine().execute(TouchSession(secret), actor=SYSTEM)
    return person
