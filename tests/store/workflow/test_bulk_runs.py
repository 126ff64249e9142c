"""Bulk acts on a real database: each entry once, refusals alone, progress that can be left; and where cases stand."""

from datetime import timedelta

import pytest

from engine.kernel.actor import Actor
from engine.kernel.errors import Conflict, Invalid, NotFound
from engine.workflow.bulk_returns import SendBackAlong, Way
from engine.workflow.bulk_runs import (
    MOST,
    BeginBulkRun,
    DoBulkEntry,
    NewEntry,
    RefuseBulkEntry,
    RetryBulkRun,
    entries_of,
    my_runs,
    run_of,
    unfinished_run,
)
from engine.workflow.case_progress import present_steps, withdrawable
from engine.workflow.definitions import DefinitionCache
from engine.workflow.flags import flags_of
from engine.workflow.going_back import WithdrawAct
from engine.workflow.informing import UrgeCase
from engine.workflow.work_items import ClaimWorkItem, CompleteWorkItem
from engine.workflow.worklist import done_work
from tests.store.workflow.approving import DECISIONS, in_a_row, item_at, nodes_of, sign, state_of
from tests.store.workflow.conftest import Office
from tests.store.workflow.drawing import Drawing


def begun(office: Office, clerk: Actor, number: int) -> tuple[int, list[int]]:
    """A run over the open items of so many cases. Answers it and the items."""
    office.deploy(in_a_row("a"))
    cases = [office.start("in_a_row", key=f"A-{n}") for n in range(number)]
    items = [row.work_item_id for row in office.todo(clerk)]
    entries = tuple(NewEntry(case, item, "一件", "a", "pass") for case, item in zip(cases, items, strict=True))
    run = office.do(BeginBulkRun("approve", "同意", "同意", entries), clerk)
    assert isinstance(run, int)
    return run, items


def test_an_entry_is_done_once_however_often_it_is_asked_for(office: Office) -> None:
    clerk = office.person("王敏")
    run, items = begun(office, clerk, 2)
    act = DoBulkEntry(run, 0, CompleteWorkItem(items[0], "pass", "同意"), "同意")
    assert office.do(act, clerk) is True
    assert office.do(act, clerk) is False
    office.do(RefuseBulkEntry(run, 0, "太晚了"), clerk)
    with office.engine.reading() as session:
        row = run_of(session, clerk, run)
        assert (row.done, row.refused, row.pending, row.total) == (1, 0, 1, 2)
        assert unfinished_run(session, clerk) == run


def test_an_act_that_fails_leaves_its_entry_for_another_try(office: Office) -> None:
    clerk = office.person("王敏")
    run, items = begun(office, clerk, 1)
    office.do(ClaimWorkItem(items[0]), clerk)
    with pytest.raises(Conflict):
        office.do(DoBulkEntry(run, 0, ClaimWorkItem(items[0]), "认领"), clerk)
    office.do(RefuseBulkEntry(run, 0, "已认领"), clerk)
    with office.engine.reading() as session:
        assert [entry.message for entry in entries_of(session, run)] == ["已认领"]
        assert unfinished_run(session, clerk) is None
    assert office.do(DoBulkEntry(run, 0, CompleteWorkItem(items[0], "pass", "同意"), "同意"), clerk) is False
    assert office.do(RetryBulkRun(run), clerk) == 1
    office.do(DoBulkEntry(run, 0, CompleteWorkItem(items[0], "pass", "同意"), "同意"), clerk)
    with office.engine.reading() as session:
        assert run_of(session, clerk, run).done == 1


def test_a_run_is_its_beginners_alone_and_of_a_size(office: Office) -> None:
    clerk, stranger = office.person("王敏"), office.person("丁")
    run, items = begun(office, clerk, 1)
    for command in (RetryBulkRun(run), DoBulkEntry(run, 0, ClaimWorkItem(items[0]), ""), RefuseBulkEntry(run, 0, "")):
        with pytest.raises(NotFound):
            office.do(command, stranger)
    with office.engine.reading() as session:
        assert my_runs(session, stranger) == []
        with pytest.raises(NotFound):
            run_of(session, stranger, run)
    with pytest.raises(Invalid, match=f"1 至 {MOST} 件"):
        office.do(BeginBulkRun("approve", "同意", "", ()), clerk)


