"""The rooms of the product."""

from webapp import applicant, appraisal, auth, desk, exits, operations, public, registry, secondment, worklist
from webapp.application import Room

ROOMS: tuple[Room, ...] = (public, auth, applicant, worklist, desk, appraisal, secondment, exits, registry, operations)
"""In the order of the navigation."""
