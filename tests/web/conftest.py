"""The pages, and somebody with a browser."""

import pytest
from flask import Flask

from engine.kernel.process_engine import ProcessEngine
from tests.pages import pages
from tests.visitor import SignIn, Visitor


@pytest.fixture
def app(web_engine: ProcessEngine) -> Flask:
    """The whole product, on SQLite."""

    return pages(web_engine)


@pytest.fixture
def visitor(app: Flask) -> Visitor:
    return Visitor(app)


@pytest.fixture
def sign_in(app: Flask) -> SignIn:
    """Somebody of the test's county with a browser, by sign-in name."""

    def enter(login: str) -> Visitor:
        visitor = Visitor(app)
        assert visitor.sign_in(login).status_code == 302
        return visitor

    return enter
