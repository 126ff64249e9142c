from fractions import Fraction

import pytest

from engine.workflow.diagram import (
    AfterDeadline,
    CompletionKind,
    Deadline,
    DeadlineUnit,
    DiagramError,
    FieldRight,
    TimerKind,
    check_diagram,
    read_diagram,
)
from tests.unit.workflow_spiff.drawing import (
    HEAD,
    catch,
    diagram,
    document,
    element,
    end,
    extensions,
    flow,
    message,
    message_event,
    process,
    start,
    sub,
    timer,
    user,
)

SMALL = diagram(start(), user("a"), end(), flow("s", "a", "e"))


def properties(**values: str) -> str:
    rows = "".join(f'<zeebe:property name="{name}" value="{value}"/>' for name, value in values.items())
    return f"<zeebe:properties>{rows}</zeebe:properties>"


def codes(xml: bytes) -> set[str]:
    return {finding.code for finding in check_diagram(xml)}


def reason(xml: bytes) -> str:
    with pytest.raises(DiagramError) as refused:
        read_diagram(xml)
    assert check_diagram(xml)[0].severity == "error"
    return refused.value.findings[0].code


def test_nodes_know_their_process_scope_and_kind() -> None:
    box = sub("box", start("bs"), user("inner"), end("be"), flow("bs", "inner", "be"))
    drawing = read_diagram(diagram(start(), box, end(), flow("s", "box", "e")))
    assert (drawing.nodes["inner"].kind, drawing.nodes["inner"].process_id, drawing.nodes["inner"].scope) == (
        "userTask", "main", "box",
    )  # fmt: skip
    assert drawing.process("main") is not None
    assert drawing.process("other") is None


def test_all_node_settings_are_read_typed() -> None:
    settings = extensions(
        '<zeebe:userTask/><zeebe:formDefinition formId="review"/>'
        '<zeebe:assignmentDefinition candidateGroups="county_reviewer, county_head" assignee="= applicantId"/>',
        properties(
            organisation="street", decisions="pass:通过,return:退回补正", opinionRequired="return",
            operations="claim,return", completionRule="ratio:60", deadlineWorkdays="2", deadlineWarning="1",
            afterDeadline="escalate:county_head", exclude="initiator,handlerOf:a",
            fieldRights="phone=hidden,opinion=edit",
            basis="第5条", stage="资格初审", withdrawable="true",
        ),
    )  # fmt: skip
    read = (
        read_diagram(diagram(start(), element("userTask", "a", settings), end(), flow("s", "a", "e")))
        .nodes["a"]
        .settings
    )
    assert read.form_id == "review"
    assert read.candidate_groups == ("county_reviewer", "county_head")
    assert read.assignee == "= applicantId"
    assert read.organisation == "street"
    assert dict(read.decisions) == {"pass": "通过", "return": "退回补正"}
    assert read.approving_decisions == {"pass"}
    assert read.opinion_required == {"return"}
    assert (read.completion_rule.kind, read.completion_rule.threshold) == (CompletionKind.RATIO, Fraction(3, 5))
    assert read.deadline == Deadline(2, DeadlineUnit.WORKDAYS, 1, AfterDeadline.ESCALATE, "county_head")
    assert read.exclude == ("initiator", "handlerOf:a")
    assert dict(read.field_rights) == {"phone": FieldRight.HIDDEN, "opinion": FieldRight.EDIT}
    assert (read.basis, read.stage, read.withdrawable, read.adjustable) == ("第5条", "资格初审", True, False)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("completionRule", "most"), ("completionRule", "ratio:0"), ("completionRule", "ratio:101"),
        ("decisions", "pass"), ("decisions", "a:甲,a:乙"), ("deadlineWorkdays", "-1"), ("deadlineHours", "two"),
        ("organisation", "moon"), ("fieldRights", "phone=secret"), ("exclude", "somebody"), ("withdrawable", "yes"),
    ],
)  # fmt: skip
def test_malformed_setting_is_found_at_its_node(name: str, value: str) -> None:
    broken = diagram(
        start(), element("userTask", "a", extensions(properties(**{name: value}))), end(), flow("s", "a", "e")
    )
    found = [finding for finding in check_diagram(broken) if finding.code == "property.malformed"]
    assert [(finding.element_id, finding.line > 0) for finding in found] == [("a", True)]
    assert name in found[0].message


def test_events_are_read_with_their_message_and_timer() -> None:
    nodes = read_diagram(diagram(
        start(), catch("m", message_event()), catch("t", timer("timeCycle", "R3/PT24H")), end(),
        flow("s", "m", "t", "e"), others=message(),
    )).nodes  # fmt: skip
    assert (nodes["m"].event.name, nodes["m"].event.correlation_key) == ("reply", "= no")
    assert (nodes["t"].event.timer, nodes["t"].event.timer_text) == (TimerKind.CYCLE, "R3/PT24H")


def test_flow_without_id_gets_one() -> None:
    nameless = SMALL.replace(b' id="s__a"', b"")
    assert {flow.target for flow in read_diagram(nameless).flows} == {"a", "e"}
    assert all(flow.id for flow in read_diagram(nameless).flows)


