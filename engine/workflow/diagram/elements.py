"""Names of the elements of our dialect."""

from lxml import etree

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
ZEEBE = "http://camunda.org/schema/zeebe/1.0"
BPMNDI = "http://www.omg.org/spec/BPMN/20100524/DI"

Element = etree._Element

FLOW_NODES = frozenset(
    "startEvent endEvent intermediateCatchEvent intermediateThrowEvent boundaryEvent task userTask manualTask "
    "scriptTask serviceTask businessRuleTask sendTask receiveTask callActivity subProcess exclusiveGateway "
    "parallelGateway inclusiveGateway eventBasedGateway".split()
)
ACTIVITIES = frozenset(
    "task userTask manualTask scriptTask serviceTask businessRuleTask sendTask receiveTask callActivity "
    "subProcess".split()
)
GATEWAYS = frozenset("exclusiveGateway parallelGateway inclusiveGateway eventBasedGateway".split())
SCOPES = frozenset({"subProcess"})
EVENT_DEFINITIONS = frozenset(
    "messageEventDefinition timerEventDefinition errorEventDefinition terminateEventDefinition".split()
)
ALLOWED_BPMN = (
    FLOW_NODES
    | EVENT_DEFINITIONS
    | frozenset(
        "definitions process documentation extensionElements incoming outgoing sequenceFlow conditionExpression "
        "timeDate timeDuration timeCycle multiInstanceLoopCharacteristics completionCondition message error "
        "collaboration participant messageFlow laneSet lane flowNodeRef childLaneSet association textAnnotation text "
        "group category categoryValue dataObject dataObjectReference dataStoreReference dataState property "
        "dataInputAssociation dataOutputAssociation sourceRef targetRef".split()
    )
)


def tag(name: str) -> str:
    """The full name of a BPMN element."""
    return f"{{{BPMN}}}{name}"


def zeebe(name: str) -> str:
    """The full name of a zeebe extension element."""
    return f"{{{ZEEBE}}}{name}"


def local_name(element: Element) -> str:
    """The BPMN name without namespace; "" for elements of other namespaces."""
    name = etree.QName(element)
    return name.localname if name.namespace == BPMN else ""


def line_of(element: Element) -> int:
    """The line in the file, 0 when unknown."""
    line: object = element.sourceline
    return line if isinstance(line, int) else 0
