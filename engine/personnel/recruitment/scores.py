"""Scores: two decimals, half up, drop the extremes, weigh the parts [domain 1.9-1.11]."""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

from engine.kernel.errors import Invalid

HUNDRED = Decimal(100)


def rounded(value: Decimal, places: int = 2) -> Decimal:
    """`value` with two decimals, half up."""
    return value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)


def check_score(value: Decimal, name: str) -> Decimal:
    """A mark between 0 and 100 with at most two decimals; anything else is refused rather than rounded."""
    if not value.is_finite() or not 0 <= value <= HUNDRED:
        raise Invalid(f"{name}应在 0 至 100 之间，现为 {value}")
    if value != rounded(value):
        raise Invalid(f"{name}最多两位小数，现为 {value}")
    return rounded(value)


def written_final(paper: Decimal, bonus: Decimal, *, above_100: bool = False) -> Decimal:
    """The written score with bonus points, held at 100 unless the county allows more."""
    total = rounded(paper + bonus)
    return total if above_100 else min(total, HUNDRED)


def interview_score(marks: Sequence[Decimal], dropped: int = 1) -> Decimal:
    """The mean of the judges' marks without the `dropped` highest and lowest."""
    if len(marks) <= 2 * dropped:
        raise Invalid(f"去掉 {dropped} 个最高分和 {dropped} 个最低分，至少需要 {2 * dropped + 1} 名考官评分")
    kept = sorted(marks)[dropped : len(marks) - dropped]
    return rounded(sum(kept, Decimal(0)) / len(kept))


def total_score(written: Decimal, interview: Decimal, written_weight: Decimal) -> Decimal:
    """Both scores weighed; `written_weight` is the per cent of the written part."""
    return rounded((written * written_weight + interview * (HUNDRED - written_weight)) / HUNDRED)
