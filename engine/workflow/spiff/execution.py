"""One live instance."""

from collections.abc import Collection, Mapping
from typing import Self

from engine.workflow.spiff.compiler import CompiledProcess
from engine.workflow.spiff.interface import Budget, Environment, Thrown, Variables, Wait


class Execution:
    """One live instance of a compiled process. Not thread-safe; one owner at a time."""

    @classmethod
    def start(
        cls,
        process: CompiledProcess,
        variables: Mapping[str, object],
        environment: Environment,
        start_node: str | None = None,
    ) -> Self:
        """A new instance with a token on the none start event, or on `start_node` (a message or timer start event)."""
        raise NotImplementedError

    @classmethod
    def restore(
        cls,
        process: CompiledProcess,
        marking: bytes,
        environment: Environment,
        renamed: Mapping[str, str] | None = None,
    ) -> Self:
        """The instance as `dump` wrote it. `process` may be a newer version: every node that holds a token must exist
        in it, under its own id or as `renamed[old id]`. Raises MarkingRefused."""
        raise NotImplementedError

    def dump(self) -> bytes:
        """The state without the spec: deterministic, compressed, with our own version tag."""
        raise NotImplementedError

    def advance(self, budget: Budget | None = None) -> None:
        """Runs the engine's own steps until only waits remain.

        Raises BudgetExceeded, ElementError, ExecutionStuck."""
        raise NotImplementedError

    def waits(self) -> tuple[Wait, ...]:
        """Everything the instance waits for, in the order the waits began."""
        raise NotImplementedError

    def variables(self, token: str | None = None) -> Variables:
        """As seen at the token; without a token those of the instance, changes of open branches included."""
        raise NotImplementedError

    def set_variables(self, variables: Mapping[str, object], token: str | None = None) -> None:
        """Sets them where the token sees them, or for the whole instance (every branch sees them)."""
        raise NotImplementedError

    def complete(self, token: str, variables: Mapping[str, object]) -> None:
        """Completes a user task: output mappings decide what leaves it, without any everything does.

        Raises UnknownToken."""
        raise NotImplementedError

    def complete_job(self, token: str, variables: Mapping[str, object]) -> None:
        """Completes a service or send task in the same way."""
        raise NotImplementedError

    def throw_error(self, token: str, code: str, variables: Mapping[str, object] | None = None) -> str:
        """A BPMN error out of a job or user task: goes to the nearest boundary event or event sub-process that catches
        it and returns that node's id. Raises UnhandledError."""
        raise NotImplementedError

    def fire_timer(self, token: str) -> None:
        """The timer's time has come (or an officer brought it forward)."""
        raise NotImplementedError

    def deliver(self, token: str, payload: Mapping[str, object]) -> None:
        """Hands a message to one waiting token."""
        raise NotImplementedError

    def drain_thrown(self) -> tuple[Thrown, ...]:
        """The messages thrown since the last call."""
        raise NotImplementedError

    def drain_completed(self) -> tuple[str, ...]:
        """Ids of the nodes completed since the last call, in order, repeats included: what history rows are made of."""
        raise NotImplementedError

    def completed_nodes(self) -> tuple[str, ...]:
        """Ids of all nodes completed so far, each once, ordered by their last completion: for the progress diagram."""
        raise NotImplementedError

    def current_nodes(self) -> tuple[str, ...]:
        """Ids of the nodes that hold a token now."""
        raise NotImplementedError

    def passed(self, token: str) -> tuple[str, ...]:
        """User tasks passed on the way to this token, oldest first: the possible targets of `send_back`."""
        raise NotImplementedError

    def send_back(self, from_token: str, target_node_id: str) -> None:
        """Re-opens the passed node: exactly that is open, everything downstream of it is cancelled, tokens of parallel
        branches that do not come from it stay (or return to the join they had reached). Variables are kept.

        Raises MoveRefused for a node that was not passed on the way to this token, and for one inside a sub-process or
        called process that is over."""
        raise NotImplementedError

    def jump(self, target_node_id: str, cancel: Collection[str] | None = None) -> None:
        """Moves the instance: cancels the waits of these tokens (None: everything) and opens the node."""
        raise NotImplementedError

    def cancel(self) -> None:
        """Ends the instance: nothing waits any more and `finished` is true."""
        raise NotImplementedError

    @property
    def finished(self) -> bool:
        """True when no token is left anywhere."""
        raise NotImplementedError

    @property
    def ended_at_nodes(self) -> tuple[str, ...]:
        """End events reached in the process itself, in order, each once."""
        raise NotImplementedError
