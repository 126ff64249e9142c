"""The appraisal form (考核登记表) of one person and year as PDF [domain 10.3]."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

import pylopdf_fonts_zh_cn
import typst

_TEMPLATE = Path(__file__).with_name("appraisal_sheet.typ")
_FONTS = Path(pylopdf_fonts_zh_cn.__file__).parent


@dataclass(frozen=True, slots=True)
class AppraisalSheet:
    """What stands on the form; everything as people read it."""

    number: str
    year: int
    county: str
    street: str
    community: str
    name: str
    sex: str
    born: str
    politics: str
    education: str
    post: str
    level: str
    training: str
    absence: str
    summary: str
    secondments: str
    """What borrowers wrote, empty for who was not away [domain 3.5]."""
    community_opinion: str
    parts: Sequence[tuple[str, str, str]]
    """Label, weight, points."""
    score: str
    comment: str
    grade: str
    decided_on: str
    signed_on: str
    review: str
    filed_on: str


def appraisal_pdf(sheet: AppraisalSheet, made_at: datetime) -> bytes:
    """The form as a PDF; what people typed goes in as data, never as markup."""
    return typst.compile(
        _TEMPLATE, format="pdf", font_paths=[_FONTS], ignore_system_fonts=True,
        timestamp=int(made_at.timestamp()), sys_inputs={"sheet": json.dumps(asdict(sheet), ensure_ascii=False)},
    )  # fmt: skip
