"""The rooms of the product."""

from webapp import (
    applicant,
    appraisal,
    auth,
    desk,
    exits,
    fault_tolerance,
    home,
    notifications,
    operations,
    public,
    registry,
    secondment,
    worker,
    worklist,
)
from webapp.application import Room

ROOMS: tuple[Room, ...] = (
    public, auth, applicant, home, worker, worklist, desk, appraisal, secondment, exits, fault_tolerance, registry,
    operations, notifications,
)  # fmt: skip
"""In the order of the navigation."""
