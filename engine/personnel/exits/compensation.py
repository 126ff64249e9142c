"""What is paid when a contract ends: years of service, compensation, pay in lieu of notice [L40, L46, L47, L87]."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from engine.kernel.errors import Invalid
from engine.personnel.dates import add_months

CAP_TIMES = 3
"""A wage above so many times the city's average is cut to it [L47]."""
CAP_YEARS = Decimal(12)
"""And then no more years than this are paid [L47]."""
CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Wages:
    """Monthly amounts in yuan."""

    average: Decimal
    """Average gross of the last 12 months, bonus and allowances included [实施条例27]."""
    city_average: Decimal
    """Average monthly wage of the city last year."""
    minimum: Decimal
    """Local minimum wage; nobody is paid less [实施条例27]."""
    last_month: Decimal
    """Wage of the month before, for pay in lieu [实施条例20]."""


@dataclass(frozen=True, slots=True)
class Compensation:
    """The sheet, in yuan."""

    years: Decimal
    """N that is paid, in halves."""
    base: Decimal
    """Monthly amount that N is multiplied with."""
    capped: bool
    severance: Decimal
    in_lieu: Decimal
    unlawful: Decimal
    """What an unlawful ending would cost (2N); a warning, never paid by this sheet [L87]."""

    @property
    def total(self) -> Decimal:
        return self.severance + self.in_lieu


def service_years(first_day: date, last_day: date) -> Decimal:
    """Years for compensation: six months or more count as one, less as a half; both days are included [L47]."""
    if last_day < first_day:
        raise Invalid(fields={"last_day": "最后工作日不能早于入职日期"})
    end = last_day + timedelta(days=1)
    months = (end.year - first_day.year) * 12 + end.month - first_day.month
    if add_months(first_day, months) > end:
        months -= 1
    years, rest = divmod(months, 12)
    remainder = rest > 0 or add_months(first_day, months) < end
    if rest >= 6:
        return Decimal(years + 1)
    return Decimal(years) + (Decimal("0.5") if remainder else Decimal(0))


def compensation(
    first_day: date, last_day: date, wages: Wages, *, due: bool = True, in_lieu: bool = False
) -> Compensation:
    """The sheet of one exit; `due`: the route pays compensation, `in_lieu`: a month's pay instead of notice."""
    _check(wages)
    served = service_years(first_day, last_day)
    ceiling = CAP_TIMES * wages.city_average
    capped = wages.average > ceiling
    base = _yuan(ceiling if capped else max(wages.average, wages.minimum))
    years = min(served, CAP_YEARS) if capped else served
    full = _yuan(years * base)
    return Compensation(
        years, base, capped, full if due else Decimal("0.00"),
        _yuan(wages.last_month) if in_lieu else Decimal("0.00"), _yuan(2 * full),
    )  # fmt: skip


def _check(wages: Wages) -> None:
    labels = {
        "average": ("前 12 个月平均工资", wages.average), "city_average": ("全市职工月平均工资", wages.city_average),
        "minimum": ("最低工资标准", wages.minimum), "last_month": ("上月工资", wages.last_month),
    }  # fmt: skip
    wrong = {name: f"请填写{label}，应大于 0" for name, (label, amount) in labels.items() if amount <= 0}
    if wrong:
        raise Invalid(fields=wrong)


def _yuan(amount: Decimal) -> Decimal:
    return amount.quantize(CENT, ROUND_HALF_UP)