def test_the_results_of_old_runs_are_forgotten(office: Office) -> None:
    clerk = office.person("王敏")
    run, items = begun(office, clerk, 1)
    office.clock.advance(timedelta(days=31))
    entry = NewEntry(office.todo(clerk)[0].instance_id, items[0], "一件")
    office.do(BeginBulkRun("claim", "认领", "", (entry,)), clerk)
    with office.engine.reading() as session:
        assert len(my_runs(session, clerk)) == 1
        with pytest.raises(NotFound):
            run_of(session, clerk, run)


@pytest.mark.parametrize(("way", "target"), [(Way.PREVIOUS, "b"), (Way.FIRST, "a")])
def test_a_case_goes_back_to_the_step_before_or_to_the_first(office: Office, way: Way, target: str) -> None:
    clerk = office.person("王敏")
    office.deploy(in_a_row("a", "b", "c"))
    office.start("in_a_row")
    sign(office, clerk, "a")
    sign(office, clerk, "b")
    office.do(SendBackAlong(item_at(office, clerk, "c"), way, "请补充"), clerk)
    assert nodes_of(office, clerk) == [target]


def test_where_nothing_was_passed_nothing_goes_back(office: Office) -> None:
    clerk = office.person("王敏")
    office.deploy(in_a_row("a"))
    office.start("in_a_row")
    with pytest.raises(Conflict, match="没有可以退回"):
        office.do(SendBackAlong(item_at(office, clerk, "a"), Way.FIRST, "请补充"), clerk)


def test_rows_say_what_was_urged_and_what_came_back(office: Office) -> None:
    clerk, starter = office.person("王敏"), office.person("孙丽", "street_clerk", office.street)
    drawing = in_a_row("a", "b")
    drawing.properties["starters"] = "street_clerk"
    office.deploy(drawing)
    case = office.start("in_a_row", starter)
    sign(office, clerk, "a")
    office.clock.advance(timedelta(minutes=5))
    office.do(UrgeCase(case), starter)
    assert flag(office, clerk) == (True, False, False)
    office.do(SendBackAlong(item_at(office, clerk, "b"), Way.PREVIOUS, "请补充"), clerk)
    office.clock.advance(timedelta(minutes=5))
    assert flag(office, clerk)[1:] == (True, False)
    sign(office, clerk, "a")
    assert flag(office, clerk)[1:] == (False, True)


def flag(office: Office, actor: Actor) -> tuple[bool, bool, bool]:
    """(urged, sent back to here, come again) of the only open item."""
    with office.engine.reading() as session:
        (found,) = flags_of(session, actor, office.clock.now(), office.todo(actor)).values()
    return found.urged_at is not None, found.returned, found.corrected


def test_cases_say_where_they_stand_and_an_act_is_offered_back_only_where_it_can_be(office: Office) -> None:
    clerk, head = office.person("王敏"), office.person("李强", "county_head")
    drawing = Drawing("served").start()
    for node, groups in (("a", "county_clerk"), ("b", "county_head")):
        drawing.user(node, groups=groups, organisation="county", **DECISIONS)
    office.deploy(drawing.end().chain("begin", "a", "b", "over"))
    case = office.start("served")
    item = item_at(office, clerk, "a")
    sign(office, clerk, "a")
    with office.engine.reading() as session:
        (present,) = present_steps(session, head, [case])[case]
        assert (present.people, present.queues) == ((), (f"county_head@{office.county}",))
    assert still(office, clerk) == {item}
    office.do(WithdrawAct(item), clerk)
    assert still(office, clerk) == set()
    sign(office, clerk, "a")
    sign(office, head, "b")
    assert state_of(office, case)[0] == "completed"
    assert still(office, clerk) == set()


def still(office: Office, actor: Actor) -> set[int]:
    with office.engine.reading() as session:
        rows = done_work(session, actor).rows
        return set(withdrawable(session, office.engine.service(DefinitionCache), rows))
