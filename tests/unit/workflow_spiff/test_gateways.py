import inspect
import sys
from collections.abc import Callable, Iterator

import pytest

from engine.workflow.spiff import BudgetExceeded, ElementError, ExecutionStuck
from tests.unit.workflow_spiff.drawing import diagram, element, end, flow, job, script, split, start, user
from tests.unit.workflow_spiff.stories import Story

CHOICE = diagram(
    start(), end("high"), end("low"), split("x", "exclusiveGateway", default="x__low"),
    flow("s", "x"), flow("x", "high", when="= score >= 60"), flow("x", "low"),
)  # fmt: skip
BRANCHES = diagram(
    start(), split("f"), user("a"), user("b"), split("j"), user("last"), end(),
    flow("s", "f", "a", "j"), flow("f", "b", "j"), flow("j", "last", "e"),
)  # fmt: skip


def test_exclusive_gateway_takes_the_first_condition_that_holds_else_the_default() -> None:
    assert Story(CHOICE, score=60).done == ["s", "x", "high"]
    assert Story(CHOICE, score=59).case.ended_at_nodes == ("low",)


def test_gateway_without_way_out_is_an_error_of_that_gateway() -> None:
    without_default = CHOICE.replace(b' default="x__low"', b"").replace(
        b'targetRef="low">', b'targetRef="low"><bpmn:conditionExpression>= score &lt; 10</bpmn:conditionExpression>'
    )
    with pytest.raises(ElementError) as failure:
        Story(without_default, score=30)
    assert failure.value.node_id == "x"


def test_failed_expression_names_its_element() -> None:
    with pytest.raises(ElementError) as failure:
        Story(diagram(start(), script("calc", '= assert(1, false, "x")', "y"), end(), flow("s", "calc", "e")))
    assert failure.value.node_id == "calc"


def test_parallel_branches_join_when_all_have_come() -> None:
    story = Story(BRANCHES)
    assert story.open() == ["a", "b"]
    story.complete("b")
    assert story.open() == ["a"]
    story.complete("a")
    assert story.open() == ["last"]
    story.complete("last")
    assert story.finished
    assert story.done == ["s", "f", "b", "a", "j", "last", "e"]


def test_stale_copy_of_the_later_branch_does_not_win_at_the_join() -> None:
    story = Story(BRANCHES, phone="1", address="x")
    story.complete("a", phone="2")
    assert story.sees("b")["phone"] == "1"
    story.complete("b", address="y")
    assert story.sees("last") == {"phone": "2", "address": "y"}


def test_branches_do_not_see_each_others_decision_before_the_join() -> None:
    story = Story(diagram(
        start(), split("f"), user("a"), job("after_a"), split("x", "exclusiveGateway", default="x__bad"), end("good"),
        end("bad"), user("b"), end("b_end"),
        flow("s", "f", "a", "after_a", "x"), flow("x", "good", when='= decision = "pass"'), flow("x", "bad"),
        flow("f", "b", "b_end"),
    ))  # fmt: skip
    story.complete("a", decision="pass")
    story.complete("b", decision="reject")
    story.work("after_a")
    assert story.case.ended_at_nodes == ("b_end", "good")


def test_join_that_can_never_fire_is_reported_and_not_silent() -> None:
    with pytest.raises(ExecutionStuck) as stuck:
        Story(diagram(
            start(), split("x", "exclusiveGateway", default="x__b"), script("a", "= 1", "r"), script("b", "= 1", "r"),
            split("j"), end(),
            flow("s", "x"), flow("x", "a", when="= false"), flow("x", "b"), flow("a", "j"), flow("b", "j", "e"),
        ))  # fmt: skip
    assert stuck.value.node_id == "j"


INCLUSIVE = diagram(
    start(), split("f", "inclusiveGateway", default="f__c"), user("a"), user("b"), user("c"),
    split("j", "inclusiveGateway"), user("last"), end(),
    flow("s", "f"), flow("f", "a", when="= x > 1"), flow("f", "b", when="= x > 2"), flow("f", "c"),
    flow("a", "j"), flow("b", "j"), flow("c", "j", "last", "e"),
)  # fmt: skip


@pytest.mark.parametrize(("x", "branches"), [(0, ["c"]), (2, ["a"]), (3, ["a", "b"])])
def test_inclusive_gateway_waits_for_exactly_the_branches_it_opened(x: int, branches: list[str]) -> None:
    story = Story(INCLUSIVE, x=x)
    assert story.open() == branches
    for branch in branches[:-1]:
        story.complete(branch)
        assert "last" not in story.open()
    story.complete(branches[-1])
    assert story.open() == ["last"]


