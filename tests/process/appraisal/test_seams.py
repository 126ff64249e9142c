"""Where the diagrams of the appraisal, delegates, messages and roles meet, nothing is missing or left over."""



from engine.delegates.appraisal.messages import ToCase
from tests.process.drawings import BPMN_FOLDER, NAMESPACES, Drawing

DRAWINGS = [Drawing(path) for path in sorted((BPMN_FOLDER / "appraisal").glob("*.bpmn"))]


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
