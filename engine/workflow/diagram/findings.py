"""What is wrong with a diagram, said to people."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing wrong, with its place and a proposal. `severity` is `error` or `warning`; 0 = no place known."""

    code: str
    severity: str
    element_id: str
    line: int
    column: int
    message: str
    fix: str = ""


class DiagramError(Exception):
    """The diagram cannot be used. `findings` lists the reasons, at least one of them an error."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        self.findings = tuple(findings)
        super().__init__("；".join(finding.message for finding in self.findings[:3]) or "流程图无法使用")
