"""How long and how often somebody may be borrowed, to the day [N 9.2, 9.4, domain 4]."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.identity.organisations import OrganisationKind
from engine.kernel.errors import Invalid, RuleViolation
from engine.personnel.dates import add_months
from engine.personnel.secondment import rules
from engine.personnel.secondment.rules import Spell

LONGEST_SIX_MONTHS = 184
"""Days from July to December; a year may end on 29 February, which adds one."""
DAYS = st.dates(date(2025, 1, 1), date(2032, 12, 31))


def test_vector_7_a_secondment_from_31_august_ends_on_27_february_at_the_latest() -> None:
    rules.check_period(Spell(date(2025, 8, 31), date(2026, 2, 27)), 6)
    with pytest.raises(RuleViolation, match="最晚 2026-02-27") as refused:
        rules.check_period(Spell(date(2025, 8, 31), date(2026, 2, 28)), 6)
    assert refused.value.clause == "9.4"


def test_vector_8_a_county_bureau_may_not_borrow() -> None:
    for kind in (OrganisationKind.COUNTY, OrganisationKind.DEPARTMENT, OrganisationKind.EXAM_ORGAN,
                 OrganisationKind.CITY, OrganisationKind.PROVINCE):  # fmt: skip
        with pytest.raises(RuleViolation, match="县级以上机关事业单位不得借调") as refused:
            rules.check_borrower(kind)
        assert refused.value.clause == "9.2"
    rules.check_borrower(OrganisationKind.STREET)
    with pytest.raises(Invalid):
        rules.check_borrower(OrganisationKind.COMMUNITY)


@given(DAYS)
def test_the_longest_period_is_allowed_and_one_day_more_is_not(starts_on: date) -> None:
    last = rules.latest_end(starts_on, 6)
    assert last < add_months(starts_on, 6)
    rules.check_period(Spell(starts_on, last), 6)
    rules.check_total(Spell(starts_on, last), [], 6, 12)
    with pytest.raises(RuleViolation):
        rules.check_period(Spell(starts_on, last + timedelta(days=1)), 6)


def test_a_period_that_ends_before_it_begins_is_a_slip() -> None:
    with pytest.raises(Invalid):
        rules.check_period(Spell(date(2026, 3, 2), date(2026, 3, 1)), 6)


def test_touching_days_overlap_and_neighbouring_days_do_not() -> None:
    first = Spell(date(2026, 1, 1), date(2026, 1, 31))
    rules.check_no_overlap(Spell(date(2026, 2, 1), date(2026, 2, 28)), [first])
    with pytest.raises(RuleViolation, match="不能重叠"):
        rules.check_no_overlap(Spell(date(2026, 1, 31), date(2026, 2, 28)), [first])


def test_two_periods_fill_six_months_in_twelve_to_the_day() -> None:
    first = Spell(date(2026, 1, 1), date(2026, 3, 31))
    allowed = Spell(date(2026, 1, 1), date(2026, 6, 30)).days - first.days
    starts_on = date(2026, 9, 1)
    rules.check_total(Spell(starts_on, starts_on + timedelta(days=allowed - 1)), [first], 6, 12)
    with pytest.raises(RuleViolation, match="累计借调将达 182 天，超过 6 个月（181 天）") as refused:
        rules.check_total(Spell(starts_on, starts_on + timedelta(days=allowed)), [first], 6, 12)
    assert refused.value.clause == "9.4"


def test_six_months_count_again_only_when_twelve_have_passed_since_they_began() -> None:
    first = Spell(date(2025, 1, 1), date(2025, 6, 30))
    rules.check_total(Spell(date(2026, 1, 1), date(2026, 6, 30)), [first], 6, 12)
    with pytest.raises(RuleViolation):
        rules.check_total(Spell(date(2025, 12, 31), date(2026, 6, 29)), [first], 6, 12)


@given(DAYS, st.integers(0, 150), st.integers(1, 400), st.integers(0, 150))
def test_what_is_allowed_never_exceeds_six_months_in_any_twelve(
    starts_on: date, length: int, gap: int, second: int
) -> None:
    first = Spell(starts_on, starts_on + timedelta(days=length))
    begins = first.ends_on + timedelta(days=gap)
    wanted = Spell(begins, begins + timedelta(days=second))
    try:
        rules.check_total(wanted, [first], 6, 12)
    except RuleViolation:
        window = Spell(starts_on, rules.latest_end(starts_on, 12))
        used = first.days_within(window) + wanted.days_within(window)
        assert used > 180
    else:
        for day in (starts_on + timedelta(days=n) for n in range((wanted.ends_on - starts_on).days + 1)):
            window = Spell(day, rules.latest_end(day, 12))
            assert first.days_within(window) + wanted.days_within(window) <= LONGEST_SIX_MONTHS + 1


def test_a_street_of_fifty_lends_five_and_not_six() -> None:
    rules.check_share(5, 50, 10)
    with pytest.raises(RuleViolation) as refused:
        rules.check_share(6, 50, 10)
    assert refused.value.clause == "9.3"


def test_a_community_keeps_five_people_and_two_with_a_certificate() -> None:
    rules.check_remaining(5, 2, 5, 2)
    for staff, certified in ((4, 2), (5, 1)):
        with pytest.raises(RuleViolation):
            rules.check_remaining(staff, certified, 5, 2)
