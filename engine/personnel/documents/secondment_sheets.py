"""The approval form of a secondment (借调审批表) as PDF, with what each level decided [N 9.3, domain 10.3]."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

import pylopdf_fonts_zh_cn
import typst

_TEMPLATE = Path(__file__).with_name("secondment_sheet.typ")
_FONTS = Path(pylopdf_fonts_zh_cn.__file__).parent


@dataclass(frozen=True, slots=True)
class SheetOpinion:
    """One level's line; empty texts where it has not decided yet."""

    step: str
    decision: str = ""
    opinion: str = ""
    person: str = ""
    on: str = ""


@dataclass(frozen=True, slots=True)
class SecondmentSheet:
    """What stands in the form, in words."""

    number: str
    notice: str
    name: str
    sex: str
    born: str
    politics: str
    education: str
    post: str
    community: str
    street: str
    office: str
    period: str
    duties: str
    reason: str
    staffing: str
    opinions: Sequence[SheetOpinion]


def secondment_sheet_pdf(sheet: SecondmentSheet, made_at: datetime) -> bytes:
    """The form as a PDF; what people typed goes in as data, never as markup."""
    made = typst.compile(
        _TEMPLATE, format="pdf", font_paths=[_FONTS], ignore_system_fonts=True, timestamp=int(made_at.timestamp()),
        sys_inputs={"sheet": json.dumps(asdict(sheet), ensure_ascii=False)},
    )  # fmt: skip
    assert isinstance(made, bytes)  # noqa: S101
    return made
