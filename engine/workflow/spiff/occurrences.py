"""Timers, messages and errors: what happens to a case from outside of its flow."""

from collections.abc import Iterable

from SpiffWorkflow.util.task import TaskState

from engine.decision.values import Value
from engine.workflow.spiff.case import Case
from engine.workflow.spiff.frames import Frame, joined
from engine.workflow.spiff.interface import UnhandledError
from engine.workflow.spiff.returns import abandon
from engine.workflow.spiff.specs import EventBasedGateway
from engine.workflow.spiff.subscriptions import Subscription
from engine.workflow.spiff.tokens import Scope, Token
from engine.workflow.spiff.visits import Pass


def happen(case: Case, subscription: Subscription, payload: dict[str, Value]) -> None:
    """The event of the subscription has come; it was taken out of the open ones before."""
    if subscription.sub_process:
        scope = case.scope_of(subscription.owner)
        _start_event_sub_process(case, scope, subscription.node_id, subscription.sub_process, payload)
        return
    owner = case.find(str(subscription.owner))
    if subscription.boundary:
        _start_boundary(case, owner, subscription.node_id, payload)
        return
    if payload:
        owner.work.values.update(payload)
    if isinstance(owner.task_spec, EventBasedGateway):
        owner.choice = subscription.node_id
    owner.fired = True
    case.subscriptions.drop_of(owner)
    owner._set_state(TaskState.READY)


def _start_boundary(case: Case, host: Token, node_id: str, payload: dict[str, Value]) -> None:
    scope = host.workflow
    if case.process.nodes[node_id].event.interrupting:
        frame, past = host.frame, _interrupt(case, host)
    else:
        frame, past = Frame(host.frame, branch=True), host.past
    case.place(scope, node_id, frame, past, fired=True, local=Frame(frame, payload) if payload else None)


def _interrupt(case: Case, host: Token) -> tuple[Pass, ...]:
    """The activity ends here; it counts as passed, so that somebody after it can send back to it."""
    if host.corrects is not None:
        abandon(case, host)
    case.sequence += 1
    case.pass_on(host)
    case.remove(host)
    return host.past


def _start_event_sub_process(
    case: Case, scope: Scope, start_id: str, sub_process: str, payload: dict[str, Value]
) -> None:
    past: tuple[Pass, ...] = ()
    frame = Frame(scope.frame, branch=True)
    if case.process.nodes[start_id].event.interrupting:
        tokens = [token for token in scope.tokens() if not token.is_instance]
        past = tuple(dict.fromkeys(visit for token in tokens for visit in token.past))
        case.remove_all(scope)
        frame = joined([scope.frame, *(token.frame for token in tokens)])
        scope.interrupted = True
    case.place(scope, sub_process, frame, past, local=Frame(frame, payload) if payload else None)


def raise_error(case: Case, origin: Token, code: str, payload: dict[str, Value]) -> str:
    """From the inside out: boundary event of the activity, event sub-process of its scope, and so on.

    Returns the id of the node that catches it. Raises UnhandledError."""
    token: Token | None = origin
    while token is not None:
        activity = token.parent if token.is_instance else token
        boundary = _catching(case, activity.task_spec.boundaries, code)
        if boundary:
            _start_boundary(case, activity, boundary, payload)
            return boundary
        scope = activity.workflow
        started = _error_start(case, scope, activity, code)
        if started:
            _start_event_sub_process(case, scope, started[0], started[1], payload)
            return started[1]
        token = scope.host
    raise UnhandledError(origin.task_spec.node.id, f"抛出的错误“{code}”没有节点处理", code)


def _catching(case: Case, candidates: Iterable[str], code: str) -> str:
    """The event that catches this code by name, else the one that catches all."""
    events = {node: case.process.nodes[node].event for node in candidates}
    exact = [node for node, event in events.items() if event.kind == "error" and event.error_code == code]
    every = [node for node, event in events.items() if event.kind == "error" and not event.error_code]
    return next(iter([*exact, *every]), "")


def _error_start(case: Case, scope: Scope, activity: Token, code: str) -> tuple[str, str] | None:
    starts = case.process.event_starts.get(scope.spec.name, {})
    if activity.task_spec.node.id in starts.values():
        return None
    start = _catching(case, starts, code)
    return (start, starts[start]) if start else None
