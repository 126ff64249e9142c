"""A county whose discipline organ and worker sign in with browsers; nothing is played but what a test plays."""

import pytest
from flask import Flask
from sqlalchemy import update

from engine.identity.users import User
from engine.kernel.clock import FixedClock
from engine.kernel.command import CommandContext
from engine.kernel.settings import Settings
from engine.kernel.store import Store
from tests.pages import pages
from tests.process.fault_tolerance.bureau import Bureau
from tests.process.office import Office


@pytest.fixture
def bureau(web_settings: Settings, web_store: Store, clock: FixedClock, password_hash: str) -> Bureau:
    office = Office(web_settings, web_store, clock)
    bureau = Bureau(office)

    def give_passwords(context: CommandContext) -> None:
        context.session.execute(update(User).values(password_hash=password_hash))

    office.prepare(give_passwords)
    return bureau


@pytest.fixture
def app(bureau: Bureau) -> Flask:
    return pages(bureau.office.engine)
