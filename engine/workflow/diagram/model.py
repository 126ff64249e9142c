"""A diagram as plain frozen values: what the core and the screens need, nothing of XML and nothing of the engine."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from types import MappingProxyType


def nothing() -> Mapping[str, str]:
    """The empty read-only mapping."""
    return MappingProxyType({})


class CompletionKind(StrEnum):
    """When the step of a user task is done (property `completionRule`)."""

    ANY = "any"
    ALL = "all"
    ORDERED = "ordered"
    RATIO = "ratio"
    VOTE = "vote"


@dataclass(frozen=True, slots=True)
class CompletionRule:
    """`threshold` is the share that must agree, 0 < threshold <= 1, for RATIO and VOTE; 1 otherwise."""

    kind: CompletionKind = CompletionKind.ANY
    threshold: Fraction = Fraction(1)


class DeadlineUnit(StrEnum):
    WORKDAYS = "workdays"
    HOURS = "hours"


class AfterDeadline(StrEnum):
    """What happens when the due date is over (property `afterDeadline`)."""

    REMIND = "remind"
    ESCALATE = "escalate"
    DECIDE = "decide"


@dataclass(frozen=True, slots=True)
class Deadline:
    """`amount` and `warn_before` are in `unit`; `target` is the role of ESCALATE or the decision of DECIDE."""

    amount: int
    unit: DeadlineUnit
    warn_before: int = 0
    after: AfterDeadline = AfterDeadline.REMIND
    target: str = ""


class FieldRight(StrEnum):
    READ = "read"
    EDIT = "edit"
    HIDDEN = "hidden"
    REQUIRED = "required"


class Operation(StrEnum):
    """What a node's `operations` may allow beyond deciding."""

    CLAIM = "claim"
    RETURN = "return"
    TRANSFER = "transfer"
    DELEGATE = "delegate"
    ADD_BEFORE = "addBefore"
    ADD_AFTER = "addAfter"
    ADD_BESIDE = "addBeside"
    REMOVE = "removeSigner"
    WITHDRAW = "withdraw"
    COPY = "copy"


class SignatureRule(StrEnum):
    """Whether who decides signs by hand (property `signature`)."""

    REQUIRED = "required"
    OFFERED = "offered"


class EmptyHandler(StrEnum):
    """Who has a step whose roles nobody holds (property `emptyHandler`)."""

    ADMINISTRATOR = "administrator"
    SUPERIOR = "superior"


@dataclass(frozen=True, slots=True)
class SelfApproval:
    """Who decides instead when the handler would be the initiator: the nearest holders of `role` upwards ("": of the
    node's own roles)."""

    role: str = ""


@dataclass(frozen=True, slots=True)
class VariableMapping:
    """One line of a zeebe:ioMapping: `source` as written (`= FEEL` or constant) goes to variable `target`."""

    target: str
    source: str


@dataclass(frozen=True, slots=True)
class Loop:
    """zeebe:loopCharacteristics; texts as written."""

    collection: str
    element: str = ""
    output_collection: str = ""
    output_element: str = ""
    completion_condition: str = ""
    sequential: bool = False


class TimerKind(StrEnum):
    DATE = "date"
    DURATION = "duration"
    CYCLE = "cycle"


