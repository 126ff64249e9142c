"""One's own account: signing in and out, registering, changing the password."""

from webapp.auth import account, entrance
from webapp.auth.blueprint import blueprint
from webapp.navigation import Entry

NAVIGATION: tuple[Entry, ...] = ()

__all__ = ["NAVIGATION", "account", "blueprint", "entrance"]
