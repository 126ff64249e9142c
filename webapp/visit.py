"""The visit: who opened this page, with which session, and the doors to the engine that every view uses."""

import hashlib
import hmac
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar, cast

from flask import Flask, Request, Response, current_app, g, request
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.identity.organisations import Organisation
from engine.identity.sessions import TOUCH_AFTER, TouchSession, live_session, session_owner
from engine.identity.users import load_actor
from engine.kernel.actor import SYSTEM, Actor
from engine.kernel.command import Command
from engine.kernel.errors import NotFound
from engine.kernel.process_engine import ProcessEngine

Answer = TypeVar("Answer")
Found = TypeVar("Found")

EXTENSION = "shegong"
VISITOR = Actor(user_id=None, name="访客")
"""Who acts when nobody is signed in."""
_LONGEST_KEY = 64


@dataclass
class Visit:
    """One request: the session's secret and the person it belongs to."""

    token: str | None = None
    visitor: str | None = None
    actor: Actor | None = None
    cookies: dict[str, str | None] = field(default_factory=dict)
    """Cookies to set with the answer; None removes one."""


def engine() -> ProcessEngine:
    """The engine of this installation."""
    return cast(ProcessEngine, current_app.extensions[EXTENSION])


def visit() -> Visit:
    """The visit of this request."""
    return cast(Visit, g.visit)


def actor() -> Actor:
    """Who acts; a visitor without any role when nobody is signed in."""
    return visit().actor or VISITOR


def execute(command: Command[Answer]) -> Answer:
    """Runs a command as the person of this visit. A form sent twice has one effect, by the key its page was given."""
    typed = request.form.get("_key", "")[:_LONGEST_KEY]
    key = None
    if typed:
        scope = f"{actor().user_id}|{request.endpoint}|{typed}|{type(command).__name__}"
        key = hashlib.sha256(scope.encode()).hexdigest()
    return engine().execute(command, actor=actor(), idempotency_key=key)


@contextmanager
def reading() -> Iterator[Session]:
    """A session for the queries of a page."""
    with engine().reading() as session:
        yield session


def found(value: Found | None) -> Found:
    """The value, or 404: what does not exist and what the person may not see answer alike."""
    if value is None:
        raise NotFound()
    return value


def csrf_token() -> str:
    """Token that proves a form came from a page of ours shown to this browser."""
    current = visit()
    if current.token is None and current.visitor is None:
        current.visitor = secrets.token_urlsafe(16)
        current.cookies[cookie_name("visitor")] = current.visitor
    bound_to = f"session:{current.token}" if current.token else f"visitor:{current.visitor}"
    return hmac.new(engine().settings.derived_key("csrf"), bound_to.encode(), hashlib.sha256).hexdigest()


def csrf_holds() -> bool:
    """Whether an unsafe request carries the token of this browser."""
    sent = request.headers.get("X-CSRF-Token") or request.form.get("_csrf") or ""
    known = visit().token or visit().visitor
    return bool(known) and hmac.compare_digest(sent.encode(), csrf_token().encode())


def same_origin(asked: Request) -> bool:
    """Whether the browser says that a page of ours sent the request."""
    site = asked.headers.get("Sec-Fetch-Site")
    return asked.headers.get("Origin") == asked.host_url.rstrip("/") and site in {None, "same-origin"}


def cookie_name(name: str) -> str:
    """Browsers send a __Host- cookie only over https and only to this very host."""
    return f"__Host-{name}" if engine().settings.production else name


def sign_in_as(token: str) -> None:
    """Gives the browser a new session and forgets the old one."""
    current = visit()
    current.token = token
    current.cookies[cookie_name("session")] = token
    _load(current)


def forget_session() -> None:
    """Takes the session from the browser."""
    visit().token, visit().actor = None, None
    visit().cookies[cookie_name("session")] = None


def expired_user(token: str | None) -> int | None:
    """Whose session it was that is over, as far as it is still known."""
    if not token:
        return None
    with reading() as session:
        return session_owner(session, token)


def held_roles() -> list[tuple[str, str]]:
    """(organisation, role id) pairs of the person, for the top bar."""
    person = actor()
    with reading() as session:
        query = select(Organisation.id, Organisation.name)
        wanted = {membership.organisation_id for membership in person.memberships}
        names = {row.id: row.name for row in session.execute(query.where(Organisation.id.in_(wanted)))}
    return sorted((names.get(m.organisation_id, ""), m.role) for m in person.memberships)


def init_app(app: Flask) -> None:
    """Loads the visit before, and sets its cookies after, every request."""
    app.before_request(_begin)
    app.after_request(_set_cookies)


def _begin() -> None:
    g.visit = Visit(
        token=request.cookies.get(cookie_name("session")), visitor=request.cookies.get(cookie_name("visitor"))
    )
    if visit().token and request.endpoint != "static":
        _load(visit())


def _load(current: Visit) -> None:
    """Finds the person of the session; notes its use now and then."""
    now = engine().clock.now()
    with reading() as session:
        row = live_session(session, current.token or "", now)
        current.actor = load_actor(session, row.user_id) if row else None
        stale = row is not None and row.seen_at + TOUCH_AFTER <= now
    if stale:
        engine().execute(TouchSession(current.token or ""), actor=SYSTEM)


def _set_cookies(response: Response) -> Response:
    for name, value in getattr(g, "visit", Visit()).cookies.items():
        settings: dict[str, Any] = {"secure": engine().settings.production, "httponly": True, "samesite": "Lax"}
        if value is None:
            response.delete_cookie(name, **settings)
        else:
            response.set_cookie(name, value, **settings)
    return response
