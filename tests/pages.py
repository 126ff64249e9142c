"""The pages of the product, made once for all tests of a session: only the engine behind them changes."""

from flask import Flask

from engine.kernel.process_engine import ProcessEngine
from webapp.application import create_app
from webapp.rooms import ROOMS
from webapp.visit import EXTENSION

_made: list[Flask] = []


def pages(engine: ProcessEngine) -> Flask:
    """The pages on an engine, whichever had them before; settings of tests differ in nothing that pages keep."""
    if not _made:
        _made.append(create_app(engine, ROOMS))
    app = _made[0]
    assert app.secret_key == engine.settings.derived_key("session")
    app.extensions[EXTENSION] = engine
    return app
