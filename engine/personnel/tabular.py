"""Rows of a spreadsheet read under declared columns; every mistake keeps its row number, column and message."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from engine.kernel.errors import Invalid

Row = Sequence[str]


@dataclass(frozen=True, slots=True)
class Column:
    """A column by its heading; `read` turns the cell's text into a value or raises Invalid."""

    key: str
    heading: str
    read: Callable[[str], Any] = str
    required: bool = True
    """The heading must be there and the cell filled in."""
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RowError:
    """What is wrong in one cell; `row` counts as the spreadsheet does, the heading is row 1."""

    row: int
    column: str
    message: str

    @property
    def text(self) -> str:
        return f"第 {self.row} 行“{self.column}”：{self.message}"


@dataclass(frozen=True, slots=True)
class ReadRow:
    """One row with its values by column key."""

    number: int
    values: dict[str, Any]


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did or would do; with errors nothing was saved."""

    rows: Sequence[ReadRow]
    errors: Sequence[RowError]
    saved: bool
    summary: str = ""


@dataclass
class Reading:
    """Rows being read, with the errors found so far."""

    rows: list[ReadRow] = field(default_factory=list)
    errors: list[RowError] = field(default_factory=list)

    def refuse(self, row: ReadRow, column: str, message: str) -> None:
        self.errors.append(RowError(row.number, column, message))

    def report(self, *, saved: bool, summary: str = "") -> ImportReport:
        return ImportReport(self.rows, sorted(self.errors, key=lambda error: error.row), saved, summary)


def read_rows(rows: Sequence[Row], columns: Sequence[Column]) -> Reading:
    """Reads `rows`, whose first row holds the headings; empty rows are passed over."""
    check_headings(rows, columns)
    return read_part(rows[0], rows[1:], columns)


def check_headings(rows: Sequence[Row], columns: Sequence[Column]) -> None:
    """Refuses a table without rows or without a required column."""
    if not rows:
        raise Invalid("表格是空的，请使用导入模板")
    _places([_plain(cell) for cell in rows[0]], columns)
    if not any(_plain(cell) for row in rows[1:] for cell in row):
        raise Invalid("表格只有标题行，没有数据")


def read_part(headings: Row, rows: Sequence[Row], columns: Sequence[Column], first: int = 2) -> Reading:
    """Reads part of a table whose first row has the number `first`; empty rows are passed over."""
    places = _places([_plain(cell) for cell in headings], columns)
    reading = Reading()
    for number, cells in enumerate(rows, start=first):
        if any(_plain(cell) for cell in cells):
            reading.rows.append(_read_row(number, cells, columns, places, reading.errors))
    return reading


def decimal_cell(text: str) -> Decimal:
    """A number with at most two decimals, as a score is written."""
    try:
        value = Decimal(text)
    except InvalidOperation as error:
        raise Invalid(f"“{text}”不是数字") from error
    if not value.is_finite():
        raise Invalid(f"“{text}”不是数字")
    return value


def whole_cell(text: str) -> int:
    """A whole number."""
    value = decimal_cell(text)
    if value != value.to_integral_value():
        raise Invalid(f"“{text}”应为整数")
    return int(value)


def cells_under(headings: Row, rows: Sequence[Row], column: Column) -> list[str]:
    """The text of one column, row by row."""
    place = _places([_plain(cell) for cell in headings], [column])[column.key]
    return [_plain(row[place]) if place is not None and place < len(row) else "" for row in rows]


def _places(headings: list[str], columns: Sequence[Column]) -> dict[str, int | None]:
    places: dict[str, int | None] = {}
    for column in columns:
        names = (column.heading, *column.aliases)
        places[column.key] = next((headings.index(name) for name in names if name in headings), None)
    missing = [column.heading for column in columns if column.required and places[column.key] is None]
    if missing:
        raise Invalid(f"缺少列：{'、'.join(missing)}；请使用导入模板，标题放在第 1 行")
    return places


def _read_row(
    number: int, cells: Row, columns: Sequence[Column], places: dict[str, int | None], errors: list[RowError]
) -> ReadRow:
    values: dict[str, Any] = {}
    for column in columns:
        place = places[column.key]
        text = _plain(cells[place]) if place is not None and place < len(cells) else ""
        if not text:
            values[column.key] = None
            if column.required:
                errors.append(RowError(number, column.heading, "不能为空"))
            continue
        try:
            values[column.key] = column.read(text)
        except Invalid as error:
            values[column.key] = None
            errors.append(RowError(number, column.heading, error.message))
    return ReadRow(number, values)


def _plain(cell: str) -> str:
    return str(cell).replace("\u3000", " ").strip()
