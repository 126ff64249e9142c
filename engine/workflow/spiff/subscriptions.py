"""Timers and messages that open tokens wait for, fixed at the moment the wait begins."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from SpiffWorkflow.util.task import TaskState

from engine.decision import FeelError
from engine.decision.values import Value
from engine.workflow.diagram import Event, Node, TimerKind
from engine.workflow.diagram.timers import (
    MAX_DURATION_SECONDS,
    TimerTextError,
    parse_cycle,
    parse_duration,
    parse_moment,
)
from engine.workflow.spiff.expressions import FeelEngine
from engine.workflow.spiff.interface import ElementError, Environment, UnknownToken, Wait, WaitKind
from engine.workflow.spiff.specs import EventBasedGateway
from engine.workflow.spiff.tokens import Scope, Token

MAX_KEY = 128
"""Characters of a correlation key."""


@dataclass(slots=True)
class Subscription:
    """`owner` is the number of the token that waits: the event itself, the gateway, the host of a boundary event, or
    the host of the scope of an event sub-process (0: the process). `fired` counts the firings so far."""

    owner: int
    node_id: str
    kind: WaitKind
    own: bool = False
    sub_process: str = ""
    interrupting: bool = True
    boundary: bool = False
    due: datetime | None = None
    repeats: int | None = None
    interval: str = ""
    name: str = ""
    key: Value = None
    fired: int = 0

    @property
    def token(self) -> str:
        if self.own:
            return str(self.owner)
        again = f":{self.fired}" if self.fired else ""
        return f"{self.owner}:{self.node_id}{again}"

    @property
    def is_event_sub_process(self) -> bool:
        return bool(self.sub_process)

    def wait(self) -> Wait:
        return Wait(
            self.token,
            self.node_id,
            self.kind,
            due_at=self.due,
            repeats_left=self.repeats,
            message_name=self.name,
            correlation_key=self.key,
            host_token=str(self.owner) if self.boundary else "",
            interrupting=self.interrupting,
        )


@dataclass(frozen=True, slots=True)
class Wanted:
    """An event that somebody should be waiting for."""

    owner: int
    node: Node
    sees: dict[str, Value]
    own: bool = False
    sub_process: str = ""
    boundary: bool = False


class Subscriptions:
    """The open ones of one instance."""

    def __init__(self, environment: Environment, engine: FeelEngine) -> None:
        self.environment = environment
        self.engine = engine
        self.open: dict[tuple[int, str], Subscription] = {}

    def __iter__(self) -> Iterator[Subscription]:
        """Those that may still fire; a spent cycle is only remembered, so that it does not begin again."""
        return (each for each in self.open.values() if each.repeats != 0)

    def renew(self, scopes: Iterable[Scope]) -> None:
        """Begins the waits of new tokens, ends those of tokens that are gone; the others keep what was fixed."""
        kept: dict[tuple[int, str], Subscription] = {}
        for wanted in (wanted for scope in scopes for wanted in _wanted(scope)):
            key = (wanted.owner, wanted.node.id)
            kept[key] = self.open.get(key) or self._begin(wanted)
        self.open = kept

    def clear(self) -> None:
        self.open = {}

    def drop_of(self, token: Token) -> None:
        """The token has gone on or was cancelled."""
        for key in [key for key in self.open if key[0] == token.number]:
            del self.open[key]

    def take(self, token: str, kind: WaitKind) -> Subscription:
        """The subscription fires: it ends, or waits for the next time. Raises UnknownToken."""
        found = next((each for each in self if each.token == token and each.kind is kind), None)
        if found is None:
            raise UnknownToken("", "没有在等待这个事件：可能已经发生或已取消")
        if found.interrupting or found.own:
            del self.open[found.owner, found.node_id]
        else:
            self._again(found)
        return found

    def move(self, token: str, due: datetime) -> None:
        """A timer is moved; the next turns of a repeating one count from the new moment. Raises UnknownToken."""
        found = next((each for each in self if each.token == token and each.kind is WaitKind.TIMER), None)
        if found is None:
            raise UnknownToken("", "没有在等待这个时间：可能已经到期或已取消")
        found.due = due

    def _again(self, subscription: Subscription) -> None:
        subscription.fired += 1
        if subscription.kind is not WaitKind.TIMER:
            return
        subscription.repeats = (subscription.repeats or 1) - 1
        if subscription.repeats and subscription.due is not None:
            subscription.due = self._add(subscription.node_id, subscription.interval, False, subscription.due)

    def _begin(self, wanted: Wanted) -> Subscription:
        node = wanted.node
        event = node.event
        kind = WaitKind.TIMER if event.kind == "timer" else WaitKind.MESSAGE
        fresh = Subscription(
            wanted.owner,
            node.id,
            kind,
            own=wanted.own,
            sub_process=wanted.sub_process,
            interrupting=event.interrupting,
            boundary=wanted.boundary,
        )
        if kind is WaitKind.MESSAGE:
            fresh.name = event.name
            key = self.engine.value(event.correlation_key, wanted.sees, node.id)
            fresh.key = None if key == "" else key
            if len(str(key)) > MAX_KEY:
                raise ElementError(node.id, f"消息关联值超过{MAX_KEY}个字符")
            return fresh
        try:
            self._set_timer(fresh, event, self.engine.value(event.timer_text, wanted.sees, node.id))
        except (TimerTextError, FeelError, OverflowError, ValueError, TypeError) as error:
            raise ElementError(node.id, f"定时器无法计算：{error}", error) from error
        return fresh

    def _set_timer(self, timer: Subscription, event: Event, value: Value) -> None:
        now = self.environment.now()
        if event.timer is TimerKind.DATE:
            timer.due = self._moment(value)
        elif event.timer is TimerKind.DURATION:
            timer.due = self._add(timer.node_id, value, event.working, now)
        else:
            cycle = parse_cycle(str(value))
            timer.repeats, timer.interval = cycle.repeats, cycle.interval
            start = self._moment(cycle.start) if cycle.start else None
            timer.due = start or self._add(timer.node_id, cycle.interval, False, now)

    def _moment(self, value: Value) -> datetime:
        if isinstance(value, str):
            value = parse_moment(value)
        if isinstance(value, datetime):
            return value if value.tzinfo else value.replace(tzinfo=self.environment.zone)
        if isinstance(value, date):
            return datetime.combine(value, time(), self.environment.zone)
        raise TimerTextError("不是日期或时间")

    def _add(self, node_id: str, value: Value, working: bool, start: datetime) -> datetime:
        if isinstance(value, str):
            parse_duration(value)
        if isinstance(value, timedelta) and abs(value.total_seconds()) > MAX_DURATION_SECONDS:
            raise TimerTextError("时长超过10年")
        if value is None:
            raise TimerTextError("时长为空")
        return self.environment.due(value, working, start)


def _wanted(scope: Scope) -> Iterator[Wanted]:
    process = scope.top_workflow.case.process
    if scope.host is not None and scope.host.set_aside:
        return
    if not scope.interrupted and any(scope.tokens()):
        owner = 0 if scope.host is None else scope.host.number
        for start, sub_process in process.event_starts.get(scope.spec.name, {}).items():
            node = process.nodes[start]
            if node.event.kind != "error":
                yield Wanted(owner, node, scope.frame.view(), sub_process=sub_process)
    for token in scope.tokens():
        if not token.set_aside:
            yield from _wanted_by(token, process.nodes)


def _wanted_by(token: Token, nodes: Any) -> Iterator[Wanted]:
    spec = token.task_spec
    if isinstance(spec, EventBasedGateway):
        for name in spec._outputs:
            yield Wanted(token.number, nodes[name], token.sees())
    elif token.state == TaskState.WAITING and spec.node.event.kind in ("timer", "message"):
        yield Wanted(token.number, spec.node, token.sees(), own=True)
    for name in () if token.is_instance else spec.boundaries:
        if nodes[name].event.kind != "error":
            yield Wanted(token.number, nodes[name], token.sees(), boundary=True)
