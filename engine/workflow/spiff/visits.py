"""What was passed on the way: one row a node, however often a loop visits it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple


class Pass(NamedTuple):
    """One completion of a node; `sequence` is unique in the instance and grows."""

    node_id: str
    sequence: int


class Shortcut(NamedTuple):
    """A pass that is overwritten by a later turn, and where it came from."""

    gone: Pass
    origins: tuple[Pass, ...]

    def applied(self, past: tuple[Pass, ...]) -> tuple[Pass, ...]:
        if self.gone not in past:
            return past
        return tuple(dict.fromkeys([*(visit for visit in past if visit != self.gone), *self.origins]))


@dataclass(slots=True)
class Visits:
    """The last pass of each node of one scope, and the passes it came from."""

    rows: dict[str, tuple[int, tuple[Pass, ...]]] = field(default_factory=dict)

    def record(self, visit: Pass, past: tuple[Pass, ...]) -> None:
        """Overwrites the pass of an earlier turn, which `take_out` has taken out of all that came from it."""
        self.rows[visit.node_id] = (visit.sequence, past)

    def take_out(self, node_id: str) -> "Shortcut | None":
        """Forgets the last pass of the node; what came from it now comes from where it came from."""
        if node_id not in self.rows:
            return None
        sequence, past = self.rows.pop(node_id)
        shortcut = Shortcut(Pass(node_id, sequence), past)
        for other, (number, origins) in self.rows.items():
            self.rows[other] = (number, shortcut.applied(origins))
        return shortcut

    def origins(self, visit: Pass) -> tuple[Pass, ...]:
        """The passes before this one; nothing when a later turn has overwritten it."""
        sequence, past = self.rows.get(visit.node_id, (0, ()))
        return past if sequence == visit.sequence else ()

    def history(self, past: Iterable[Pass]) -> set[Pass]:
        """Everything passed on the way to a token with this past."""
        seen: set[Pass] = set()
        ahead = list(past)
        while ahead:
            visit = ahead.pop()
            if visit not in seen:
                seen.add(visit)
                ahead.extend(self.origins(visit))
        return seen

    def downstream(self, start: Pass) -> set[Pass]:
        """Every pass that `start` led to, itself included."""
        found = {start}
        for node_id, (sequence, past) in self.rows.items():  # ordered by sequence: origins come first
            if any(visit in found for visit in past):
                found.add(Pass(node_id, sequence))
        return found

    def forget(self, passes: Iterable[Pass]) -> None:
        for visit in passes:
            if self.rows.get(visit.node_id, (0, ()))[0] == visit.sequence:
                del self.rows[visit.node_id]
