"""Acceptance vectors of the annual appraisal: scores, the cap on 优秀, runs of low years, promotions."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from engine.kernel.errors import Invalid, RuleViolation
from engine.personnel.appraisal.consecutive import Verdict, Year, judge
from engine.personnel.appraisal.effects import (
    Career,
    GradeYear,
    early_promotion,
    normal_promotion,
    performance_factor,
)
from engine.personnel.appraisal.excellence import (
    Candidate,
    Cap,
    check_choice,
    excellent_cap,
    follows_scores,
    street_cap,
    suggestion,
)
from engine.personnel.appraisal.guides import GuideContent, default_dates
from engine.personnel.appraisal.ledgers import training_met
from engine.personnel.appraisal.scoring import (
    Judged,
    Parts,
    Weights,
    ballot_points,
    proposed_grade,
    weighted_score,
)
from engine.personnel.appraisal.terms import AppraisalGrade, Discipline, Rating, Unrated
from engine.personnel.decision_files import tables_of
from engine.personnel.policy import Policy
from engine.personnel.vocabulary import Post

_G = AppraisalGrade
WEIGHTS = Weights(Decimal(30), Decimal(30), Decimal(10), Decimal(10), Decimal(20))
TABLES = Path(__file__).parents[4] / "bpmn" / "appraisal"
DECIDE = tables_of(path.read_bytes() for path in sorted(TABLES.glob("*.dmn"))).decide


def years(*grades: AppraisalGrade | None, first: int = 2024, open_last: bool = False) -> list[Year]:
    last = first + len(grades) - 1
    return [Year(first + n, grade, open_last and first + n == last) for n, grade in enumerate(grades)]


def test_vector_9_two_lowest_grades_only_warn_until_the_appeal_has_ended() -> None:
    assert judge(years(_G.INCOMPETENT, _G.INCOMPETENT, first=2025, open_last=True)).verdict is Verdict.WARNING
    found = judge(years(_G.INCOMPETENT, _G.INCOMPETENT, first=2025))
    assert found.verdict is Verdict.EXIT
    assert found.reason == "2025 年不合格、2026 年不合格"


def test_vector_10_an_unrated_year_neither_counts_nor_breaks() -> None:
    run = years(_G.BASIC, None, _G.BASIC, _G.BASIC)
    assert judge(run).verdict is Verdict.EXIT
    assert judge(run, unrated_breaks=True).verdict is Verdict.WARNING


def test_vector_11_a_mixed_run_is_left_to_people() -> None:
    found = judge(years(_G.INCOMPETENT, _G.BASIC, _G.INCOMPETENT))
    assert found.verdict is Verdict.JUDGEMENT


def test_one_low_year_means_a_talk_and_a_good_year_ends_a_run() -> None:
    assert judge(years(_G.BASIC)).verdict is Verdict.TALK
    assert judge(years(_G.INCOMPETENT, _G.COMPETENT)).verdict is Verdict.NONE
    assert judge(years(_G.INCOMPETENT, _G.COMPETENT, _G.INCOMPETENT)).verdict is Verdict.TALK
    assert judge(years(_G.BASIC, _G.BASIC)).verdict is Verdict.WARNING


def test_a_year_without_any_result_breaks_a_run() -> None:
    assert judge([Year(2024, _G.INCOMPETENT), Year(2026, _G.INCOMPETENT)]).verdict is Verdict.TALK


def test_vector_21_a_street_of_37_may_give_7() -> None:
    assert excellent_cap(37, Decimal(20)) == 7
    posts = [Post.CHIEF] * 5 + [Post.GENERAL] * 32
    assert street_cap(posts, Decimal(20)) == Cap(1, 6)


@pytest.mark.parametrize(("heads", "cap"), [(0, 0), (2, 0), (3, 1), (4, 1), (10, 2), (14, 2), (15, 3)])
def test_the_cap_is_rounded_down_but_three_people_may_have_one(heads: int, cap: int) -> None:
    assert excellent_cap(heads, Decimal(20)) == cap


def test_separate_lists_never_add_up_to_more_than_the_street_may_give() -> None:
    for chiefs in range(12):
        for others in range(40):
            posts = [Post.CHIEF] * chiefs + [Post.GENERAL] * others
            assert street_cap(posts, Decimal(20)).total == excellent_cap(chiefs + others, Decimal(20))


def candidate(case_id: int, score: str, post: Post = Post.GENERAL) -> Candidate:
    return Candidate(case_id, f"人{case_id}", post, Decimal(score))


def test_more_than_the_cap_is_refused_with_the_clause() -> None:
    people = [candidate(n, str(99 - n)) for n in range(4)]
    with pytest.raises(RuleViolation, match="优秀名额 2 名，已选 3 名") as refused:
        check_choice(people, {0, 1, 2}, Cap(0, 2))
    assert refused.value.clause == "9.7"
    with pytest.raises(RuleViolation, match="条件符合"):
        check_choice(people, {77}, Cap(0, 2))
    check_choice(people, {0, 3}, Cap(0, 2))


def test_who_is_in_by_score_is_suggested_chiefs_apart() -> None:
    people = [candidate(1, "99", Post.CHIEF), candidate(2, "98", Post.CHIEF), candidate(3, "91"), candidate(4, "90.5")]
    assert suggestion(people, Cap(1, 1)) == {1, 3}
    assert follows_scores(people, {1, 3}, Cap(1, 1))
    assert not follows_scores(people, {2, 3}, Cap(1, 1))


def test_the_score_is_weighted_and_rounded_half_up() -> None:
    full = Parts(Decimal("91.5"), Decimal(88), Decimal(90), Decimal("93.33"), Decimal("86.67"))
    assert weighted_score(full, WEIGHTS) == Decimal("89.52")


def test_a_part_without_enough_ballots_leaves_its_weight_to_the_others() -> None:
    without = Parts(Decimal(80), Decimal(80), Decimal(90), None, None)
    assert weighted_score(without, WEIGHTS) == Decimal("81.43")


def test_weights_that_are_not_100_are_refused() -> None:
    with pytest.raises(Invalid, match="现为 90"):
        Weights(Decimal(30), Decimal(30), Decimal(10), Decimal(10), Decimal(10)).check()


def test_ballots_below_the_minimum_have_no_points() -> None:
    counts = {Rating.VERY_GOOD: 1, Rating.GOOD: 1, Rating.FAIR: 0, Rating.POOR: 1}
    assert ballot_points(counts, 3) == Decimal("71.67")
    assert ballot_points(counts, 4) is None
    assert ballot_points({}, 0) is None


def judged(
    score: str, satisfaction: str = "90", *, unrated: Unrated | None = None,
    discipline: Discipline = Discipline.NONE, barred: bool = False, failed: bool = False,
) -> Judged:  # fmt: skip
    return Judged(Decimal(score), Decimal(satisfaction), unrated, discipline, barred, failed)


@pytest.mark.parametrize(
    ("score", "grade"),
    [("90", _G.EXCELLENT), ("89.99", _G.COMPETENT), ("70", _G.COMPETENT), ("69.99", _G.BASIC), ("60", _G.BASIC),
     ("59.99", _G.INCOMPETENT)],
)  # fmt: skip
def test_the_bands_of_the_grades(score: str, grade: AppraisalGrade) -> None:
    assert proposed_grade(DECIDE, judged(score)).grade is grade


def test_special_persons_are_graded_as_the_rules_say() -> None:
    assert proposed_grade(DECIDE, judged("95", barred=True)).grade is _G.COMPETENT
    assert proposed_grade(DECIDE, judged("95", "59.99")).grade is _G.BASIC
    assert proposed_grade(DECIDE, judged("95", discipline=Discipline.DEMERIT, barred=True)).grade is _G.BASIC
    assert proposed_grade(DECIDE, judged("95", discipline=Discipline.WARNING, barred=True)).grade is _G.COMPETENT
    assert proposed_grade(DECIDE, judged("95", failed=True)).grade is _G.INCOMPETENT
    for reason in Unrated:
        assert proposed_grade(DECIDE, judged("95", unrated=reason)).grade is None


def test_vector_23_a_deputy_with_two_and_a_half_days_of_training_has_not_met_it() -> None:
    assert not training_met(Post.DEPUTY, Decimal("2.5"))
    assert training_met(Post.DEPUTY, Decimal(3))
    assert not training_met(Post.CHIEF, Decimal("4.5"))


def career(*grades: AppraisalGrade | None, **last: int) -> Career:
    return Career([GradeYear(2021 + n, grade) for n, grade in enumerate(grades)], **last)


def test_three_good_years_raise_the_grade_and_low_years_delay_it() -> None:
    good = _G.COMPETENT
    assert normal_promotion(career(good, good, good))
    assert not normal_promotion(career(good, good))
    assert not normal_promotion(career(good, _G.BASIC, good))
    assert normal_promotion(career(good, _G.BASIC, good, good))
    assert not normal_promotion(career(good, _G.INCOMPETENT, good, good))
    assert not normal_promotion(career(good, None, good))
    assert not normal_promotion(career(good, good, good, good, last_normal=2023))


def test_two_best_years_in_a_row_raise_it_early_but_not_more_often_than_the_county_allows() -> None:
    best = _G.EXCELLENT
    assert early_promotion(career(best, best), 2)
    assert not early_promotion(career(best, _G.COMPETENT, best), 2)
    assert not early_promotion(career(best, best, best, last_early=2022), 2)
    assert not early_promotion(career(best, best, early_times=2), 2)


def test_performance_pay_follows_the_grade() -> None:
    factors = [performance_factor(DECIDE, grade) for grade in _G]
    assert factors == [Decimal("0"), Decimal("0.7"), Decimal("1.0"), Decimal("1.2")]


def content(percent: str = "20", **dates: date) -> GuideContent:
    return GuideContent("方案", "", WEIGHTS, Decimal(percent), default_dates(2026) | dates)


def test_a_guide_may_not_give_more_than_the_countys_share() -> None:
    content().check(Policy())
    with pytest.raises(RuleViolation) as refused:
        content("20.01").check(Policy())
    assert refused.value.clause == "9.7"
    content("25").check(Policy({"appraisal.excellentMax": "25"}))


def test_dates_of_a_guide_follow_each_other() -> None:
    with pytest.raises(Invalid) as refused:
        content(ballots_due_on=date(2026, 12, 1)).check(Policy())
    assert "ballots_due_on" in refused.value.fields
