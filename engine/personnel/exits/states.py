"""Where an exit may go from where it stands; everything else is refused [domain 10.4]."""

from collections.abc import Mapping
from types import MappingProxyType

from engine.kernel.errors import Conflict
from engine.personnel.exits.terms import ExitState

_E = ExitState
MOVES: Mapping[ExitState, frozenset[ExitState]] = MappingProxyType(
    {
        _E.TRIGGERED: frozenset({_E.VERIFYING, _E.WITHDRAWN}),
        _E.VERIFYING: frozenset({_E.GUARD_CHECK, _E.STREET_DECIDED, _E.WITHDRAWN}),
        _E.GUARD_CHECK: frozenset({_E.NOTIFIED, _E.STREET_DECIDED, _E.WITHDRAWN, _E.CONVERTED}),
        _E.NOTIFIED: frozenset({_E.DEFENCE, _E.WITHDRAWN, _E.CONVERTED}),
        _E.DEFENCE: frozenset({_E.STREET_DECIDED, _E.WITHDRAWN, _E.CONVERTED}),
        _E.STREET_DECIDED: frozenset({_E.COUNTY_CONFIRMED, _E.HANDOVER, _E.DEFENCE, _E.WITHDRAWN}),
        _E.COUNTY_CONFIRMED: frozenset({_E.SERVED}),
        _E.SERVED: frozenset({_E.HANDOVER}),
        _E.HANDOVER: frozenset({_E.SETTLED}),
        _E.SETTLED: frozenset({_E.CLOSED, _E.WITHDRAWN}),
        _E.CLOSED: frozenset({_E.REINSTATED}),
        _E.REINSTATED: frozenset(),
        _E.WITHDRAWN: frozenset(),
        _E.CONVERTED: frozenset(),
    }
)
ENDED = frozenset(state for state, following in MOVES.items() if not following) | {_E.CLOSED}
"""The case is over; a court or tribunal may still bring somebody back who has left."""


def check_exit_move(old: ExitState, new: ExitState) -> None:
    """Refuses what the table does not declare."""
    if new not in MOVES[old]:
        raise Conflict(f"当前状态为“{old.label}”，不能变更为“{new.label}”，请刷新后查看最新状态")