def test_inclusive_join_in_a_loop_joins_again_in_every_turn() -> None:
    story = Story(diagram(
        start(), split("m", "exclusiveGateway"), split("f", "inclusiveGateway"), user("a"), user("b"),
        split("j", "inclusiveGateway"), split("x", "exclusiveGateway", default="x__e"), end(),
        flow("s", "m", "f"), flow("f", "a", when="= true"), flow("f", "b", when="= true"), flow("a", "j"),
        flow("b", "j", "x"), flow("x", "m", when="= again"), flow("x", "e"),
    ), again=True)  # fmt: skip
    for turn in range(3):
        story.complete("a", again=turn < 2)
        story.complete("b")
    assert story.finished


def test_several_flows_out_of_a_task_all_get_a_token() -> None:
    story = Story(
        diagram(start(), user("a"), user("b"), user("c"), end(), flow("s", "a", "b", "e"), flow("a", "c", "e"))
    )
    story.complete("a")
    assert story.open() == ["b", "c"]
    story.complete("b")
    assert not story.finished
    story.complete("c")
    assert story.finished


def test_endless_loop_ends_as_budget_error_of_its_element() -> None:
    with pytest.raises(BudgetExceeded) as exceeded:
        Story(diagram(
            start(), split("m", "exclusiveGateway"), script("calc", "= 1", "r"),
            split("x", "exclusiveGateway", default="x__m"), end(),
            flow("s", "m", "calc", "x"), flow("x", "m"), flow("x", "e", when="= false"),
        ))  # fmt: skip
    assert exceeded.value.node_id in ("m", "calc", "x")


def test_loop_of_1500_turns_neither_dies_silently_nor_grows() -> None:
    story = Story(diagram(
        start(), split("m", "exclusiveGateway"), user("a"), split("x", "exclusiveGateway", default="x__m"), end(),
        flow("s", "m", "a", "x"), flow("x", "m"), flow("x", "e", when="= n >= 1500"),
    ))  # fmt: skip
    sizes = []
    for turn in range(1500):
        sizes.append(len(story.case.dump()))
        case = story.case
        case.complete(case.waits()[0].token, {"n": turn + 1})
        case.advance()
    assert story.finished
    assert max(sizes[1:]) - min(sizes[1:]) < 40


def test_forks_in_a_loop_that_never_join_do_not_pile_up_variables() -> None:
    story = Story(diagram(
        start(), split("m", "exclusiveGateway"), split("f"), user("a"), end("side"), user("b"),
        split("x", "exclusiveGateway", default="x__m"), end(),
        flow("s", "m", "f", "a", "side"), flow("f", "b", "x"), flow("x", "m"), flow("x", "e", when="= false"),
    ))  # fmt: skip
    sizes = []
    for turn in range(60):
        story.complete("a", n=turn)
        story.complete("b", m=turn)
        sizes.append(len(story.case.dump()))
    assert max(sizes[10:]) - min(sizes[10:]) < 40


def test_condition_that_is_neither_true_nor_false_is_an_error_and_no_way() -> None:
    assert Story(CHOICE, score=None).case.ended_at_nodes == ("low",)
    with pytest.raises(ElementError) as failure:
        Story(CHOICE.replace(b"score &gt;= 60", b'"yes"'), score=60)
    assert failure.value.node_id == "x"


def test_parallel_split_back_into_itself_ends_as_budget_error() -> None:
    spin = diagram(
        start(), element("manualTask", "m"), split("g"), flow("s", "m", "g", "m"), flow("g", "m", flow_id="again")
    )
    with pytest.raises(BudgetExceeded):
        Story(spin)


def test_storing_nested_branches_needs_no_deep_stack(shallow_stack: Callable[[], None]) -> None:
    story = Story(diagram(
        start(), split("m", "exclusiveGateway"), split("f"), user("stays"), end("side"), script("calc", "= n + 1", "n"),
        split("x", "exclusiveGateway", default="x__m"), end(),
        flow("s", "m", "f", "stays", "side"), flow("f", "calc", "x"), flow("x", "m"), flow("x", "e", when="= n >= 250"),
    ), n=0)  # fmt: skip
    shallow_stack()
    story.save_and_restore()
    assert {story.case.variables(wait.token)["n"] for wait in story.waits()} == set(range(1, 251))


@pytest.fixture
def shallow_stack() -> Iterator[Callable[[], None]]:
    limit = sys.getrecursionlimit()
    yield lambda: sys.setrecursionlimit(len(inspect.stack(0)) + 150)
    sys.setrecursionlimit(limit)


def test_branch_that_ends_gives_its_changes_to_the_instance() -> None:
    story = Story(diagram(
        start(), split("f"), user("a"), user("b"), user("c"), end(), end("side"), flow("s", "f", "a", "side"),
        flow("f", "b", "c", "e"),
    ), own=0)  # fmt: skip
    story.case.set_variables({"own": 1}, story.wait("b").token)
    story.complete("a", reminded=True, own=2)
    assert story.sees("b") == {"own": 1, "reminded": True}
