"""From bytes that may be hostile to a Diagram."""

import hashlib
import re
from collections.abc import Iterator
from functools import lru_cache
from types import MappingProxyType

from lxml import etree

from engine.workflow.diagram.elements import ALLOWED_BPMN, BPMN, FLOW_NODES, SCOPES, Element, line_of, local_name, tag
from engine.workflow.diagram.events import read_event
from engine.workflow.diagram.findings import DiagramError, Finding, Findings, Severity
from engine.workflow.diagram.graph import longest_way
from engine.workflow.diagram.model import Diagram, Flow, Node, Process
from engine.workflow.diagram.settings import SettingsReader, extension

MAX_BYTES = 2 * 1024 * 1024
KEPT_BYTES = 512 * 1024
"""Larger files are read anew each time, so that many of them do not fill the memory."""
MAX_NODES = 2_000
MAX_PATH = 300
MAX_DEPTH = 64
MAX_ELEMENTS = 60_000
MAX_TEXT = 20_000
ID = re.compile(r"[A-Za-z_][A-Za-z0-9_.\-]{0,99}")
REFUSED_FLAGS = {
    "instantiate": "由接收任务或事件网关启动流程",
    "isForCompensation": "补偿",
    "parallelMultiple": "同时等待多个事件",
}
RESERVED = frozenset({"Root", "Start", "End", "StartEventSplit", "StartEventJoin"})
RESERVED_ENDS = (".EndJoin", ".BoundaryEventSplit", ".BoundaryEventJoin", " [child]")
XINCLUDE = "http://www.w3.org/2001/XInclude"


def read_diagram(xml: bytes, *, source: str = "") -> Diagram:
    """Reads one BPMN file; the same bytes give the same diagram, which nobody changes.

    Raises DiagramError with every reason found; what cannot even be parsed has one reason.
    """
    return _read_once(xml, source) if len(xml) <= KEPT_BYTES else _read(xml, source)


def _read(xml: bytes, source: str) -> Diagram:
    root = parse(xml)
    diagram, findings = read_root(root, source=source)
    errors = [finding for finding in findings.found if finding.severity is Severity.ERROR]
    if errors:
        raise DiagramError(errors)
    return diagram


_read_once = lru_cache(maxsize=64)(_read)


def parse(xml: bytes) -> Element:
    """The root element, from UTF-8 only, without entities, DTD, network or huge trees. Raises DiagramError."""
    if len(xml) > MAX_BYTES:
        raise _unreadable("xml.too_big", f"文件超过 {MAX_BYTES // 1024 // 1024} MiB")
    _check_encoding(xml)
    if b"<!DOCTYPE" in xml or b"<!ENTITY" in xml:
        raise _unreadable("xml.doctype", "文件含有 DOCTYPE 或实体声明，不予读取")
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
        encoding="utf-8",
    )
    try:
        root = etree.fromstring(xml, parser)
    except etree.XMLSyntaxError as error:
        line, column = error.position
        message = f"不是完整的 XML 文件（第 {line} 行第 {column} 列）"
        raise _unreadable("xml.malformed", message, line, column) from error
    if root.tag != tag("definitions"):
        raise _unreadable("xml.not_bpmn", "不是 BPMN 2.0 文件：根元素应为 bpmn:definitions", line_of(root))
    _check_size(root)
    return root


def _check_encoding(xml: bytes) -> None:
    try:
        head = xml[:200].decode("utf-8", "ignore").lower()
        xml.decode("utf-8")
    except UnicodeDecodeError:
        raise _unreadable("xml.encoding", "文件编码必须是 UTF-8") from None
    declaration = head.partition("?>")[0] if head.lstrip("\ufeff").startswith("<?xml") else ""
    if "encoding" in declaration and "utf-8" not in declaration:
        raise _unreadable("xml.encoding", "文件编码必须是 UTF-8")


def _check_size(root: Element) -> None:
    nodes = sum(1 for element in root.iter(*(tag(name) for name in FLOW_NODES)))
    if nodes > MAX_NODES:
        raise _unreadable("diagram.too_many_nodes", f"节点有 {nodes} 个，超过 {MAX_NODES} 个，请拆成几个流程")
    depth, elements = 0, 0
    for event, element in etree.iterwalk(root, events=("start", "end")):
        depth += 1 if event == "start" else -1
        if event == "end":
            continue
        elements += 1
        if depth > MAX_DEPTH:
            raise _unreadable("xml.too_deep", f"元素嵌套超过 {MAX_DEPTH} 层", line_of(element))
        if elements > MAX_ELEMENTS:
            raise _unreadable("xml.too_many", f"元素超过 {MAX_ELEMENTS} 个")
        if etree.QName(element).namespace == XINCLUDE:
            raise _unreadable("xml.xinclude", "不允许用 XInclude 引入其他文件", line_of(element))


def _unreadable(code: str, message: str, line: int = 0, column: int = 0) -> DiagramError:
    return DiagramError([Finding(code, Severity.ERROR, "", line, column, message, "请用流程设计器重新保存后再上传")])


def read_root(root: Element, *, source: str = "") -> tuple[Diagram, Findings]:
    """The diagram as far as it can be read, and everything that is wrong with single elements."""
    return _Reader(root, source).read()


