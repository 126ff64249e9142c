"""The rooms of the product."""

from webapp import applicant, appraisal, auth, desk, operations, public, registry, worklist
from webapp.application import Room

ROOMS: tuple[Room, ...] = (public, auth, applicant, worklist, desk, appraisal, registry, operations)
"""In the order of the navigation."""
