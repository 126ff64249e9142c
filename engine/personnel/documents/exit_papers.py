"""Papers of an exit as PDF [domain 10.3.10]."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

import pylopdf_fonts_zh_cn
import typst

_TEMPLATE = Path(__file__).with_name("exit_papers.typ")
_FONTS = Path(pylopdf_fonts_zh_cn.__file__).parent


@dataclass(frozen=True, slots=True)
class Paper:
    """One page: who it is for, what it says, rows to fill in by hand, who signs."""

    title: str
    number: str
    to: str
    text: Sequence[str]
    rows: Sequence[str]
    signs: Sequence[str]
    office: str


def exit_pdf(paper: Paper, made_at: datetime) -> bytes:
    """The paper; everything typed by people goes in as data, never as markup."""
    made = typst.compile(
        _TEMPLATE, format="pdf", font_paths=[_FONTS], ignore_system_fonts=True,
        timestamp=int(made_at.timestamp()), sys_inputs={"paper": json.dumps(asdict(paper), ensure_ascii=False)},
    )  # fmt: skip
    assert isinstance(made, bytes)  # noqa: S101
    return made
