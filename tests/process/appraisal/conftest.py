"""A street of four workers: on SQLite, and for the story of a whole year on PostgreSQL too."""

import pytest

from engine.kernel.clock import FixedClock
from engine.kernel.settings import Settings
from engine.kernel.store import Store
from engine.personnel.vocabulary import Post
from tests.process.appraisal.town import Town
from tests.process.office import Office

PEOPLE = (Post.CHIEF, Post.DEPUTY, Post.GENERAL, Post.GENERAL)


@pytest.fixture
def both(settings: Settings, store: Store, clock: FixedClock) -> Town:
    """One chief, one deputy, two others, on both databases in turn."""
    return Town(Office(settings, store, clock), PEOPLE)


@pytest.fixture
def town(web_settings: Settings, web_store: Store, clock: FixedClock) -> Town:
    """The same, on SQLite."""
    return Town(Office(web_settings, web_store, clock), PEOPLE)


@pytest.fixture
def pair(web_settings: Settings, web_store: Store, clock: FixedClock) -> Town:
    """Two workers, too few for a ballot of colleagues."""
    return Town(Office(web_settings, web_store, clock), (Post.GENERAL, Post.GENERAL))
