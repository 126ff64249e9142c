"""Ways through a diagram, without recursion: hostile files are long and looped."""

from collections import deque
from collections.abc import Collection, Iterable, Mapping

from engine.workflow.diagram.model import Flow, Node

Edges = Mapping[str, Collection[str]]


def successors(nodes: Mapping[str, Node], flows: Iterable[Flow]) -> dict[str, list[str]]:
    """Where a token may go next: along flows, and from an activity to its boundary events."""
    edges: dict[str, list[str]] = {node_id: [] for node_id in nodes}
    for flow in flows:
        if flow.source in edges and flow.target in edges:
            edges[flow.source].append(flow.target)
    for node in nodes.values():
        if node.attached_to in edges:
            edges[node.attached_to].append(node.id)
    return edges


def reversed_edges(edges: Edges) -> dict[str, list[str]]:
    """The same edges, walked backwards."""
    back: dict[str, list[str]] = {node: [] for node in edges}
    for source, targets in edges.items():
        for target in targets:
            back[target].append(source)
    return back


def distances(edges: Edges, starts: Iterable[str]) -> dict[str, int]:
    """Every node that can be reached, with the number of nodes on the shortest way to it."""
    found = {start: 1 for start in starts if start in edges}
    ahead = deque(found)
    while ahead:
        node = ahead.popleft()
        for target in edges[node]:
            if target not in found:
                found[target] = found[node] + 1
                ahead.append(target)
    return found


def longest_way(nodes: Mapping[str, Node], flows: Iterable[Flow]) -> int:
    """The number of nodes on the way to the node that is furthest from its start."""
    edges = successors(nodes, flows)
    incoming = {target for targets in edges.values() for target in targets}
    ways = distances(edges, [node for node in edges if node not in incoming] or list(edges)[:1])
    return max(ways.values(), default=0)


def on_cycle(edges: Edges) -> set[str]:
    """The cycles and what lies between them: what is left after taking away, again and again, dead ends."""
    return set(_without_dead_ends(reversed_edges(_without_dead_ends(edges))))


def _without_dead_ends(edges: Edges) -> dict[str, set[str]]:
    graph = {node: set(targets) for node, targets in edges.items()}
    back = reversed_edges(graph)
    ends = [node for node, targets in graph.items() if not targets]
    while ends:
        end = ends.pop()
        del graph[end]
        for source in back[end]:
            if source in graph:
                graph[source].discard(end)
                if not graph[source]:
                    ends.append(source)
    return graph
