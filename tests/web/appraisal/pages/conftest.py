"""Four workers of one community whose people sign in with browsers; nothing is played but what a test plays."""

import pytest
from flask import Flask
from sqlalchemy import update

from engine.identity.users import User
from engine.kernel.clock import FixedClock
from engine.kernel.settings import Settings
from engine.kernel.store import Store
from engine.personnel.vocabulary import Post
from tests.pages import pages
from tests.process.appraisal.town import Town, officer
from tests.process.office import Office


@pytest.fixture
def town(web_settings: Settings, web_store: Store, clock: FixedClock, password_hash: str) -> Town:
    """A chief, a deputy and two others, numbered in the roll; a department beside the street."""
    people = (Post.CHIEF, Post.DEPUTY, Post.GENERAL, Post.GENERAL)
    town = Town(Office(web_settings, web_store, clock), people)
    for place in range(len(people)):
        town.change(place, number=f"SG{place}")
    officer(town.office, "organisation_officer", "organisation_officer", town.office.county)
    town.office.prepare(lambda context: context.session.execute(update(User).values(password_hash=password_hash)))
    return town


@pytest.fixture
def app(town: Town) -> Flask:
    return pages(town.office.engine)
