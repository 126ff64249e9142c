"""The diagrams can be read: nothing overlaps, lines run at right angles, everything has a Chinese name."""

import re
from itertools import combinations

import pytest

from tests.process.drawings import Drawing, drawings

DRAWINGS = drawings()
SNAKE_CASE = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
CHINESE = re.compile(r"[一-鿿]")

pytestmark = pytest.mark.parametrize("drawing", DRAWINGS, ids=lambda drawing: drawing.path.stem)


def test_there_is_a_shape_or_an_edge_for_every_element(drawing: Drawing) -> None:
    assert {node.id for node in drawing.nodes()} == set(drawing.shapes)
    assert {flow.id for flow in drawing.flows()} == set(drawing.edges)


def test_shapes_do_not_overlap(drawing: Drawing) -> None:
    for one, other in combinations(drawing.nodes(), 2):
        if one.id in other.scopes or other.id in one.scopes or one.host == other.id or other.host == one.id:
            continue
        assert not drawing.box(one.id).overlaps(drawing.box(other.id)), f"{one.id} lies on {other.id}"


def test_elements_lie_inside_their_sub_process(drawing: Drawing) -> None:
    for node in drawing.nodes():
        if node.scopes[0] in drawing.shapes:
            assert drawing.box(node.scopes[0]).contains(drawing.box(node.id)), node.id


def test_edges_run_at_right_angles_from_border_to_border(drawing: Drawing) -> None:
    for flow in drawing.flows():
        points = drawing.points(flow.id)
        assert drawing.box(flow.source).touches(points[0]), flow.id
        assert drawing.box(flow.target).touches(points[-1]), flow.id
        for (x1, y1), (x2, y2) in drawing.segments(flow.id):
            assert (x1 == x2) != (y1 == y2), f"{flow.id} has a slanted or empty part"


def test_edges_pass_no_shape(drawing: Drawing) -> None:
    for flow in drawing.flows():
        around = set(flow.scopes)
        for node in drawing.nodes():
            if node.id in around or (node.kind == "subProcess" and node.id in (flow.source, flow.target)):
                continue
            if node.id in (flow.source, flow.target) or _is_host(drawing, flow.source, node.id):
                continue
            for segment in drawing.segments(flow.id):
                assert not drawing.box(node.id).is_crossed_by(*segment), f"{flow.id} runs through {node.id}"


def test_edges_leave_room_inside_their_sub_process(drawing: Drawing) -> None:
    for flow in drawing.flows():
        if flow.scopes[0] in drawing.shapes:
            box = drawing.box(flow.scopes[0])
            assert all(box.touches(point) for point in drawing.points(flow.id)), flow.id


def test_labels_lie_on_no_shape_and_on_no_other_label(drawing: Drawing) -> None:
    labels = drawing.labels()
    for (one, first), (other, second) in combinations(labels.items(), 2):
        assert not first.overlaps(second), f"the labels of {one} and {other} overlap"
    leaves = [node.id for node in drawing.nodes() if node.kind != "subProcess"]
    for owner, label in labels.items():
        for leaf in leaves:
            assert not label.overlaps(drawing.box(leaf)), f"the label of {owner} lies on {leaf}"
        for flow in drawing.flows():
            for segment in drawing.segments(flow.id):
                assert not label.is_crossed_by(*segment), f"{flow.id} runs through the label of {owner}"


def test_everything_has_a_chinese_name_and_an_english_id(drawing: Drawing) -> None:
    for element in [*drawing.nodes(), *drawing.flows()]:
        assert SNAKE_CASE.fullmatch(element.id), element.id
    for node in drawing.nodes():
        assert CHINESE.search(node.name), node.id


def test_every_way_out_of_a_decision_says_when_it_is_taken(drawing: Drawing) -> None:
    gateways = {node.id for node in drawing.nodes() if node.kind == "exclusiveGateway"}
    ways: dict[str, list[str]] = {}
    for flow in drawing.flows():
        if flow.source in gateways:
            ways.setdefault(flow.source, []).append(flow.name)
    for gateway, names in ways.items():
        assert len(names) == 1 or all(names), gateway


def _is_host(drawing: Drawing, boundary: str, node: str) -> bool:
    return drawing.elements[boundary].host == node
