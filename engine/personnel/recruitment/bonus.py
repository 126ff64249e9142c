"""Bonus points on the written score; the table bonus_points holds what counts [domain 1.9]."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from engine.personnel.decisions import Decide, row, rows
from engine.personnel.vocabulary import CertificateLevel, Term


class BonusCombination(Term):
    """How several claims work together."""

    HIGHEST = "highest", "不累计，取最高一项"
    SUM = "sum", "累计计算"


@dataclass(frozen=True, slots=True)
class BonusPoints:
    """What the county grants."""

    junior: Decimal
    middle: Decimal
    senior: Decimal
    veteran: Decimal
    cap: Decimal
    combination: BonusCombination


@dataclass(frozen=True, slots=True)
class BonusItem:
    """A claim that counts."""

    item: str
    points: Decimal


@dataclass(frozen=True, slots=True)
class Bonus:
    """The points granted and the claims behind them, as they are made public."""

    points: Decimal
    items: Sequence[BonusItem]
    reason: str


def bonus(decide: Decide, granted: BonusPoints, certificate: CertificateLevel, *, veteran: bool) -> Bonus:
    """Bonus points for proven claims."""
    found = rows(
        decide(
            "bonus_items",
            {
                "certificate": certificate.value,
                "veteran": veteran,
                "points_junior": granted.junior,
                "points_middle": granted.middle,
                "points_senior": granted.senior,
                "points_veteran": granted.veteran,
            },
        )
    )
    items = [BonusItem(str(line["item"]), Decimal(line["points"])) for line in found]
    total = row(
        decide(
            "bonus_points",
            {
                "points": [item.points for item in items],
                "combination": granted.combination.value,
                "cap": granted.cap,
            },
        )
    )
    return Bonus(Decimal(total["points"]), items, str(total["reason"]))
