"""A street with one worker and the people who decide about his exit, on SQLite and on PostgreSQL."""

import pytest

from tests.process.exits.bench import Bench
from tests.process.office import Office


@pytest.fixture
def bench(office: Office) -> Bench:
    """Nobody has asked for anything yet."""
    return Bench(office)
