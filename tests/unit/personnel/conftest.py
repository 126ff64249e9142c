"""The decision tables as they are delivered."""

from pathlib import Path

import pytest

from engine.personnel.decision_files import tables_of
from engine.personnel.decisions import Decide

TABLES = Path(__file__).parents[3] / "bpmn" / "recruitment"


@pytest.fixture(scope="session")
def decide() -> Decide:
    """Asks the delivered tables."""
    return tables_of(path.read_bytes() for path in sorted(TABLES.glob("*.dmn"))).decide
