"""The pages, and somebody with a browser."""

import pytest
from flask import Flask

from engine.kernel.process_engine import ProcessEngine
from tests.visitor import Visitor


@pytest.fixture
def app(web_engine: ProcessEngine) -> Flask:
    """The whole product, on SQLite."""
    from webapp.application import create_app
    from webapp.rooms import ROOMS

    return create_app(web_engine, ROOMS)


@pytest.fixture
def visitor(app: Flask) -> Visitor:
    return Visitor(app)
