"""House rules for Jinja templates: what a strict content security policy and hostile names ask of every page."""

import re
from collections.abc import Iterator

_JINJA = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.DOTALL)
_TAG = re.compile(r"<([a-zA-Z][\w-]*)((?:[^<>\"']|\"[^\"]*\"|'[^']*')*)>", re.DOTALL)
_ATTRIBUTE = re.compile(r"([^\s=\"'<>/]+)(?:\s*=\s*(\"[^\"]*\"|'[^']*'|[^\s\"'>]+))?")
_POST_FORM = re.compile(r"<form\b[^>]*method=\"post\"[^>]*>(.*?)</form>", re.DOTALL | re.IGNORECASE)
_RAW = re.compile(r"\|\s*safe\b|\bMarkup\s*\(|autoescape\s+false")


def findings(source: str) -> list[str]:
    """What is wrong with a template, each as `line: sentence`."""
    # Jinja is blanked to letters of the same length, so that `>` inside an expression does not end a tag
    plain = _JINJA.sub(lambda match: re.sub(r"[^\n]", "J", match[0]), source)
    found = [*_tags(plain), *_raw(source), *_unprotected_forms(source)]
    return [f"{source.count(chr(10), 0, place) + 1}: {what}" for place, what in sorted(found)]


def _tags(plain: str) -> Iterator[tuple[int, str]]:
    for tag in _TAG.finditer(plain):
        name, attributes = tag[1].lower(), list(_ATTRIBUTE.finditer(tag[2]))
        present = {attribute[1].lower() for attribute in attributes}
        if name == "style":
            yield tag.start(), "<style> in a page"
        if name == "script" and not ({"src"} <= present or 'type="application/json"' in tag[2]):
            yield tag.start(), "script in a page"
        if name == "img" and "alt" not in present:
            yield tag.start(), "picture without alt"
        for attribute in attributes:
            yield from _attribute(tag.start(), attribute[1].lower(), attribute[2])


def _attribute(place: int, name: str, value: str | None) -> Iterator[tuple[int, str]]:
    if set(name) <= {"j"}:
        return
    if value is not None and value[0] not in "\"'":
        yield place, f"attribute {name} without quotes"
    if name.startswith("on"):
        yield place, f"handler {name} in a page"
    if name == "style":
        yield place, "style attribute"
    if value is not None and re.match(r"[\"']?\s*javascript:", value, re.IGNORECASE):
        yield place, f"script address in {name}"


def _raw(source: str) -> Iterator[tuple[int, str]]:
    yield from ((match.start(), "text that is not escaped") for match in _RAW.finditer(source))


def _unprotected_forms(source: str) -> Iterator[tuple[int, str]]:
    for form in _POST_FORM.finditer(source):
        if "csrf" not in form[1]:
            yield form.start(), "posting form without csrf_field()"
