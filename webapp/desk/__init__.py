"""The county's exam desk: plans, imports, rooms, ranking, publishing."""

from webapp.desk import campaigns, counter, exports, imports, people, queries, quota, ranking, releases, reserve, rooms
from webapp.desk.blueprint import blueprint
from webapp.navigation import Entry

NAVIGATION: tuple[Entry, ...] = (
    Entry("desk.campaigns", "考务台", "招聘"),
    Entry("desk.reserve", "后备库", "招聘"),
    Entry("desk.quota", "员额看板", "招聘"),
)

__all__ = [
    "NAVIGATION", "blueprint", "campaigns", "counter", "exports", "imports", "people", "queries", "quota", "ranking",
    "releases", "reserve", "rooms",
]  # fmt: skip
