"""What holds for the diagrams of every process: nothing is missing between them and the delegates, or left over."""

import pytest

from engine.identity.roles import ROLE_IDS
from engine.installation import load_delegates
from engine.workflow.delegates import DELEGATES
from engine.workflow.diagram import check_diagram
from tests.process.drawings import NAMESPACES, Drawing, drawings

DRAWINGS = drawings()


@pytest.mark.parametrize("drawing", DRAWINGS, ids=lambda drawing: drawing.path.stem)
def test_a_diagram_has_no_finding(drawing: Drawing) -> None:
    load_delegates()
    findings = check_diagram(
        drawing.path.read_bytes(), source=drawing.path.name, roles=ROLE_IDS, decisions=set(), delegates=set(DELEGATES)
    )
    assert [finding for finding in findings if finding.severity == "error"] == []


def test_every_service_task_has_a_delegate_and_every_delegate_a_task() -> None:
    load_delegates()
    drawn = [drawing.root.iterfind(".//zeebe:taskDefinition", NAMESPACES) for drawing in DRAWINGS]
    ours = {name for name, delegate in DELEGATES.items() if delegate.__module__.startswith("engine.")}
    assert {definition.get("type", "") for found in drawn for definition in found} == ours
