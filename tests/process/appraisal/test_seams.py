"""Where the diagrams of the appraisal, delegates, messages and roles meet, nothing is missing or left over."""

from pathlib import Path

import pytest

from engine.delegates.appraisal.messages import ToCase
from engine.identity.roles import ROLE_IDS
from engine.installation import load_delegates
from engine.workflow.delegates import DELEGATES
from engine.workflow.diagram import check_diagram
from tests.process.drawings import BPMN_FOLDER, NAMESPACES, Drawing

DRAWINGS = [Drawing(path) for path in sorted((BPMN_FOLDER / "appraisal").glob("*.bpmn"))]


def names(drawing: Drawing) -> str:
    return Path(drawing.path).stem


@pytest.mark.parametrize("drawing", DRAWINGS, ids=names)
def test_a_diagram_has_no_finding(drawing: Drawing) -> None:
    load_delegates()
    findings = check_diagram(
        drawing.path.read_bytes(), source=drawing.path.name, roles=ROLE_IDS, decisions=set(), delegates=set(DELEGATES)
    )
    assert [finding for finding in findings if finding.severity == "error"] == []


def test_every_service_task_has_a_delegate_and_every_delegate_a_task() -> None:
    load_delegates()
    drawn = [drawing.root.iterfind(".//zeebe:taskDefinition", NAMESPACES) for drawing in DRAWINGS]
    used = {definition.get("type", "") for found in drawn for definition in found}
    assert used == {name for name in DELEGATES if name.startswith("appraisal.")}


def test_messages_in_code_are_the_messages_the_diagrams_wait_for() -> None:
    drawn = {m.get("name") for drawing in DRAWINGS for m in drawing.root.iterfind(".//bpmn:message", NAMESPACES)}
    assert drawn == {message.value for message in ToCase}


def test_every_user_task_says_what_is_decided_on_which_basis_and_until_when() -> None:
    for drawing in DRAWINGS:
        for node in drawing.nodes():
            if node.kind == "userTask":
                properties = {p.get("name") for p in node.xml.iterfind(".//zeebe:property", NAMESPACES)}
                assert {"decisions", "basis", "stage", "afterDeadline"} <= properties, node.id
                assert {"deadlineWorkdays", "deadlineHours"} & properties, node.id
