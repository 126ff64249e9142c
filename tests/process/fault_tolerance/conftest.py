"""A county's discipline organ, on SQLite and on PostgreSQL."""

import pytest

from tests.process.fault_tolerance.bureau import Bureau
from tests.process.office import Office


@pytest.fixture
def bureau(office: Office) -> Bureau:
    return Bureau(office)
