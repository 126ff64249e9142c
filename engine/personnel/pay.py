"""Pay coefficients of the grades; the table pay_coefficients holds the county's values [N 12.1]."""

from decimal import Decimal

from engine.personnel.decisions import Decide, answer


def pay_coefficient(decide: Decide, grade: int) -> Decimal:
    """The coefficient of the basic pay of a grade."""
    return Decimal(answer(decide("pay_coefficients", {"grade": grade})))
