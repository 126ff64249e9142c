"""Workbooks that are small on the wire and huge in memory."""

import io
import zipfile

import pytest

from engine.kernel.errors import Invalid
from engine.personnel.spreadsheets import read_sheet

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_LINKS = "http://schemas.openxmlformats.org/package/2006/relationships"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PARTS = {
    "[Content_Types].xml": f'<Types xmlns="{_TYPES}"><Default Extension="xml" ContentType="application/xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{_LINKS}"><Relationship Id="r1" Type="{_OFFICE}/officeDocument" '
    'Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets><sheet name="a" sheetId="1" r:id="r1"/>'
    "</sheets></workbook>",
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_LINKS}"><Relationship Id="r1" Type="{_OFFICE}/worksheet" '
    f'Target="worksheets/sheet1.xml"/><Relationship Id="r2" Type="{_OFFICE}/sharedStrings" '
    'Target="sharedStrings.xml"/></Relationships>',
}
NUMBER = "<c><v>1</v></c>"


def book(rows: str, shared: str = "", stuffing: int = 0) -> bytes:
    """A workbook of raw rows; `stuffing` stored bytes keep the ratio of the whole small."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in PARTS.items():
            archive.writestr(name, text)
        sheet = f'<worksheet xmlns="{_MAIN}"><sheetData>{rows}</sheetData></worksheet>'
        archive.writestr("xl/worksheets/sheet1.xml", sheet)
        archive.writestr("xl/sharedStrings.xml", f'<sst xmlns="{_MAIN}">{shared}</sst>')
        if stuffing:
            archive.writestr(zipfile.ZipInfo("xl/media/image1.png"), b"x" * stuffing)
    return target.getvalue()


def test_the_workbooks_of_these_tests_can_be_read() -> None:
    assert read_sheet(book(f"<row>{NUMBER}</row>")) == [["1"]]


def test_a_row_bomb_is_refused_by_its_ratio() -> None:
    with pytest.raises(Invalid, match="解压后过大"):
        read_sheet(book(f"<row>{NUMBER}</row>" * 600_000))


def test_rows_without_end_are_refused_although_the_ratio_is_hidden() -> None:
    with pytest.raises(Invalid, match="20000 行"):
        read_sheet(book(f"<row>{NUMBER}</row>" * 30_000, stuffing=1_000_000))


def test_one_cell_at_the_far_end_of_the_sheet_is_no_reason_to_make_all_before_it() -> None:
    far = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    with pytest.raises(Invalid):
        read_sheet(book(far))


@pytest.mark.parametrize(("rows", "message"), [(40, "文字过多"), (1000, "无法识别")])
def test_one_long_text_in_very_many_cells_is_refused(rows: int, message: str) -> None:
    """At the latest by the memory that the reading process is given."""
    row = "<row>" + '<c t="s"><v>0</v></c>' * 50 + "</row>"
    with pytest.raises(Invalid, match=message):
        read_sheet(book(row * rows, f"<si><t>{'长' * 30_000}</t></si>", stuffing=1_000_000))


def test_a_directory_that_lies_about_the_size_is_refused() -> None:
    content = book(f"<row>{NUMBER}</row>" * 800_000)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        size = archive.getinfo("xl/worksheets/sheet1.xml").file_size
    lying = content.replace(size.to_bytes(4, "little"), (1000).to_bytes(4, "little"))
    assert lying != content
    with pytest.raises(Invalid):
        read_sheet(lying)


def test_a_gigabyte_of_zeros_is_refused_before_it_is_unpacked() -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", PARTS["[Content_Types].xml"])
        archive.writestr("xl/workbook.xml", b"\0" * 30_000_000)
    content = target.getvalue().replace((30_000_000).to_bytes(4, "little"), (1 << 30).to_bytes(4, "little"))
    with pytest.raises(Invalid, match="解压后过大"):
        read_sheet(content)
