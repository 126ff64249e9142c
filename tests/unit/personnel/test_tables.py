"""The delivered decision tables, asked through the domain's port as in production."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from engine.decision import check_decisions
from engine.personnel.certificates import certificate_duty
from engine.personnel.decisions import Decide, Decided, UndecidedError, answer, row, rows
from engine.personnel.grades import certificate_rise, initial_grade, raised
from engine.personnel.pay import pay_coefficient
from engine.personnel.recruitment.bonus import BonusCombination, BonusPoints, bonus
from engine.personnel.recruitment.eligibility import (
    ApplicantFacts,
    BirthWindow,
    PostConditions,
    RelaxedWindow,
    obstacles,
)
from engine.personnel.recruitment.opening import OpeningOutcome, opening
from engine.personnel.recruitment.pass_lines import ExamOutcome, interview_outcome, written_outcome
from engine.personnel.recruitment.ranking import TieKeyName, tie_keys
from engine.personnel.vocabulary import CertificateLevel, Education, Household, Politics, Post, Relaxation, Target

POST = PostConditions(BirthWindow(date(1987, 12, 4), date(2005, 12, 8)))
FACTS = ApplicantFacts(date(1995, 5, 5), Education.COLLEGE)
GRANTED = BonusPoints(Decimal(1), Decimal(2), Decimal(3), Decimal(2), Decimal(5), BonusCombination.HIGHEST)


@pytest.mark.parametrize("path", sorted((Path(__file__).parents[3] / "bpmn" / "recruitment").glob("*.dmn")), ids=str)
def test_no_table_has_findings(path: Path) -> None:
    assert list(check_decisions(path.read_bytes())) == []


def test_vector_2_too_few_applicants_reduce_the_plan_and_then_cancel_the_post(decide: Decide) -> None:
    assert (opening(decide, 4, 3, 10).outcome, opening(decide, 4, 3, 10).heads) == (OpeningOutcome.REDUCED, 3)
    assert (opening(decide, 4, 3, 2).outcome, opening(decide, 4, 3, 2).heads) == (OpeningOutcome.CANCELLED, 0)
    assert (opening(decide, 4, 3, 12).outcome, opening(decide, 4, 3, 12).heads) == (OpeningOutcome.KEPT, 4)


@pytest.mark.parametrize("planned", range(1, 6))
@pytest.mark.parametrize("ratio", range(1, 6))
def test_the_supported_plan_is_the_smaller_of_plan_and_applicants_over_ratio(
    decide: Decide, planned: int, ratio: int
) -> None:
    for valid in range(30):
        found = opening(decide, planned, ratio, valid)
        assert found.heads == min(planned, valid // ratio)
        assert (found.outcome is OpeningOutcome.CANCELLED) == (found.heads == 0)


def test_vector_6_the_first_birth_date_of_the_window_is_accepted_the_day_before_is_not(decide: Decide) -> None:
    assert obstacles(decide, POST, replace(FACTS, born=date(1987, 12, 4))) == []
    refused = obstacles(decide, POST, replace(FACTS, born=date(1987, 12, 3)))
    assert [(each.field, each.clause) for each in refused] == [("born", "4.6")]
    assert "1987-12-04 至 2005-12-08" in refused[0].message


def test_a_relaxation_counts_only_for_those_who_meet_it(decide: Decide) -> None:
    relaxed = replace(POST, relaxations=(RelaxedWindow(Relaxation.COMMUNITY_SERVICE, date(1982, 12, 4), years=3),))
    older = replace(FACTS, born=date(1984, 1, 1))
    assert obstacles(decide, relaxed, replace(older, community_years=3)) == []
    assert [each.field for each in obstacles(decide, relaxed, replace(older, community_years=2))] == ["born"]


@pytest.mark.parametrize(
    ("post", "facts", "field"),
    [
        (POST, replace(FACTS, education=Education.SENIOR), "education"),
        (replace(POST, majors=("社会工作",)), replace(FACTS, major="会计"), "major"),
        (replace(POST, households=(Household.HOUSEHOLD,)), FACTS, "household"),
        (replace(POST, party_members_only=True), FACTS, "politics"),
        (replace(POST, target=Target.GRID_WORKER), FACTS, "target"),
        (replace(POST, target=Target.GRADUATE), FACTS, "target"),
        (replace(POST, certificate=CertificateLevel.JUNIOR), FACTS, "certificate"),
        (replace(POST, min_community_years=1), FACTS, "community_years"),
        (POST, replace(FACTS, declarations_complete=False), "declarations"),
        (POST, replace(FACTS, re_entry_banned=True), "id_number"),
    ],
)
def test_each_condition_has_its_own_obstacle(
    decide: Decide, post: PostConditions, facts: ApplicantFacts, field: str
) -> None:
    assert [each.field for each in obstacles(decide, post, facts)] == [field]


def test_who_meets_every_condition_may_apply(decide: Decide) -> None:
    post = replace(
        POST, majors=("社会工作", "法学"), households=(Household.ORIGIN,), party_members_only=True,
        target=Target.VETERAN, certificate=CertificateLevel.JUNIOR,
    )  # fmt: skip
    facts = replace(
        FACTS, major="社会工作专业", household=Household.ORIGIN, politics=Politics.PROBATIONARY, veteran=True,
        certificate=CertificateLevel.MIDDLE,
    )  # fmt: skip
    assert obstacles(decide, post, facts) == []


def test_bonus_points_are_not_added_up_unless_the_county_says_so(decide: Decide) -> None:
    highest = bonus(decide, GRANTED, CertificateLevel.SENIOR, veteran=True)
    assert (highest.points, len(highest.items)) == (Decimal(3), 2)
    added = bonus(decide, replace(GRANTED, combination=BonusCombination.SUM), CertificateLevel.SENIOR, veteran=True)
    assert added.points == Decimal(5)
    capped = replace(GRANTED, combination=BonusCombination.SUM, cap=Decimal(4))
    assert bonus(decide, capped, CertificateLevel.SENIOR, veteran=True).points == Decimal(4)
    assert bonus(decide, GRANTED, CertificateLevel.NONE, veteran=False).points == 0


@pytest.mark.parametrize(
    ("paper", "final", "line", "basis", "outcome"),
    [
        ("49.00", "50.00", 50, "raised", ExamOutcome.PASSED),
        ("49.00", "50.00", 50, "raw", ExamOutcome.FAILED),
        ("49.99", "49.99", 50, "raised", ExamOutcome.FAILED),
        ("3.00", "3.00", 0, "raised", ExamOutcome.PASSED),
    ],
)
def test_the_written_line_is_held_against_the_score_that_the_county_chose(
    decide: Decide, paper: str, final: str, line: int, basis: str, outcome: ExamOutcome
) -> None:
    found = written_outcome(
        decide, absent=False, cheated=False, paper=Decimal(paper), final=Decimal(final), line=Decimal(line), basis=basis
    )
    assert found.outcome is outcome


def test_absence_and_cheating_come_before_any_line(decide: Decide) -> None:
    high = Decimal(90)
    for absent, cheated, outcome in ((True, False, ExamOutcome.ABSENT), (False, True, ExamOutcome.CHEATED)):
        found = written_outcome(
            decide, absent=absent, cheated=cheated, paper=high, final=high, line=Decimal(0), basis="raw"
        )
        assert found.outcome is outcome


def test_without_competition_the_interview_must_reach_60(decide: Decide) -> None:
    def found(score: str, line: int, *, competitive: bool) -> ExamOutcome:
        verdict = interview_outcome(
            decide, absent=False, score=Decimal(score), line=Decimal(line), competitive=competitive
        )
        return verdict.outcome

    assert found("59.99", 0, competitive=False) is ExamOutcome.FAILED
    assert found("59.99", 0, competitive=True) is ExamOutcome.PASSED
    assert found("60", 70, competitive=True) is ExamOutcome.FAILED
    assert interview_outcome(
        decide, absent=True, score=Decimal(0), line=Decimal(0), competitive=True
    ).outcome is ExamOutcome.ABSENT  # fmt: skip


def test_grid_workers_come_first_under_every_template_and_setting(decide: Decide) -> None:
    everything = ("grid_worker", "veteran", "party_member", "certificate")
    for template in ("written_first", "interview_first"):
        for preferences in ((), ("grid_worker",), everything):
            keys = tie_keys(decide, template, preferences)
            assert keys[0].name is TieKeyName.GRID_WORKER and keys[0].clause == "5.7"
            assert keys[-1].name is TieKeyName.EXTRA


def test_templates_order_the_parts_of_the_score(decide: Decide) -> None:
    names = [key.name for key in tie_keys(decide, "interview_first", ("grid_worker", "veteran"))]
    assert names == [
        TieKeyName.GRID_WORKER, TieKeyName.VETERAN, TieKeyName.INTERVIEW, TieKeyName.WRITTEN, TieKeyName.EXTRA,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("post", "years", "education", "certificate", "grade"),
    [
        (Post.GENERAL, 0, Education.COLLEGE, CertificateLevel.NONE, 1),
        (Post.GENERAL, 7, Education.BACHELOR, CertificateLevel.MIDDLE, 6),
        (Post.GENERAL, 2, Education.MASTER, CertificateLevel.NONE, 3),
        (Post.GENERAL, 40, Education.DOCTOR, CertificateLevel.SENIOR, 12),
        (Post.DEPUTY, 3, Education.COLLEGE, CertificateLevel.JUNIOR, 6),
        (Post.CHIEF, 0, Education.COLLEGE, CertificateLevel.NONE, 7),
        (Post.CHIEF, 50, Education.DOCTOR, CertificateLevel.SENIOR, 18),
    ],
)
def test_the_first_grade_follows_from_post_years_education_and_certificate(
    decide: Decide, post: Post, years: int, education: Education, certificate: CertificateLevel, grade: int
) -> None:
    found = initial_grade(decide, post, years, education, certificate)
    assert found.grade == grade
    assert "级" in found.reason


def test_vector_20_a_higher_certificate_adds_only_the_difference(decide: Decide) -> None:
    junior = certificate_rise(decide, CertificateLevel.NONE, CertificateLevel.JUNIOR)
    middle = certificate_rise(decide, CertificateLevel.JUNIOR, CertificateLevel.MIDDLE)
    assert (junior, middle) == (1, 1)
    assert certificate_rise(decide, CertificateLevel.SENIOR, CertificateLevel.JUNIOR) == 0
    assert raised(Post.GENERAL, raised(Post.GENERAL, 5, junior), middle) == 7


def test_vector_22_the_certificate_is_due_three_years_after_meeting_the_conditions(decide: Decide) -> None:
    hired = date(2025, 7, 1)
    other = certificate_duty(decide, hired, Education.BACHELOR, social_work_major=False)
    assert (other.eligible_on, other.due_on) == (date(2027, 7, 1), date(2030, 6, 30))
    social = certificate_duty(decide, hired, Education.BACHELOR, social_work_major=True)
    assert social.due_on == date(2028, 6, 30)


def test_by_exam_cycles_the_third_exam_that_can_be_sat_ends_the_time(decide: Decide) -> None:
    hired = date(2025, 7, 1)
    other = certificate_duty(decide, hired, Education.BACHELOR, social_work_major=False, by_exam_cycles=True)
    social = certificate_duty(decide, hired, Education.BACHELOR, social_work_major=True, by_exam_cycles=True)
    assert (other.due_on, social.due_on) == (date(2029, 12, 31), date(2028, 12, 31))


def test_earlier_social_work_counts_but_the_duty_begins_with_the_hire(decide: Decide) -> None:
    duty = certificate_duty(
        decide, date(2025, 7, 1), Education.COLLEGE, social_work_major=False, first_social_work=date(2010, 7, 1)
    )
    assert (duty.eligible_on, duty.due_on) == (date(2025, 7, 1), date(2028, 6, 30))


def test_every_grade_has_a_pay_coefficient_and_they_rise(decide: Decide) -> None:
    coefficients = [pay_coefficient(decide, grade) for grade in range(1, 19)]
    assert coefficients[0] == Decimal("1.00") and coefficients[-1] == Decimal("1.69")
    assert coefficients == sorted(set(coefficients))
    with pytest.raises(UndecidedError):
        pay_coefficient(decide, 19)


def test_a_table_that_answers_nothing_is_an_error_not_a_guess() -> None:
    class Nothing:
        value = None
        matched = ()

    silent: Decided = Nothing()
    for read in (answer, row):
        with pytest.raises(UndecidedError):
            read(silent)
    assert rows(silent) == []
