from datetime import UTC, datetime, timedelta

import pytest

from engine.workflow.spiff import ElementError, UnhandledError, UnknownToken, WaitKind
from tests.unit.workflow_spiff.drawing import (
    boundary,
    call,
    catch,
    diagram,
    element,
    end,
    error,
    error_event,
    event_sub,
    extensions,
    flow,
    job,
    mapping,
    message,
    message_event,
    process,
    split,
    start,
    sub,
    throw,
    timer,
    user,
)
from tests.unit.workflow_spiff.stories import BEGIN, Story


def with_boundary(*, interrupting: bool, definition: str, others: str = "") -> bytes:
    return diagram(
        start(), user("a"), boundary("late", "a", definition, interrupting=interrupting), user("chase"), end(),
        end("e2"),
        flow("s", "a", "e"), flow("late", "chase", "e2"), others=others,
    )  # fmt: skip


def test_interrupting_timer_ends_the_activity() -> None:
    story = Story(with_boundary(interrupting=True, definition=timer("timeDuration", "PT1H")))
    assert story.wait("late").due_at == BEGIN + timedelta(hours=1)
    assert story.wait("late").host_token == story.wait("a").token
    story.fire("late")
    assert story.open() == ["chase"]
    story.complete("chase")
    assert story.case.ended_at_nodes == ("e2",)


def test_due_date_stays_what_it_was_when_the_wait_began() -> None:
    story = Story(with_boundary(interrupting=True, definition=timer("timeDuration", "PT1H")))
    story.time.now = BEGIN + timedelta(days=1)
    story.go_on()
    assert story.wait("late").due_at == BEGIN + timedelta(hours=1)


def test_completed_activity_takes_its_timer_with_it() -> None:
    story = Story(with_boundary(interrupting=True, definition=timer("timeDuration", "PT1H")))
    token = story.wait("late").token
    story.complete("a")
    assert story.finished
    with pytest.raises(UnknownToken):
        story.case.fire_timer(token)


def test_non_interrupting_timer_leaves_the_activity_open_and_fires_once() -> None:
    story = Story(with_boundary(interrupting=False, definition=timer("timeDuration", "PT1H")))
    story.fire("late")
    assert story.open() == ["a", "chase"]
    story.complete("a")
    assert not story.finished
    story.complete("chase")
    assert story.finished


def test_cycle_fires_as_often_as_drawn_at_fixed_distances() -> None:
    story = Story(with_boundary(interrupting=False, definition=timer("timeCycle", "R3/PT24H")))
    seen = []
    for _ in range(3):
        seen.append((story.wait("late").due_at, story.wait("late").repeats_left))
        story.fire("late")
    assert seen == [(BEGIN + timedelta(days=day), left) for day, left in ((1, 3), (2, 2), (3, 1))]
    assert story.open() == ["a", "chase", "chase", "chase"]


def test_each_firing_of_a_cycle_has_a_token_of_its_own() -> None:
    story = Story(with_boundary(interrupting=False, definition=timer("timeCycle", "R3/PT24H")))
    first = story.wait("late").token
    story.fire("late")
    with pytest.raises(UnknownToken):
        story.case.fire_timer(first)


def test_timer_dates_and_working_days_come_from_expressions_and_settings() -> None:
    working = extensions('<zeebe:properties><zeebe:property name="calendar" value="working"/></zeebe:properties>')
    story = Story(diagram(
        start(), catch("opens", timer("timeDate", '= date and time("2026-05-01T09:00:00+08:00")')),
        catch("day", timer("timeDate", "= day")),
        element("intermediateCatchEvent", "publicity", working, timer("timeDuration", "P5D")),
        end(), flow("s", "opens", "day", "publicity", "e"),
    ), day="2026-06-01")  # fmt: skip
    assert story.wait("opens").due_at == datetime(2026, 5, 1, 1, tzinfo=UTC)
    story.fire("opens")
    assert story.wait("day").due_at == datetime(2026, 5, 31, 16, tzinfo=UTC)
    story.fire("day")
    assert story.wait("publicity").due_at == BEGIN + timedelta(days=10)


@pytest.mark.parametrize("text", ["P9999999Y", "= null", '= "soon"', "R/PT0S"])
def test_timer_that_makes_no_sense_is_an_error_of_its_element(text: str) -> None:
    kind = "timeCycle" if text.startswith("R") else "timeDuration"
    with pytest.raises(ElementError) as failure:
        Story(diagram(start(), catch("t", timer(kind, text)), end(), flow("s", "t", "e")))
    assert failure.value.node_id == "t"


