"""A browser without a screen: it keeps cookies and sends the token of the page it looks at, as a real one does."""

import re
from collections.abc import Callable, Iterator
from html import unescape
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from engine.identity.organisations import OrganisationKind, add_organisation
from engine.identity.passwords import hash_password
from engine.identity.users import RoleMembership, User
from engine.kernel.clock import FixedClock
from engine.kernel.process_engine import ProcessEngine
from engine.kernel.settings import Settings
from engine.kernel.store import Store, open_store
from webapp import create_app

PASSWORD = "correct horse battery"
_HIDDEN = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)">')


class Visitor:
    """Somebody with a browser."""

    def __init__(self, app: Flask) -> None:
        self.client = app.test_client()
        self.page = ""

    def get(self, path: str, **more: Any) -> TestResponse:
        return self._look(self.client.get(path, **more))

    def post(
        self, path: str, data: dict[str, Any] | None = None, *, page: str | None = None, **more: Any
    ) -> TestResponse:
        """Sends the form of the page looked at last, or of `page`, with its hidden fields."""
        if page is not None:
            self.get(page)
        headers = {"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin", **more.pop("headers", {})}
        return self._look(self.client.post(path, data={**self.hidden(), **(data or {})}, headers=headers, **more))

    def hidden(self) -> dict[str, str]:
        """Hidden fields of the last form of the page; tokens of the page's other forms are the same."""
        return {name: unescape(value) for name, value in _HIDDEN.findall(self.page)}

    def sign_in(self, login: str, password: str = PASSWORD, **more: Any) -> TestResponse:
        return self.post("/login", {"login": login, "password": password, **more}, page="/login")

    def _look(self, response: TestResponse) -> TestResponse:
        self.page = response.get_data(as_text=True) if response.mimetype == "text/html" else ""
        return response


@pytest.fixture(scope="session")
def password_hash() -> str:
    return hash_password(PASSWORD)


@pytest.fixture
def web_settings(settings_for: Callable[[str], Settings], sqlite_url: str) -> Settings:
    return settings_for(sqlite_url)


@pytest.fixture
def web_store(sqlite_url: str, web_settings: Settings) -> Iterator[Store]:
    store = open_store(sqlite_url, web_settings.cipher())
    yield store
    store.close()


@pytest.fixture
def engine(web_settings: Settings, web_store: Store, clock: FixedClock) -> ProcessEngine:
    """An engine without processes: the shell needs none."""
    return ProcessEngine(web_settings, web_store, clock, {})


@pytest.fixture
def app(engine: ProcessEngine) -> Flask:
    return create_app(engine)


@pytest.fixture
def visitor(app: Flask) -> Visitor:
    return Visitor(app)


@pytest.fixture
def county(web_store: Store) -> int:
    """A county of one unit."""
    with web_store.session() as session, session.begin():
        return add_organisation(session, OrganisationKind.COUNTY, "320000", "云台县委社会工作部").id


@pytest.fixture
def new_user(web_store: Store, clock: FixedClock, password_hash: str) -> Callable[..., int]:
    """Makes an account: new_user("wang", "王芳", ("county_clerk", county))."""

    def make(login: str, name: str, *memberships: tuple[str, int]) -> int:
        with web_store.session() as session, session.begin():
            user = User(login=login, name=name, password_hash=password_hash, created_at=clock.now())
            session.add(user)
            session.flush()
            session.add_all(
                RoleMembership(user_id=user.id, role=role, organisation_id=organisation)
                for role, organisation in memberships
            )
            return user.id

    return make