def test_canonical_text_is_stable_and_has_no_comments() -> None:
    first = read_diagram(SMALL.replace(b"<bpmn:process", b"<!-- secret --><bpmn:process"))
    assert b"secret" not in first.canonical
    again = read_diagram(first.canonical)
    assert (again.canonical, again.checksum) == (first.canonical, first.checksum)


DOCTYPE = b'<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
INCLUDE = '<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="file:///etc/passwd"/>'


@pytest.mark.parametrize(
    ("xml", "code"),
    [
        (DOCTYPE + SMALL.replace("节点".encode(), b"&x;"), "xml.doctype"),
        (b'<!DOCTYPE d [<!ENTITY % p SYSTEM "http://127.0.0.1:9/x"> %p;]>' + SMALL, "xml.doctype"),
        (document(process("main", INCLUDE)), "xml.xinclude"),
        (SMALL.decode().encode("utf-16"), "xml.encoding"),
        (b'<?xml version="1.0" encoding="UTF-7"?>' + SMALL, "xml.encoding"),
        (b'<?xml version="1.0" encoding="GBK"?>' + SMALL, "xml.encoding"),
        (SMALL + b"<!--" + b"x" * 3_000_000 + b"-->", "xml.too_big"),
        (SMALL[:-30], "xml.malformed"),
        (b"", "xml.malformed"),
        (b"{}", "xml.malformed"),
        (b"<html><body/></html>", "xml.not_bpmn"),
        ((HEAD + "<a>" * 100 + "</a>" * 100 + "</bpmn:definitions>").encode(), "xml.too_deep"),
        ((HEAD + "<a>" * 100_000 + "</a>" * 100_000 + "</bpmn:definitions>").encode(), "xml.malformed"),
    ],
)  # fmt: skip
def test_hostile_file_is_refused_before_anything_is_made_of_it(xml: bytes, code: str) -> None:
    assert reason(xml) == code


def test_malformed_file_names_the_line() -> None:
    with pytest.raises(DiagramError) as refused:
        read_diagram(HEAD.encode() + b"\n\n<bpmn:process></bpmn:wrong>")
    assert refused.value.findings[0].line == 3


def test_too_many_nodes_are_refused() -> None:
    tasks = "".join(f'<bpmn:task id="t{n}"/>' for n in range(20_000))
    assert "diagram.too_many_nodes" in {finding.code for finding in _refusal(diagram(start(), tasks))}


def test_long_chain_is_refused_with_its_length() -> None:
    names = [f"m{n}" for n in range(900)]
    chain = diagram(start(), *(element("manualTask", name) for name in names), end(), flow("s", *names, "e"))
    (finding,) = _refusal(chain)
    assert (finding.code, "902" in finding.message) == ("diagram.too_long", True)


def _refusal(xml: bytes) -> tuple:
    with pytest.raises(DiagramError) as refused:
        read_diagram(xml)
    return refused.value.findings


@pytest.mark.parametrize(
    "drawn",
    [
        '<bpmn:complexGateway id="x"/>', '<bpmn:adHocSubProcess id="x"/>', '<bpmn:transaction id="x"/>',
        '<bpmn:intermediateThrowEvent id="x"><bpmn:linkEventDefinition name="l"/></bpmn:intermediateThrowEvent>',
        '<bpmn:boundaryEvent id="x"><bpmn:signalEventDefinition/></bpmn:boundaryEvent>',
        '<bpmn:endEvent id="x"><bpmn:escalationEventDefinition/></bpmn:endEvent>',
        '<bpmn:endEvent id="x"><bpmn:compensateEventDefinition/></bpmn:endEvent>',
        '<bpmn:startEvent id="x"><bpmn:conditionalEventDefinition/></bpmn:startEvent>',
        '<bpmn:scriptTask id="x"><bpmn:script>import os</bpmn:script></bpmn:scriptTask>',
        '<bpmn:task id="x"><bpmn:standardLoopCharacteristics/></bpmn:task>',
        '<bpmn:receiveTask id="x" instantiate="true"/>',
        '<bpmn:task id="x"><bpmn:multiInstanceLoopCharacteristics><bpmn:loopCardinality>1000000</bpmn:loopCardinality>'
        "</bpmn:multiInstanceLoopCharacteristics></bpmn:task>",
    ],
)  # fmt: skip
def test_elements_that_cannot_run_right_are_refused_by_name(drawn: str) -> None:
    found = _refusal(diagram(start(), drawn, end(), flow("s", "e")))
    assert ("element.refused", "x") in {(finding.code, finding.element_id) for finding in found}


@pytest.mark.parametrize(
    ("element_id", "code"),
    [("Start", "id.reserved"), ("x.EndJoin", "id.reserved"), ("a b", "id.malformed"), ("a:b", "id.malformed")],
)
def test_reserved_and_malformed_ids_are_refused(element_id: str, code: str) -> None:
    assert code in {finding.code for finding in _refusal(diagram(start(), user(element_id), end(), flow("s", "e")))}


def test_two_elements_with_one_id_are_refused() -> None:
    assert "id.duplicate" in {finding.code for finding in _refusal(diagram(start(), user("a"), user("a"), end()))}


def test_hostile_names_stay_text() -> None:
    named = SMALL.replace("节点".encode(), b"&lt;svg onload=alert(1)&gt;")
    assert read_diagram(named).nodes["a"].name == "<svg onload=alert(1)>"
