import pytest

from engine.workflow.diagram import Finding, check_diagram
from engine.workflow.diagram.timers import TimerTextError, parse_cycle, parse_duration
from tests.unit.workflow_spiff.drawing import (
    boundary,
    call,
    catch,
    diagram,
    element,
    end,
    error_event,
    event_sub,
    flow,
    job,
    many,
    message,
    message_event,
    process,
    rule,
    script,
    split,
    start,
    sub,
    throw,
    timer,
    user,
)


def errors(xml: bytes, **known: set[str]) -> set[tuple[str, str]]:
    return {(each.code, each.element_id) for each in check_diagram(xml, **known) if each.severity == "error"}


def line(*parts: str, others: str = "") -> bytes:
    """start -> x -> end, where the parts draw x."""
    return diagram(start(), *parts, end(), flow("s", "x", "e"), others=others)


def test_good_diagram_has_no_errors() -> None:
    known = {"roles": {"clerk"}, "forms": {"form"}, "delegates": {"work"}, "decisions": {"grade"}}
    good = diagram(
        start(), user("a"), job("b"), rule("c", "grade", "level"), script("d", "= 1 + 1", "n"),
        split("x", "exclusiveGateway", default="x__e"), end(), end("e2"),
        flow("s", "a", "b", "c", "d", "x"), flow("x", "e"), flow("x", "e2", when="= n > 1"),
    )  # fmt: skip
    assert errors(good, **known) == set()


@pytest.mark.parametrize(
    ("drawn", "found"),
    [
        (element("userTask", "x"), {("user_task.form", "x"), ("user_task.who", "x")}),
        (element("serviceTask", "x"), {("service_task.type", "x")}),
        (element("scriptTask", "x"), {("script.missing", "x"), ("result.name", "x")}),
        (element("businessRuleTask", "x"), {("decision.missing", "x"), ("result.name", "x")}),
        (element("callActivity", "x"), {("call.fixed", "x")}),
        (call("x", "= which"), {("call.fixed", "x")}),
        (script("x", "1 + 1", "n"), {("feel.not_an_expression", "x")}),
        (script("x", "= 1 +", "n"), {("feel.syntax", "x")}),
        (script("x", "= __import__('os')", "n"), {("feel.syntax", "x")}),
        (script("x", "= 1", "1n"), {("result.name", "x")}),
        (catch("x", timer("timeDuration", "P9999999Y")), {("timer.malformed", "x")}),
        (catch("x", timer("timeDuration", "P11Y")), {("timer.malformed", "x")}),
        (catch("x", timer("timeCycle", "R/PT0S")), {("timer.malformed", "x")}),
        (catch("x", timer("timeDate", "tomorrow")), {("timer.malformed", "x")}),
        (catch("x", "<bpmn:timerEventDefinition/>"), {("timer.missing", "x")}),
        (catch("x", message_event("nobody")), {("message.missing", "x")}),
        (catch("x", error_event()), {("event.refused", "x")}),
        (user("x", many("")), {("loop.collection", "x")}),
        (user("x", many("= list", output="all")), {("loop.output", "x")}),
        (user("x") + boundary("b", "nobody", timer("timeDuration", "P5D")) + flow("b", "e"), {("boundary.host", "b")}),
        (sub("x"), {("sub_process.start", "x")}),
        (user("x") + event_sub("es", start("gs"), end("ge"), flow("gs", "ge")), {("event.refused", "gs")}),
    ],
)  # fmt: skip
def test_each_mistake_is_found_at_its_element(drawn: str, found: set[tuple[str, str]]) -> None:
    assert errors(line(drawn)) >= found


def test_message_that_is_waited_for_needs_a_key() -> None:
    assert ("message.correlation_key", "x") in errors(line(catch("x", message_event()), others=message(key="")))
    started = diagram(start("s", message_event()), end(), flow("s", "e"), others=message(key=""))
    assert errors(started) == set()


def test_thrown_message_without_key_is_a_warning() -> None:
    found = check_diagram(line(throw("x", "msg"), others=message()))
    assert "message.throw_key" in {each.code for each in found if each.severity == "warning"}


def test_flow_to_nowhere_is_found() -> None:
    assert ("flow.nowhere", "s__x") in errors(diagram(start(), end(), flow("s", "x"), flow("s", "e")))


def test_flow_across_a_scope_is_found() -> None:
    box = sub("x", start("bs"), end("be"), flow("bs", "be"))
    assert ("flow.crosses_scope", "s__be") in errors(diagram(start(), box, end(), flow("s", "x", "e"), flow("s", "be")))


