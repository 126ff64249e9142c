"""What the guides call by name in bold stands on the pages; what they lead to is there."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
GUIDES = sorted((ROOT / "docs" / "guide").glob("*.md"))
SOURCES = ("webapp/**/*.html", "webapp/**/*.py", "forms/**/*.py", "engine/**/*.py", "bpmn/**/*.bpmn")
_BOLD = re.compile(r"\*\*([^*]+)\*\*")
_LINK = re.compile(r"\]\(([^)#]+)(?:#[^)]*)?\)")


def test_guides_call_buttons_and_pages_by_the_names_they_have() -> None:
    product = "\n".join(path.read_text() for pattern in SOURCES for path in sorted(ROOT.glob(pattern)))
    unknown = [
        f"{guide.name}: {name}"
        for guide in GUIDES
        for bold in _BOLD.findall(guide.read_text())
        for name in re.split(r" › |、", bold)
        if name not in product
    ]
    assert unknown == []


def test_guides_lead_to_files_that_are_there() -> None:
    lost = [
        f"{guide.name}: {address}"
        for guide in GUIDES
        for address in _LINK.findall(guide.read_text())
        if "://" not in address and not (guide.parent / address).exists()
    ]
    assert lost == []
