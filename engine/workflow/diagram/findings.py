"""What is wrong with a diagram, said to people."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from engine.decision import Finding, Severity
from engine.workflow.diagram.elements import Element, line_of
from engine.workflow.diagram.model import Flow, Node, Process

__all__ = ["DiagramError", "Finding", "Findings", "Severity"]


class DiagramError(Exception):
    """The diagram cannot be used. `findings` lists the reasons, at least one of them an error."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        self.findings = tuple(findings)
        super().__init__("；".join(finding.message for finding in self.findings[:3]) or "流程图无法使用")


@dataclass(slots=True)
class Findings:
    """Collects findings; each names its element and the line in the file."""

    found: list[Finding] = field(default_factory=list)

    def error(
        self, code: str, where: Element | Node | Flow | Process, message: str, fix: str = "", *, column: int = 0
    ) -> None:
        """Stops a deployment."""
        self.found.append(Finding(code, Severity.ERROR, *_place(where), column, message, fix))

    def warning(self, code: str, where: Element | Node | Flow | Process, message: str, fix: str = "") -> None:
        """Is shown, does not stop a deployment."""
        self.found.append(Finding(code, Severity.WARNING, *_place(where), 0, message, fix))


def _place(where: Element | Node | Flow | Process) -> tuple[str, int]:
    if isinstance(where, (Node, Flow, Process)):
        return where.id, where.line
    owner = next((each for each in where.iterancestors() if each.get("id")), where) if not where.get("id") else where
    return owner.get("id") or "", line_of(where)
