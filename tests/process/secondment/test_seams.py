"""Where the diagrams of the secondment, delegates, messages and roles meet, nothing is missing or left over."""

import re
from pathlib import Path

from engine.delegates.secondment import extensions, messages, secondments
from engine.delegates.secondment.messages import ToSecondment
from engine.installation import load_delegates
from engine.personnel.secondment.states import SecondmentState
from engine.workflow.delegates import STOPPED
from tests.process.drawings import BPMN_FOLDER, NAMESPACES, Drawing

DRAWINGS = [Drawing(path) for path in sorted((BPMN_FOLDER / "secondment").glob("*.bpmn"))]


def test_messages_in_code_are_the_messages_the_diagrams_wait_for() -> None:
    drawn = {m.get("name") for drawing in DRAWINGS for m in drawing.root.iterfind(".//bpmn:message", NAMESPACES)}
    assert drawn == {message.value for message in ToSecondment}


def test_every_user_task_says_what_is_decided_on_which_basis_and_until_when() -> None:
    for drawing in DRAWINGS:
        for node in drawing.nodes():
            if node.kind == "userTask":
                properties = {p.get("name") for p in node.xml.iterfind(".//zeebe:property", NAMESPACES)}
                assert {"decisions", "basis", "stage", "afterDeadline"} <= properties, node.id
                assert {"deadlineWorkdays", "deadlineHours"} & properties, node.id


def test_the_ledger_hears_of_every_process_of_a_secondment_that_is_stopped() -> None:
    load_delegates()
    assert {drawing.path.stem for drawing in DRAWINGS} <= set(STOPPED)


def test_states_that_the_diagram_records_are_states_of_a_secondment() -> None:
    headers = [h for drawing in DRAWINGS for h in drawing.root.iterfind(".//zeebe:header", NAMESPACES)]
    assert {h.get("value") for h in headers if h.get("key") == "state"} <= {state.value for state in SecondmentState}
    assert headers


def test_what_delegates_read_of_a_step_names_a_step_that_exists() -> None:
    known = {node.id for drawing in DRAWINGS for node in drawing.nodes() if node.kind == "userTask"}
    room = Path(str(messages.__file__)).parent
    read = {name for path in room.glob("*.py")
            for call in re.findall(r"(?:signed|last_opinion)\(call,([^)]*)\)", path.read_text("utf-8"))
            for name in re.findall(r'"([a-z_]+)"', call)}  # fmt: skip
    assert {"return_to_post", "confirm_return"} <= read <= known
    assert {*secondments.DECIDING, *extensions.DECIDING} <= known


def test_the_county_has_five_working_days_together() -> None:
    """[domain 4]"""
    drawing = next(drawing for drawing in DRAWINGS if drawing.path.stem == "secondment")
    days = {
        node.id: int(entry.get("value", "0")) for node in drawing.nodes()
        for entry in node.xml.iterfind(".//zeebe:property", NAMESPACES) if entry.get("name") == "deadlineWorkdays"
    }  # fmt: skip
    assert days["county_review"] + days["county_approval"] == 5