def test_message_is_waited_for_with_its_key_and_its_payload_arrives() -> None:
    story = Story(diagram(
        start(), catch("m", message_event()), end(), flow("s", "m", "e"), others=message()
    ), no="A-7")  # fmt: skip
    wait = story.wait("m")
    assert (wait.kind, wait.message_name, wait.correlation_key) == (WaitKind.MESSAGE, "reply", "A-7")
    story.deliver("m", paid=1)
    assert story.finished
    assert story.variables["paid"] == 1


def test_receive_task_waits_for_its_message() -> None:
    story = Story(diagram(
        start(), element("receiveTask", "r", messageRef="msg"), end(), flow("s", "r", "e"), others=message()
    ), no="A-7")  # fmt: skip
    story.deliver("r")
    assert story.finished


def test_non_interrupting_message_may_come_several_times() -> None:
    story = Story(with_boundary(interrupting=False, definition=message_event(), others=message()), no="A")
    story.deliver("late", n=1)
    story.deliver("late", n=2)
    assert story.open() == ["a", "chase", "chase", "late"]
    assert sorted(story.case.variables(wait.token)["n"] for wait in story.waits() if wait.node_id == "chase") == [1, 2]


def test_interrupting_message_ends_the_activity() -> None:
    story = Story(with_boundary(interrupting=True, definition=message_event(), others=message()), no="A")
    story.deliver("late")
    assert story.open() == ["chase"]


def test_event_based_gateway_takes_the_first_event_only() -> None:
    story = Story(diagram(
        start(), split("g", "eventBasedGateway"), catch("m", message_event()),
        catch("t", timer("timeDuration", "PT1H")),
        user("paid"), user("late"), end(),
        flow("s", "g", "m", "paid", "e"), flow("g", "t", "late", "e"), others=message(),
    ), no="A")  # fmt: skip
    assert story.open() == ["m", "t"]
    story.deliver("m", sum=3)
    assert story.open() == ["paid"]
    assert story.sees("paid")["sum"] == 3


def test_thrown_messages_carry_their_inputs_and_key() -> None:
    story = Story(diagram(
        start(), throw("tell", "msg", correlationKey="= no", text='= "hello " + no'),
        element("endEvent", "e", extensions(mapping({"correlationKey": "= no"})), message_event("other")),
        flow("s", "tell", "e"), others=message() + message("other", "done"),
    ), no="A-7")  # fmt: skip
    assert [(each.name, each.correlation_key, each.payload, each.node_id) for each in story.thrown] == [
        ("reply", "A-7", {"text": "hello A-7"}, "tell"),
        ("done", "A-7", {}, "e"),
    ]
    assert story.variables == {"no": "A-7"}


def test_start_by_message_begins_at_that_event() -> None:
    drawing = diagram(
        start(), user("a"), start("by_message", message_event()), user("b"), end(), flow("s", "a", "e"),
        flow("by_message", "b", "e"), others=message(key=""),
    )  # fmt: skip
    assert Story(drawing).open() == ["a"]
    assert Story(drawing, start_node="by_message").open() == ["b"]


ERRORS = diagram(
    start(), job("work"), boundary("full", "work", error_event("full_error")), boundary("any", "work", error_event()),
    user("mend"), user("look"), end(), flow("s", "work", "e"), flow("full", "mend", "e"), flow("any", "look", "e"),
    others=error("full_error", "FULL"),
)  # fmt: skip


@pytest.mark.parametrize(("code", "event", "next_step"), [("FULL", "full", "mend"), ("OTHER", "any", "look")])
def test_error_goes_to_the_boundary_event_of_its_code_else_to_the_one_for_all(
    code: str, event: str, next_step: str
) -> None:
    story = Story(ERRORS)
    assert story.fail("work", code, why="x") == event
    assert story.open() == [next_step]
    assert story.sees(next_step) == {"why": "x"}


def test_error_that_nobody_catches_is_reported() -> None:
    story = Story(diagram(start(), job("work"), end(), flow("s", "work", "e")))
    with pytest.raises(UnhandledError) as failure:
        story.fail("work", "FULL")
    assert (failure.value.node_id, failure.value.error_code) == ("work", "FULL")


def test_error_end_event_leaves_the_sub_process_by_its_boundary() -> None:
    inner = sub(
        "box", start("bs"), split("f"), user("keep"), user("check"), end("bad", error_event("refused")),
        end("ok"), flow("bs", "f", "keep", "ok"), flow("f", "check", "bad"),
    )  # fmt: skip
    story = Story(diagram(
        start(), inner, boundary("caught", "box", error_event("refused")), user("mend"), end(), end("e2"),
        flow("s", "box", "e"), flow("caught", "mend", "e2"), others=error("refused", "NO"),
    ))  # fmt: skip
    story.complete("check", reason="late")
    assert story.open() == ["mend"]
    assert story.sees("mend")["reason"] == "late"