def test_lonely_and_endless_nodes_are_found() -> None:
    assert ("node.unreachable", "lonely") in errors(diagram(start(), user("lonely"), end(), flow("s", "e")))
    assert ("node.no_end", "a") in errors(diagram(start(), user("a"), user("b"), end(), flow("s", "a", "b", "a")))


def test_parallel_split_back_into_itself_is_found() -> None:
    spin = diagram(start(), element("manualTask", "m"), split("g"), end(), flow("s", "m", "g", "m"), flow("g", "e"))
    assert ("node.endless", "m") in errors(spin)


def test_gateway_flow_without_condition_is_found() -> None:
    drawn = diagram(
        start(), split("x", "exclusiveGateway"), end("a"), end("b"), flow("s", "x"), flow("x", "a"),
        flow("x", "b", when="= ok"),
    )  # fmt: skip
    assert ("gateway.condition", "x__a") in errors(drawn)


def test_condition_behind_a_task_is_found() -> None:
    assert ("flow.condition_refused", "x__e") in errors(
        diagram(start(), user("x"), end(), flow("s", "x"), flow("x", "e", when="= ok"))
    )


def test_event_gateway_must_lead_to_events() -> None:
    drawn = diagram(start(), split("x", "eventBasedGateway"), user("a"), user("b"), end(),
                    flow("s", "x", "a", "e"), flow("x", "b", "e"))  # fmt: skip
    assert ("gateway.events", "x") in errors(drawn)


def test_names_that_do_not_exist_are_found() -> None:
    known = {
        "roles": {"head"},
        "forms": {"other"},
        "delegates": {"send"},
        "decisions": {"rank"},
        "processes": {"child"},
    }
    drawn = diagram(start(), user("u"), job("j"), rule("r", "grade", "level"), call("c", "missing"), end(),
                    flow("s", "u", "j", "r", "c", "e"))  # fmt: skip
    assert errors(drawn, **known) == {
        ("role.unknown", "u"), ("form.unknown", "u"), ("delegate.unknown", "j"), ("decision.unknown", "r"),
        ("process.unknown", "c"),
    }  # fmt: skip
    assert errors(drawn) == set()


def test_processes_that_call_each_other_are_found() -> None:
    other = process("other", start("os"), call("back", "main"), end("oe"), flow("os", "back", "oe"))
    assert ("call.recursive", "x") in errors(line(call("x", "other"), others=other))


def test_everything_is_told_at_once_with_line_message_and_proposal() -> None:
    drawn = diagram(start(), user("a"), script("x", "= 1 +", "n"), element("serviceTask", "y"), end(), flow("s", "a"))
    drawn = drawn.replace(b"><bpmn:", b">\n<bpmn:")
    found = [each for each in check_diagram(drawn) if each.severity == "error"]
    assert len({each.code for each in found}) >= 3
    assert all(isinstance(each, Finding) and each.line > 0 and each.message and each.fix for each in found)
    syntax = next(each for each in found if each.code == "feel.syntax")
    line_of_x = drawn[: drawn.index(b"<bpmn:scriptTask")].count(b"\n") + 1
    assert (syntax.element_id, syntax.line, syntax.column > 0) == ("x", line_of_x, True)


def test_missing_picture_and_name_are_warnings() -> None:
    found = check_diagram(line(user("x")).replace("节点".encode(), b"node"))
    assert {each.code for each in found} == {"drawing.shape", "drawing.edge", "name.missing"}
    assert {each.severity for each in found} == {"warning"}


@pytest.mark.parametrize("text", ["P5D", "PT24H", "P1Y2M", "P2W", "PT0.5S", "P1DT12H"])
def test_good_durations(text: str) -> None:
    assert parse_duration(text).at_most > 0


@pytest.mark.parametrize("text", ["", "P", "PT", "5D", "P-5D", "P1.5D", "P5D ", "P٥D", "P" + "1" * 80 + "D", "P1H"])
def test_bad_durations(text: str) -> None:
    with pytest.raises(TimerTextError):
        parse_duration(text)


def test_cycles_have_a_least_interval_and_most_repeats() -> None:
    assert parse_cycle("R3/PT24H").repeats == 3
    assert parse_cycle("R/P1D").repeats == 1_000
    for text in ("R0/P1D", "R1001/P1D", "R3/PT59S", "R3", "P1D"):
        with pytest.raises(TimerTextError):
            parse_cycle(text)
