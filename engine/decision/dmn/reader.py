"""From a DMN file to a model, collecting everything that is wrong with it."""

from collections import Counter
from collections.abc import Collection, Mapping
from functools import lru_cache

from ..errors import DecisionModelInvalid
from ..library import STANDARD, FunctionLibrary
from .boxed import BOXES, Boxes, Logic, Names, Workshop, build, nothing
from .findings import Finding, Severity, finding
from .itemtypes import ItemTypes
from .model import Decision, DecisionModel, InputData, Knowledge, Service
from .tablereader import read_table
from .tables import DecisionTable
from .xml import Element, attribute, child, children, line_of, local_name, read_xml, spaced

KEPT_BYTES = 256 * 1024
"""Larger files are read anew each time, so that many of them do not fill the memory."""


def parse_decisions(
    xml: bytes, *, source: str = "", lenient: bool = False, library: FunctionLibrary = STANDARD
) -> DecisionModel:
    """The model of a DMN 1.2 to 1.5 file; the same bytes give the same model, which nobody changes.

    Raises DecisionModelInvalid with all findings.
    `lenient` keeps decisions with mistakes (but no circles); they give null.
    """
    parse = _parse_once if len(xml) <= KEPT_BYTES else _parse
    return parse(xml, source, lenient, library)


def _parse(xml: bytes, source: str, lenient: bool, library: FunctionLibrary) -> DecisionModel:
    reader = _ModelReader(read_xml(xml), source, None, library)
    model = reader.read()
    errors = tuple(found for found in reader.findings if found.severity is Severity.ERROR)
    circular = any(found.code == "dmn.cycle" for found in errors)
    if circular or (errors and not lenient):
        raise DecisionModelInvalid(f"决策模型有 {len(errors)} 处错误：{errors[0].message}", errors)
    return model


_parse_once = lru_cache(maxsize=128)(_parse)


def check_decisions(
    xml: bytes, *, names: Collection[str] | None = None, library: FunctionLibrary = STANDARD
) -> list[Finding]:
    """Everything that is wrong with a DMN file. `names` are the variables its callers have."""
    try:
        root = read_xml(xml)
    except DecisionModelInvalid as error:
        return [found for found in error.findings if isinstance(found, Finding)]
    reader = _ModelReader(root, "", names, library)
    reader.read()
    return sorted(reader.findings, key=lambda found: (found.line, found.column))


