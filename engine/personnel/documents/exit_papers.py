"""Papers of an exit as PDF [domain 10.3.10]."""

import json
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

import pylopdf_fonts_zh_cn
import typst

from engine.personnel.exits.papers import Paper

_TEMPLATE = Path(__file__).with_name("exit_papers.typ")
_FONTS = Path(pylopdf_fonts_zh_cn.__file__).parent


def exit_pdf(paper: Paper, made_at: datetime) -> bytes:
    """The paper; everything typed by people goes in as data, never as markup."""
    made = typst.compile(
        _TEMPLATE, format="pdf", font_paths=[_FONTS], ignore_system_fonts=True,
        timestamp=int(made_at.timestamp()), sys_inputs={"paper": json.dumps(asdict(paper), ensure_ascii=False)},
    )  # fmt: skip
    assert isinstance(made, bytes)  # noqa: S101
    return made
