"""The notice of a fault-tolerance conclusion and the letter of clearing as PDF [domain 10.3]."""

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
class FaultPaper:
    """What stands on the paper; everything as people read it."""

    title: str
    number: str
    text: str
    answers: Sequence[tuple[str, str]]
    """Condition and how it was answered."""
    reason: str
    dated: str


def fault_pdf(paper: FaultPaper, made_at: datetime) -> bytes:
    """The paper as a PDF; what people typed goes in as data, never as markup."""
    return typst.compile(
        _TEMPLATE, format="pdf", font_paths=[_FONTS], ignore_system_fonts=True,
        timestamp=int(made_at.timestamp()), sys_inputs={"paper": json.dumps(asdict(paper), ensure_ascii=False)},
    )  # fmt: skip
