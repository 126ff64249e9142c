"""Two people do something with the same item at the same moment, and faults in the middle of what one does.

A few pairs and points always, all of them in a sweep (`pytest -m sweep`); the store is proved sound behind each test.
"""

from itertools import combinations_with_replacement

import pytest
from sqlalchemy.exc import DBAPIError

from engine.kernel.errors import LostRace, ShegongError
from engine.workflow.tables import ProcessInstance
from tests.store.durability import faults
from tests.store.durability.conftest import failures
from tests.store.durability.operations import OPERATIONS, scene
from tests.store.durability.test_faults import MOST, SQLITE, everything
from tests.store.durability.test_races import at_once
from tests.store.workflow.approving import check_rows
from tests.store.workflow.conftest import Office

LETTING_GO = ("complete", "transfer", "delegate", "send_back", "send_straight_back", "add_before", "add_after")
"""After one of them the item is nobody else's turn."""
ALWAYS = (("transfer", "transfer"), ("send_back", "send_back"), ("complete", "withdraw"))
PAIRS = [
    pytest.param(*pair, marks=() if pair in ALWAYS else pytest.mark.sweep, id="-".join(pair))
    for pair in combinations_with_replacement(OPERATIONS, 2)
]
POINTS = [
    pytest.param(name, stride, marks=() if (name, stride) == ("send_back", 5) else pytest.mark.sweep,
                 id=f"{name}-{stride}")
    for name in OPERATIONS for stride in (5, 1)
]  # fmt: skip


@pytest.mark.parametrize(("first", "second"), PAIRS)
def test_two_people_do_something_with_one_item_at_once(office: Office, first: str, second: str) -> None:
    case = scene(office).case()
    acts = [case.act(first, 0), case.act(second, 1)]
    refused = failures(at_once(office, *((command, actor, None) for command, actor in acts)))
    assert all(isinstance(error, ShegongError) and not isinstance(error, LostRace) for error in refused), refused
    if first in LETTING_GO and second in LETTING_GO:
        assert len(refused) == 1
    if {first, second} == {"complete", "withdraw"}:
        assert len(refused) == 1
    check_rows(office, case.instance)


@SQLITE
@pytest.mark.parametrize(("name", "stride"), POINTS)
def test_an_error_in_the_middle_of_an_operation_leaves_nothing_half_done(
    office: Office, name: str, stride: int
) -> None:
    stage = scene(office)
    refused = 0
    for number in range(1, MOST, stride):
        case = stage.case(number)
        command, actor = case.act(name)
        before = everything(office.engine)
        with faults.at_statement(office.engine.store, number, faults.error) as happened:
            try:
                office.do(command, actor, key=f"k-{number}")
            except (DBAPIError, faults.sqlite3.OperationalError):
                refused += 1
                assert everything(office.engine) == before
                office.do(command, actor, key=f"k-{number}")
        with office.engine.reading() as session:
            assert session.get_one(ProcessInstance, case.instance).history_count > 0
        if not happened:
            break
    assert refused > 0
