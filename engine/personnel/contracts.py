"""Dates of an employment contract within labour law [L10, L14, L19, L82]."""

from dataclasses import dataclass
from datetime import date, timedelta

from engine.personnel.dates import add_months
from engine.personnel.limits import CONTRACT_WRITTEN_WITHIN_MONTHS, check_probation


@dataclass(frozen=True, slots=True)
class ContractTerm:
    """The dates that follow from a first day; every end is the last day included."""

    start: date
    end: date | None
    probation_end: date | None
    write_by: date
    service_until: date | None


def contract_term(start: date, months: int | None, probation_months: int, service_months: int = 0) -> ContractTerm:
    """Dates of a contract of `months` (None: open-ended); a probation over the legal limit is refused [L19]."""
    check_probation(months, probation_months)
    return ContractTerm(
        start,
        _last_day(start, months) if months else None,
        _last_day(start, probation_months) if probation_months else None,
        add_months(start, CONTRACT_WRITTEN_WITHIN_MONTHS),
        _last_day(start, service_months) if service_months else None,
    )


def _last_day(start: date, months: int) -> date:
    return add_months(start, months) - timedelta(days=1)
