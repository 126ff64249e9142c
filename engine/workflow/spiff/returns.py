"""Going back and jumping: tokens are moved against the flow."""

from collections.abc import Collection, Iterator

from SpiffWorkflow.util.task import TaskState

from engine.workflow.spiff.case import Case
from engine.workflow.spiff.frames import Frame, joined
from engine.workflow.spiff.interface import MoveRefused, Trail
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


def send_back(case: Case, here: Token, target_node_id: str, *, direct: bool) -> None:
    """Re-opens the node; what came of it is cancelled, or only set aside when `direct`. Raises MoveRefused."""
    for scope, history in _histories(here):
        passes = [visit for visit in history if visit.node_id == target_node_id]
        if passes:
            target = max(passes, key=lambda visit: visit.sequence)
            if direct:
                _correct(case, scope, target)
            else:
                _reopen(case, scope, target)
            return
    raise MoveRefused(target_node_id, "只能退回到本步骤之前经过的节点，且该节点不在已结束的子流程中")


def _reopen(case: Case, scope: Scope, target: Pass) -> None:
    past = scope.visits.origins(target)
    frame = _undo(case, scope, target, _led_to(scope, scope.visits.downstream(target)))
    case.place(scope, target.node_id, frame, past)


def _led_to(scope: Scope, gone: set[Pass]) -> list[Token]:
    tokens = [token for token in scope.tokens() if not token.is_instance]
    return [token for token in tokens if any(visit in gone for visit in token.past)]


def _undo(case: Case, scope: Scope, target: Pass, tokens: list[Token]) -> Frame:
    """Forgets the pass with all that came of it and cancels the tokens; the frame that holds what they knew."""
    gone = scope.visits.downstream(target)
    returning = _arrivals(scope, gone, target)
    frame = _cancel(case, scope, tokens)
    scope.visits.forget(gone)
    for node_id in _with_inner(case, {visit.node_id for visit in gone}):
        case.trace.pop(node_id, None)
    for join, visit in returning:
        token = case.place(scope, join, frame, (visit,), came_from=visit.node_id)
        token._set_state(TaskState.WAITING)
    return frame


def _with_inner(case: Case, node_ids: set[str]) -> set[str]:
    """The nodes and, of sub-processes and calls among them, everything inside."""
    nodes, found, ahead = case.process.nodes, set(node_ids), list(node_ids)
    while ahead:
        node_id = ahead.pop()
        scopes = {node_id, nodes[node_id].settings.called_process}
        inside = {each.id for each in nodes.values() if each.scope in scopes}
        ahead += inside - found
        found |= inside
    return found


def _correct(case: Case, scope: Scope, target: Pass) -> None:
    """The pass is done over; what came of it keeps its place, its past and its variables until then."""
    aside = _led_to(scope, scope.visits.downstream(target))
    frame = Frame(joined(token.frame for token in aside))
    correction = case.place(scope, target.node_id, frame, scope.visits.origins(target))
    correction.corrects = target
    case.trace.pop(target.node_id, None)
    for token in aside:
        token.parked = token.parked or correction.number


def abandon(case: Case, correction: Token) -> None:
    """The correction ends in another way: what was set aside for it is cancelled, all is to be done again."""
    target, correction.corrects = correction.corrects, None
    if target is not None:
        _undo(case, correction.workflow, target, _set_aside_for(case, [correction]))


def _set_aside_for(case: Case, corrections: list[Token]) -> list[Token]:
    """What waits for these corrections, and for corrections among it."""
    found: list[Token] = []
    ahead = [token.number for token in corrections]
    while ahead:
        number = ahead.pop()
        waiting = [token for token in case.tokens() if token.parked == number]
        found += waiting
        ahead += [token.number for token in waiting]
    return found


def led_to(case: Case, node_id: str) -> Trail:
    """What came of the last completion of the node. Raises MoveRefused."""
    scope, target = _last_pass(case, node_id)
    gone = scope.visits.downstream(target)
    tokens = _led_to(scope, gone)
    inner = [each for each in case.scopes() if _inside(each, tokens)]
    nodes = [visit.node_id for visit in sorted(gone - {target}, key=lambda visit: visit.sequence)]
    nodes += [name for each in inner for name in each.visits.rows]
    waits = [str(token.number) for each in (scope, *inner) for token in each.tokens()
             if each is not scope or token in tokens or (token.is_instance and token.parent in tokens)]  # fmt: skip
    return Trail(tuple(nodes), tuple(waits))


def _inside(scope: Scope, tokens: list[Token]) -> bool:
    host: Token | None = scope.host
    while host is not None:
        if host in tokens or (host.is_instance and host.parent in tokens):
            return True
        host = host.workflow.host
    return False


def reopen(case: Case, node_id: str) -> None:
    """Takes the last completion of the node back. Raises MoveRefused."""
    _reopen(case, *_last_pass(case, node_id))


def _last_pass(case: Case, node_id: str) -> tuple[Scope, Pass]:
    found = [(scope, Pass(node_id, scope.visits.rows[node_id][0]))
             for scope in case.scopes() if node_id in scope.visits.rows]  # fmt: skip
    if not found:
        raise MoveRefused(node_id, "该节点所在的子流程已经结束，不能收回")
    return max(found, key=lambda pair: pair[1].sequence)


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
        leaving += [token for token in _set_aside_for(case, leaving) if token not in leaving]
    target = _given_up(scope, target_node_id, leaving)
    if target is not None:
        origins = scope.visits.origins(target)
        case.place(scope, target_node_id, _undo(case, scope, target, leaving), origins)
        return
    past = tuple(dict.fromkeys(visit for token in leaving for visit in token.past if token.workflow is scope))
    frame = _cancel(case, scope, leaving)
    inside = any(token.workflow is scope for token in leaving)
    case.place(scope, target_node_id, frame if inside else scope.frame, past)


def _given_up(scope: Scope, node_id: str, leaving: list[Token]) -> Pass | None:
    """The last completion of the node when everything that came of it leaves: the jump goes back behind it."""
    if node_id not in scope.visits.rows:
        return None
    target = Pass(node_id, scope.visits.rows[node_id][0])
    led = _led_to(scope, scope.visits.downstream(target))
    return target if led and all(token in leaving for token in led) else None
