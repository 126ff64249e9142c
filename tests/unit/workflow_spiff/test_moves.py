import pytest

from engine.workflow.spiff import MoveRefused
from tests.unit.workflow_spiff.drawing import boundary, diagram, end, flow, split, start, sub, timer, user
from tests.unit.workflow_spiff.stories import Story

LINE = diagram(start(), user("a"), user("b"), user("c"), end(), flow("s", "a", "b", "c", "e"))


def test_passed_nodes_are_listed_oldest_first() -> None:
    story = Story(LINE)
    story.complete("a")
    story.complete("b")
    assert story.case.passed(story.wait("c").token) == ("a", "b")


def test_send_back_opens_exactly_the_target_and_keeps_what_was_typed() -> None:
    story = Story(LINE)
    story.complete("a", x=1)
    story.complete("b", y=2)
    story.send_back("c", "a")
    assert story.open() == ["a"]
    assert story.sees("a") == {"x": 1, "y": 2}
    assert story.case.completed_nodes() == ("s",)
    for step in ("a", "b", "c"):
        story.complete(step)
    assert story.finished


def test_send_back_to_a_node_not_passed_is_refused() -> None:
    story = Story(LINE)
    story.complete("a")
    with pytest.raises(MoveRefused):
        story.case.send_back(story.wait("b").token, "c")


FORKED = diagram(
    start(), user("first"), split("f"), user("a1"), user("a2"), user("b1"), user("b2"), split("j"), user("last"), end(),
    flow("s", "first", "f", "a1", "a2", "j"), flow("f", "b1", "b2", "j", "last", "e"),
)  # fmt: skip


def test_send_back_inside_a_branch_leaves_the_other_branch_alone() -> None:
    story = Story(FORKED)
    for step in ("first", "a1", "b1"):
        story.complete(step)
    token = story.wait("b2").token
    story.send_back("a2", "a1")
    assert story.open() == ["a1", "b2"]
    assert story.wait("b2").token == token


def test_send_back_before_the_fork_closes_all_branches() -> None:
    story = Story(FORKED)
    for step in ("first", "a1", "b1"):
        story.complete(step, **{step: "typed"})
    story.send_back("a2", "first")
    assert story.open() == ["first"]
    assert story.sees("first") == {"first": "typed", "a1": "typed", "b1": "typed"}
    for step in ("first", "b1", "a1", "a2", "b2", "last"):
        story.complete(step)
    assert story.finished


def test_send_back_behind_the_join_returns_the_other_branch_to_the_join() -> None:
    story = Story(FORKED)
    for step in ("first", "a1", "a2", "b1", "b2"):
        story.complete(step)
    story.send_back("last", "a1")
    assert story.open() == ["a1"]
    story.complete("a1")
    story.complete("a2")
    assert story.open() == ["last"]
    story.complete("last")
    assert story.finished


def test_send_back_while_the_other_branch_waits_at_the_join() -> None:
    story = Story(FORKED)
    for step in ("first", "a1", "b1", "b2"):
        story.complete(step)
    story.send_back("a2", "first")
    assert story.open() == ["first"]
    story.complete("first")
    assert story.open() == ["a1", "b1"]


def test_sibling_branch_is_no_target() -> None:
    story = Story(FORKED)
    for step in ("first", "a1", "b1"):
        story.complete(step)
    assert story.case.passed(story.wait("a2").token) == ("first", "a1")
    with pytest.raises(MoveRefused):
        story.case.send_back(story.wait("a2").token, "b1")


def test_send_back_out_of_a_sub_process_closes_it() -> None:
    box = sub("box", start("bs"), user("one"), user("two"), end("be"), flow("bs", "one", "two", "be"))
    story = Story(diagram(start(), user("a"), box, end(), flow("s", "a", "box", "e")))
    story.complete("a")
    story.complete("one", typed="x")
    assert story.case.passed(story.wait("two").token) == ("a", "one")
    story.send_back("two", "a")
    assert story.open() == ["a"]
    assert story.sees("a") == {"typed": "x"}
    story.complete("a")
    story.complete("one")
    story.complete("two")
    assert story.finished


def test_node_inside_a_finished_sub_process_is_refused() -> None:
    box = sub("box", start("bs"), user("one"), end("be"), flow("bs", "one", "be"))
    story = Story(diagram(start(), box, user("a"), end(), flow("s", "box", "a", "e")))
    story.complete("one")
    assert story.case.passed(story.wait("a").token) == ()
    with pytest.raises(MoveRefused):
        story.case.send_back(story.wait("a").token, "one")


def test_send_back_in_the_second_turn_of_a_loop() -> None:
    story = Story(diagram(
        start(), split("m", "exclusiveGateway"), user("a"), user("b"), split("x", "exclusiveGateway", default="x__e"),
        end(), flow("s", "m", "a", "b", "x"), flow("x", "m", when="= again"), flow("x", "e"),
    ), again=True)  # fmt: skip
    for step in ("a", "b", "a"):
        story.complete(step)
    assert story.case.passed(story.wait("b").token) == ("a",)
    story.send_back("b", "a")
    assert story.open() == ["a"]
    story.complete("a")
    story.complete("b", again=False)
    assert story.finished


def test_escalated_step_can_be_sent_back_to_the_interrupted_one() -> None:
    story = Story(diagram(
        start(), user("a"), boundary("late", "a", timer("timeDuration", "PT1H")), user("chief"), end(),
        flow("s", "a", "e"), flow("late", "chief", "e"),
    ))  # fmt: skip
    story.fire("late")
    story.send_back("chief", "a")
    assert story.open() == ["a", "late"]


def test_jump_moves_everything_to_the_node() -> None:
    story = Story(FORKED)
    story.complete("first", x=1)
    story.case.jump("last")
    story.go_on()
    assert story.open() == ["last"]
    assert story.sees("last") == {"x": 1}


def test_jump_can_leave_other_waits_open() -> None:
    story = Story(FORKED)
    story.complete("first")
    story.case.jump("a2", [story.wait("a1").token])
    story.go_on()
    assert story.open() == ["a2", "b1"]
    for step in ("a2", "b1", "b2"):
        story.complete(step)
    assert story.open() == ["last"]


def test_cancel_leaves_nothing_open() -> None:
    story = Story(FORKED)
    story.complete("first")
    story.case.cancel()
    assert story.finished
    assert story.case.waits() == ()
