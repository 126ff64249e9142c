"""Going back and jumping: tokens are moved against the flow."""

from collections.abc import Collection, Iterator

from SpiffWorkflow.util.task import TaskState

from engine.workflow.spiff.case import Case
from engine.workflow.spiff.frames import Frame, joined
from engine.workflow.spiff.interface import MoveRefused
from engine.workflow.spiff.specs import Join
from engine.workflow.spiff.tokens import Scope, Token
from engine.workflow.spiff.visits import Pass


def passed(case: Case, here: Token) -> tuple[str, ...]:
    """User tasks passed on the way to the token, oldest first."""
    found = {visit for _, history in _histories(here) for visit in history}
    latest = {visit.node_id: visit.sequence for visit in sorted(found, key=lambda visit: visit.sequence)}
    latest.pop(here.task_spec.node.id, None)
    ordered = sorted(latest, key=lambda node_id: latest[node_id])
    return tuple(node_id for node_id in ordered if case.process.nodes[node_id].kind == "userTask")


def _histories(token: Token) -> Iterator[tuple[Scope, set[Pass]]]:
    """The token's scope and the enclosing ones, each with what was passed on the way."""
    current: Token | None = token
    while current is not None:
        scope = current.workflow
        yield scope, scope.visits.history(current.past)
        current = scope.host


def send_back(case: Case, here: Token, target_node_id: str) -> None:
    """Re-opens the node and cancels what came of it. Raises MoveRefused."""
    for scope, history in _histories(here):
        passes = [visit for visit in history if visit.node_id == target_node_id]
        if passes:
            _reopen(case, scope, max(passes, key=lambda visit: visit.sequence))
            return
    raise MoveRefused(target_node_id, "只能退回到本步骤之前经过的节点，且该节点不在已结束的子流程中")


def _reopen(case: Case, scope: Scope, target: Pass) -> None:
    gone = scope.visits.downstream(target)
    past = scope.visits.origins(target)
    returning = _arrivals(scope, gone, target)
    open_tokens = [token for token in scope.tokens() if not token.is_instance]
    cancelled = [token for token in open_tokens if any(visit in gone for visit in token.past)]
    frame = _cancel(case, scope, cancelled)
    scope.visits.forget(gone)
    for visit in gone:
        case.trace.pop(visit.node_id, None)
    for join, visit in returning:
        token = case.place(scope, join, frame, (visit,), came_from=visit.node_id)
        token._set_state(TaskState.WAITING)
    case.place(scope, target.node_id, frame, past)


def _arrivals(scope: Scope, gone: set[Pass], target: Pass) -> list[tuple[str, Pass]]:
    """Where other branches stood at joins that the cancelled part had passed."""
    found = []
    for visit in gone - {target}:
        if isinstance(scope.spec.task_specs[visit.node_id], Join):
            found += [(visit.node_id, origin) for origin in scope.visits.origins(visit) if origin not in gone]
    return sorted(found, key=lambda pair: pair[1].sequence)


def _cancel(case: Case, scope: Scope, tokens: list[Token]) -> Frame:
    """The frame that holds what the cancelled tokens knew."""
    for token in tokens:
        case.remove(token)
    return joined(token.frame for token in tokens) if tokens else scope.frame


def jump(case: Case, target_node_id: str, cancel: Collection[str] | None) -> None:
    """Cancels the tokens (None: all of the target's scope) and opens the node. Raises MoveRefused."""
    scope = next((each for each in case.scopes() if target_node_id in each.spec.task_specs), None)
    if scope is None or target_node_id not in case.process.nodes:
        raise MoveRefused(target_node_id, "只能跳转到流程本身或正在进行的子流程中的节点")
    if cancel is None:
        leaving = [token for token in scope.tokens() if not token.is_instance]
    else:
        leaving = list({found.id: found for found in map(case.find, cancel)}.values())
    past = tuple(dict.fromkeys(visit for token in leaving for visit in token.past if token.workflow is scope))
    frame = _cancel(case, scope, leaving)
    inside = any(token.workflow is scope for token in leaving)
    case.place(scope, target_node_id, frame if inside else scope.frame, past)
