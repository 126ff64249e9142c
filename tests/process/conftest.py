"""An office with the recruitment deployed, on SQLite and on PostgreSQL."""

import pytest

from engine.kernel.clock import FixedClock
from engine.kernel.settings import Settings
from engine.kernel.store import Store
from tests.process.office import Office
from tests.process.recruitment import Recruitment


@pytest.fixture
def office(settings: Settings, store: Store, clock: FixedClock) -> Office:
    """A county where one applicant a head is enough, so that stories stay short."""
    office = Office(settings, store, clock)
    office.set_policy(openRatio=1, interviewRatio=2)
    return office


@pytest.fixture
def recruitment(office: Office) -> Recruitment:
    """A campaign for three posts that is open for registration."""
    return Recruitment(office).open()
