"""The rooms of the product."""

from webapp import applicant, auth, desk, operations, public, registry, worklist
from webapp.application import Room

ROOMS: tuple[Room, ...] = (public, auth, applicant, worklist, desk, registry, operations)
"""In the order of the navigation."""
