import builtins
import json
import zlib
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from engine.decision import Range, YearMonthDuration
from engine.workflow.diagram import DiagramError
from engine.workflow.spiff import ElementError, Execution, MarkingRefused, compile_process
from tests.unit.workflow_spiff.drawing import (
    boundary,
    diagram,
    end,
    flow,
    job,
    rule,
    script,
    split,
    start,
    timer,
    user,
)
from tests.unit.workflow_spiff.stories import Story

LINE = diagram(start(), user("a"), user("b"), end(), flow("s", "a", "b", "e"))
VALUES = {
    "number": Decimal("12.50"),
    "day": date(2026, 2, 28),
    "clock": time(9, 30),
    "moment": datetime(2026, 3, 1, 9, 30, 15, 250_000, tzinfo=UTC),
    "local": datetime(2026, 3, 1, 9, 30, tzinfo=ZoneInfo("Asia/Shanghai")),
    "wait": timedelta(days=3, seconds=7),
    "months": YearMonthDuration(14),
    "range": Range(Decimal(1), Decimal(9), True, False),
    "nested": {"list": [None, True, {"$": ["n", "trap"]}], "$": "text"},
    "姓名": "张三",
}


def test_all_values_of_feel_survive() -> None:
    story = Story(LINE, **VALUES)
    assert story.variables == VALUES
    assert {name: type(value) for name, value in story.variables.items()} == {n: type(v) for n, v in VALUES.items()}
    assert story.variables["local"].tzinfo == ZoneInfo("Asia/Shanghai")
    assert str(story.variables["number"]) == "12.50"


@pytest.mark.parametrize("value", [float("nan"), object(), "a\x00b", {1: 2}])
def test_values_that_are_no_plain_data_are_refused(value: object) -> None:
    with pytest.raises(ElementError):
        Story(LINE, x=value)


def altered(marking: bytes, **changes: object) -> bytes:
    return zlib.compress(json.dumps({**json.loads(zlib.decompress(marking)), **changes}).encode())


@pytest.mark.parametrize(
    "change", [{"version": "1.0"}, {"version": None}, {"process": "other"}, {"frames": []}, {"scopes": [[0, 1]]}]
)
def test_foreign_or_damaged_state_is_refused(change: dict[str, object]) -> None:
    story = Story(LINE)
    with pytest.raises(MarkingRefused):
        Execution.restore(story.process, altered(story.case.dump(), **change), story.environment)


@pytest.mark.parametrize(
    "marking", [b"", b"{}", zlib.compress(b"[1]"), zlib.compress(b'{"serializer_version": "1.1"}')]
)
def test_other_formats_are_refused(marking: bytes) -> None:
    story = Story(LINE)
    with pytest.raises(MarkingRefused):
        Execution.restore(story.process, marking, story.environment)


def test_state_goes_over_to_a_newer_version_with_renamed_nodes() -> None:
    story = Story(LINE)
    story.complete("a", x=1)
    newer = compile_process([LINE.replace(b'"b"', b'"check"').replace(b"b__e", b"check__e")], "main")
    with pytest.raises(MarkingRefused):
        Execution.restore(newer, story.case.dump(), story.environment)
    moved = Execution.restore(newer, story.case.dump(), story.environment, {"b": "check"})
    (wait,) = moved.waits()
    assert (wait.node_id, wait.token) == ("check", story.wait("b").token)
    moved.send_back(wait.token, "a")
    moved.advance()
    assert [each.node_id for each in moved.waits()] == ["a"]


def large(users: int = 8, scripts: int = 16) -> bytes:
    names = [f"step_{n}" for n in range(users)]
    calcs = [f"calc_{n}" for n in range(scripts)]
    order = [name for pair in zip(names, calcs[:users], calcs[users:], strict=True) for name in pair]
    return diagram(
        start(),
        *map(user, names),
        *(script(name, "= score + 1", "score") for name in calcs),
        end(),
        flow("s", *order, "e"),
    )


def test_state_of_25_nodes_stays_within_2_kilobytes() -> None:
    story = Story(large(), score=0, applicantId="0191f2a4-7b7e-7cc3-98c5-5f1e4bb4c5d1", street="jiedao-03")
    sizes = []
    for n in range(8):
        sizes.append(len(story.case.dump()))
        story.complete(f"step_{n}", decision="pass", opinion_id=f"submission-{n}")
    assert story.finished
    assert max(sizes) < 2_000


def test_variables_set_for_the_instance_reach_every_branch() -> None:
    story = Story(diagram(
        start(), split("f"), user("a"), user("b"), split("j"), end(), flow("s", "f", "a", "j"), flow("f", "b", "j", "e")
    ), x=1)  # fmt: skip
    story.case.set_variables({"x": 2}, story.wait("a").token)
    assert story.sees("b")["x"] == 1
    story.case.set_variables({"x": 3})
    assert (story.sees("a")["x"], story.sees("b")["x"], story.variables["x"]) == (3, 3, 3)


def test_current_and_completed_nodes_colour_the_progress_diagram() -> None:
    story = Story(LINE)
    story.complete("a")
    assert story.case.completed_nodes() == ("s", "a")
    assert story.case.current_nodes() == ("b",)


def test_nothing_of_a_diagram_is_run_as_python(monkeypatch: pytest.MonkeyPatch) -> None:
    drawing = diagram(
        start(), script("calc", "= 1 + 1", "n"), rule("judge", "grade", "level"), job("work"), user("a"),
        boundary("late", "a", timer("timeDuration", '= duration("PT1H")')),
        split("x", "exclusiveGateway", default="x__e"),
        end(), end("e2"), flow("s", "calc", "judge", "work", "a", "x"), flow("x", "e2", when="= n > 1"), flow("x", "e"),
        flow("late", "e"),
    )  # fmt: skip
    Story(drawing, score=1)

    def forbidden(*args: object, **kwargs: object) -> None:
        raise AssertionError("eval, exec or compile was called")

    with monkeypatch.context() as patch:
        for name in ("eval", "exec", "compile"):
            patch.setattr(builtins, name, forbidden)
        story = Story(drawing, score=1)
        story.work("work")
        story.complete("a")
        assert story.case.ended_at_nodes == ("e2",)


@pytest.mark.parametrize("text", ["= __import__('os').getpid()", "= open('/etc/passwd')", "= (lambda: 1)()"])
def test_python_in_an_expression_is_an_error_and_not_executed(text: str) -> None:
    with pytest.raises((ElementError, DiagramError)):
        Story(diagram(start(), script("calc", text, "n"), end(), flow("s", "calc", "e")))
