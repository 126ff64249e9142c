"""The drawn side of a BPMN file: shapes, labels and edges as plain rectangles and points."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from lxml import etree

BPMN_FOLDER = Path(__file__).parents[2] / "bpmn"
NAMESPACES = {
    "bpmn": "http://www.omg.org/spec/BPMN/20100524/MODEL",
    "di": "http://www.omg.org/spec/BPMN/20100524/DI",
    "dc": "http://www.omg.org/spec/DD/20100524/DC",
    "dd": "http://www.omg.org/spec/DD/20100524/DI",
    "zeebe": "http://camunda.org/schema/zeebe/1.0",
}
FLOW_NODES = frozenset(
    {
        "startEvent", "endEvent", "intermediateCatchEvent", "intermediateThrowEvent", "boundaryEvent", "userTask",
        "serviceTask", "sendTask", "scriptTask", "businessRuleTask", "receiveTask", "callActivity", "subProcess",
        "exclusiveGateway", "parallelGateway", "inclusiveGateway", "eventBasedGateway", "task", "manualTask",
    }
)  # fmt: skip

Point = tuple[float, float]


@dataclass(frozen=True)
class Box:
    """A rectangle; y grows downwards."""

    x: float
    y: float
    width: float
    height: float

    def overlaps(self, other: "Box") -> bool:
        apart_x = self.x + self.width <= other.x or other.x + other.width <= self.x
        apart_y = self.y + self.height <= other.y or other.y + other.height <= self.y
        return not (apart_x or apart_y)

    def contains(self, other: "Box") -> bool:
        across = self.x <= other.x and other.x + other.width <= self.x + self.width
        down = self.y <= other.y and other.y + other.height <= self.y + self.height
        return across and down

    def is_crossed_by(self, start: Point, end: Point) -> bool:
        """Whether a horizontal or vertical line runs through the inside."""
        (x1, y1), (x2, y2) = sorted((start, end))
        across = x1 < self.x + self.width and x2 > self.x and self.y < y1 < self.y + self.height
        down = y1 < self.y + self.height and y2 > self.y and self.x < x1 < self.x + self.width
        return across if y1 == y2 else down

    def touches(self, point: Point) -> bool:
        """Whether the point lies on the border or inside."""
        return self.x <= point[0] <= self.x + self.width and self.y <= point[1] <= self.y + self.height


@dataclass(frozen=True)
class Element:
    """A flow node or flow of the file, with the names of what surrounds it."""

    id: str
    kind: str
    name: str
    scopes: tuple[str, ...]
    host: str
    source: str
    target: str
    has_condition: bool
    xml: etree._Element


class Drawing:
    """One file with one plane."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.root = etree.parse(str(path), etree.XMLParser(resolve_entities=False, no_network=True)).getroot()
        self.elements = {element.id: element for element in self._elements()}
        self.shapes = {shape.get("bpmnElement", ""): shape for shape in self._all("//di:BPMNShape")}
        self.edges = {edge.get("bpmnElement", ""): edge for edge in self._all("//di:BPMNEdge")}

    def nodes(self) -> list[Element]:
        return [element for element in self.elements.values() if element.kind in FLOW_NODES]

    def flows(self) -> list[Element]:
        return [element for element in self.elements.values() if element.kind == "sequenceFlow"]

    def box(self, element_id: str) -> Box:
        return _box(self.shapes[element_id])

    def labels(self) -> dict[str, Box]:
        """The placed label of each element that has one."""
        drawn = {**self.shapes, **self.edges}
        found = {key: shape.find("di:BPMNLabel", NAMESPACES) for key, shape in drawn.items()}
        return {key: _box(label) for key, label in found.items() if label is not None}

    def points(self, flow_id: str) -> list[Point]:
        found = self.edges[flow_id].findall("dd:waypoint", NAMESPACES)
        return [(float(point.get("x", "nan")), float(point.get("y", "nan"))) for point in found]

    def segments(self, flow_id: str) -> list[tuple[Point, Point]]:
        return list(pairwise(self.points(flow_id)))

    def _all(self, path: str) -> list[etree._Element]:
        found = self.root.xpath(path, namespaces=NAMESPACES)
        assert isinstance(found, list)
        return [element for element in found if isinstance(element, etree._Element)]

    def _elements(self) -> Iterator[Element]:
        for xml in self._all("//bpmn:process//*[@id]"):
            scopes = [parent.get("id", "") for parent in xml.iterancestors("{*}process", "{*}subProcess")]
            yield Element(
                xml.get("id", ""), etree.QName(xml).localname, xml.get("name", ""), tuple(scopes),
                xml.get("attachedToRef", ""), xml.get("sourceRef", ""), xml.get("targetRef", ""),
                xml.find("bpmn:conditionExpression", NAMESPACES) is not None, xml,
            )  # fmt: skip


def _box(shape: etree._Element) -> Box:
    bounds = shape.find("dc:Bounds", NAMESPACES)
    assert bounds is not None
    x, y, width, height = (float(bounds.get(key, "nan")) for key in ("x", "y", "width", "height"))
    return Box(x, y, width, height)


def drawings() -> list[Drawing]:
    """Every diagram of the product."""
    return [Drawing(path) for path in sorted(BPMN_FOLDER.rglob("*.bpmn"))]


def form_ids() -> dict[str, list[str]]:
    """Form id -> the user tasks and start events that show it, over all diagrams; the diagrams are the only list."""
    found: dict[str, list[str]] = {}
    for drawing in drawings():
        for element in drawing.nodes():
            form = element.xml.find("bpmn:extensionElements/zeebe:formDefinition", NAMESPACES)
            if form is not None:
                found.setdefault(form.get("formId", ""), []).append(f"{drawing.path.stem}.{element.id}")
    return found
