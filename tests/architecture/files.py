"""The files of the repository, as the house rules see them."""

from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PRODUCT = ("engine", "webapp", "forms", "seed")

_MADE = {
    ".git", ".venv", "node_modules", "__pycache__", "data", "dist", "build", ".cache", ".hypothesis",
    ".pytest_cache", ".mypy_cache", ".ruff_cache", ".import_linter_cache",
}  # fmt: skip
_TEXT = {
    ".py", ".pyi", ".js", ".mjs", ".css", ".html", ".txt", ".typ", ".md", ".toml", ".json", ".yaml", ".yml",
    ".bpmn", ".dmn", ".xml", ".xsd", ".ini", ".cfg", ".sh", ".mako", ".csv", "",
}  # fmt: skip


def text_files(root: Path = ROOT) -> Iterator[Path]:
    """Every text file that is written by hand or locked, none that is made by a tool."""
    for path in sorted(root.iterdir()):
        if path.name in _MADE:
            continue
        if path.is_dir():
            yield from text_files(path)
        elif path.suffix in _TEXT:
            yield path


def product_modules() -> Iterator[Path]:
    """Python modules of the product, without its tests."""
    for room in PRODUCT:
        yield from (path for path in text_files(ROOT / room) if path.suffix == ".py")


def name_of(path: Path) -> str:
    """Path below the repository's root, as people write it."""
    return path.relative_to(ROOT).as_posix()
