"""Consecutive years: when low grades lead to a proposal of exit, and when only to a warning [N 11.2; domain 3.7]."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from engine.personnel.appraisal.terms import AppraisalGrade

INCOMPETENT_YEARS = 2
"""Two 不合格 in a row [N 11.2]."""
BASIC_YEARS = 3
"""Three 基本合格 in a row [N 11.2]."""
_LOW = (AppraisalGrade.INCOMPETENT, AppraisalGrade.BASIC)


@dataclass(frozen=True, slots=True)
class Year:
    """One year's result; `grade` None: unrated. `open`: a review or appeal may still change it."""

    year: int
    grade: AppraisalGrade | None
    open: bool = False


class Verdict(StrEnum):
    """What the run of years means."""

    NONE = "none"
    TALK = "talk"
    WARNING = "warning"
    JUDGEMENT = "judgement"
    EXIT = "exit"


@dataclass(frozen=True, slots=True)
class Finding:
    """The verdict with its reason."""

    verdict: Verdict
    reason: str = ""


def judge(years: Sequence[Year], *, unrated_breaks: bool = False) -> Finding:
    """What the years up to the newest mean; exit is only proposed when no grade of the run can change any more.

    An unrated year neither counts nor breaks unless `unrated_breaks`; a year without any result breaks the run.
    """
    run = _low_run(sorted(years, key=lambda each: each.year, reverse=True), unrated_breaks)
    if not run:
        return Finding(Verdict.NONE)
    reason = "、".join(f"{each.year} 年{each.grade.label}" for each in reversed(run) if each.grade is not None)
    if _meets(run):
        return Finding(Verdict.WARNING if any(each.open for each in run) else Verdict.EXIT, reason)
    if len({each.grade for each in run}) > 1 and len(run) >= INCOMPETENT_YEARS + 1:
        return Finding(Verdict.JUDGEMENT, reason)
    if len(run) > 1 and _next_would_meet(run):
        return Finding(Verdict.WARNING, reason)
    return Finding(Verdict.TALK, reason)


def _low_run(newest_first: Sequence[Year], unrated_breaks: bool) -> list[Year]:
    run: list[Year] = []
    expected: int | None = None
    for each in newest_first:
        if expected is not None and each.year != expected:
            break
        expected = each.year - 1
        if each.grade is None and unrated_breaks:
            break
        if each.grade is not None:
            if each.grade not in _LOW:
                break
            run.append(each)
    return run


def _leading(run: Sequence[Year], grade: AppraisalGrade) -> list[Year]:
    """The newest years of the run that all have `grade`."""
    count = next((place for place, each in enumerate(run) if each.grade is not grade), len(run))
    return list(run[:count])


def _meets(run: list[Year]) -> bool:
    worst, basic = _leading(run, AppraisalGrade.INCOMPETENT), _leading(run, AppraisalGrade.BASIC)
    met = worst if len(worst) >= INCOMPETENT_YEARS else basic if len(basic) >= BASIC_YEARS else []
    if met:
        del run[len(met) :]
    return bool(met)


def _next_would_meet(run: list[Year]) -> bool:
    return (
        len(_leading(run, AppraisalGrade.INCOMPETENT)) == INCOMPETENT_YEARS - 1
        or len(_leading(run, AppraisalGrade.BASIC)) == BASIC_YEARS - 1
    )
