"""A street with one worker and the people who decide about his exit; PostgreSQL where a test asks for it."""

import pytest

from tests.process.exits.bench import Bench
from tests.process.office import Office


@pytest.fixture(params=["sqlite"])
def database_url(request: pytest.FixtureRequest) -> str:
    """Address of a database with empty tables; `ON_BOTH` runs a test on each kind."""
    return str(request.getfixturevalue(f"{request.param}_url"))


@pytest.fixture
def bench(office: Office) -> Bench:
    """Nobody has asked for anything yet."""
    return Bench(office)
