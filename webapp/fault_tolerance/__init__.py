"""Fault tolerance and clearing: the departments' list, beginning a case, everybody's own cases, papers."""

from webapp.fault_tolerance import board, files, own, start
from webapp.fault_tolerance.blueprint import blueprint
from webapp.navigation import Entry

NAVIGATION: tuple[Entry, ...] = (
    Entry("fault_tolerance.board", "容错和澄清案件", "容错纠错"),
    Entry("fault_tolerance.mine", "我的容错和澄清", "容错纠错"),
    Entry("fault_tolerance.start_fault", "提出或启动容错", "容错纠错"),
    Entry("fault_tolerance.start_clearing", "提出或启动澄清", "容错纠错"),
)

__all__ = ["NAVIGATION", "ROUTES", "blueprint"]

ROUTES = (board, files, own, start)
"""The modules whose routes hang on the blueprint."""
