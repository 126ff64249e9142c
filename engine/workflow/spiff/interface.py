"""What goes in and out of the adapter: plain values and protocols, no type of SpiffWorkflow."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from enum import StrEnum
from typing import Protocol
from zoneinfo import ZoneInfo

from engine.decision.values import Value

Variables = dict[str, Value]


class Expressions(Protocol):
    """FEEL and decision tables, as the core wires them. Any exception becomes an ElementError of the element."""

    def evaluate(self, text: str, variables: Mapping[str, Value]) -> Value:
        """The value of `text`, which is what stands behind `=` in the diagram."""

    def decide(self, decision_id: str, variables: Mapping[str, Value]) -> Value:
        """The result of a decision of the deployed tables."""


class Clock(Protocol):
    """The one clock of the product; aware, UTC."""

    def __call__(self) -> datetime: ...


class DueDates(Protocol):
    """Adds a duration to a start: ISO text (`P5D`), timedelta or YearMonthDuration.

    `working`: the days of the duration are working days of the legal calendar (`calendar=working`).
    """

    def __call__(self, duration: Value, working: bool, start: datetime) -> datetime: ...


@dataclass(frozen=True, slots=True)
class Environment:
    """Everything an execution needs from outside. `zone` gives dates and local times of timers their meaning."""

    expressions: Expressions
    now: Clock
    due: DueDates
    zone: tzinfo = field(default_factory=lambda: ZoneInfo("Asia/Shanghai"))


class WaitKind(StrEnum):
    """What an instance waits for."""

    USER = "user"
    """A user task: ends by `complete` (or `throw_error`)."""
    JOB = "job"
    """A service or send task: ends by `complete_job` (or `throw_error`)."""
    TIMER = "timer"
    """Ends by `fire_timer`, never by itself."""
    MESSAGE = "message"
    """Ends by `deliver`."""


@dataclass(frozen=True, slots=True)
class Wait:
    """One thing the instance waits for.

    `token` is stable: it names this visit of the node, through save and restore, until it is over.
    `host_token` is the token of the activity a boundary event sits on; "" otherwise.
    `due_at` (timers) was fixed when the wait began. `repeats_left` counts the firings still to come of a cycle
    including the next one; None: fires once. `interrupting`: firing ends the host or the scope.
    `index` counts the instances of a multi-instance activity from 1.
    """

    token: str
    node_id: str
    kind: WaitKind
    due_at: datetime | None = None
    repeats_left: int | None = None
    message_name: str = ""
    correlation_key: Value = None
    host_token: str = ""
    interrupting: bool = True
    index: int | None = None


@dataclass(frozen=True, slots=True)
class Thrown:
    """A message thrown by the instance; the caller publishes it in the same transaction.

    `payload` holds the mapping inputs of the event, without `correlationKey`.
    """

    name: str
    correlation_key: Value
    payload: Variables
    node_id: str


@dataclass(frozen=True, slots=True)
class Trail:
    """What came of one completion of a node: the nodes passed since then, and the tokens of the waits it led to."""

    nodes: tuple[str, ...]
    waits: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Budget:
    """What one `advance` may use up before it ends as BudgetExceeded."""

    steps: int = 10_000
    turns: int = 1_000
    """Completions of one and the same element in one scope."""
    instances: int = 1_000
    """Instances of one multi-instance activity."""
    call_depth: int = 20


class ExecutionError(Exception):
    """The instance cannot go on: the caller rolls back, drops the live object and raises an incident.

    `node_id` is the element, "" when none is to blame. `message` is Chinese.
    """

    def __init__(self, node_id: str, message: str, cause: BaseException | None = None) -> None:
        super().__init__(message)
        self.node_id = node_id
        self.message = message
        self.cause = cause


class ElementError(ExecutionError):
    """An expression, a decision or a mapping of the element failed; `cause` is the original error."""


class UnhandledError(ElementError):
    """A BPMN error was thrown and nothing catches it; `error_code` is its code."""

    def __init__(self, node_id: str, message: str, error_code: str) -> None:
        super().__init__(node_id, message)
        self.error_code = error_code


class BudgetExceeded(ExecutionError):
    """Too many steps, turns, instances or nested calls in one advance."""


class ExecutionStuck(ExecutionError):
    """The instance is not finished, yet waits for nothing: a join that can never fire, for example."""


class UnknownToken(ExecutionError):
    """Nothing waits under this token (any more): it was completed, cancelled or never existed."""


class MoveRefused(ExecutionError):
    """`send_back` or `jump` to a node that cannot be opened from here; the message says why."""


class MarkingRefused(ExecutionError):
    """The stored state is of another version, of another process, damaged, or names nodes that do not exist."""
