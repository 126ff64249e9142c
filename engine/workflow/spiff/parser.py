"""SpiffWorkflow's parser without its recursion: all nodes of a scope first, then all flows.

The stock parser walks from the start event and recurses along the flows. It loses what it does not reach (flows without
id, link events, boundary events without a host), and a long path ends in a RecursionError. It also looks into
extension elements and names; settings are read by engine.workflow.diagram instead.
"""

from typing import Any

from lxml import etree
from SpiffWorkflow.bpmn.parser import BpmnParser
from SpiffWorkflow.bpmn.parser.ProcessParser import ProcessParser
from SpiffWorkflow.bpmn.parser.task_parsers import SubprocessParser
from SpiffWorkflow.bpmn.parser.TaskParser import TaskParser
from SpiffWorkflow.bpmn.parser.util import full_tag
from SpiffWorkflow.bpmn.parser.ValidationException import ValidationException
from SpiffWorkflow.bpmn.specs.event_definitions.simple import NoneEventDefinition

from engine.workflow.diagram import Node
from engine.workflow.spiff import specs

LOOP = full_tag("multiInstanceLoopCharacteristics")
IGNORED = tuple(
    full_tag(name)
    for name in (
        "documentation", "extensionElements", "laneSet", "property", "dataObject", "dataObjectReference",
        "dataStoreReference", "dataInputAssociation", "dataOutputAssociation", "collaboration",
    )
)  # fmt: skip


class NodeParser(TaskParser):
    """One node, without its successors."""

    def parse_node(self) -> Any:
        self.task = self.create_task()
        self.task.node = self.process_parser.parser.nodes[self.bpmn_id]
        loop = self.node.find(LOOP)
        if loop is not None:
            self._make_instances(loop.get("isSequential") == "true")
        self.task.boundaries = tuple(each.get("id") for each in self.process_parser.get_boundary_events(self.bpmn_id))
        return self.task

    def _make_instances(self, sequential: bool) -> None:
        inner = self.spec.task_specs.pop(self.task.name)
        kind = specs.SequentialInstances if sequential else specs.ParallelInstances
        self.task = kind(self.spec, inner.name, task_spec="")
        self.task.node = inner.node
        self._copy_task_attrs(inner)

    def connect_flows(self) -> None:
        """In the order of the drawing's text, which is the order in which conditions are tried."""
        flows = self.process_parser.get_outgoing_sequence_flows(self.bpmn_id)
        default = self.node.get("default")
        for flow in flows:
            only = len(flows) == 1 and self.parse_condition(flow) is None
            target = self.spec.task_specs[flow.get("targetRef")]
            self.connect_outgoing(target, flow, only or flow.get("id") == default)


class GatewayParser(NodeParser):
    """Exclusive and inclusive gateways: flows with conditions."""

    def handles_multiple_outgoing(self) -> bool:
        return True

    def connect_outgoing(self, target: Any, flow: Any, is_default: bool) -> None:
        condition = None if is_default else self.parse_condition(flow)
        if not is_default and condition is None:
            raise ValidationException(f"连线“{flow.get('id')}”既没有条件也不是默认连线", node=flow)
        self.task.connect_if(None if condition is None else specs.Condition(condition), target)
        if is_default:
            self.task.default_task_spec = target.name


class EventParser(NodeParser):
    """What the event is, the diagram's Node says."""

    def create_task(self) -> Any:
        attributes = {**self.bpmn_attributes, "event_definition": NoneEventDefinition()}
        if self.spec_class is specs.BoundaryEvent:
            attributes["cancel_activity"] = self.process_parser.parser.nodes[self.bpmn_id].event.interrupting
        return self.spec_class(self.spec, self.bpmn_id, **attributes)


class ScopeParser(NodeParser):
    def create_task(self) -> Any:
        inner = SubprocessParser.get_subprocess_spec(self)
        return self.spec_class(self.spec, self.bpmn_id, subworkflow_spec=inner, **self.bpmn_attributes)


class CallParser(NodeParser):
    def create_task(self) -> Any:
        called = self.process_parser.parser.nodes[self.bpmn_id].settings.called_process
        return self.spec_class(self.spec, self.bpmn_id, subworkflow_spec=called, **self.bpmn_attributes)


PARSERS: dict[str, tuple[type, type]] = {
    "startEvent": (EventParser, specs.StartEvent),
    "endEvent": (EventParser, specs.EndEvent),
    "intermediateCatchEvent": (EventParser, specs.CatchEvent),
    "intermediateThrowEvent": (EventParser, specs.ThrowEvent),
    "boundaryEvent": (EventParser, specs.BoundaryEvent),
    "receiveTask": (EventParser, specs.CatchEvent),
    "eventBasedGateway": (EventParser, specs.EventBasedGateway),
    "task": (NodeParser, specs.PassTask),
    "manualTask": (NodeParser, specs.PassTask),
    "userTask": (NodeParser, specs.UserTask),
    "scriptTask": (NodeParser, specs.ExpressionTask),
    "businessRuleTask": (NodeParser, specs.DecisionTask),
    "serviceTask": (NodeParser, specs.JobTask),
    "sendTask": (NodeParser, specs.JobTask),
    "exclusiveGateway": (GatewayParser, specs.ExclusiveGateway),
    "inclusiveGateway": (GatewayParser, specs.InclusiveGateway),
    "parallelGateway": (NodeParser, specs.ParallelGateway),
    "subProcess": (ScopeParser, specs.SubProcess),
    "callActivity": (CallParser, specs.SubProcess),
}


class FlatProcessParser(ProcessParser):
    def add_tasks(self) -> None:
        parsers = []
        for node in self.node:
            kind, spec_class = self.parser._get_parser_class(node.tag)
            if kind is not None:
                parsers.append(kind(self, spec_class, node, self.nsmap, lane=self.lane))
        for parser in parsers:
            parser.parse_node()
        for parser in parsers:
            parser.connect_flows()


class DialectParser(BpmnParser):
    """Gets the nodes as engine.workflow.diagram read them; the XML gives it the shape only."""

    PARSER_CLASSES = {full_tag(name): classes for name, classes in PARSERS.items()}  # noqa: RUF012
    PROCESS_PARSER_CLASS = FlatProcessParser

    def __init__(self, nodes: dict[str, Node]) -> None:
        super().__init__()
        self.nodes = nodes

    def add(self, canonical: bytes) -> None:
        """The canonical text of a diagram that was read before."""
        root = etree.fromstring(canonical, etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False))
        etree.strip_elements(root, *IGNORED)
        self.add_bpmn_xml(root)
