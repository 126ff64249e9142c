"""A worker's own pages: what is asked of him, his cases, his record, his contracts."""

from webapp.navigation import Entry
from webapp.worker import cases, exits, records
from webapp.worker.blueprint import blueprint

NAVIGATION: tuple[Entry, ...] = (
    Entry("worker.cases", "我的事项", "我的工作"),
    Entry("worker.record", "我的档案", "我的工作"),
    Entry("worker.contracts", "我的合同", "我的工作"),
)

__all__ = ["NAVIGATION", "ROUTES", "blueprint"]

ROUTES = (cases, exits, records)
"""The modules whose routes hang on the blueprint."""
