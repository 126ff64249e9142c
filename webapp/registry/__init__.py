"""Organisations, users, roles, policy parameters."""

from webapp.navigation import Entry
from webapp.registry.blueprint import blueprint

NAVIGATION: tuple[Entry, ...] = ()

__all__ = ["NAVIGATION", "blueprint"]
