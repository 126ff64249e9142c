"""The tools for process authors at a shell."""

import json
from pathlib import Path
from typing import Any

import pytest

from engine.__main__ import main
from tests.store.workflow.drawing import Drawing

HEADLESS = Drawing("sums").start().script("double", "n * 2", "twice").gateway("which", default="which_to_small")
HEADLESS.script("big", "1 / 0", "lost").user("small", groups="county_clerk", organisation="case").end()
HEADLESS.chain("begin", "double", "which").flow("which", "big", "= twice > 100").flow("which", "small")
HEADLESS.chain("big", "over").chain("small", "over")


@pytest.fixture
def diagram(tmp_path: Path) -> str:
    path = tmp_path / "sums.bpmn"
    path.write_bytes(HEADLESS.xml())
    return str(path)


def answer(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, Any]:
    """Exit code, and what stands on standard output as JSON."""
    code = main(arguments)
    return code, json.loads(capsys.readouterr().out)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0.1 + 0.2", 0.3),
        ("12345678901234567890 + 1", 12345678901234567891),
        ('date("2024-02-29") + duration("P1Y")', "2025-02-28"),
        ('duration("P1DT2H")', "P1DT2H"),
        ('duration("P14M")', "P1Y2M"),
        ('date and time("2024-01-01T10:00:00+08:00")', "2024-01-01T10:00:00+08:00"),
        ("[1..5]", "[1..5]"),
        ("{a: [n, null]}", {"a": [4, None]}),
        ("= if n > 3 then true else false", True),
    ],
)
def test_feel_prints_values_as_json(capsys: pytest.CaptureFixture[str], text: str, value: object) -> None:
    assert answer(capsys, "feel", text, "--variables", '{"n": 4}') == (0, value)


def test_feel_says_why_a_value_is_null(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["feel", "1 / 0"]) == 0
    said = capsys.readouterr()
    assert said.out == "null\n"
    assert "除数为零" in said.err


@pytest.mark.parametrize(("text", "variables"), [("1 +", "{}"), ("n", "[1]"), ("n", "{")])
def test_feel_refuses_what_it_cannot_read(capsys: pytest.CaptureFixture[str], text: str, variables: str) -> None:
    assert main(["feel", text, "--variables", variables]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err


def test_trace_runs_to_the_first_wait(capsys: pytest.CaptureFixture[str], diagram: str) -> None:
    code, trace = answer(capsys, "trace", diagram, "--variables", '{"n": 4}')
    assert code == 0
    assert (trace["state"], trace["completed"]) == ("active", ["begin", "double", "which"])
    assert trace["open_items"] == [{"node": "small", "kind": "user"}]
    assert trace["variables"]["twice"] == 8


def test_trace_says_how_far_a_case_came_and_where_it_failed(
    capsys: pytest.CaptureFixture[str], diagram: str
) -> None:
    code, trace = answer(capsys, "trace", diagram, "--variables", '{"n": 51}')
    assert code == 1
    assert (trace["state"], trace["completed"]) == ("incident", ["begin", "double", "which"])
    assert [incident["node"] for incident in trace["incidents"]] == ["big"]


def test_trace_answers_json_also_where_it_refuses(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    broken = tmp_path / "broken.bpmn"
    broken.write_text("<html>")
    code, trace = answer(capsys, "trace", str(broken))
    assert code == 1
    assert trace["state"] == "refused"
    assert trace["message"]


def test_check_names_element_and_line_and_is_silent_about_a_sound_file(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    bad = tmp_path / "bad.bpmn"
    bad.write_bytes(HEADLESS.xml().replace(b"n * 2", b"n * "))
    assert main(["check", str(bad)]) == 1
    assert "[double]" in capsys.readouterr().out
    tables = sorted(str(path) for path in Path("bpmn/appraisal").iterdir())
    assert main(["check", *tables]) == 0
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("tool", ["worker", "verify-history"])
def test_without_a_database_a_tool_says_what_to_do(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, tool: str
) -> None:
    monkeypatch.setenv("SHEGONG_DATA", str(tmp_path))
    assert main([tool]) == 1
    assert "python -m engine migrate" in capsys.readouterr().err
    assert main(["migrate"]) == 0
    assert main(["verify-history"]) == 0
