"""The first page of everybody who holds a role: what waits, what is late, what can be begun, what has changed."""

from webapp.home import page
from webapp.home.blueprint import blueprint
from webapp.navigation import Entry

NAVIGATION: tuple[Entry, ...] = (Entry("home.home", "首页", "我的工作"),)

__all__ = ["NAVIGATION", "blueprint", "page"]
