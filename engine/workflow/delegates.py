"""Delegates: the Python functions behind service tasks, and what they are given."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from engine.decision import DecisionResult, Value
from engine.kernel.command import CommandContext
from engine.kernel.errors import ShegongError
from engine.workflow.tables import ProcessInstance

MESSAGE_LIFE = timedelta(days=400)
"""How long a message waits for its receiver when the publisher says nothing."""


class BpmnError(ShegongError):
    """业务处理出现异常情况。"""

    code = "bpmn_error"

    def __init__(self, error_code: str, message: str | None = None) -> None:
        super().__init__(message)
        self.error_code = error_code


@dataclass(frozen=True, slots=True)
class Pending:
    """What a delegate returns when its work goes on as a batch; the task completes with the last chunk."""

    kind: str
    items: Sequence[Any]
    data: Mapping[str, Any] = field(default_factory=dict)
    chunk: int = 50


Publish = Callable[[str, str, Mapping[str, Value], timedelta], None]
Notify = Callable[..., None]
Decide = Callable[[str, Mapping[str, Value]], DecisionResult]


@dataclass(frozen=True)
class ServiceCall:
    """One visit of a service task."""

    context: CommandContext
    instance: ProcessInstance
    node_id: str
    variables: Mapping[str, Value]
    headers: Mapping[str, str]
    decide: Decide
    _publish: Publish

    def publish(
        self, message: str, key: str, payload: Mapping[str, Value] | None = None, ttl: timedelta = MESSAGE_LIFE
    ) -> None:
        """Publishes a message in this transaction; it waits up to `ttl` for its receiver."""
        self._publish(message, key, payload or {}, ttl)

    def start_batch(self, kind: str, items: Sequence[Any], *, chunk: int = 50, **data: Any) -> Pending:
        """To be returned: the items are handled in chunks of their own transactions."""
        return Pending(kind, items, data, chunk)


@dataclass(frozen=True)
class BatchCall:
    """One chunk of a batch."""

    context: CommandContext
    instance: ProcessInstance | None
    items: Sequence[Any]
    data: Mapping[str, Any]
    decide: Decide
    _publish: Publish

    def publish(
        self, message: str, key: str, payload: Mapping[str, Value] | None = None, ttl: timedelta = MESSAGE_LIFE
    ) -> None:
        """Publishes a message in this transaction; it waits up to `ttl` for its receiver."""
        self._publish(message, key, payload or {}, ttl)


Delegate = Callable[[ServiceCall], "Mapping[str, Value] | Pending | None"]
BatchHandler = Callable[[BatchCall], None]

DELEGATES: dict[str, Delegate] = {}
BATCHES: dict[str, BatchHandler] = {}

Stopped = Callable[[CommandContext, ProcessInstance, str], None]
STOPPED: dict[str, Stopped] = {}
"""By process key: what the domain does when a case is ended from outside its course (撤回, 终止)."""


def delegate(name: str) -> Callable[[Delegate], Delegate]:
    """Registers a function behind `zeebe:taskDefinition type`."""

    def register(function: Delegate) -> Delegate:
        if name in DELEGATES:
            raise ValueError(f"two delegates are called {name}")
        DELEGATES[name] = function
        return function

    return register


def batch(name: str) -> Callable[[BatchHandler], BatchHandler]:
    """Registers the function that handles one chunk of a batch."""

    def register(function: BatchHandler) -> BatchHandler:
        if name in BATCHES:
            raise ValueError(f"two batches are called {name}")
        BATCHES[name] = function
        return function

    return register


def when_stopped(process_key: str) -> Callable[[Stopped], Stopped]:
    """Registers what the domain does with its own rows, in the same transaction; it is given the reason."""

    def register(function: Stopped) -> Stopped:
        if process_key in STOPPED:
            raise ValueError(f"two functions wait for the stop of {process_key}")
        STOPPED[process_key] = function
        return function

    return register