class _ModelReader:
    def __init__(self, root: Element, source: str, names: Collection[str] | None, library: FunctionLibrary) -> None:
        self.root = root
        self.source = source
        self.given = None if names is None else frozenset(names)
        self.findings: list[Finding] = []
        types = ItemTypes(root, self.error)
        self.shop = Workshop(types, frozenset(types.members) | _all_names(root), self.findings.append, library)
        self.by_id: dict[str, Element] = {}

    def error(self, code: str, message: str, element: Element) -> None:
        """Report an error at an element."""
        identity = attribute(element, "id")
        self.findings.append(finding(code, message, element_id=identity, line=line_of(element)))

    def read(self) -> DecisionModel:
        self._identities()
        decisions = [self._decision(element) for element in children(self.root, "decision")]
        if not decisions:
            self.error("dmn.no_decision", "文件中没有决策", self.root)
        for element in children(self.root, "import"):
            self.error("dmn.unsupported", "不支持引用其他文件（import）", element)
        inputs = [self._input(element) for element in children(self.root, "inputData")]
        knowledge = [self._knowledge(element) for element in children(self.root, "businessKnowledgeModel")]
        services = [self._service(element) for element in children(self.root, "decisionService")]
        model = DecisionModel(
            attribute(self.root, "name"),
            self.source,
            {node.id: node for node in decisions},
            {node.id: node for node in inputs},
            {node.id: node for node in knowledge},
            {node.id: node for node in services},
        )
        self._cycles({**model.decisions, **model.knowledge})
        return model

    def _identities(self) -> None:
        elements = [element for element in self.root.iter() if attribute(element, "id") and local_name(element)]
        counts = Counter(attribute(element, "id") for element in elements)
        for element in elements:
            identity = attribute(element, "id")
            if counts[identity] > 1 and identity in self.by_id:
                self.error("dmn.duplicate_id", f"id 重复：{identity}", element)
            self.by_id.setdefault(identity, element)

    def _identity(self, element: Element) -> tuple[str, str]:
        identity, name = attribute(element, "id"), spaced(attribute(element, "name"))
        if not identity:
            self.error("dmn.missing_id", f"{local_name(element)} 没有 id", element)
        if not name:
            self.error("dmn.missing_name", f"{identity or local_name(element)} 没有名称", element)
        return identity or f"#{line_of(element)}", name

    def _variable_type(self, element: Element) -> str:
        variable = child(element, "variable")
        return "" if variable is None else attribute(variable, "typeRef")

    def _requires(self, element: Element) -> tuple[str, ...]:
        found: list[str] = []
        for requirement in children(element, "informationRequirement", "knowledgeRequirement"):
            for link in children(requirement, "requiredDecision", "requiredInput", "requiredKnowledge"):
                self._link(link, found)
        return tuple(found)

    def _link(self, link: Element, found: list[str]) -> None:
        target = attribute(link, "href").rpartition("#")[2]
        if target in self.by_id:
            found.append(target)
        else:
            self.error("dmn.reference", f"依赖的元素不存在：{attribute(link, 'href')}", link)

    def _names(self, requires: tuple[str, ...]) -> Names:
        """The names an expression may use; None if the model does not say what comes from outside."""
        required = [self.by_id[reference] for reference in requires]
        drawn = any(local_name(element) == "inputData" for element in required)
        if not drawn and self.given is None:
            return None
        names = {spaced(attribute(element, "name")) for element in required} | set(requires)
        return frozenset(names) | (self.given or frozenset())

    def _decision(self, element: Element) -> Decision:
        identity, name = self._identity(element)
        requires = self._requires(element)
        table, logic = self._logic(element, self._names(requires))
        reference = self._variable_type(element)
        kind = self.shop.type(reference, element)
        return Decision(identity, name, table, requires, reference, kind, logic, line_of(element))

    def _logic(self, element: Element, names: Names) -> tuple[DecisionTable | None, Logic]:
        box = child(element, *BOXES)
        if box is None:
            self.error("dmn.no_logic", f"决策“{attribute(element, 'name')}”没有内容", element)
            return None, nothing
        if local_name(box) == "decisionTable":
            table = read_table(self.shop, box, names)
            return (None, nothing) if table is None else (table, table.evaluate)
        return None, build(self.shop, box, names, _table_logic)

    def _input(self, element: Element) -> InputData:
        identity, name = self._identity(element)
        reference = self._variable_type(element)
        return InputData(identity, name, reference, self.shop.type(reference, element))

    def _knowledge(self, element: Element) -> Knowledge:
        identity, name = self._identity(element)
        requires = self._requires(element)
        definition = child(element, "encapsulatedLogic")
        if definition is None:
            self.error("dmn.no_logic", f"业务知识“{name}”没有内容", element)
            return Knowledge(identity, name, requires, nothing)
        required = frozenset(spaced(attribute(self.by_id[reference], "name")) for reference in requires)
        function = Boxes(self.shop, _table_logic).function(definition, required)
        return Knowledge(identity, name, requires, function)

    def _service(self, element: Element) -> Service:
        identity, name = self._identity(element)
        kind = self.shop.type(self._variable_type(element), element)
        inputs: list[str] = []
        outputs: list[str] = []
        for link in children(element, "inputDecision"):
            self._link(link, inputs)
        for link in children(element, "inputData"):
            self._link(link, inputs)
        for link in children(element, "outputDecision"):
            self._link(link, outputs)
        return Service(identity, name, tuple(inputs), tuple(outputs), kind)

    def _cycles(self, nodes: Mapping[str, Decision | Knowledge]) -> None:
        done: set[str] = set()
        for start in nodes:
            self._visit(start, nodes, (), done)

    def _visit(
        self, reference: str, nodes: Mapping[str, Decision | Knowledge], path: tuple[str, ...], done: set[str]
    ) -> None:
        if reference in path or len(path) > 50:
            self.error("dmn.cycle", f"决策依赖形成循环或过深：{nodes[reference].name}", self.by_id[reference])
            done.update(path)
        if reference in done or reference not in nodes:
            return
        for required in nodes[reference].requires:
            self._visit(required, nodes, (*path, reference), done)
        done.add(reference)


def _table_logic(shop: Workshop, element: Element, names: Names) -> Logic:
    table = read_table(shop, element, names)
    return nothing if table is None else table.evaluate


def _all_names(root: Element) -> frozenset[str]:
    """Every name the model declares, so that names with spaces are read as one."""
    tags = {"decision", "inputData", "businessKnowledgeModel", "decisionService", "variable", "formalParameter"}
    tags |= {"column", "output", "parameter"}
    found = {spaced(attribute(element, "name")) for element in root.iter() if local_name(element) in tags}
    return frozenset(name for name in found if name and "." not in name)
