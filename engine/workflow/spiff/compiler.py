"""Diagrams become an executable process."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from SpiffWorkflow.bpmn.parser.ValidationException import ValidationException

from engine.workflow.diagram import Diagram, DiagramError, Finding, Flow, Node, Severity, read_diagram
from engine.workflow.spiff.parser import DialectParser
from engine.workflow.spiff.specs import InclusiveGateway


@dataclass(frozen=True, slots=True)
class CompiledProcess:
    """An executable process: immutable, free to be shared between threads and cached per definition version.

    `nodes` holds the nodes of the process and of every process it calls. The other attributes are for the adapter."""

    process_id: str
    nodes: Mapping[str, Node]
    spec: Any = field(repr=False)
    subprocess_specs: Mapping[str, Any] = field(repr=False)
    starts: Mapping[str, str] = field(repr=False)
    """Scope id -> its none start event (else its first one)."""
    event_starts: Mapping[str, Mapping[str, str]] = field(repr=False)
    """Scope id -> start event of each of its event sub-processes -> that sub-process."""

    def start_of(self, scope_id: str) -> str:
        """The node where a scope begins."""
        return self.starts[scope_id]


def compile_process(diagrams: Sequence[bytes], process_id: str) -> CompiledProcess:
    """Builds the process out of the files that hold it and every process it calls.

    Raises DiagramError, also when the built process differs from the drawing in any node or flow."""
    read = [read_diagram(xml) for xml in diagrams]
    nodes, flows = _united(read)
    _check_called(process_id, read, nodes)
    parser = DialectParser(nodes)
    try:
        for diagram in read:
            parser.add(diagram.canonical)
        spec = parser.get_spec(process_id)
        inner = parser.get_subprocess_specs(process_id)
    except ValidationException as error:
        raise DiagramError([_refused("engine.refused", process_id, f"流程图无法执行：{error}")]) from error
    specs = {process_id: spec, **inner}
    used = {node_id: node for node_id, node in nodes.items() if node.scope in specs}
    _compare(specs, used, [flow for flow in flows if flow.scope in specs])
    _prepare_inclusive_joins(specs, used)
    return CompiledProcess(
        process_id, MappingProxyType(used), spec, MappingProxyType(inner), _starts(used), _event_starts(used)
    )


def _refused(code: str, element_id: str, message: str) -> Finding:
    return Finding(code, Severity.ERROR, element_id, 0, 0, message, "请检查该元素的连线和类型")


def _united(diagrams: Iterable[Diagram]) -> tuple[dict[str, Node], list[Flow]]:
    """One id, one node: called processes may not reuse the ids of their callers."""
    nodes: dict[str, Node] = {}
    flows: list[Flow] = []
    for diagram in diagrams:
        twice = nodes.keys() & diagram.nodes.keys()
        if twice:
            message = f"编号“{min(twice)}”在几个流程图中重复，请改成不同的编号"
            raise DiagramError([_refused("id.duplicate", min(twice), message)])
        nodes.update(diagram.nodes)
        flows.extend(diagram.flows)
    return nodes, flows


def _check_called(process_id: str, diagrams: Sequence[Diagram], nodes: Mapping[str, Node]) -> None:
    executable = {process.id: process.executable for diagram in diagrams for process in diagram.processes}
    wanted = {process_id: process_id}
    wanted |= {node.settings.called_process: node.id for node in nodes.values() if node.kind == "callActivity"}
    missing = [
        _refused("process.unknown", element, f"没有可执行的流程“{called}”")
        for called, element in wanted.items()
        if not executable.get(called)
    ]
    if missing:
        raise DiagramError(missing)


def _compare(specs: Mapping[str, Any], nodes: Mapping[str, Node], flows: Iterable[Flow]) -> None:
    """Nothing drawn may be missing in what runs."""
    lost = [node.id for node in nodes.values() if node.id not in specs[node.scope].task_specs]
    lost += [
        flow.id
        for flow in flows
        if flow.source in nodes and flow.target not in specs[flow.scope].task_specs[flow.source]._outputs
    ]
    if lost:
        raise DiagramError([_refused("engine.lost", element, f"元素“{element}”没有被执行引擎识别") for element in lost])


def _starts(nodes: Mapping[str, Node]) -> Mapping[str, str]:
    """A none start event goes before others."""
    starts: dict[str, str] = {}
    for node in sorted(nodes.values(), key=lambda node: node.event.kind != "none"):
        if node.kind == "startEvent":
            starts.setdefault(node.scope, node.id)
    return MappingProxyType(starts)


def _event_starts(nodes: Mapping[str, Node]) -> Mapping[str, Mapping[str, str]]:
    starts: dict[str, dict[str, str]] = {}
    for node in nodes.values():
        around = nodes.get(node.scope)
        if node.kind == "startEvent" and around is not None and around.event_sub_process:
            starts.setdefault(around.scope, {})[node.id] = around.id
    return MappingProxyType(starts)


def _prepare_inclusive_joins(specs: Mapping[str, Any], nodes: Mapping[str, Node]) -> None:
    for scope in specs.values():
        for spec in scope.task_specs.values():
            if isinstance(spec, InclusiveGateway):
                spec.reaching = {source: _reaching(scope, source, spec.name, nodes) for source in spec._inputs}


def _reaching(scope: Any, source: str, gateway: str, nodes: Mapping[str, Node]) -> frozenset[str]:
    """Every node from which a token can come to `source` without passing the gateway."""
    found: set[str] = set()
    ahead = [source]
    while ahead:
        name = ahead.pop()
        if name in found or name == gateway or name not in nodes:
            continue
        found.add(name)
        ahead.extend(scope.task_specs[name]._inputs)
        if nodes[name].attached_to:
            ahead.append(nodes[name].attached_to)
    return frozenset(found)
