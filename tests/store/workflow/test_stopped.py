"""A case that is ended from outside its course takes the rows of its domain along, in the same transaction."""

from collections.abc import Iterator

import pytest

from engine.kernel.command import CommandContext
from engine.kernel.errors import Conflict
from engine.workflow.delegates import STOPPED, when_stopped
from engine.workflow.instances import TerminateInstance
from engine.workflow.tables import ProcessInstance
from tests.store.workflow.approving import in_a_row, sign, state_of
from tests.store.workflow.conftest import Office


@pytest.fixture
def stopped() -> Iterator[list[tuple[str, str]]]:
    """Keys and reasons the domain has heard of."""
    heard: list[tuple[str, str]] = []

    def hear(_context: CommandContext, instance: ProcessInstance, reason: str) -> None:
        if reason == "不许":
            raise Conflict("此件不能终止")
        heard.append((instance.business_key, reason))

    when_stopped("in_a_row")(hear)
    yield heard
    del STOPPED["in_a_row"]


def test_the_domain_hears_of_a_case_that_is_terminated(office: Office, stopped: list[tuple[str, str]]) -> None:
    admin = office.person("管理", "process_admin")
    office.person("王敏")
    office.deploy(in_a_row("a"))
    case = office.start("in_a_row")
    office.do(TerminateInstance(case, "重复立案"), admin)
    assert stopped == [("A-1", "重复立案")]


def test_the_domain_can_refuse_and_then_nothing_has_happened(office: Office, stopped: list[tuple[str, str]]) -> None:
    admin = office.person("管理", "process_admin")
    office.person("王敏")
    office.deploy(in_a_row("a"))
    case = office.start("in_a_row")
    with pytest.raises(Conflict, match="不能终止"):
        office.do(TerminateInstance(case, "不许"), admin)
    assert (stopped, state_of(office, case)[0]) == ([], "active")


def test_a_case_that_reaches_its_end_is_not_stopped(office: Office, stopped: list[tuple[str, str]]) -> None:
    clerk = office.person("王敏")
    office.deploy(in_a_row("a"))
    case = office.start("in_a_row")
    sign(office, clerk, "a")
    assert (stopped, state_of(office, case)[0]) == ([], "completed")


def test_only_one_function_waits_for_a_process(stopped: list[tuple[str, str]]) -> None:
    with pytest.raises(ValueError, match="in_a_row"):
        when_stopped("in_a_row")(lambda _context, _instance, _reason: None)
    assert stopped == []
