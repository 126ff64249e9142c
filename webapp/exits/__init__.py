"""Exits: what is proposed and what runs, beginning one, its papers."""

from webapp.exits import absence, board, compensation, files, own, retirement, start
from webapp.exits.blueprint import blueprint
from webapp.exits.retirement import near_retirement
from webapp.navigation import Entry

NAVIGATION: tuple[Entry, ...] = (
    Entry("exits.board", "退出管理", "队伍"),
    Entry("exits.absence", "旷工台账", "队伍"),
    Entry("exits.retirement", "到龄退休", "队伍", count=near_retirement),
    Entry("exits.calculator", "补偿计算", "队伍"),
)

__all__ = ["NAVIGATION", "ROUTES", "blueprint"]

ROUTES = (absence, board, compensation, files, own, retirement, start)
"""The modules whose routes hang on the blueprint."""
