"""A community of eight, on SQLite and on PostgreSQL."""

import pytest

from tests.process.office import Office
from tests.process.secondment.village import Village


@pytest.fixture
def village(office: Office) -> Village:
    return Village(office)
