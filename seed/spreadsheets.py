"""Workbooks as an office has them: post table, written scores, interview marks."""

from collections.abc import Sequence
from decimal import Decimal

from engine.personnel.spreadsheets import SheetToWrite, write_workbook

JUDGES = 7


def written_workbook(rows: Sequence[tuple[str, str, str, str]]) -> bytes:
    """(ticket, name, score, remark) of everybody who took part."""
    return write_workbook([SheetToWrite("笔试成绩", ("准考证号", "姓名", "笔试成绩", "备注"), rows)])


def interview_workbook(rows: Sequence[tuple[str, str, Sequence[Decimal]]]) -> bytes:
    """(ticket, name, marks of the judges) of everybody who was interviewed."""
    columns = ("准考证号", "姓名", *(f"考官{number}" for number in range(1, JUDGES + 1)), "备注")
    lines = [(number, name, *(f"{mark:.2f}" for mark in marks), "") for number, name, marks in rows]
    return write_workbook([SheetToWrite("面试成绩", columns, lines)])


def post_workbook(rows: Sequence[Sequence[str]]) -> bytes:
    """The post table of a plan that is being drawn up."""
    columns = (
        "岗位代码", "岗位名称", "街道（乡镇）", "社区", "招聘人数", "需求编号", "招聘对象", "开考比例", "学历", "专业",
        "出生日期起", "出生日期止", "户籍（生源）", "岗位职责", "其他要求", "咨询电话",
    )  # fmt: skip
    return write_workbook([SheetToWrite("岗位表", columns, rows)])
