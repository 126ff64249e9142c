"""What everybody may see: announcements, posts, publicity, results."""

from webapp.navigation import Entry
from webapp.public import announcements, objections, pages, results
from webapp.public.blueprint import blueprint

NAVIGATION: tuple[Entry, ...] = ()

__all__ = ["NAVIGATION", "announcements", "blueprint", "objections", "pages", "results"]
