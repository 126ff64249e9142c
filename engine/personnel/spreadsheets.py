"""Spreadsheets from people, read in a process with limits, and spreadsheets for people, safe against formulas."""

import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Iterable, Sequence, Sized
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import xlsxwriter

from engine.kernel.errors import Invalid
from engine.personnel import sheet_reader

LARGEST = 5 * 1024 * 1024
"""Bytes of an uploaded workbook."""
LARGEST_UNPACKED = 50 * 1024 * 1024
LARGEST_RATIO = 100
SHORT = 2_000
"""Rows of a sheet that is written in memory."""
PATIENCE = 30
"""Seconds that reading may take."""
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r")
_NOT_READABLE = "文件无法识别，请另存为 .xlsx 工作簿后再上传"


@dataclass(frozen=True, slots=True)
class SheetToWrite:
    """One sheet of an export."""

    name: str
    columns: Sequence[str]
    rows: Iterable[Sequence[Any]]


def read_sheet(content: bytes) -> list[list[str]]:
    """The cells of the first sheet as text; Invalid says why a workbook is refused."""
    _check_container(content)
    try:
        done = subprocess.run(
            [sys.executable, "-I", str(Path(sheet_reader.__file__))],
            input=content, capture_output=True, timeout=PATIENCE, check=False, env={},
        )  # fmt: skip
    except subprocess.TimeoutExpired as error:
        raise Invalid("文件过于复杂，无法在限定时间内读取，请删除多余的工作表和格式后再上传") from error
    if done.returncode == 2 and done.stderr == b"too_large":
        raise Invalid(f"表格最多 {sheet_reader.ROWS} 行、{sheet_reader.COLUMNS} 列，请拆分后再上传")
    if done.returncode == 2 and done.stderr == b"too_much_text":
        raise Invalid("表格中的文字过多，请拆分后再上传")
    if done.returncode != 0:
        raise Invalid(_NOT_READABLE)
    rows: list[list[str]] = json.loads(done.stdout)
    return rows


def write_workbook(sheets: Sequence[SheetToWrite]) -> bytes:
    """An .xlsx workbook; text that a spreadsheet could take for a formula is quoted.

    Many rows go through a nameless temporary file one by one, so that an export of everybody stays small in memory.
    """
    target = io.BytesIO()
    kept = "in_memory" if all(_is_short(sheet.rows) for sheet in sheets) else "constant_memory"
    options = {kept: True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(target, options) as book:
        bold = book.add_format({"bold": True, "bottom": 1, "text_wrap": True})
        for sheet in sheets:
            page = book.add_worksheet(sheet.name[:31])
            page.freeze_panes(1, 0)
            for column, heading in enumerate(sheet.columns):
                page.write_string(0, column, harmless(heading), bold)
                page.set_column(column, column, max(10, 2 * len(heading) + 4))
            for number, row in enumerate(sheet.rows, start=1):
                for column, cell in enumerate(row):
                    page.write_string(number, column, harmless("" if cell is None else str(cell)))
    return target.getvalue()


def _is_short(rows: Iterable[Any]) -> bool:
    return isinstance(rows, Sized) and len(rows) <= SHORT


def harmless(text: str) -> str:
    """`text` that no spreadsheet runs as a formula."""
    return f"'{text}" if text.startswith(_DANGEROUS) else text


def _check_container(content: bytes) -> None:
    if len(content) > LARGEST:
        raise Invalid(f"文件 {len(content) / 1048576:.1f} MB，超过 5 MB 上限，请删除图片和多余的工作表后再上传")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, EOFError) as error:
        raise Invalid(_NOT_READABLE) from error
    unpacked = sum(entry.file_size for entry in entries)
    packed = max(1, sum(entry.compress_size for entry in entries))
    if unpacked > LARGEST_UNPACKED or unpacked / packed > LARGEST_RATIO or len(entries) > 1000:
        raise Invalid("文件解压后过大，已拒绝读取；请另存为新的工作簿后再上传")
    if "[Content_Types].xml" not in {entry.filename for entry in entries}:
        raise Invalid(_NOT_READABLE)
