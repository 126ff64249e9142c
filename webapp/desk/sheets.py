"""Paper for the exam rooms: sign-in sheets and door signs, one page or more a room, as PDF."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

import pylopdf_fonts_zh_cn
import typst

from webapp.rendering import cn_datetime

_TEMPLATE = Path(__file__).with_name("sheets.typ")
_FONTS = Path(pylopdf_fonts_zh_cn.__file__).parent
SIGN_IN, DOOR_SIGN = "签到表", "门贴"


@dataclass(frozen=True, slots=True)
class Sitter:
    """Somebody at a seat; the ID number is masked."""

    seat: int
    number: str
    name: str
    id: str


@dataclass(frozen=True, slots=True)
class RoomSheet:
    """One room with everybody in it."""

    name: str
    address: str
    people: Sequence[Sitter]


def room_sheets(kind: str, title: str, written_at: datetime, rooms: Sequence[RoomSheet], made_at: datetime) -> bytes:
    """The PDF; what people typed goes in as data, never as markup."""
    facts = {
        "kind": kind, "title": title, "time": cn_datetime(written_at), "rooms": [_facts(room) for room in rooms],
    }  # fmt: skip
    made = typst.compile(
        _TEMPLATE, format="pdf", font_paths=[_FONTS], ignore_system_fonts=True,
        timestamp=int(made_at.timestamp()), sys_inputs={"sheets": json.dumps(facts, ensure_ascii=False)},
    )  # fmt: skip
    assert isinstance(made, bytes)  # noqa: S101
    return made


def _facts(room: RoomSheet) -> dict[str, object]:
    first, last = room.people[0], room.people[-1]
    return asdict(room) | {"first": first.seat, "last": last.seat, "from": first.number, "to": last.number}
