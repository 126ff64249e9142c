"""The gate for DMN files: size, encoding, no DTD, no entities, no network, known namespaces."""

import re

from lxml import etree

from ..errors import DecisionModelInvalid
from .findings import finding

MAX_BYTES = 2 * 1024 * 1024
MAX_ELEMENTS = 60_000
NAMESPACES = frozenset(
    {
        "http://www.omg.org/spec/DMN/20180521/MODEL/",
        "https://www.omg.org/spec/DMN/20191111/MODEL/",
        "https://www.omg.org/spec/DMN/20211108/MODEL/",
        "https://www.omg.org/spec/DMN/20230324/MODEL/",
    }
)
"""DMN 1.2, 1.3, 1.4 and 1.5."""

Element = etree._Element
_ENCODING = re.compile(rb"""\A\s*<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")


def read_xml(xml: bytes) -> Element:
    """The `definitions` element; raises DecisionModelInvalid with a finding."""
    _refuse_bytes(xml)
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
        raise refused("dmn.xml", f"文件不是完整的 XML（第 {line} 行第 {column} 列）", line) from None
    _refuse_tree(root)
    return root


def _refuse_bytes(xml: bytes) -> None:
    if len(xml) > MAX_BYTES:
        raise refused("dmn.xml", "文件超过 2 MiB")
    if not xml.strip():
        raise refused("dmn.xml", "文件为空")
    declared = _ENCODING.match(xml.removeprefix(b"\xef\xbb\xbf"))
    if declared and declared[1].lower() not in (b"utf-8", b"utf8"):
        raise refused("dmn.xml", "文件编码必须是 UTF-8")
    try:
        text = xml.decode("utf-8")
    except UnicodeDecodeError:
        raise refused("dmn.xml", "文件编码必须是 UTF-8") from None
    if "\x00" in text:
        raise refused("dmn.xml", "文件编码必须是 UTF-8")
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise refused("dmn.xml", "文件不能包含 DOCTYPE 或实体")


def _refuse_tree(root: Element) -> None:
    name = etree.QName(root)
    if name.localname != "definitions" or name.namespace not in NAMESPACES:
        raise refused("dmn.namespace", "文件不是 DMN 1.2 至 1.5 的决策模型", line_of(root))
    if sum(1 for _ in root.iter()) > MAX_ELEMENTS:
        raise refused("dmn.xml", f"元素超过 {MAX_ELEMENTS} 个")


def refused(code: str, message: str, line: int = 0) -> DecisionModelInvalid:
    """The error for a file that cannot be read at all."""
    return DecisionModelInvalid(message, (finding(code, message, line=line),))


def line_of(element: Element) -> int:
    """The line of the element in its file, 0 if it is not known."""
    line = str(element.sourceline)
    return int(line) if line.isdigit() else 0


def local_name(element: Element) -> str:
    """The tag without its namespace; "" for foreign elements."""
    name = etree.QName(element)
    return name.localname if name.namespace in NAMESPACES else ""


def child(element: Element, *names: str) -> Element | None:
    """The first child of one of these tags."""
    return next((found for found in element if local_name(found) in names), None)


def children(element: Element, *names: str) -> list[Element]:
    """All children of these tags."""
    return [found for found in element if local_name(found) in names]


def attribute(element: Element, name: str) -> str:
    """The attribute, stripped, "" if it is missing."""
    value = element.get(name)
    return str(value).strip() if value is not None else ""


def text_of(element: Element | None) -> str:
    """The content of the `text` child (or of the element itself), stripped."""
    if element is None:
        return ""
    holder = child(element, "text")
    source = element if holder is None else holder
    return "".join(str(part) for part in source.itertext()).strip()


def spaced(name: str) -> str:
    """A name with its whitespace collapsed, as FEEL sees it."""
    return " ".join(name.split())
