"""The visit: who opened this page, and the doors to the engine that every view uses."""

import hashlib
import hmac
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar, cast

from flask import Flask, Request, Response, current_app, g, request
from flask import session as cookie
from flask_login import current_user
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.identity.organisations import Organisation
from engine.kernel.actor import Actor
from engine.kernel.command import Command
from engine.kernel.errors import NotFound
from engine.kernel.process_engine import ProcessEngine
from engine.workflow.notifications import unread_count

Answer = TypeVar("Answer")
Found = TypeVar("Found")

EXTENSION = "shegong"
_LONGEST_KEY = 64


@dataclass
class Visit:
    """One request of a browser."""

    visitor: str | None = None
    """What its forms are bound to before anybody signs in."""
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
    return cast(Actor, current_user.actor)


def signed_in_actor() -> Actor | None:
    """Who is signed in; None for a visitor."""
    return actor() if current_user.is_authenticated else None


def session_secret() -> str | None:
    """The secret of the session this browser shows, also of one that is over."""
    return cast("str | None", cookie.get("_user_id"))


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
    current, secret = visit(), session_secret()
    if secret is None and current.visitor is None:
        current.visitor = secrets.token_urlsafe(16)
        current.cookies[cookie_name("visitor")] = current.visitor
    bound_to = f"session:{secret}" if secret else f"visitor:{current.visitor}"
    return hmac.new(engine().settings.derived_key("csrf"), bound_to.encode(), hashlib.sha256).hexdigest()


def person_mark() -> str:
    """Tells one person's pages from another's in the same browser, without naming him; empty for a visitor."""
    someone = signed_in_actor()
    if someone is None:
        return ""
    key = engine().settings.derived_key("person-mark")
    return hmac.new(key, str(someone.user_id).encode(), hashlib.sha256).hexdigest()[:16]


def csrf_holds() -> bool:
    """Whether an unsafe request carries the token of this browser."""
    sent = request.headers.get("X-CSRF-Token") or request.form.get("_csrf") or ""
    known = session_secret() or visit().visitor
    return bool(known) and hmac.compare_digest(sent.encode(), csrf_token().encode())


def same_origin(asked: Request) -> bool:
    """Whether the browser says that a page of ours sent the request."""
    site = asked.headers.get("Sec-Fetch-Site")
    return asked.headers.get("Origin") == asked.host_url.rstrip("/") and site in {None, "same-origin"}


def cookie_name(name: str) -> str:
    """Browsers send a __Host- cookie only over https and only to this very host."""
    return f"__Host-{name}" if engine().settings.production else name


def held_roles() -> list[tuple[str, str]]:
    """(organisation, role id) pairs of the person, for the top bar."""
    person = actor()
    with reading() as session:
        query = select(Organisation.id, Organisation.name)
        wanted = {membership.organisation_id for membership in person.memberships}
        names = {row.id: row.name for row in session.execute(query.where(Organisation.id.in_(wanted)))}
    return sorted((names.get(m.organisation_id, ""), m.role) for m in person.memberships)


def unread_messages() -> int:
    """How many messages the person has not read, for the bell of every page."""
    with reading() as session:
        return unread_count(session, actor())


def init_app(app: Flask) -> None:
    """Notes the visit before, and sets its cookies after, every request."""
    app.before_request(_begin)
    app.after_request(_set_cookies)


def _begin() -> None:
    g.visit = Visit(visitor=request.cookies.get(cookie_name("visitor")))


def _set_cookies(response: Response) -> Response:
    for name, value in getattr(g, "visit", Visit()).cookies.items():
        settings: dict[str, Any] = {"secure": engine().settings.production, "httponly": True, "samesite": "Lax"}
        if value is None:
            response.delete_cookie(name, **settings)
        else:
            response.set_cookie(name, value, **settings)
    return response
