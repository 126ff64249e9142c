"""Working days on the legal calendar, and what happens in a year nobody has announced."""

from datetime import date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from engine.kernel.clock import CHINA
from engine.personnel.calendar import WorkCalendar
from engine.personnel.holiday_source import known_days, known_years

_RULES = [rule for year in known_years() for rule in known_days(year)]
CALENDAR = WorkCalendar(
    frozenset(rule.day for rule in _RULES if not rule.is_workday),
    frozenset(rule.day for rule in _RULES if rule.is_workday),
    frozenset(known_years()),
    "2025v1.2026v1",
)


def test_the_source_covers_2004_to_2026_in_chinese() -> None:
    assert (known_years()[0], known_years()[-1]) == (2004, 2026)
    assert all(not rule.name.isascii() for rule in _RULES)


def test_national_day_2026_is_off_and_its_make_up_saturday_is_worked() -> None:
    assert not CALENDAR.is_workday(date(2026, 10, 1))
    assert CALENDAR.is_workday(date(2026, 10, 10))


def test_five_working_days_over_the_spring_festival() -> None:
    # off 15-23 February 2026, worked on Saturday the 14th and Saturday the 28th
    assert CALENDAR.add_workdays(date(2026, 2, 13), 5) == date(2026, 2, 27)
    assert CALENDAR.workdays_between(date(2026, 2, 13), date(2026, 2, 27)) == 5


def test_a_deadline_ends_when_the_offices_close_and_keeps_the_calendar_version() -> None:
    deadline = CALENDAR.deadline(date(2026, 11, 20), 5)
    assert deadline.at == datetime(2026, 11, 27, 17, 0, tzinfo=CHINA)
    assert (deadline.calendar_version, deadline.assumed) == ("2025v1.2026v1", False)


def test_a_deadline_in_an_unannounced_year_says_that_it_may_move() -> None:
    deadline = CALENDAR.deadline(date(2026, 12, 30), 5)
    assert deadline.assumed
    assert deadline.at.date() == date(2027, 1, 6)


def test_zero_working_days_is_the_next_working_day_if_today_is_off() -> None:
    assert CALENDAR.add_workdays(date(2026, 11, 21), 0) == date(2026, 11, 23)
    assert CALENDAR.add_workdays(date(2026, 11, 23), 0) == date(2026, 11, 23)


def test_remaining_time_reads_in_working_days_then_hours_then_overdue() -> None:
    until = datetime(2026, 11, 25, 17, 0, tzinfo=CHINA)
    texts = [
        CALENDAR.remaining(until - step, until).text
        for step in (
            timedelta(days=2),
            timedelta(hours=3),
            timedelta(minutes=20),
            -timedelta(hours=1),
            -timedelta(days=5),
        )
    ]
    assert texts == ["剩 2 个工作日", "剩 3 小时", "不足 1 小时", "今日已超期", "已超期 3 个工作日"]


@given(st.dates(date(2010, 1, 1), date(2026, 1, 1)), st.integers(1, 60))
def test_adding_and_counting_agree_in_both_directions(start: date, count: int) -> None:
    end = CALENDAR.add_workdays(start, count)
    assert CALENDAR.is_workday(end)
    assert CALENDAR.workdays_between(start, end) == count
    if CALENDAR.is_workday(start):
        assert CALENDAR.add_workdays(end, -count) == start
