"""A page part read block by block for the paper form: headings, facts, tables, lines; no controls, no pictures."""

from collections.abc import Iterator, Sequence
from typing import Any

from lxml import html

Block = dict[str, Any]
HEADINGS = ("h1", "h2", "h3", "h4", "summary", "legend")
LEFT_OUT = ("script", "style", "form", "button", "input", "select", "textarea", "img", "svg", "figure", "progress")
LINES = ("p", "li", "div", "span", "a")


def blocks_of(page_part: str) -> Sequence[Block]:
    """What is read there, in its order: heading, facts (label and value), table (head and rows), line."""
    text = page_part.strip()
    return list(_blocks(html.fragment_fromstring(text, create_parent="div"))) if text else []


def _blocks(parent: Any) -> Iterator[Block]:
    if _own_text(parent):
        yield {"kind": "line", "text": _text(parent)}
        return
    for element in parent:
        if not isinstance(element.tag, str) or element.tag in LEFT_OUT or "no-print" in element.get("class", ""):
            continue
        if element.tag in HEADINGS:
            yield {"kind": "heading", "text": _text(element)}
        elif element.tag == "dl":
            yield {"kind": "facts", "rows": list(_facts(element))}
        elif element.tag == "table":
            yield _table(element)
        elif element.tag in ("p", "li"):
            if _text(element):
                yield {"kind": "line", "text": _text(element)}
        else:
            yield from _blocks(element)


def _own_text(element: Any) -> str:
    """Text that stands in the element itself, besides its parts."""
    return "".join([element.text or "", *(child.tail or "" for child in element)]).strip()


def _facts(element: Any) -> Iterator[tuple[str, str]]:
    for label in element.iter("dt"):
        value = label.getnext()
        yield _text(label), "" if value is None else _text(value)


def _table(element: Any) -> Block:
    rows = [[_text(cell) for cell in row.iterfind("./*")] for row in element.iter("tr")]
    rows = [row for row in rows if any(row)]
    width = max((len(row) for row in rows), default=0)
    head = bool(rows) and element.find(".//thead") is not None
    filled = [row + [""] * (width - len(row)) for row in rows]
    return {"kind": "table", "head": filled[0] if head else [], "rows": filled[1:] if head else filled, "width": width}


def _text(element: Any) -> str:
    """What a person reads, in one line; controls say nothing."""
    parts = [element.text or ""]
    for child in element:
        if isinstance(child.tag, str) and child.tag not in LEFT_OUT:
            parts.append(_text(child))
        parts.append(child.tail or "")
    return " ".join("".join(parts).split())
