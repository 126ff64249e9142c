"""Plays one case: after every act it is saved, restored and compared, so that nothing lives in memory only."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from engine.decision import YearMonthDuration, compile_expression
from engine.workflow.spiff import Environment, Execution, Wait, WaitKind, compile_process

BEGIN = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


class Feel:
    """The expressions of the product, and a decision that every test knows."""

    def __init__(self) -> None:
        self.evaluated: list[str] = []

    def evaluate(self, text: str, variables: Mapping[str, Any]) -> Any:
        self.evaluated.append(text)
        return compile_expression(text).evaluate(variables)

    def decide(self, decision_id: str, variables: Mapping[str, Any]) -> Any:
        return f"{decision_id}:{variables['score']}"


class Time:
    def __init__(self) -> None:
        self.now = BEGIN

    def __call__(self) -> datetime:
        return self.now


ISO = {"PT1H": timedelta(hours=1), "P5D": timedelta(days=5), "PT24H": timedelta(hours=24), "P1D": timedelta(days=1)}


def due(duration: Any, working: bool, start: datetime) -> datetime:
    if isinstance(duration, YearMonthDuration):
        return start + timedelta(days=30 * duration.months)
    length = ISO[duration] if isinstance(duration, str) else duration
    return start + (length * 2 if working else length)


class Story:
    def __init__(
        self, *diagrams: bytes, process_id: str = "main", start_node: str | None = None, **variables: Any
    ) -> None:
        self.process = compile_process(list(diagrams), process_id)
        self.time = Time()
        self.feel = Feel()
        self.environment = Environment(self.feel, self.time, due)
        self.case = Execution.start(self.process, variables, self.environment, start_node)
        self.done: list[str] = []
        self.thrown: list[Any] = []
        self.go_on()

    def go_on(self) -> None:
        self.case.advance()
        self.done += self.case.drain_completed()
        self.thrown += self.case.drain_thrown()
        self.save_and_restore()

    def save_and_restore(self) -> None:
        before, waits = self.case.dump(), self.case.waits()
        self.case = Execution.restore(self.process, before, self.environment)
        assert self.case.dump() == before
        assert self.case.waits() == waits

    def waits(self, *kinds: WaitKind) -> list[Wait]:
        return [wait for wait in self.case.waits() if not kinds or wait.kind in kinds]

    def open(self) -> list[str]:
        """Ids of everything waited for, sorted."""
        return sorted(wait.node_id for wait in self.case.waits())

    def wait(self, node_id: str, index: int | None = None) -> Wait:
        found = [wait for wait in self.case.waits() if wait.node_id == node_id and index in (None, wait.index)]
        assert len(found) == 1, (node_id, self.case.waits())
        return found[0]

    def complete(self, node_id: str, index: int | None = None, **variables: Any) -> None:
        self.case.complete(self.wait(node_id, index).token, variables)
        self.go_on()

    def work(self, node_id: str, **variables: Any) -> None:
        self.case.complete_job(self.wait(node_id).token, variables)
        self.go_on()

    def fail(self, node_id: str, code: str, **variables: Any) -> str:
        caught = self.case.throw_error(self.wait(node_id).token, code, variables)
        self.go_on()
        return caught

    def fire(self, node_id: str) -> None:
        self.case.fire_timer(self.wait(node_id).token)
        self.go_on()

    def deliver(self, node_id: str, **payload: Any) -> None:
        self.case.deliver(self.wait(node_id).token, payload)
        self.go_on()

    def send_back(self, node_id: str, target: str) -> None:
        self.case.send_back(self.wait(node_id).token, target)
        self.go_on()

    def sees(self, node_id: str, index: int | None = None) -> dict[str, Any]:
        return self.case.variables(self.wait(node_id, index).token)

    @property
    def finished(self) -> bool:
        return self.case.finished

    @property
    def variables(self) -> dict[str, Any]:
        return self.case.variables()
