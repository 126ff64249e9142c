"""Everything wrong with a diagram at once, for authors, deployment and the shell."""

from collections.abc import Collection

from engine.workflow.diagram.content import Known, check_content
from engine.workflow.diagram.elements import BPMNDI, Element
from engine.workflow.diagram.findings import DiagramError, Finding, Findings, Severity
from engine.workflow.diagram.model import Diagram
from engine.workflow.diagram.reader import parse, read_root
from engine.workflow.diagram.structure import check_structure

MAX_FINDINGS = 200


def check_diagram(
    xml: bytes,
    *,
    source: str = "",
    roles: Collection[str] | None = None,
    decisions: Collection[str] | None = None,
    delegates: Collection[str] | None = None,
    forms: Collection[str] | None = None,
    processes: Collection[str] | None = None,
) -> list[Finding]:
    """Errors first, then by line; at most 200. A collection of None is not known, so not checked."""
    try:
        root = parse(xml)
    except DiagramError as error:
        return list(error.findings)
    diagram, findings = read_root(root, source=source)
    check_structure(diagram, findings)
    check_content(diagram, Known(roles, decisions, delegates, forms, processes), findings)
    _check_drawing(root, diagram, findings)
    ordered = sorted(findings.found, key=lambda finding: (finding.severity is not Severity.ERROR, finding.line))
    return ordered[:MAX_FINDINGS]


def _check_drawing(root: Element, diagram: Diagram, findings: Findings) -> None:
    """A stock modeler shows only what has a shape or an edge."""
    shapes = {shape.get("bpmnElement") for shape in root.iter(f"{{{BPMNDI}}}BPMNShape")}
    edges = {edge.get("bpmnElement") for edge in root.iter(f"{{{BPMNDI}}}BPMNEdge")}
    for node in diagram.nodes.values():
        if node.id not in shapes:
            findings.warning("drawing.shape", node, f"节点“{node.label}”没有图形", "请在设计器中重新布局")
    for flow in diagram.flows:
        if flow.id not in edges:
            findings.warning("drawing.edge", flow, f"连线“{flow.name or flow.id}”没有图形", "请在设计器中重新布局")
