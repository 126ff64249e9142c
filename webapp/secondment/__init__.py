"""Secondments: who is away, asking for somebody, going back early, extensions, and the monthly return."""

from webapp.navigation import Entry
from webapp.secondment import boards, papers, requests
from webapp.secondment.blueprint import blueprint

NAVIGATION: tuple[Entry, ...] = (
    Entry("secondment.board", "借调台账", "借调"),
    Entry("secondment.monthly", "借调月报", "借调"),
)

__all__ = ["NAVIGATION", "blueprint", "boards", "papers", "requests"]
