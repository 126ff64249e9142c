"""A county with a campaign that is open for registration, its pages, and people with accounts."""

import shutil
from collections.abc import Callable, Iterator
from copy import copy
from datetime import datetime
from pathlib import Path

import pytest
from flask import Flask

from engine import build_engine
from engine.kernel.clock import CHINA, FixedClock
from engine.kernel.settings import Settings
from engine.kernel.store import open_store
from tests.conftest import MASTER_KEY
from tests.databases import SqliteTemplate
from tests.pages import pages
from tests.process.office import Office
from tests.process.recruitment import Applicant, Recruitment
from tests.visitor import Visitor
from tests.web.applicant.people import give_password

START = datetime(2026, 11, 23, 9, 0, tzinfo=CHINA)
SignedIn = Callable[[Applicant], Visitor]


@pytest.fixture(scope="session")
def opened(sqlite_template: SqliteTemplate, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Recruitment]:
    """A campaign that is open for registration, made once and copied for each test."""
    folder = tmp_path_factory.mktemp("opened")
    address = sqlite_template.copy_to(folder / "opened.db")
    settings = Settings(data_folder=folder, database_url=address, master_key=MASTER_KEY, workflow_cache=0)
    store = open_store(address, settings.cipher())
    office = Office(settings, store, FixedClock(START))
    office.set_policy(openRatio=1, interviewRatio=2)
    recruitment = Recruitment(office).open()
    store.close()
    return folder / "opened.db", recruitment


@pytest.fixture
def recruitment(opened: tuple[Path, Recruitment], tmp_path: Path) -> Iterator[Recruitment]:
    """A campaign for three posts that is open for registration."""
    file, original = opened
    shutil.copyfile(file, tmp_path / "office.db")
    address = f"sqlite:///{tmp_path / 'office.db'}"
    settings = Settings(data_folder=tmp_path, database_url=address, master_key=MASTER_KEY, workflow_cache=0)
    store = open_store(address, settings.cipher())
    office, recruitment = copy(original.office), copy(original)
    office.clock = FixedClock(original.office.clock.now())
    office.engine = build_engine(settings, clock=office.clock, store=store)
    recruitment.office = office
    yield recruitment
    store.close()


@pytest.fixture
def office(recruitment: Recruitment) -> Office:
    """The county of that campaign."""
    return recruitment.office


@pytest.fixture
def app(office: Office) -> Flask:
    """The pages of that county."""
    return pages(office.engine)


@pytest.fixture
def signed_in(app: Flask, office: Office, password_hash: str) -> SignedIn:
    """A browser in which an applicant is signed in."""

    def enter(applicant: Applicant) -> Visitor:
        visitor = Visitor(app)
        login = give_password(office, applicant.actor, password_hash)
        assert visitor.sign_in(login).status_code == 302
        return visitor

    return enter


@pytest.fixture
def newcomer(app: Flask, office: Office, password_hash: str) -> Visitor:
    """Somebody with an account and no registration, signed in."""
    visitor = Visitor(app)
    visitor.sign_in(give_password(office, office.person("王芳"), password_hash))
    return visitor
