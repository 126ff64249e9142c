"""Hostile expressions at every place of a diagram that computes something, through deployment and start."""

from collections.abc import Mapping
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

import pytest

from tests.store.workflow.drawing import Drawing
from tests.unit.hostile.conftest import Target

PYTHON = {
    "dunder": "().__class__.__base__.__subclasses__()",
    "import": "__import__('os').system('touch $CANARY')",
    "open": "open('$CANARY','w')",
    "lambda": "(lambda: 0).__globals__",
    "statement": "import os\nos.system('touch $CANARY')",
    "breakout": "True) or __import__('os').system('touch $CANARY') or (1",
    "f-string": "f'{name.__class__.__mro__}'",
    "endless": "while True:\n    pass",
    "parentheses": "(" * 5000 + "1" + ")" * 5000,
}
COSTLY = {
    "format": '"{0.__class__}".format(name)',
    "range": "for i in 1..1000000000 return i",
    "cube": "for a in 1..3000, b in 1..3000, c in 1..3000 return 1",
    "quantifier": "some i in 1..1000000000 satisfies i < 0",
    "power": "9**9**9**9",
    "recursion": "{f: function(g, x) g(g, x + 1) + g(g, x + 1), r: f(f, 0)}.r",
    "doubling": 'replace(string(for i in 1..2000 return "aaaaaaaaaa"), "a", "$0$0$0$0$0$0$0$0")',
    "backtracking": 'matches(string(for i in 1..5000 return "a"), "(a*)*b")',
    "minuses": "-" * 20000 + "1",
    "lists": "[" * 3000 + "]" * 3000,
    "attributes": "a" + ".b" * 4000,
    "bidi": 'name = "x" // \u202e ) "os"(__tropmi__',
    "surrogate": '"\\uD800"',
    "java": "get entries(T(java.lang.Runtime).getRuntime())",
    "null byte": 'string("\\u0000")',
}


def script(text: str) -> Drawing:
    return Drawing("hostile").start().script("place", text, "result").end().chain("begin", "place", "over")


def condition(text: str) -> Drawing:
    drawing = Drawing("hostile").start().gateway("which", default="which_to_no").end("place").end("no")
    return drawing.chain("begin", "which").flow("which", "place", f"= {text}").flow("which", "no")


def timer(text: str) -> Drawing:
    return Drawing("hostile").start().timer("place", f"= {text}").end().chain("begin", "place", "over")


def message(text: str) -> Drawing:
    return Drawing("hostile").start().message("place", "paid", f"= {text}").end().chain("begin", "place", "over")


def assignee(text: str) -> Drawing:
    return Drawing("hostile").start().user("place", assignee=f"= {text}").end().chain("begin", "place", "over")


def organisation(text: str) -> Drawing:
    drawing = Drawing("hostile").start().user("place", groups="county_clerk", organisation=f"= {text}")
    return drawing.end().chain("begin", "place", "over")


PLACES = {place.__name__: place for place in (script, condition, timer, message, assignee, organisation)}


def files_at(place: str, text: str) -> Mapping[str, bytes]:
    """The files that hold the expression at the named place."""
    if place in PLACES:
        return {"hostile.bpmn": PLACES[place](text).xml()}
    if place == "input":
        return {"hostile.bpmn": _with_input(text)}
    return {"hostile.bpmn": _asking_the_table(), "table.dmn": _table(place, text)}


def _with_input(text: str) -> bytes:
    drawn = Drawing("hostile").start().user("place", groups="county_clerk", organisation="case", outputs="PLACE")
    xml = drawn.end().chain("begin", "place", "over").xml().decode()
    mapped = f'<zeebe:input source={quoteattr("= " + text)} target="given"/>'
    return xml.replace('<zeebe:output source="= PLACE" target="PLACE"/>', mapped).encode()


def _asking_the_table() -> bytes:
    xml = Drawing("hostile").start().script("place", "1", "result").end().chain("begin", "place", "over").xml().decode()
    asked = '<zeebe:calledDecision decisionId="table" resultVariable="result"/>'
    xml = xml.replace('<zeebe:script expression="= 1" resultVariable="result"/>', asked)
    return xml.replace("bpmn:scriptTask", "bpmn:businessRuleTask").encode()


def _table(place: str, text: str) -> bytes:
    cells = {"table input": "name", "table cell": "-", "table output": '"x"'} | {place: text}
    return (
        '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="n">'
        '<decision id="table" name="表"><decisionTable id="t" hitPolicy="FIRST">'
        f'<input id="i" label="姓名"><inputExpression id="e"><text>{escape(cells["table input"])}</text>'
        '</inputExpression></input><output id="o" name="result"/>'
        f'<rule id="r"><inputEntry id="c"><text>{escape(cells["table cell"])}</text></inputEntry>'
        f'<outputEntry id="x"><text>{escape(cells["table output"])}</text></outputEntry></rule>'
        "</decisionTable></decision></definitions>"
    ).encode()


@pytest.mark.parametrize("place", [*PLACES, "input", "table input", "table cell", "table output"])
def test_hostile_expressions_end_refused_or_as_incident_or_harmless(target: Target, canary: Path, place: str) -> None:
    assert target.outcome(files_at(place, '"x"'), "hostile", name="x") != "refused"
    for kind, text in {**PYTHON, **COSTLY}.items():
        outcome = target.outcome(files_at(place, text.replace("$CANARY", str(canary))), "hostile", name="x")
        assert outcome == "refused" or kind in COSTLY, kind
