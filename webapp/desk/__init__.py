"""The county's exam desk: plans, imports, rooms, ranking, publishing."""

from webapp.desk.blueprint import blueprint
from webapp.navigation import Entry

NAVIGATION: tuple[Entry, ...] = ()

__all__ = ["NAVIGATION", "blueprint"]
