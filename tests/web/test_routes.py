"""Every page of the product is declared and reachable."""

from pathlib import Path

from flask import Flask

from webapp.permissions import permission_of, route_table
from webapp.rooms import ROOMS


def test_every_route_of_the_product_declares_its_permission(app: Flask) -> None:
    endpoints = {rule.endpoint for rule in app.url_map.iter_rules()} - {"static"}
    assert {endpoint for endpoint in endpoints if permission_of(app, endpoint) is None} == set()


def test_every_entry_of_the_navigation_leads_to_a_page(app: Flask) -> None:
    endpoints = {rule.endpoint for rule in app.url_map.iter_rules()}
    assert {entry.endpoint for room in ROOMS for entry in room.NAVIGATION} - endpoints == set()


def test_who_may_open_what_is_as_it_was_agreed(app: Flask) -> None:
    """A change here is a change of rights: look at it, then `python -m webapp routes > tests/golden/routes.txt`."""
    agreed = Path(__file__).parents[1] / "golden" / "routes.txt"
    assert route_table(app) == agreed.read_text(encoding="utf-8").splitlines()
