"""Reading and checking BPMN files in our dialect (docs/diagrams.md). Knows XML, knows no engine."""

from engine.workflow.diagram.check import check_diagram
from engine.workflow.diagram.findings import DiagramError, Finding, Severity
from engine.workflow.diagram.model import (
    AfterDeadline,
    CompletionKind,
    CompletionRule,
    Deadline,
    DeadlineUnit,
    Diagram,
    EmptyHandler,
    Event,
    FieldRight,
    Flow,
    Loop,
    Node,
    Operation,
    Process,
    SelfApproval,
    Settings,
    SignatureRule,
    TimerKind,
    VariableMapping,
)
from engine.workflow.diagram.reader import read_diagram

__all__ = [
    "AfterDeadline",
    "CompletionKind",
    "CompletionRule",
    "Deadline",
    "DeadlineUnit",
    "Diagram",
    "DiagramError",
    "EmptyHandler",
    "Event",
    "FieldRight",
    "Finding",
    "Flow",
    "Loop",
    "Node",
    "Operation",
    "Process",
    "SelfApproval",
    "Settings",
    "Severity",
    "SignatureRule",
    "TimerKind",
    "VariableMapping",
    "check_diagram",
    "read_diagram",
]
