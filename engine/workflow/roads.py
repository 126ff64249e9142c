"""Ways through a drawing: which nodes lie between two steps that were done, and which steps may come next."""

import re
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.workflow.diagram import Flow, Node, read_diagram
from engine.workflow.tables import ProcessDefinition

HOLDING = ("userTask", "intermediateCatchEvent", "receiveTask")
"""Nodes at which a case stops until somebody acts or something comes."""
MOST_AHEAD = 4
"""So many possible next steps are still worth saying."""
_DECIDED = re.compile(r'=\s*decision\s*=\s*"(\w+)"')
"""The condition of a way that one decision opens."""


@dataclass(frozen=True)
class Roads:
    """The nodes and sequence flows of a drawing, without anything of the engine."""

    nodes: Mapping[str, Node]
    flows: Sequence[Flow]

    @cached_property
    def _after(self) -> Mapping[str, Sequence[str]]:
        """Node -> where its token may go; into and out of a sub-process its start and its end are stepped through."""
        found: dict[str, list[str]] = {}
        for flow in self.flows:
            found.setdefault(flow.source, []).append(flow.target)
        for node in self.nodes.values():
            if node.attached_to:
                found.setdefault(node.attached_to, []).append(node.id)
            if node.kind == "startEvent" and node.scope in self.nodes and not self.nodes[node.scope].event_sub_process:
                found.setdefault(node.scope, []).append(node.id)
            if node.kind == "endEvent" and node.scope in self.nodes:
                found.setdefault(node.id, []).extend(f.target for f in self.flows if f.source == node.scope)
        return found

    def holds_a_token(self, node_id: str) -> bool:
        """Whether the case stands at the node when it waits there; boundary and start events only watch."""
        node = self.nodes.get(node_id)
        return node is not None and not node.attached_to and node.kind != "startEvent"

    def next_steps(self, node_id: str) -> list[Node]:
        """The user tasks that may come next, the nearest first, when nothing unusual happens.

        While the same part of the drawing goes on, what lies beyond that part is not named yet.
        """
        ahead = [self.nodes[id_] for id_ in self._walk(node_id) if self.nodes[id_].kind == "userTask"]
        near = [node for node in ahead if node.scope == self.nodes[node_id].scope]
        return (near or ahead)[:MOST_AHEAD]

    def likely_steps(self, node_id: str) -> list[Node]:
        """The user tasks that come next when the step at the node ends with an approving decision, the nearest first.

        Where the drawing does not tell, every way is followed.
        """
        approving = self.nodes[node_id].settings.approving_decisions
        ahead = [self.nodes[id_] for id_ in self._walk(node_id, approving) if self.nodes[id_].kind == "userTask"]
        near = [node for node in ahead if node.scope == self.nodes[node_id].scope]
        return (near or ahead)[:MOST_AHEAD]

    def between(self, visited: Sequence[str]) -> frozenset[str]:
        """The nodes on the shortest ways from the start through the steps in the order in which they were visited."""
        start = next((n.id for n in self.nodes.values() if n.kind == "startEvent" and n.scope not in self.nodes), None)
        stops = [start, *visited] if start else list(visited)
        passed = {start} if start else set()
        for here, there in pairwise(stops):
            passed.update(self._way(here, there) or ())
        return self._drawn(passed)

    def onward(self, visited: Sequence[str], reached: Iterable[str]) -> frozenset[str]:
        """The nodes on the shortest ways from the last steps to the waits and ends that were reached."""
        passed: set[str] = set()
        for place in reached:
            ways = (self._way(step, place) for step in reversed(visited))
            passed.update(next((way for way in ways if way is not None), ()))
        return self._drawn(passed)

    def ends_named(self, name: str) -> list[str]:
        """The end events of that name outside every sub-process."""
        return [
            node.id for node in self.nodes.values()
            if node.kind == "endEvent" and node.name == name and node.scope not in self.nodes
        ]

    def _drawn(self, passed: Iterable[str]) -> frozenset[str]:
        return frozenset(id_ for id_ in passed if self.nodes[id_].kind != "subProcess")

    def _walk(self, node_id: str, approving: frozenset[str] = frozenset()) -> Iterable[str]:
        """Nodes ahead by distance; what lies behind another step, behind a wait or at a boundary is left out.

        With `approving` decisions only the ways that they open, where ways are chosen by the decision.
        """
        seen, queue = {node_id}, deque([node_id])
        while queue:
            here = queue.popleft()
            for there in self._ways(here, approving):
                if there in seen or self.nodes[there].attached_to:
                    continue
                seen.add(there)
                yield there
                if self.nodes[there].kind not in HOLDING:
                    queue.append(there)

    def _ways(self, here: str, approving: frozenset[str]) -> Sequence[str]:
        ways = self._after.get(here, ())
        if not approving or self.nodes[here].kind != "exclusiveGateway":
            return ways
        leaving = [flow for flow in self.flows if flow.source == here]
        chosen = {flow.target: _DECIDED.fullmatch(flow.condition.strip()) for flow in leaving}
        opened = [target for target, match in chosen.items() if match and match[1] in approving]
        return opened or [target for target, match in chosen.items() if match is None]

    def _way(self, start: str, target: str) -> Sequence[str] | None:
        """The nodes inside the shortest way that passes no other user task; None when there is no way."""
        came: dict[str, str] = {}
        queue = deque([start])
        while queue:
            here = queue.popleft()
            for there in self._after.get(here, ()):
                if there == target:
                    return _trail(came, start, here)
                if there not in came and there != start and self.nodes[there].kind != "userTask":
                    came[there] = here
                    queue.append(there)
        return None


def _trail(came: Mapping[str, str], start: str, end: str) -> list[str]:
    trail = []
    while end != start:
        trail.append(end)
        end = came[end]
    return trail


_KNOWN: dict[tuple[str, str], Roads] = {}


def roads_of(session: Session, definition_id: int) -> Roads:
    """The roads of a definition; the same drawing is read once a process."""
    query = select(ProcessDefinition.key, ProcessDefinition.checksum).where(ProcessDefinition.id == definition_id)
    key, checksum = session.execute(query).one()
    if (key, checksum) not in _KNOWN:
        xml = session.scalars(select(ProcessDefinition.xml).where(ProcessDefinition.id == definition_id)).one()
        diagram = read_diagram(xml)
        nodes = {id_: node for id_, node in diagram.nodes.items() if node.process_id == key}
        _KNOWN[key, checksum] = Roads(nodes, [flow for flow in diagram.flows if flow.source in nodes])
    return _KNOWN[key, checksum]
