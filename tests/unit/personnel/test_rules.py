"""Acceptance vectors of the policy table for quota, scores, shortlist, contracts and age windows."""

from datetime import date
from decimal import Decimal

import pytest

from engine.kernel.errors import Conflict, Invalid, RuleViolation
from engine.personnel.contracts import contract_term
from engine.personnel.dates import add_months, add_years, full_years
from engine.personnel.grades import raised
from engine.personnel.limits import (
    GRADE_RANGES,
    check_category,
    check_entry_education,
    check_grade,
    check_probation,
    probation_limit_months,
)
from engine.personnel.quota import QuotaStanding, Rounding, staffing_quota
from engine.personnel.recruitment.eligibility import AgeConvention, birth_window
from engine.personnel.recruitment.scores import check_score, interview_score, total_score, written_final
from engine.personnel.recruitment.seat_draw import Room, draw, draw_value
from engine.personnel.recruitment.selection import Scored, called_up, shortlist
from engine.personnel.vocabulary import Education, Post, WorkerCategory


def test_vector_1_quota_of_683200_people_is_1230() -> None:
    assert staffing_quota(683_200) == 1_230
    assert staffing_quota(683_200, Rounding.DOWN) == 1_229
    assert staffing_quota(10_000) == 18
    assert staffing_quota(0) == 0


def test_a_county_without_vacancies_is_refused_with_the_clause() -> None:
    with pytest.raises(RuleViolation, match="空缺 2 名，不能再增加 3 名") as refused:
        QuotaStanding(quota=10, staffed=7, reserved=1).require(3)
    assert refused.value.clause == "1.2、1.3"
    QuotaStanding(quota=10, staffed=7, reserved=1).require(2)


def test_vector_3_total_rounds_half_up_on_the_third_decimal() -> None:
    written = written_final(Decimal("72.50"), Decimal(3))
    assert written == Decimal("75.50")
    assert total_score(written, Decimal("81.36"), Decimal(40)) == Decimal("79.02")


def test_bonus_stops_at_100_unless_the_county_allows_more() -> None:
    assert written_final(Decimal(99), Decimal(3)) == Decimal(100)
    assert written_final(Decimal(99), Decimal(3), above_100=True) == Decimal(102)


def test_vector_4_highest_and_lowest_judge_are_dropped() -> None:
    assert interview_score([Decimal(mark) for mark in (80, 82, 85, 78, 90, 84, 83)]) == Decimal("82.80")


def test_too_few_judges_are_refused() -> None:
    with pytest.raises(Invalid, match="至少需要 3 名考官"):
        interview_score([Decimal(80), Decimal(82)])


@pytest.mark.parametrize("mark", ["-0.01", "100.01", "70.005", "NaN", "Infinity"])
def test_marks_outside_the_scale_are_refused(mark: str) -> None:
    with pytest.raises(Invalid):
        check_score(Decimal(mark), "笔试成绩")


def test_vector_5_everybody_who_ties_with_the_last_place_enters() -> None:
    scores = [90, 89, 88, 87, 86, 85, 84, 71, 71, 71, 71, 70]
    found = shortlist([Scored(f"{n:02}", Decimal(score)) for n, score in enumerate(scores, 1)], heads=3, ratio=3)
    assert len(found.invited) == 11
    assert found.waiting == ("12",)
    assert found.last_score == Decimal(71)


def test_fewer_passers_than_places_all_enter() -> None:
    assert shortlist([Scored("a", Decimal(60))], heads=2, ratio=3).invited == ("a",)
    assert shortlist([], heads=2, ratio=3).invited == ()


def test_one_vacated_interview_place_calls_the_next_score_with_its_ties() -> None:
    order = [Scored("a", Decimal(80)), Scored("b", Decimal(75)), Scored("c", Decimal(75)), Scored("d", Decimal(70))]
    assert called_up(order, {"a"}) == ("b", "c")
    assert called_up(order, {"a", "b", "c", "d"}) == ()


def test_vector_6_gaoyou_window_accepts_the_first_day_only_from_that_day_on() -> None:
    window = birth_window(date(2023, 12, 4), date(2023, 12, 8), max_age=35)
    assert (window.earliest, window.latest) == (date(1987, 12, 4), date(2005, 12, 8))
    assert window.contains(date(1987, 12, 4))
    assert not window.contains(date(1987, 12, 3))
    assert window.contains(date(2005, 12, 8))


def test_the_other_convention_ends_at_the_birthday() -> None:
    window = birth_window(date(2022, 11, 15), date(2022, 11, 20), 35, convention=AgeConvention.N)
    assert window.earliest == date(1987, 11, 15)


