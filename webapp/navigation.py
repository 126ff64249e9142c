"""The left navigation of officers and the tabs of applicants: each room of the web names its own entries."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import Flask, current_app, request, url_for
from sqlalchemy.orm import Session

from engine.kernel.actor import Actor
from webapp.permissions import permission_of
from webapp.visit import actor, reading, signed_in_actor

_EXTENSION = "shegong_navigation"


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the navigation, shown to those who may open its page."""

    endpoint: str
    label: str
    section: str = ""
    """Heading it stands under, such as 我的工作."""
    count: Callable[[Session, Actor], int] | None = None
    """How many things wait there; must be cheap, it runs for every page."""
    applicant: bool = False
    """Stands among the applicant's tabs instead of the officer's navigation."""


@dataclass(frozen=True, slots=True)
class Line:
    """An entry as the page shows it."""

    label: str
    section: str
    href: str
    current: bool
    count: int | None


def init_app(app: Flask, entries: tuple[Entry, ...]) -> None:
    """Keeps the entries of all rooms in the order of the rooms."""
    app.extensions[_EXTENSION] = entries


def lines() -> list[Line]:
    """The entries that this person may open: an officer's or, without any role, an applicant's."""
    person = signed_in_actor()
    if person is None:
        return []
    wanted = [
        entry for entry in _entries() if entry.applicant is not bool(person.memberships) and _open_to(entry, person)
    ]
    with reading() as session:
        return [_line(entry, session) for entry in wanted]


def _entries() -> tuple[Entry, ...]:
    entries: tuple[Entry, ...] = current_app.extensions[_EXTENSION]
    return entries


def _open_to(entry: Entry, person: Actor) -> bool:
    permission = permission_of(current_app, entry.endpoint)
    return permission is not None and permission.allows(person)


def _line(entry: Entry, session: Session) -> Line:
    count = entry.count(session, actor()) if entry.count else None
    return Line(entry.label, entry.section, url_for(entry.endpoint), entry == _nearest(request.endpoint or ""), count)


def _nearest(endpoint: str) -> Entry | None:
    """The entry of this page, else the one whose address it lies below, else the first of its room."""
    room = [entry for entry in _entries() if entry.endpoint.split(".")[0] == endpoint.split(".", maxsplit=1)[0]]
    exact = [entry for entry in room if entry.endpoint == endpoint]
    above = [entry for entry in room if f"{request.path}/".startswith(f"{url_for(entry.endpoint).rstrip('/')}/")]
    above.sort(key=lambda entry: len(url_for(entry.endpoint)), reverse=True)
    return next(iter([*exact, *above, *room]), None)
