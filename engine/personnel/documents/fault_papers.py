"""Papers of fault tolerance and clearing as PDF [domain 5.1, 5.4, 10.3.10]."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

import pylopdf_fonts_zh_cn
import typst

_TEMPLATE = Path(__file__).with_name("fault_paper.typ")
_FONTS = Path(pylopdf_fonts_zh_cn.__file__).parent


@dataclass(frozen=True, slots=True)
class Page:
    """What stands on the paper; everything as people read it."""

    title: str
    number: str
    case: str
    to: str
    text: Sequence[str]
    rows: Sequence[tuple[str, str]]
    """Lines of the form: what, and what was found or written."""
    signs: Sequence[str]
    office: str
    dated: str


def fault_pdf(page: Page, made_at: datetime) -> bytes:
    """The paper as a PDF; what people typed goes in as data, never as markup."""
    made = typst.compile(
        _TEMPLATE, format="pdf", font_paths=[_FONTS], ignore_system_fonts=True,
        timestamp=int(made_at.timestamp()), sys_inputs={"paper": json.dumps(asdict(page), ensure_ascii=False)},
    )  # fmt: skip
    assert isinstance(made, bytes)  # noqa: S101
    return made
