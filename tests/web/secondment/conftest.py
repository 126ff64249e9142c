"""A community whose people sign in with browsers; nothing is played but what a test plays."""

import pytest
from flask import Flask
from sqlalchemy import update

from engine.identity.users import User
from engine.kernel.clock import FixedClock
from engine.kernel.command import CommandContext
from engine.kernel.settings import Settings
from engine.kernel.store import Store
from tests.pages import pages
from tests.process.office import Office
from tests.process.secondment.village import Village


@pytest.fixture
def village(web_settings: Settings, web_store: Store, clock: FixedClock, password_hash: str) -> Village:
    office = Office(web_settings, web_store, clock)
    village = Village(office)

    def give_passwords(context: CommandContext) -> None:
        context.session.execute(update(User).values(password_hash=password_hash))

    office.prepare(give_passwords)
    return village


@pytest.fixture
def app(village: Village) -> Flask:
    return pages(village.office.engine)
