"""The paper form of a case as PDF, and signatures by hand as they are kept."""

from datetime import UTC, datetime
from io import BytesIO

import pytest
from PIL import Image, ImageDraw

from engine.kernel.errors import Invalid
from engine.personnel.documents.approval_sheets import ApprovalSheet, SheetOpinion, approval_sheet_pdf
from engine.personnel.documents.signatures import SIZE, signature_picture, typed_signature
from webapp.worklist.blocks import blocks_of

AT = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
PAGE = """
<h2>借调 <span class="muted">县社工〔2026〕1号</span></h2>
<dl class="facts"><div><dt>借调人员</dt><dd>王芳</dd></div><div><dt>岗位</dt><dd>一般工作人员</dd></div></dl>
<p class="typed">承担 <b>党建</b> 工作</p><p class="no-print"><a href="/x">返回</a></p>
<table class="table"><thead><tr><th>编号</th><th>天数</th></tr></thead>
<tbody><tr><td>JD1</td><td>30</td></tr></tbody></table>
<div><button>显示</button>第9条</div><img src="/y" alt="照片">
"""


def drawn(*, ink: bool = True, size: tuple[int, int] = (1200, 600)) -> bytes:
    picture = Image.new("RGB", size, "white")
    if ink:
        ImageDraw.Draw(picture).line((100, 400, 500, 100, 1000, 350), fill="navy", width=12)
    target = BytesIO()
    picture.save(target, "PNG")
    return target.getvalue()


def test_a_page_part_is_read_block_by_block_without_its_controls() -> None:
    assert blocks_of(PAGE) == [
        {"kind": "heading", "text": "借调 县社工〔2026〕1号"},
        {"kind": "facts", "rows": [("借调人员", "王芳"), ("岗位", "一般工作人员")]},
        {"kind": "line", "text": "承担 党建 工作"},
        {"kind": "table", "head": ["编号", "天数"], "rows": [["JD1", "30"]], "width": 2},
        {"kind": "line", "text": "第9条"},
    ]
    assert blocks_of("  ") == []


def test_the_sheet_holds_opinions_and_signatures_and_takes_what_was_typed_as_data() -> None:
    hostile = '#panic("x") $ \\ ] 同意'
    signed = SheetOpinion("街道意见", "同意", hostile, hostile, "2026-11-23 09:00", signature_picture(drawn()))
    rows = [(hostile, hostile), ("短", "值"), ("长", "很长的内容" * 12)]
    blocks = [*blocks_of(PAGE), {"kind": "facts", "rows": rows}, {"kind": "line", "text": hostile}]
    sheet = ApprovalSheet("借调审批表", "JD1", "东门街道", "2026-11-20", "办理中", "", blocks, [signed], "2026-11-23")
    made = approval_sheet_pdf(sheet, AT)
    assert made.startswith(b"%PDF-")
    assert made == approval_sheet_pdf(sheet, AT)
    assert approval_sheet_pdf(ApprovalSheet("表", "1", "", "", "", "通过", [], [], ""), AT).startswith(b"%PDF-")


def test_a_signature_is_reduced_to_its_ink() -> None:
    kept = Image.open(BytesIO(signature_picture(drawn())))
    assert (kept.format, kept.mode) == ("PNG", "L")
    assert kept.width <= SIZE[0]
    assert kept.height <= SIZE[1]
    assert Image.open(BytesIO(typed_signature("王芳"))).size[0] > 50


@pytest.mark.parametrize("content", [drawn(ink=False), b"\x89PNG\r\n\x1a\nbroken", b"GIF89a", b""])
def test_what_is_no_signature_is_refused(content: bytes) -> None:
    with pytest.raises(Invalid):
        signature_picture(content)
