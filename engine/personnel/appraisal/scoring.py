"""Scores of an appraisal: weighted parts, ballots, and the grade the table proposes [domain 3.2, 3.3, 3.5]."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from engine.kernel.errors import Invalid
from engine.personnel.appraisal.terms import AppraisalGrade, Discipline, Rating, Unrated
from engine.personnel.decisions import Decide, row

CENT = Decimal("0.01")
FULL = Decimal(100)


@dataclass(frozen=True, slots=True)
class Weights:
    """Percent of each part; together 100 [domain 3.2]."""

    routine: Decimal
    street: Decimal
    community: Decimal
    peers: Decimal
    residents: Decimal

    def check(self) -> None:
        """Refuses weights that are not 100 together."""
        parts = (self.routine, self.street, self.community, self.peers, self.residents)
        total = sum(parts, Decimal(0))
        if min(parts) < 0:
            raise Invalid("权重不能为负数")
        if total != FULL:
            raise Invalid(
                f"各项权重之和应为 100，现为 {total.normalize():f}", fields={"weight_routine": "权重之和应为 100"}
            )


@dataclass(frozen=True, slots=True)
class Parts:
    """Points of each part, out of 100; a part without enough ballots is None and its weight falls on the others."""

    routine: Decimal
    street: Decimal
    community: Decimal
    peers: Decimal | None
    residents: Decimal | None


def weighted_score(parts: Parts, weights: Weights) -> Decimal:
    """The score out of 100 with two decimals, half up."""
    pairs = [
        (parts.routine, weights.routine), (parts.street, weights.street), (parts.community, weights.community),
        (parts.peers, weights.peers), (parts.residents, weights.residents),
    ]  # fmt: skip
    counted = [(points, weight) for points, weight in pairs if points is not None]
    total = sum((weight for _, weight in counted), Decimal(0))
    if total == 0:
        return Decimal(0)
    score = sum((points * weight for points, weight in counted), Decimal(0)) / total
    return score.quantize(CENT, ROUND_HALF_UP)


def ballot_points(counts: Mapping[Rating, int], minimum: int) -> Decimal | None:
    """Average points of the ballots; None when there are fewer than `minimum`."""
    ballots = sum(counts.values())
    if ballots == 0 or ballots < minimum:
        return None
    total = sum((rating.points * count for rating, count in counts.items()), Decimal(0))
    return (total / ballots).quantize(CENT, ROUND_HALF_UP)


def check_points(points: Decimal, label: str, field: str) -> None:
    """Refuses points outside 0 to 100."""
    if not 0 <= points <= FULL:
        raise Invalid(f"{label}应为 0 至 100 分", fields={field: f"{label}应为 0 至 100 分"})


@dataclass(frozen=True, slots=True)
class Judged:
    """What the table of grades looks at."""

    score: Decimal
    satisfaction: Decimal | None
    unrated: Unrated | None
    discipline: Discipline
    barred: bool
    """Something forbids 优秀 [domain 3.5]."""
    failed: bool
    """Something requires 不合格 [domain 3.5]."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """What the table proposes; `grade` is None for somebody who gets none."""

    grade: AppraisalGrade | None
    reason: str


def proposed_grade(decide: Decide, judged: Judged) -> Proposal:
    """The grade by the county's table; 优秀 is only a candidacy until the quota is settled."""
    facts = {
        "score": judged.score, "satisfaction": FULL if judged.satisfaction is None else judged.satisfaction,
        "unrated": "" if judged.unrated is None else judged.unrated.value, "discipline": judged.discipline.value,
        "barred": judged.barred, "failed": judged.failed,
    }  # fmt: skip
    found = row(decide("appraisal_grade", facts))
    grade = str(found["grade"])
    return Proposal(None if grade == "unrated" else AppraisalGrade(grade), str(found["reason"]))
