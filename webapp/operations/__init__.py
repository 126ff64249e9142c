"""Running the installation: incidents, jobs, audit."""

from webapp.navigation import Entry
from webapp.operations.blueprint import blueprint

NAVIGATION: tuple[Entry, ...] = ()

__all__ = ["NAVIGATION", "blueprint"]
