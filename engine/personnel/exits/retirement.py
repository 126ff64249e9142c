"""Statutory retirement under the gradual delay that began in 2025 [domain 6.6]."""

from dataclasses import dataclass
from datetime import date

from engine.personnel.dates import add_months
from engine.personnel.vocabulary import Sex, Term

ALERT_MONTHS = 6
"""Told so many months ahead."""
ELASTIC_MONTHS = 36
"""By choice earlier or later by at most so many months; applied for three months ahead."""


class RetirementKind(Term):
    """The three original ages."""

    MAN = "man", "男职工"
    WOMAN_55 = "woman_55", "原五十五周岁退休的女职工"
    WOMAN_50 = "woman_50", "原五十周岁退休的女职工"


@dataclass(frozen=True, slots=True)
class _Delay:
    years: int
    """Original age."""
    from_year: int
    """Those born from January of that year on retire later."""
    step: int
    """Months of birth that add one month."""
    most: int
    """Months added in the end."""


_DELAYS = {
    RetirementKind.MAN: _Delay(60, 1965, 4, 36),
    RetirementKind.WOMAN_55: _Delay(55, 1970, 4, 36),
    RetirementKind.WOMAN_50: _Delay(50, 1975, 2, 60),
}


def kind_of(sex: Sex, *, from_50: bool = False) -> RetirementKind:
    """Women who manage or hold a professional post retired at 55 before, others at 50."""
    if sex is Sex.MALE:
        return RetirementKind.MAN
    return RetirementKind.WOMAN_50 if from_50 else RetirementKind.WOMAN_55


def retirement_day(born: date, kind: RetirementKind) -> date:
    """The day on which the statutory age is reached."""
    rule = _DELAYS[kind]
    month = (born.year - rule.from_year) * 12 + born.month
    delay = 0 if month <= 0 else min(rule.most, -(-month // rule.step))
    return add_months(born, rule.years * 12 + delay)


def original_day(born: date, kind: RetirementKind) -> date:
    """The day of the original age; nobody retires earlier by choice."""
    return add_months(born, _DELAYS[kind].years * 12)


def alert_day(born: date, kind: RetirementKind) -> date:
    """From here on the street is told."""
    return add_months(retirement_day(born, kind), -ALERT_MONTHS)
