"""BPMN text for tests, written as lines of elements and flows."""

import itertools
from xml.sax.saxutils import escape, quoteattr

HEAD = (
    '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
    'id="defs" targetNamespace="test">'
)


def document(*parts: str) -> bytes:
    return (HEAD + "".join(parts) + "</bpmn:definitions>").encode()


def process(process_id: str, *parts: str) -> str:
    return f'<bpmn:process id="{process_id}" name="流程" isExecutable="true">{"".join(parts)}</bpmn:process>'


def diagram(*parts: str, process_id: str = "main", others: str = "") -> bytes:
    return document(process(process_id, *parts), others)


def extensions(*parts: str) -> str:
    return f"<bpmn:extensionElements>{''.join(parts)}</bpmn:extensionElements>" if any(parts) else ""


def mapping(inputs: dict[str, str] | None = None, outputs: dict[str, str] | None = None) -> str:
    rows = [f"<zeebe:input source={quoteattr(s)} target={quoteattr(t)}/>" for t, s in (inputs or {}).items()]
    rows += [f"<zeebe:output source={quoteattr(s)} target={quoteattr(t)}/>" for t, s in (outputs or {}).items()]
    return f"<zeebe:ioMapping>{''.join(rows)}</zeebe:ioMapping>" if rows else ""


def flow(*path: str, when: str = "", flow_id: str = "") -> str:
    """Connects the nodes of the path one after the other; `when` is the condition of the only flow."""
    condition = f"<bpmn:conditionExpression>{escape(when)}</bpmn:conditionExpression>" if when else ""
    rows = []
    for source, target in itertools.pairwise(path):
        name = flow_id or f"{source}__{target}"
        rows.append(
            f'<bpmn:sequenceFlow id="{name}" sourceRef="{source}" targetRef="{target}">{condition}</bpmn:sequenceFlow>'
        )
    return "".join(rows)


def element(kind: str, element_id: str, *parts: str, **attributes: str) -> str:
    rest = "".join(f" {name}={quoteattr(value)}" for name, value in attributes.items())
    return f'<bpmn:{kind} id="{element_id}" name="节点"{rest}>{"".join(parts)}</bpmn:{kind}>'


def start(element_id: str = "s", *parts: str, **attributes: str) -> str:
    return element("startEvent", element_id, *parts, **attributes)


def end(element_id: str = "e", *parts: str) -> str:
    return element("endEvent", element_id, *parts)


def user(element_id: str, *parts: str, io: str = "", **attributes: str) -> str:
    form = '<zeebe:userTask/><zeebe:formDefinition formId="form"/><zeebe:assignmentDefinition candidateGroups="clerk"/>'
    return element("userTask", element_id, extensions(form, io), *parts, **attributes)


def job(element_id: str, io: str = "", kind: str = "serviceTask") -> str:
    return element(kind, element_id, extensions('<zeebe:taskDefinition type="work"/>', io))


def script(element_id: str, expression: str, result: str) -> str:
    row = f"<zeebe:script expression={quoteattr(expression)} resultVariable={quoteattr(result)}/>"
    return element("scriptTask", element_id, extensions(row))


def rule(element_id: str, decision: str, result: str) -> str:
    row = f'<zeebe:calledDecision decisionId="{decision}" resultVariable="{result}"/>'
    return element("businessRuleTask", element_id, extensions(row))


def timer(kind: str, text: str) -> str:
    return f"<bpmn:timerEventDefinition><bpmn:{kind}>{escape(text)}</bpmn:{kind}></bpmn:timerEventDefinition>"


def message_event(message: str = "msg") -> str:
    return f'<bpmn:messageEventDefinition messageRef="{message}"/>'


def message(message_id: str = "msg", name: str = "reply", key: str = "= no") -> str:
    subscription = extensions(f"<zeebe:subscription correlationKey={quoteattr(key)}/>") if key else ""
    return f'<bpmn:message id="{message_id}" name="{name}">{subscription}</bpmn:message>'


def error(error_id: str, code: str) -> str:
    return f'<bpmn:error id="{error_id}" name="{code}" errorCode="{code}"/>'


def error_event(error_id: str = "") -> str:
    return f'<bpmn:errorEventDefinition errorRef="{error_id}"/>' if error_id else "<bpmn:errorEventDefinition/>"


def boundary(element_id: str, host: str, definition: str, *, interrupting: bool = True) -> str:
    return element(
        "boundaryEvent", element_id, definition, attachedToRef=host, cancelActivity="true" if interrupting else "false"
    )


def catch(element_id: str, definition: str) -> str:
    return element("intermediateCatchEvent", element_id, definition)


def throw(element_id: str, message_id: str, **inputs: str) -> str:
    return element("intermediateThrowEvent", element_id, extensions(mapping(inputs)), message_event(message_id))


def many(
    collection: str, item: str = "", *, sequential: bool = False, output: str = "", result: str = "", until: str = ""
) -> str:
    names = {"inputCollection": collection, "inputElement": item, "outputCollection": output, "outputElement": result}
    row = "".join(f" {name}={quoteattr(text)}" for name, text in names.items() if text)
    condition = f"<bpmn:completionCondition>{escape(until)}</bpmn:completionCondition>" if until else ""
    return (
        f'<bpmn:multiInstanceLoopCharacteristics isSequential="{str(sequential).lower()}">'
        f"{extensions(f'<zeebe:loopCharacteristics{row}/>')}{condition}</bpmn:multiInstanceLoopCharacteristics>"
    )


def sub(element_id: str, *parts: str, io: str = "", loop: str = "", **attributes: str) -> str:
    return element("subProcess", element_id, extensions(io), *parts, loop, **attributes)


def event_sub(element_id: str, *parts: str) -> str:
    return element("subProcess", element_id, *parts, triggeredByEvent="true")


def call(element_id: str, called: str, io: str = "", loop: str = "", **attributes: str) -> str:
    rest = "".join(f' {name}="{value}"' for name, value in attributes.items())
    return element(
        "callActivity", element_id, extensions(f'<zeebe:calledElement processId="{called}"{rest}/>', io), loop
    )


def split(element_id: str, kind: str = "parallelGateway", **attributes: str) -> str:
    return element(kind, element_id, **attributes)
