"""Arithmetic on calendar dates as regulations count: months and years to the same day of the month."""

import calendar
from datetime import date


def add_months(day: date, months: int) -> date:
    """The same day of the month `months` later; the last day where that month is shorter."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))


def add_years(day: date, years: int) -> date:
    """The same date `years` later; 28 February for 29 February in a common year."""
    return add_months(day, 12 * years)


def full_years(start: date, end: date) -> int:
    """Complete years from `start` to `end`, 0 when `end` is earlier."""
    years = end.year - start.year - ((end.month, end.day) < (start.month, start.day))
    return max(0, years)
