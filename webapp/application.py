"""The WSGI application: the shell and the rooms behind it."""

from collections.abc import Iterable
from typing import Any, Protocol

from flask import Blueprint, Flask

from engine.kernel.process_engine import ProcessEngine
from webapp import errors, login, navigation, numbers, rendering, security, visit


class Room(Protocol):
    """A package of the web: its routes, and what of them stands in the navigation."""

    blueprint: Blueprint
    NAVIGATION: tuple[navigation.Entry, ...]


LARGEST_REQUEST = 12 << 20


class _Pages(Flask):
    """Flask, except that what it logs of errors holds no message: that may be what somebody typed."""

    def log_exception(self, exc_info: Any) -> None:
        errors.note_failure(exc_info[1])


def create_app(engine: ProcessEngine, rooms: Iterable[Room]) -> Flask:
    """The WSGI application on an engine, with the rooms in the order of the navigation."""
    app = _Pages(__name__)
    app.config.update(
        SECRET_KEY=engine.settings.derived_key("session"),
        SESSION_COOKIE_NAME="__Host-session" if engine.settings.production else "session",
        SESSION_COOKIE_SECURE=engine.settings.production,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        MAX_CONTENT_LENGTH=LARGEST_REQUEST,
        MAX_FORM_MEMORY_SIZE=4 << 20,
        MAX_FORM_PARTS=5_000,
    )
    app.extensions[visit.EXTENSION] = engine
    app.url_map.converters["int"] = numbers.Number
    for part in (visit, login, security, errors, rendering):
        part.init_app(app)
    rooms = tuple(rooms)
    for room in rooms:
        app.register_blueprint(room.blueprint)
    navigation.init_app(app, tuple(entry for room in rooms for entry in room.NAVIGATION))
    return app
