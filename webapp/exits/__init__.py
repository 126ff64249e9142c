"""Exits: what is proposed and what runs, beginning one, its papers."""

from webapp.exits import absence, board, papers, start
from webapp.exits.blueprint import blueprint
from webapp.navigation import Entry

NAVIGATION: tuple[Entry, ...] = (
    Entry("exits.board", "退出管理", "队伍"),
    Entry("exits.absence", "旷工台账", "队伍"),
)

__all__ = ["NAVIGATION", "ROUTES", "blueprint"]

ROUTES = (absence, board, papers, start)
"""The modules whose routes hang on the blueprint."""
