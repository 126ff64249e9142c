"""Reads a workbook from standard input, writes its first sheet as JSON; runs in a process of its own with limits."""

import io
import json
import resource
import sys
from datetime import date, datetime, time
from typing import Any

from python_calamine import CalamineWorkbook

MEMORY = 1024 * 1024 * 1024
SECONDS = 20
ROWS = 20_000
COLUMNS = 60
CHARACTERS = 20_000_000
"""Of all cells together; a text can stand in the file once and in very many cells."""


def main() -> int:
    """Exit code 0 and JSON rows, or 2 and the reason on standard error."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    book = CalamineWorkbook.from_filelike(io.BytesIO(sys.stdin.buffer.read()))
    sheet = book.get_sheet_by_index(0)
    last_row, last_column = sheet.end or (0, 0)
    if last_row >= ROWS or last_column >= COLUMNS:
        sys.stderr.write("too_large")
        return 2
    rows, left = [], CHARACTERS
    for row in sheet.iter_rows():
        rows.append([_text(cell) for cell in row])
        left -= sum(map(len, rows[-1]))
        if left < 0:
            sys.stderr.write("too_much_text")
            return 2
    sys.stdout.buffer.write(json.dumps(rows, ensure_ascii=False).encode())
    return 0


def _text(cell: Any) -> str:
    """A cell as people see it: whole numbers without .0, dates as ISO."""
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 2**53 else repr(cell)
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(" ", "minutes")
    if isinstance(cell, (date, time)):
        return cell.isoformat()
    return str(cell)


if __name__ == "__main__":
    sys.exit(main())
