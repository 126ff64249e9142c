"""The notice of a secondment (借调通知) as PDF, with its document number [N 9.3, domain 10.3]."""

import json
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import pylopdf_fonts_zh_cn
import typst

from engine.kernel.clock import local_date

_TEMPLATE = Path(__file__).with_name("secondment_notice.typ")
_FONTS = Path(pylopdf_fonts_zh_cn.__file__).parent


@dataclass(frozen=True, slots=True)
class SecondmentNotice:
    """What stands in the notice."""

    document_number: str
    county: str
    street: str
    community: str
    worker: str
    office: str
    duties: str
    starts_on: date
    ends_on: date
    approved_at: datetime


def secondment_notice_pdf(notice: SecondmentNotice) -> bytes:
    """The notice as a PDF of one page; what people typed goes in as data, never as markup."""
    facts = {
        "number": notice.document_number, "issuer": _issuer(notice.county), "street": notice.street,
        "community": notice.community, "worker": notice.worker, "office": notice.office, "duties": notice.duties,
        "from": _written(notice.starts_on), "until": _written(notice.ends_on),
        "on": _written(local_date(notice.approved_at)),
    }  # fmt: skip
    made = typst.compile(
        _TEMPLATE, format="pdf", font_paths=[_FONTS], ignore_system_fonts=True,
        timestamp=int(notice.approved_at.timestamp()),
        sys_inputs={"notice": json.dumps(facts, ensure_ascii=False)},
    )  # fmt: skip
    assert isinstance(made, bytes)  # noqa: S101
    return made


def _issuer(county: str) -> str:
    """The department that approves; some counties are kept under its name [N 9.3]."""
    return county if county.endswith("部") else f"中共{county}委社会工作部"


def _written(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