@dataclass(frozen=True, slots=True)
class Event:
    """The event definition of an event node or receive task.

    `kind` is `none`, `timer`, `message`, `error` or `terminate`. `name` is the message's name, `correlation_key`
    its FEEL text as written, `error_code` the code ("" catches every error). `working`: days of the timer's duration
    are working days. `interrupting` matters at boundary events and at the start of event sub-processes.
    """

    kind: str = "none"
    name: str = ""
    correlation_key: str = ""
    error_code: str = ""
    timer: TimerKind | None = None
    timer_text: str = ""
    working: bool = False
    interrupting: bool = True


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that a process author set at one node, typed (docs/diagrams.md).

    Texts that may be FEEL are kept as written, with the leading `=`.
    """

    form_id: str = ""
    candidate_groups: tuple[str, ...] = ()
    candidate_groups_expression: str = ""
    """`= ...` when the groups are computed; candidate_groups is empty then."""
    assignee: str = ""
    organisation: str = "case"
    decisions: Mapping[str, str] = field(default_factory=nothing)
    """Decision id -> label, in the order written."""
    opinion_required: frozenset[str] = frozenset()
    operations: frozenset[str] = frozenset()
    completion_rule: CompletionRule = CompletionRule()
    approving_decisions: frozenset[str] = frozenset()
    deadline: Deadline | None = None
    exclude: tuple[str, ...] = ()
    """`initiator`, `handlerOf:<node id>`."""
    field_rights: Mapping[str, FieldRight] = field(default_factory=lambda: MappingProxyType({}))
    empty_handler: EmptyHandler = EmptyHandler.ADMINISTRATOR
    self_approval: SelfApproval | None = None
    skip_same_approver: bool = False
    """The step is skipped when one of its handlers has just approved the step before."""
    weights: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    """Role -> weight of its holders' votes under VOTE; others weigh 1."""
    chosen_by: str = ""
    """`initiator` or the user task whose handler may name the handlers of this one, from its candidates."""
    copies: tuple[str, ...] = ()
    """Who gets a copy when the step is done: `initiator` or roles at the node's organisation."""
    signature: SignatureRule | None = None
    """Whether a hand-written signature is asked for; None: none is kept."""
    basis: str = ""
    stage: str = ""
    withdrawable: bool = False
    adjustable: bool = False
    job_type: str = ""
    headers: Mapping[str, str] = field(default_factory=nothing)
    retries: int = 3
    decision_id: str = ""
    called_process: str = ""
    propagate_parent: bool = True
    propagate_child: bool = True
    script: str = ""
    result_variable: str = ""
    inputs: tuple[VariableMapping, ...] = ()
    outputs: tuple[VariableMapping, ...] = ()
    loop: Loop | None = None
    priority: str = ""
    due_date: str = ""
    properties: Mapping[str, str] = field(default_factory=nothing)
    """Every zeebe:property as written, also those with a typed field above."""


@dataclass(frozen=True, slots=True)
class Node:
    """One flow node. `kind` is the BPMN local name (`userTask`), `scope` the id of the enclosing sub-process or
    process.

    `attached_to` is the activity of a boundary event; `event_sub_process` marks a triggered sub-process.
    """

    id: str
    name: str
    kind: str
    process_id: str
    scope: str
    line: int = 0
    attached_to: str = ""
    event: Event = Event()
    event_sub_process: bool = False
    documentation: str = ""
    default_flow: str = ""
    settings: Settings = Settings()

    @property
    def label(self) -> str:
        """What people call it."""
        return self.name or self.id


@dataclass(frozen=True, slots=True)
class Flow:
    """One sequence flow; `condition` as written (`= ...`), "" when there is none."""

    id: str
    source: str
    target: str
    scope: str
    name: str = ""
    condition: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class Process:
    id: str
    name: str
    executable: bool
    line: int = 0
    version_tag: str = ""
    documentation: str = ""
    properties: Mapping[str, str] = field(default_factory=nothing)


@dataclass(frozen=True, slots=True)
class Diagram:
    """One BPMN file. `canonical` is the re-serialised text that is stored; `checksum` its SHA-256 in hex.

    `messages` and `errors` map the element id to the message's name and the error's code.
    """

    source: str
    processes: tuple[Process, ...]
    nodes: Mapping[str, Node]
    flows: tuple[Flow, ...]
    messages: Mapping[str, str]
    errors: Mapping[str, str]
    canonical: bytes
    checksum: str

    def process(self, process_id: str) -> Process | None:
        """The process of that id, None when the file has none."""
        return next((process for process in self.processes if process.id == process_id), None)
