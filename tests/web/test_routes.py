"""Every page of the product is declared and reachable."""

from flask import Flask

from webapp.permissions import permission_of
from webapp.rooms import ROOMS


def test_every_route_of_the_product_declares_its_permission(app: Flask) -> None:
    endpoints = {rule.endpoint for rule in app.url_map.iter_rules()} - {"static"}
    assert {endpoint for endpoint in endpoints if permission_of(app, endpoint) is None} == set()


def test_every_entry_of_the_navigation_leads_to_a_page(app: Flask) -> None:
    endpoints = {rule.endpoint for rule in app.url_map.iter_rules()}
    assert {entry.endpoint for room in ROOMS for entry in room.NAVIGATION} - endpoints == set()
