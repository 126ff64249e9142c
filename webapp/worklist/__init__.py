"""Work items of officers and workers: lists, one item, what comes next."""

from webapp.navigation import Entry
from webapp.worklist.blueprint import blueprint

NAVIGATION: tuple[Entry, ...] = ()

__all__ = ["NAVIGATION", "blueprint"]
