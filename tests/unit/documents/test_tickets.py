"""Admission tickets."""

from datetime import UTC, datetime
from io import BytesIO

from PIL import Image

from engine.personnel.documents.tickets import Ticket, ticket_pdf

MOMENT = datetime(2026, 12, 10, 8, 0, tzinfo=UTC)


def _ticket(name: str) -> Ticket:
    photo = BytesIO()
    Image.new("RGB", (350, 450), "white").save(photo, "JPEG")
    return Ticket(
        "2026年云泽县公开招聘社区工作者笔试", "2026120001", name, "女", "11010519491231002X", "A01 社区工作者",
        "第1考场", "15", "云泽县第一中学", "社会工作综合能力", "2026-12-20（周日）09:00–11:00", photo.getvalue(),
    )  # fmt: skip


def test_a_ticket_is_a_pdf() -> None:
    assert ticket_pdf(_ticket("欧阳䶮"), MOMENT).startswith(b"%PDF-")


def test_markup_in_a_name_is_printed_and_not_run() -> None:
    hostile = ticket_pdf(_ticket('#read("/etc/passwd") $x$ *b*'), MOMENT)
    assert hostile.startswith(b"%PDF-")


def test_the_same_ticket_is_the_same_file() -> None:
    assert ticket_pdf(_ticket("王芳"), MOMENT) == ticket_pdf(_ticket("王芳"), MOMENT)
