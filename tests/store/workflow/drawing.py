"""Small diagrams for tests, drawn left to right, from Python values."""

from dataclasses import dataclass, field
from itertools import pairwise
from xml.sax.saxutils import escape, quoteattr

_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" '
    'xmlns:di="http://www.omg.org/spec/DD/20100524/DI" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" '
    'xmlns:modeler="http://camunda.org/schema/modeler/1.0" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
    'id="definitions" targetNamespace="http://bpmn.io/schema/bpmn" modeler:executionPlatform="Camunda Cloud" '
    'modeler:executionPlatformVersion="8.8.0">'
)


@dataclass
class Drawing:
    """A process being drawn; every method adds one element, `flow` connects two."""

    id: str
    properties: dict[str, str] = field(default_factory=dict)
    _elements: list[str] = field(default_factory=list)
    _flows: list[str] = field(default_factory=list)
    _shapes: list[str] = field(default_factory=list)
    _roots: list[str] = field(default_factory=list)
    _places: dict[str, int] = field(default_factory=dict)

    def start(self, id_: str = "begin") -> "Drawing":
        return self._add(f'<bpmn:startEvent id="{id_}" name="开始"/>', id_)

    def end(self, id_: str = "over", name: str = "结束") -> "Drawing":
        return self._add(f'<bpmn:endEvent id="{id_}" name="{name}"/>', id_)

    def user(self, id_: str, *, groups: str = "", assignee: str = "", outputs: str = "", **settings: str) -> "Drawing":
        who = f"candidateGroups={quoteattr(groups)}" if groups else f"assignee={quoteattr(assignee)}"
        mapped = "".join(f'<zeebe:output source="= {name}" target="{name}"/>' for name in outputs.split())
        inner = (
            f'<zeebe:userTask/><zeebe:formDefinition formId="form"/><zeebe:assignmentDefinition {who}/>'
            + (f"<zeebe:ioMapping>{mapped}</zeebe:ioMapping>" if mapped else "")
            + _properties(settings)
        )
        return self._add(f'<bpmn:userTask id="{id_}" name="办理{id_}">{_extensions(inner)}</bpmn:userTask>', id_)

    def service(self, id_: str, type_: str, retries: int = 3) -> "Drawing":
        inner = f'<zeebe:taskDefinition type="{type_}" retries="{retries}"/>'
        return self._add(f'<bpmn:serviceTask id="{id_}" name="系统{id_}">{_extensions(inner)}</bpmn:serviceTask>', id_)

    def script(self, id_: str, expression: str, result: str) -> "Drawing":
        inner = f'<zeebe:script expression={quoteattr("= " + expression)} resultVariable="{result}"/>'
        return self._add(f'<bpmn:scriptTask id="{id_}" name="计算{id_}">{_extensions(inner)}</bpmn:scriptTask>', id_)

    def gateway(self, id_: str, kind: str = "exclusive", default: str = "") -> "Drawing":
        chosen = f' default="{default}"' if default else ""
        return self._add(f'<bpmn:{kind}Gateway id="{id_}" name="判断"{chosen}/>', id_)

    def timer(self, id_: str, text: str, kind: str = "timeDuration", **settings: str) -> "Drawing":
        inner = _extensions(_properties(settings)) if settings else ""
        definition = (
            f'<bpmn:timerEventDefinition id="{id_}_td"><bpmn:{kind} xsi:type="bpmn:tFormalExpression">{escape(text)}'
            f"</bpmn:{kind}></bpmn:timerEventDefinition>"
        )
        element = f'<bpmn:intermediateCatchEvent id="{id_}" name="等待{id_}">{inner}{definition}'
        return self._add(f"{element}</bpmn:intermediateCatchEvent>", id_)

    def reminder(self, id_: str, host: str, text: str, kind: str = "timeCycle") -> "Drawing":
        """A timer at an activity that does not interrupt it."""
        definition = (
            f'<bpmn:timerEventDefinition id="{id_}_td"><bpmn:{kind} xsi:type="bpmn:tFormalExpression">{escape(text)}'
            f"</bpmn:{kind}></bpmn:timerEventDefinition>"
        )
        element = f'<bpmn:boundaryEvent id="{id_}" name="提醒{id_}" attachedToRef="{host}" cancelActivity="false">'
        return self._add(f"{element}{definition}</bpmn:boundaryEvent>", id_)

    def message(self, id_: str, name: str, key: str) -> "Drawing":
        subscription = _extensions(f"<zeebe:subscription correlationKey={quoteattr(key)}/>")
        self._roots.append(f'<bpmn:message id="message_{id_}" name="{name}">{subscription}</bpmn:message>')
        element = f'<bpmn:intermediateCatchEvent id="{id_}" name="收到{id_}"><bpmn:messageEventDefinition '
        return self._add(f'{element}id="{id_}_md" messageRef="message_{id_}"/></bpmn:intermediateCatchEvent>', id_)

    def flow(self, source: str, target: str, condition: str = "") -> "Drawing":
        id_ = f"{source}_to_{target}"
        inner = (
            f'<bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">{escape(condition)}'
            "</bpmn:conditionExpression>"
            if condition
            else ""
        )
        self._flows.append(
            f'<bpmn:sequenceFlow id="{id_}" name="经过" sourceRef="{source}" targetRef="{target}">{inner}'
            "</bpmn:sequenceFlow>"
        )
        x1, x2 = self._places[source], self._places[target]
        self._shapes.append(
            f'<bpmndi:BPMNEdge id="{id_}_di" bpmnElement="{id_}"><di:waypoint x="{x1 + 100}" y="40"/>'
            f'<di:waypoint x="{x2}" y="40"/></bpmndi:BPMNEdge>'
        )
        return self

    def chain(self, *ids: str) -> "Drawing":
        for source, target in pairwise(ids):
            self.flow(source, target)
        return self

    def xml(self) -> bytes:
        own = _extensions(_properties(self.properties)) if self.properties else ""
        return (
            f'{_HEAD}<bpmn:process id="{self.id}" name="测试流程" isExecutable="true">{own}'
            + "".join(self._elements + self._flows)
            + "</bpmn:process>"
            + "".join(self._roots)
            + f'<bpmndi:BPMNDiagram id="diagram"><bpmndi:BPMNPlane id="plane" bpmnElement="{self.id}">'
            + "".join(self._shapes)
            + "</bpmndi:BPMNPlane></bpmndi:BPMNDiagram></bpmn:definitions>"
        ).encode()

    def _add(self, element: str, id_: str) -> "Drawing":
        x = 160 * len(self._places)
        self._places[id_] = x
        self._elements.append(element)
        self._shapes.append(
            f'<bpmndi:BPMNShape id="{id_}_di" bpmnElement="{id_}"><dc:Bounds x="{x}" y="0" width="100" height="80"/>'
            "</bpmndi:BPMNShape>"
        )
        return self


def _extensions(inner: str) -> str:
    return f"<bpmn:extensionElements>{inner}</bpmn:extensionElements>"


def _properties(settings: dict[str, str]) -> str:
    lines = "".join(f'<zeebe:property name="{key}" value={quoteattr(value)}/>' for key, value in settings.items())
    return f"<zeebe:properties>{lines}</zeebe:properties>" if lines else ""