def test_vector_18_seven_months_of_probation_are_refused() -> None:
    with pytest.raises(RuleViolation, match="最长 6 个月，不能约定 7 个月") as refused:
        check_probation(36, 7)
    assert refused.value.clause == "L19"


@pytest.mark.parametrize(("months", "limit"), [(2, 0), (3, 1), (11, 1), (12, 2), (35, 2), (36, 6), (None, 6)])
def test_probation_limits_follow_the_length_of_the_contract(months: int | None, limit: int) -> None:
    assert probation_limit_months(months) == limit
    check_probation(months, limit)
    with pytest.raises(RuleViolation):
        check_probation(months, limit + 1)


def test_contract_dates_include_their_last_day() -> None:
    term = contract_term(date(2026, 12, 1), 36, 3, 36)
    assert (term.end, term.probation_end) == (date(2029, 11, 30), date(2027, 2, 28))
    assert (term.write_by, term.service_until) == (date(2027, 1, 1), date(2029, 11, 30))
    assert contract_term(date(2026, 12, 1), None, 0).end is None


def test_vector_19_a_grade_stops_at_the_top_of_its_post() -> None:
    assert raised(Post.GENERAL, 12, 1) == 12
    assert raised(Post.DEPUTY, 12, 1) == 13


def test_grades_outside_the_posts_range_are_refused() -> None:
    assert [(r.lowest, r.highest) for r in GRADE_RANGES.values()] == [(1, 12), (4, 15), (7, 18)]
    with pytest.raises(RuleViolation, match="1—12 级，不能定为 13 级") as refused:
        check_grade(Post.GENERAL, 13)
    assert refused.value.clause == "2.1"


def test_below_college_needs_a_reason() -> None:
    with pytest.raises(RuleViolation):
        check_entry_education(Education.SENIOR)
    check_entry_education(Education.SENIOR, "退役军人定向岗位，经县级批准")
    check_entry_education(Education.COLLEGE)


def test_nobody_enters_without_exam_or_recognition() -> None:
    with pytest.raises(RuleViolation) as refused:
        check_category(WorkerCategory.EXAM_HIRED, exam_recorded=False, recognised_by=0)
    assert refused.value.clause == "5.4"
    with pytest.raises(RuleViolation) as one_department:
        check_category(WorkerCategory.RECOGNISED, exam_recorded=False, recognised_by=1)
    assert one_department.value.clause == "1.1"
    check_category(WorkerCategory.EXAM_HIRED, exam_recorded=True, recognised_by=0)


def test_months_end_where_the_month_is_shorter() -> None:
    assert add_months(date(2026, 1, 31), 1) == date(2026, 2, 28)
    assert add_years(date(2024, 2, 29), -36) == date(1988, 2, 29)
    assert add_years(date(2024, 2, 29), 1) == date(2025, 2, 28)
    assert full_years(date(2020, 7, 2), date(2026, 7, 1)) == 5


def test_the_seat_draw_can_be_recomputed_by_anybody() -> None:
    numbers = [f"2026A{n:04}" for n in range(1, 8)]
    rooms = [Room("第一考场", 3), Room("第二考场", 5)]
    seats = draw("双色球2026135期", numbers, rooms)
    assert seats == draw("双色球2026135期", list(reversed(numbers)), rooms)
    assert [seat.draw_value for seat in seats] == sorted(draw_value("双色球2026135期", n) for n in numbers)
    assert [(seat.room, seat.seat) for seat in seats][:4] == [
        ("第一考场", 1), ("第一考场", 2), ("第一考场", 3), ("第二考场", 1),
    ]  # fmt: skip
    assert draw("另一个种子", numbers, rooms) != seats


def test_too_few_seats_are_refused() -> None:
    with pytest.raises(Invalid, match="共有 1 个座位，不够安排 2 名考生"):
        draw("s", ["a", "b"], [Room("第一考场", 1)])


def test_a_tie_at_the_last_medical_place_waits_for_the_extra_test() -> None:
    from engine.personnel.recruitment.ranking import Candidate, rank
    from engine.personnel.recruitment.selection import medical_candidates, substitute

    ranked = rank([Candidate(n, Decimal(80), Decimal(80), Decimal(80)) for n in "ab"], [])
    with pytest.raises(Conflict, match="2 人并列第 1 名"):
        medical_candidates(ranked, 1)
    with pytest.raises(Conflict):
        substitute(ranked, set())
    assert medical_candidates(ranked, 2) == ("a", "b")
    assert substitute(ranked, {"a"}) == "b"