def test_error_crosses_a_called_process_to_its_caller() -> None:
    called = process("child", start("cs"), job("cw"), end("ce"), flow("cs", "cw", "ce"))
    story = Story(diagram(
        start(), call("c", "child"), boundary("caught", "c", error_event("no")), user("mend"), end(),
        flow("s", "c", "e"), flow("caught", "mend", "e"), others=called + error("no", "NO"),
    ))  # fmt: skip
    assert story.fail("cw", "NO") == "caught"
    assert story.open() == ["mend"]


def watched(start_event: str, others: str = "") -> bytes:
    guard = event_sub("guard", start_event, user("react"), end("ge"), flow("gs", "react", "ge"))
    return diagram(
        start(), split("f"), user("a"), user("b"), split("j"), end(), guard,
        flow("s", "f", "a", "j"), flow("f", "b", "j", "e"), others=others,
    )  # fmt: skip


def guarded(definition: str, *, interrupting: bool) -> str:
    return start("gs", definition, isInterrupting="true" if interrupting else "false")


def test_interrupting_event_sub_process_replaces_everything_in_its_scope() -> None:
    story = Story(watched(guarded(message_event(), interrupting=True), message()), no="A")
    assert story.open() == ["a", "b", "gs"]
    story.complete("a", x=1)
    story.deliver("gs", why="stop")
    assert story.open() == ["react"]
    assert story.sees("react") == {"no": "A", "x": 1, "why": "stop"}
    story.complete("react", y=2)
    assert story.finished
    assert story.variables["y"] == 2


def test_non_interrupting_event_sub_process_runs_beside_and_may_come_again() -> None:
    story = Story(watched(guarded(message_event(), interrupting=False), message()), no="A")
    story.deliver("gs")
    story.deliver("gs")
    assert story.open() == ["a", "b", "gs", "react", "react"]
    story.complete("a")
    story.complete("b")
    assert story.open() == ["gs", "react", "react"]
    for wait in story.waits(WaitKind.USER):
        story.case.complete(wait.token, {})
        story.go_on()
    assert story.finished


@pytest.mark.parametrize(("interrupting", "left"), [(True, ["react"]), (False, ["a", "b", "react"])])
def test_event_sub_process_by_timer(interrupting: bool, left: list[str]) -> None:
    story = Story(watched(guarded(timer("timeDuration", "PT1H"), interrupting=interrupting)))
    story.fire("gs")
    assert story.open() == left


def test_event_sub_process_by_error_catches_what_its_scope_throws() -> None:
    guard = event_sub("guard", start("gs", error_event("no")), user("react"), end("ge"), flow("gs", "react", "ge"))
    story = Story(diagram(start(), job("work"), end(), guard, flow("s", "work", "e"), others=error("no", "NO")))
    story.fail("work", "NO")
    assert story.open() == ["react"]


def test_terminate_end_event_ends_its_scope_only() -> None:
    stop = "<bpmn:terminateEventDefinition/>"
    inner = sub("box", start("bs"), split("f"), user("a"), user("b"), end("be"), end("stop", stop),
                flow("bs", "f", "a", "be"), flow("f", "b", "stop"))  # fmt: skip
    story = Story(diagram(start(), inner, user("after"), end(), flow("s", "box", "after", "e")))
    story.complete("b")
    assert story.open() == ["after"]


def test_unknown_tokens_are_refused() -> None:
    story = Story(with_boundary(interrupting=True, definition=timer("timeDuration", "PT1H")))
    timer_token, user_token = story.wait("late").token, story.wait("a").token
    for act in (
        lambda: story.case.complete(timer_token, {}),
        lambda: story.case.complete_job(user_token, {}),
        lambda: story.case.fire_timer(user_token),
        lambda: story.case.deliver(timer_token, {}),
        lambda: story.case.complete("99", {}),
    ):
        with pytest.raises(UnknownToken):
            act()


def test_a_timer_that_has_fired_does_not_begin_again_when_another_fires_later() -> None:
    later = boundary("later", "a", timer("timeDuration", "PT24H"), interrupting=False)
    story = Story(diagram(
        start(), user("a"), boundary("late", "a", timer("timeDuration", "PT1H"), interrupting=False), later,
        user("chase"), user("warn"), end(), end("e2"), end("e3"),
        flow("s", "a", "e"), flow("late", "chase", "e2"), flow("later", "warn", "e3"),
    ))  # fmt: skip
    story.fire("late")
    story.fire("later")
    assert story.open() == ["a", "chase", "warn"]
    assert story.waits(WaitKind.TIMER) == []
