"""Spreadsheets from people and for people."""

import io
import zipfile
from collections.abc import Sequence
from typing import Any

import pytest
import xlsxwriter

from engine.kernel.errors import Invalid
from engine.personnel.spreadsheets import SheetToWrite, harmless, read_sheet, write_workbook
from engine.personnel.tabular import Column, decimal_cell, read_rows, whole_cell


def workbook(rows: Sequence[Sequence[Any]]) -> bytes:
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True}) as book:
        page = book.add_worksheet()
        for number, row in enumerate(rows):
            page.write_row(number, 0, row)
    return target.getvalue()


def test_numbers_read_as_people_see_them() -> None:
    rows = read_sheet(workbook([["准考证号", "笔试成绩"], [2026000101001, 72.5], ["2026000101002", "缺考"], [1, 80]]))
    assert rows == [["准考证号", "笔试成绩"], ["2026000101001", "72.5"], ["2026000101002", "缺考"], ["1", "80"]]


def test_what_is_written_reads_back_and_formulas_stay_text() -> None:
    content = write_workbook([SheetToWrite("成绩", ("准考证号", "备注"), [("001", "=1+1"), ("002", "@SUM(A1)")])])
    assert read_sheet(content) == [["准考证号", "备注"], ["001", "'=1+1"], ["002", "'@SUM(A1)"]]


@pytest.mark.parametrize("text", ["=cmd|' /C calc'!A0", "+1", "-1", "@x", "\t=1"])
def test_text_that_starts_a_formula_is_quoted(text: str) -> None:
    assert harmless(text) == f"'{text}"


@pytest.mark.parametrize("content", [b"", b"not a workbook", b"PK\x03\x04rubbish"])
def test_what_is_no_workbook_is_refused_with_a_remedy(content: bytes) -> None:
    with pytest.raises(Invalid, match=r"另存为 \.xlsx"):
        read_sheet(content)


def test_an_archive_that_is_no_workbook_is_refused() -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("evil.txt", "x")
    with pytest.raises(Invalid, match="无法识别"):
        read_sheet(target.getvalue())


def test_a_bomb_is_refused_before_anything_is_unpacked() -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "0" * 60_000_000)
    with pytest.raises(Invalid, match="解压后过大"):
        read_sheet(target.getvalue())


def test_a_file_over_five_megabytes_is_refused_with_its_size() -> None:
    with pytest.raises(Invalid, match=r"6\.0 MB，超过 5 MB"):
        read_sheet(b"x" * (6 * 1024 * 1024))


def test_too_many_columns_are_refused() -> None:
    with pytest.raises(Invalid, match="60 列"):
        read_sheet(workbook([["x"] * 61]))


def test_every_mistake_names_row_column_and_reason() -> None:
    columns = (
        Column("name", "姓名"),
        Column("score", "成绩", decimal_cell),
        Column("heads", "人数", whole_cell, False),
    )
    reading = read_rows([["姓名", "成绩"], ["甲", "八十"], ["", ""], ["", "70"]], columns)
    assert [error.text for error in reading.errors] == ["第 2 行“成绩”：“八十”不是数字", "第 4 行“姓名”：不能为空"]
    assert [row.number for row in reading.rows] == [2, 4]


def test_missing_headings_and_empty_sheets_say_what_to_do() -> None:
    with pytest.raises(Invalid, match="缺少列：成绩；请使用导入模板"):
        read_rows([["姓名"], ["甲"]], (Column("name", "姓名"), Column("score", "成绩")))
    with pytest.raises(Invalid, match="没有数据"):
        read_rows([["姓名"]], (Column("name", "姓名"),))
    with pytest.raises(Invalid, match="整数"):
        whole_cell("1.5")
