"""Whether enough people applied for a post; the table opening_ratio decides [domain 1.7]."""

from dataclasses import dataclass

from engine.personnel.decisions import Decide, row
from engine.personnel.vocabulary import Term


class OpeningOutcome(Term):
    """What becomes of a post when registration has closed."""

    KEPT = "kept", "达到开考比例"
    REDUCED = "reduced", "核减计划"
    CANCELLED = "cancelled", "取消岗位"


@dataclass(frozen=True, slots=True)
class Opening:
    """The plan that the applicants support, and why."""

    outcome: OpeningOutcome
    heads: int
    reason: str


def opening(decide: Decide, planned: int, ratio: int, valid_applicants: int) -> Opening:
    """Kept, reduced or cancelled."""
    found = row(decide("opening_ratio", {"planned": planned, "ratio": ratio, "valid_applicants": valid_applicants}))
    return Opening(OpeningOutcome(str(found["outcome"])), int(found["heads"]), str(found["reason"]))
