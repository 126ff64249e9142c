"""The stored form of an execution: compressed JSON of the open tokens and their variables, never the spec.

Accepts its own version only; the caller authenticates the bytes.
"""

import json
import zlib
from collections.abc import Mapping
from typing import Any

from SpiffWorkflow.util.task import TaskState

from engine.workflow.spiff.case import Case
from engine.workflow.spiff.frames import Frame
from engine.workflow.spiff.interface import MarkingRefused, WaitKind
from engine.workflow.spiff.specs import SubProcess
from engine.workflow.spiff.subscriptions import Subscription
from engine.workflow.spiff.tokens import Scope, ScopeWorkflow, Token
from engine.workflow.spiff.visits import Pass
from engine.workflow.stored_values import decode, encode

VERSION = "shegong-marking-1"
LEVEL = 6
SMALL, SMALL_WINDOW, WINDOW = 4096, 12, 15
"""A text of so many bytes fits a small window of the compressor, which is made much faster than a large one."""
MAX_STORED = 32 * 1024 * 1024
INSTANCE = " [child]"


def dump(case: Case) -> bytes:
    """The bytes to be stored."""
    text = json.dumps(_state(case), ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return _compressed(text.encode())


def _compressed(text: bytes) -> bytes:
    window = SMALL_WINDOW if len(text) <= SMALL else WINDOW
    compressor = zlib.compressobj(LEVEL, zlib.DEFLATED, window, window - 7)
    return compressor.compress(text) + compressor.flush()


def load(case: Case, marking: bytes, renamed: Mapping[str, str]) -> None:
    """Fills a fresh case. Raises MarkingRefused."""
    state = _parsed(marking)
    if state["process"] != case.process.process_id:
        raise MarkingRefused("", "保存的状态属于另一个流程")
    try:
        _Loader(case, state, renamed).run()
    except (KeyError, IndexError, TypeError, ValueError) as error:
        raise MarkingRefused("", "保存的状态已损坏", error) from error


def _parsed(marking: bytes) -> dict[str, Any]:
    try:
        expand = zlib.decompressobj()
        text = expand.decompress(marking, MAX_STORED)
        state = json.loads(text)
    except (zlib.error, ValueError) as error:
        raise MarkingRefused("", "保存的状态已损坏", error) from error
    if not isinstance(state, dict) or state.get("version") != VERSION:
        raise MarkingRefused("", "保存的状态不是本版本写入的，不能读取")
    return state


class _FrameTable:
    """Frames get numbers in the order they are met, parents first; 0 is no frame."""

    def __init__(self) -> None:
        self.numbers: dict[Frame, int] = {}
        self.rows: list[list[Any]] = []

    def number(self, frame: Frame | None) -> int:
        if frame is None:
            return 0
        for link in reversed(list(frame.chain())):
            self._add(link)
        return self.numbers[frame]

    def _add(self, frame: Frame) -> None:
        if frame not in self.numbers:
            parent = 0 if frame.parent is None else self.numbers[frame.parent]
            self.rows.append([parent, int(frame.branch), {name: encode(value) for name, value in frame.values.items()}])
            self.numbers[frame] = len(self.rows)


def _state(case: Case) -> dict[str, Any]:
    frames = _FrameTable()
    scopes = [_scope(scope, frames) for scope in case.scopes()]
    return {
        "version": VERSION,
        "process": case.process.process_id,
        "numbers": case.numbers,
        "sequence": case.sequence,
        "frames": frames.rows,
        "scopes": scopes,
        "waits": [_subscription(each) for each in case.subscriptions.open.values()],
        "trace": case.trace,
        "ends": list(case.ends),
    }


def _scope(scope: Scope, frames: _FrameTable) -> list[Any]:
    return [
        0 if scope.host is None else scope.host.number,
        frames.number(scope.frame),
        int(scope.interrupted),
        {node: [sequence, *_passes(past)] for node, (sequence, past) in scope.visits.rows.items()},
        [_token(token, frames) for token in scope.tokens()],
    ]


def _passes(past: tuple[Pass, ...]) -> list[Any]:
    return [part for visit in past for part in visit]


def _token(token: Token, frames: _FrameTable) -> list[Any]:
    extra: dict[str, Any] = {}
    if token.is_instance:
        extra["index"], extra["parent"] = token.index, token.parent.number
    if token.choice:
        extra["choice"] = token.choice
    if token.memory:
        extra["memory"] = encode(token.memory)
    if token.parked:
        extra["parked"] = token.parked
    if token.corrects is not None:
        extra["corrects"] = list(token.corrects)
    return [
        token.number,
        token.task_spec.node.id,
        token.state,
        frames.number(token.frame),
        frames.number(token.local),
        _passes(token.past),
        token.came_from,
        int(token.fired),
        extra,
    ]


def _subscription(wait: Subscription) -> list[Any]:
    return [
        wait.owner,
        wait.node_id,
        wait.kind.value,
        [int(wait.own), int(wait.interrupting), int(wait.boundary)],
        wait.sub_process,
        encode(wait.due),
        wait.repeats,
        wait.interval,
        wait.name,
        encode(wait.key),
        wait.fired,
    ]


class _Loader:
    def __init__(self, case: Case, state: Mapping[str, Any], renamed: Mapping[str, str]) -> None:
        self.case = case
        self.state = state
        self.renamed = renamed
        self.frames: list[Frame | None] = [None]
        self.tokens: dict[int, Token] = {}

    def run(self) -> None:
        case, state = self.case, self.state
        for parent, branch, values in state["frames"]:
            frame = Frame(self.frames[parent], {key: decode(value) for key, value in values.items()})
            frame.branch = bool(branch)
            self.frames.append(frame)
        for row in state["scopes"]:
            self._scope(row)
        case.subscriptions.open = {(wait.owner, wait.node_id): wait for wait in map(self._subscription, state["waits"])}
        case.numbers, case.sequence = int(state["numbers"]), int(state["sequence"])
        case.trace = {self._name(node): int(sequence) for node, sequence in state["trace"].items()}
        case.ends = dict.fromkeys(self._name(node) for node in state["ends"])

    def _name(self, node_id: str) -> str:
        return self.renamed.get(node_id, node_id)

    def _frame(self, number: int) -> Frame:
        frame = self.frames[number]
        if frame is None:
            raise ValueError("a token without variables")
        return frame

    def _scope(self, row: list[Any]) -> None:
        host, frame, interrupted, visits, tokens = row
        scope: Scope = self.case.top
        if host:
            owner = self.tokens[host]
            specs = self.case.top.subprocess_specs
            if not isinstance(owner.task_spec, SubProcess):
                raise MarkingRefused(owner.task_spec.node.id, "新版本中这个节点不再是子流程")
            scope = ScopeWorkflow(specs[owner.task_spec.spec], owner, self._frame(frame))
        scope.frame = scope.task_tree.frame = self._frame(frame)
        scope.interrupted = bool(interrupted)
        for node, (sequence, *past) in visits.items():
            if self._name(node) in scope.spec.task_specs:
                scope.visits.rows[self._name(node)] = (sequence, self._passes(past))
        for token in tokens:
            self._token(scope, token)

    def _passes(self, flat: list[Any]) -> tuple[Pass, ...]:
        return tuple(Pass(self._name(node), sequence) for node, sequence in zip(flat[::2], flat[1::2], strict=True))

    def _token(self, scope: Scope, row: list[Any]) -> None:
        number, node_id, state, frame, local, past, came_from, fired, extra = row
        parent = self.tokens[extra["parent"]] if "parent" in extra else scope.task_tree
        name = self._name(node_id) + (INSTANCE if "parent" in extra else "")
        spec = scope.spec.task_specs.get(name)
        if spec is None:
            raise MarkingRefused(node_id, f"新版本的流程图中没有节点“{node_id}”，而案件正停在那里")
        if state not in (TaskState.WAITING, TaskState.READY, TaskState.STARTED):
            raise ValueError("a token that is not open")
        token = parent._add_child(spec, state)
        token.number, token.frame, token.local = number, self._frame(frame), self.frames[local]
        token.past, token.came_from, token.fired = self._passes(past), self._name(came_from), bool(fired)
        token.index, token.choice = extra.get("index"), self._name(extra.get("choice", ""))
        token.memory, token.parked = decode(extra.get("memory", {})), int(extra.get("parked", 0))
        token.corrects = next(iter(self._passes(extra.get("corrects", []))), None)
        self.tokens[number] = token

    def _subscription(self, row: list[Any]) -> Subscription:
        owner, node_id, kind, (own, interrupting, boundary), sub_process, due, repeats, interval, name, key, fired = row
        return Subscription(
            owner,
            self._name(node_id),
            WaitKind(kind),
            own=bool(own),
            sub_process=self._name(sub_process),
            interrupting=bool(interrupting),
            boundary=bool(boundary),
            due=decode(due),
            repeats=repeats,
            interval=interval,
            name=name,
            key=decode(key),
            fired=fired,
        )