class _Reader:
    def __init__(self, root: Element, source: str) -> None:
        self.root = root
        self.source = source
        self.findings = Findings()
        self.messages = {each.get("id") or "": each for each in root.iterfind(tag("message"))}
        self.errors = {each.get("id") or "": each for each in root.iterfind(tag("error"))}

    def read(self) -> tuple[Diagram, Findings]:
        self._check_elements()
        self._number_flows()
        self._check_ids()
        processes = [self._process(each) for each in self.root.iterfind(tag("process"))]
        if not processes:
            self._add("process.none", self.root, "文件中没有流程（bpmn:process）", "请至少画一个流程")
        nodes = {node.id: node for each in self.root.iterfind(tag("process")) for node in self._nodes(each, each)}
        flows = [flow for each in self.root.iterfind(tag("process")) for flow in self._flows(each)]
        if (way := longest_way(nodes, flows)) > MAX_PATH:
            self._add("diagram.too_long", self.root, f"一条路径上有 {way} 个节点，超过 {MAX_PATH} 个", "请拆成几个流程")
        canonical = etree.tostring(self.root, encoding="utf-8", xml_declaration=True)
        diagram = Diagram(
            self.source,
            tuple(processes),
            MappingProxyType(nodes),
            tuple(flows),
            MappingProxyType({key: each.get("name") or "" for key, each in self.messages.items()}),
            MappingProxyType({key: each.get("errorCode") or "" for key, each in self.errors.items()}),
            canonical,
            hashlib.sha256(canonical).hexdigest(),
        )
        return diagram, self.findings

    def _add(self, code: str, element: Element, message: str, fix: str = "") -> None:
        self.findings.error(code, element, message, fix)

    def _check_elements(self) -> None:
        for element in self.root.iter():
            name = etree.QName(element)
            if name.namespace == BPMN and name.localname not in ALLOWED_BPMN:
                self._add("element.refused", element, f"不支持的元素 {name.localname}", "请换成设计器中提供的元素")
            for flag, meaning in REFUSED_FLAGS.items():
                if element.get(flag) == "true":
                    self._add("element.refused", element, f"不支持{meaning}（{flag}）", "请取消这个选项")
            for key, value in element.attrib.items():
                if len(value) > MAX_TEXT:
                    self._add("element.too_long", element, f"属性 {key!s} 超过 {MAX_TEXT} 个字符")

    def _number_flows(self) -> None:
        """A flow without id is legal BPMN, but the engine would lose it."""
        used = {element.get("id") for element in self.root.iter()}
        number = 0
        for flow in self.root.iter(tag("sequenceFlow")):
            while not flow.get("id"):
                number += 1
                if f"flow_{number}" not in used:
                    flow.set("id", f"flow_{number}")

    def _check_ids(self) -> None:
        seen: set[str] = set()
        for element in self.root.iter():
            name = etree.QName(element)
            element_id = element.get("id")
            if name.namespace != BPMN:
                continue
            if not element_id:
                if name.localname in FLOW_NODES:
                    self._add("id.missing", element, f"{name.localname} 没有编号（id）", "请在设计器中填写编号")
                continue
            if element_id in seen:
                self._add("id.duplicate", element, f"编号“{element_id}”重复", "请改成不同的编号")
            seen.add(element_id)
            if not ID.fullmatch(element_id):
                fix = "编号以英文字母开头，只用字母、数字、下划线、连字符和点，不超过100个字符"
                self._add("id.malformed", element, f"编号“{element_id[:40]}”不合规范", fix)
            if element_id in RESERVED or element_id.endswith(RESERVED_ENDS):
                self._add("id.reserved", element, f"编号“{element_id}”是引擎保留的名称", "请改用其他编号")

    def _process(self, element: Element) -> Process:
        reader = SettingsReader(element, self.findings)
        version = extension(element, "versionTag")
        return Process(
            element.get("id") or "",
            element.get("name") or "",
            element.get("isExecutable", "true") == "true",
            line_of(element),
            "" if version is None else version.get("value") or "",
            documentation(element),
            MappingProxyType(reader.properties()),
        )

    def _nodes(self, scope: Element, process: Element) -> Iterator[Node]:
        for element in scope:
            kind = local_name(element)
            if kind not in FLOW_NODES or not element.get("id"):
                continue
            yield self._node(element, kind, scope, process)
            if kind in SCOPES:
                yield from self._nodes(element, process)

    def _node(self, element: Element, kind: str, scope: Element, process: Element) -> Node:
        settings = SettingsReader(element, self.findings).read()
        return Node(
            element.get("id") or "",
            element.get("name") or "",
            kind,
            process.get("id") or "",
            scope.get("id") or "",
            line_of(element),
            element.get("attachedToRef") or "",
            read_event(element, self.messages, self.errors, self.findings),
            element.get("triggeredByEvent") == "true",
            documentation(element),
            element.get("default") or "",
            settings,
        )

    def _flows(self, scope: Element) -> Iterator[Flow]:
        for element in scope:
            if local_name(element) in SCOPES:
                yield from self._flows(element)
            if element.tag == tag("sequenceFlow"):
                condition = element.findtext(tag("conditionExpression"))
                yield Flow(
                    element.get("id") or "",
                    element.get("sourceRef") or "",
                    element.get("targetRef") or "",
                    scope.get("id") or "",
                    element.get("name") or "",
                    (condition or "").strip(),
                    line_of(element),
                )


def documentation(element: Element) -> str:
    """The text of bpmn:documentation."""
    return (element.findtext(tag("documentation")) or "").strip()
