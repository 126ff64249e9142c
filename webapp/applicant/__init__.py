"""The applicant's own pages: registration, applications, tickets, messages."""

from webapp.applicant.blueprint import blueprint
from webapp.navigation import Entry

NAVIGATION: tuple[Entry, ...] = ()

__all__ = ["NAVIGATION", "blueprint"]
