"""The paper form of a case (审批表) as PDF: what was asked, every valid opinion, and the signatures by hand."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pylopdf_fonts_zh_cn
import typst

_TEMPLATE = Path(__file__).with_name("approval_sheet.typ")
_FONTS = Path(pylopdf_fonts_zh_cn.__file__).parent


@dataclass(frozen=True, slots=True)
class SheetOpinion:
    """One opinion: step, decision, words, name, moment, and the picture of the signature (PNG, empty: none)."""

    step: str
    decision: str
    opinion: str
    name: str
    at: str
    picture: bytes = b""


@dataclass(frozen=True, slots=True)
class ApprovalSheet:
    """What stands on the sheet; everything as people read it.

    Blocks: heading or line with `text`, facts with `rows` of label and value, table with `head`, `rows` and `width`.
    """

    title: str
    number: str
    place: str
    started: str
    state: str
    outcome: str
    blocks: Sequence[Mapping[str, Any]]
    opinions: Sequence[SheetOpinion]
    printed: str


def approval_sheet_pdf(sheet: ApprovalSheet, made_at: datetime) -> bytes:
    """The sheet as a PDF; what people typed goes in as data, never as markup, and nothing touches the disk."""
    opinions = [asdict(one) | {"picture": list(one.picture)} for one in sheet.opinions]
    facts = asdict(sheet) | {"opinions": opinions}
    made = typst.compile(
        _TEMPLATE, format="pdf", font_paths=[_FONTS], ignore_system_fonts=True,
        timestamp=int(made_at.timestamp()), sys_inputs={"sheet": json.dumps(facts, ensure_ascii=False)},
    )  # fmt: skip
    assert isinstance(made, bytes)  # noqa: S101
    return made
