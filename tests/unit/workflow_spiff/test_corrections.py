"""Direct send back: the correction goes straight to who asked for it, nothing else is done again."""

import pytest

from engine.workflow.spiff import MoveRefused, UnknownToken, WaitKind
from tests.unit.workflow_spiff.drawing import boundary, diagram, end, flow, split, start, sub, timer, user
from tests.unit.workflow_spiff.stories import Story

FORKED = diagram(
    start(), user("first"), split("f"), user("a1"), user("a2"), user("b1"), user("b2"), split("j"), user("last"), end(),
    flow("s", "first", "f", "a1", "a2", "j"), flow("f", "b1", "b2", "j", "last", "e"),
)  # fmt: skip
LINE = diagram(start(), user("a"), user("b"), user("c"), end(), flow("s", "a", "b", "c", "e"))


def direct(story: Story, from_node: str, target: str) -> None:
    story.case.send_back(story.wait(from_node).token, target, direct=True)
    story.go_on()


def test_the_corrected_case_goes_straight_to_who_sent_it_back() -> None:
    story = Story(LINE)
    story.complete("a", x=1)
    story.complete("b", y=1)
    asked = story.wait("c").token
    direct(story, "c", "a")
    assert story.open() == ["a"]
    with pytest.raises(UnknownToken):
        story.case.complete(asked, {})
    story.case.complete(story.wait("a").token, {"x": 2})
    story.case.advance()
    assert story.case.drain_taken_up() == (asked,)
    story.go_on()
    assert story.open() == ["c"]
    assert story.wait("c").token == asked
    assert story.sees("c") == {"x": 2, "y": 1}
    assert story.case.passed(asked) == ("a", "b")
    story.complete("c")
    assert story.finished


def test_both_branches_stand_where_they_stood() -> None:
    story = Story(FORKED)
    for step in ("first", "a1", "b1"):
        story.complete(step, **{step: 1})
    direct(story, "a2", "first")
    assert story.open() == ["first"]
    story.complete("first", first=2)
    assert story.open() == ["a2", "b2"]
    assert story.sees("a2") == {"first": 2, "a1": 1}
    assert story.sees("b2") == {"first": 2, "b1": 1}
    for step in ("a2", "b2", "last"):
        story.complete(step)
    assert story.finished


def test_a_branch_that_waits_at_the_join_still_waits_there() -> None:
    story = Story(FORKED)
    for step in ("first", "a1", "b1", "b2"):
        story.complete(step)
    direct(story, "a2", "first")
    story.complete("first")
    assert story.open() == ["a2"]
    story.complete("a2")
    assert story.open() == ["last"]


def test_the_other_branch_works_on_while_one_is_corrected() -> None:
    story = Story(FORKED)
    for step in ("first", "a1"):
        story.complete(step)
    direct(story, "a2", "a1")
    for step in ("b1", "b2"):
        story.complete(step)
    assert story.open() == ["a1"]
    story.complete("a1")
    assert story.open() == ["a2"]


def test_the_corrector_may_ask_for_a_correction_himself() -> None:
    story = Story(LINE)
    for step in ("a", "b"):
        story.complete(step)
    direct(story, "c", "b")
    direct(story, "b", "a")
    assert story.open() == ["a"]
    story.complete("a")
    assert story.open() == ["b"]
    story.complete("b")
    assert story.open() == ["c"]


def test_the_corrector_may_have_everything_done_again() -> None:
    story = Story(LINE)
    for step in ("a", "b"):
        story.complete(step)
    direct(story, "c", "b")
    story.send_back("b", "a")
    for step in ("a", "b", "c"):
        assert story.open() == [step]
        story.complete(step)
    assert story.finished


def test_a_sub_process_is_set_aside_whole() -> None:
    box = sub("box", start("bs"), user("one"), user("two"), end("be"), flow("bs", "one", "two", "be"))
    story = Story(diagram(start(), user("a"), box, end(), flow("s", "a", "box", "e")))
    story.complete("a")
    story.complete("one")
    direct(story, "two", "a")
    assert story.open() == ["a"]
    story.complete("a", x=2)
    assert story.open() == ["two"]
    assert story.sees("two") == {"x": 2}
    story.complete("two")
    assert story.finished


def test_timers_of_what_is_set_aside_stop_and_begin_anew() -> None:
    story = Story(diagram(
        start(), user("a"), user("b"), boundary("late", "b", timer("timeDuration", "PT1H")), user("chief"), end(),
        flow("s", "a", "b", "e"), flow("late", "chief", "e"),
    ))  # fmt: skip
    story.complete("a")
    direct(story, "b", "a")
    assert story.waits(WaitKind.TIMER) == []
    story.complete("a")
    assert story.open() == ["b", "late"]


def test_an_interrupted_correction_means_that_all_is_done_again() -> None:
    story = Story(diagram(
        start(), user("a"), boundary("late", "a", timer("timeDuration", "PT1H")), user("b"), user("chief"), end(),
        flow("s", "a", "b", "e"), flow("late", "chief", "e"),
    ))  # fmt: skip
    story.complete("a")
    direct(story, "b", "a")
    story.fire("late")
    assert story.open() == ["chief"]
    story.complete("chief")
    assert story.finished


def test_what_came_of_a_step_is_known_until_it_is_taken_back() -> None:
    story = Story(FORKED)
    story.complete("first")
    trail = story.case.led_to("first")
    assert trail.nodes == ("f",)
    assert set(trail.waits) == {story.wait("a1").token, story.wait("b1").token}
    story.case.reopen("first")
    story.go_on()
    assert story.open() == ["first"]


def test_a_step_of_a_finished_sub_process_is_not_taken_back() -> None:
    box = sub("box", start("bs"), user("one"), end("be"), flow("bs", "one", "be"))
    story = Story(diagram(start(), box, user("a"), end(), flow("s", "box", "a", "e")))
    story.complete("one")
    with pytest.raises(MoveRefused):
        story.case.led_to("one")
