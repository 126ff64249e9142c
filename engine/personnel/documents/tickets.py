"""Admission tickets (准考证) as PDF: photo, seat, QR code and rules on one page [domain 1.5]."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from io import BytesIO
from pathlib import Path

import pylopdf_fonts_zh_cn
import segno
import typst

_TEMPLATE = Path(__file__).with_name("ticket.typ")
_FONTS = Path(pylopdf_fonts_zh_cn.__file__).parent

RULES = (
    "凭本准考证和有效期内的第二代居民身份证原件参加考试，两证缺一不得入场。",
    "请提前 30 分钟到达考点，对号入座，将两证放在桌面左上角备查。",
    "开考 15 分钟后不得入场，考试结束前不得提前交卷离场。",
    "自备黑色签字笔、2B 铅笔和橡皮；手机、智能手表等电子设备须关机，与随身物品一并放在指定位置。",
    "不得冒名顶替、传递纸条、交头接耳、抄袭；违者取消成绩并按规定处理。",
    "资格审查贯穿招聘全过程，提供虚假材料的，随时取消资格。",
)


@dataclass(frozen=True, slots=True)
class Ticket:
    """What stands on an admission ticket."""

    title: str
    exam_number: str
    name: str
    sex: str
    id_number: str
    post: str
    room: str
    seat: str
    address: str
    subject: str
    time: str
    photo: bytes
    """jpg or png"""
    rules: Sequence[str] = RULES


def ticket_pdf(ticket: Ticket, made_at: datetime) -> bytes:
    """The ticket as a PDF of one page.

    Everything typed by people goes in as data, never as markup; nothing touches the disk.
    """
    facts = asdict(ticket) | {"photo": list(ticket.photo), "code": _code(ticket.exam_number)}
    return typst.compile(
        _TEMPLATE, format="pdf", font_paths=[_FONTS], ignore_system_fonts=True,
        timestamp=int(made_at.timestamp()), sys_inputs={"ticket": json.dumps(facts, ensure_ascii=False)},
    )  # fmt: skip


def _code(exam_number: str) -> str:
    """The exam number as an SVG QR code, read at the entrance."""
    target = BytesIO()
    segno.make(exam_number, error="m", micro=False).save(target, kind="svg", xmldecl=False, border=1)
    return target.getvalue().decode()
