"""Every path of medical, background check and substitution after the ranking."""

from datetime import timedelta

import pytest

from engine.kernel.errors import Invalid
from engine.personnel.recruitment.states import RegistrationState
from tests.process.office import Office
from tests.process.recruitment import Applicant, Recruitment

R = RegistrationState


def ranked(office: Office, number: int = 4, **policy: object) -> tuple[Recruitment, list[Applicant]]:
    """So many in the ranking of one post; the first is a candidate."""
    office.set_policy(interviewRatio=number, **policy)
    recruitment = Recruitment(office, heads=[1]).open()
    applicants = [recruitment.admitted() for _ in range(number)]
    scores = [90 - 5 * place for place in range(number)]
    recruitment.close_registration()
    recruitment.seat()
    recruitment.examine(dict(zip(applicants, scores, strict=True)))
    recruitment.shortlist()
    recruitment.recheck(*applicants)
    recruitment.to_interview()
    recruitment.interview(dict(zip(applicants, scores, strict=True)))
    recruitment.release_totals()
    return recruitment, applicants


def waits_for(recruitment: Recruitment) -> list[str]:
    return recruitment.office.open_nodes(recruitment.number)


def test_a_recheck_of_the_medical_decides(office: Office) -> None:
    recruitment, (first, *_) = ranked(office)
    first.handled("medical_officer", "medical", "recheck", "")
    assert (first.state(), first.open_nodes()) == (R.MEDICAL_RETEST, ["medical_recheck"])
    first.handled("medical_officer", "medical_recheck", "pass", "")
    recruitment.check(first)
    assert first.row.vetted_at is not None
    assert waits_for(recruitment) == ["prepare_publicity"]


def test_a_recheck_too_late_is_refused(office: Office) -> None:
    _, (first, *_) = ranked(office)
    day = office.clock.now().date()
    first.handled("medical_officer", "medical", "recheck", "", examined_on=day.isoformat())
    late = day.replace(year=day.year + 1).isoformat()
    with pytest.raises(Invalid):
        first.handled("medical_officer", "medical_recheck", "pass", "", examined_on=late)
    assert first.open_nodes() == ["medical_recheck"]


def test_each_failure_calls_up_the_next_for_two_rounds(office: Office) -> None:
    recruitment, (first, second, third, fourth) = ranked(office)
    first.handled("medical_officer", "medical", "fail", "不合格")
    first.act("ask_recheck", "accept", "")
    assert (first.state(), first.outcome) == (R.MEDICAL_FAIL, "体检考察止步")
    assert (second.row.selected_round, second.open_nodes()) == (1, ["medical"])
    second.handled("medical_officer", "medical", "pass", "")
    recruitment.check(second, "fail")
    assert (second.state(), third.row.selected_round) == (R.INVEST_FAIL, 2)
    third.handled("medical_officer", "medical", "absent", "")
    assert (third.state(), fourth.open_nodes()) == (R.WAIVED, [])
    assert waits_for(recruitment) == ["prepare_publicity"]


def test_both_checkers_must_agree(office: Office) -> None:
    recruitment, (first, second, *_) = ranked(office)
    first.handled("medical_officer", "medical", "pass", "")
    first.handled(office.checkers[0], "background_check", "pass")
    assert first.open_nodes() == ["background_check"]
    first.handled(office.checkers[1], "background_check", "fail", "有未了结的案件")
    assert (first.state(), second.open_nodes()) == (R.INVEST_FAIL, ["medical"])
    assert waits_for(recruitment) == []


def test_the_county_may_check_before_the_medical(office: Office) -> None:
    recruitment, (first, *_) = ranked(office, stepOrder="check_first")
    assert first.open_nodes() == ["background_check"]
    recruitment.check(first)
    first.handled("medical_officer", "medical", "pass", "")
    assert waits_for(recruitment) == ["prepare_publicity"]


def test_a_failed_check_before_the_medical_calls_up_the_next(office: Office) -> None:
    recruitment, (first, second, *_) = ranked(office, stepOrder="check_first")
    recruitment.check(first, "fail")
    assert (first.state(), second.open_nodes()) == (R.INVEST_FAIL, ["background_check"])


def test_a_failed_recheck_calls_up_the_next(office: Office) -> None:
    _, (first, second, *_) = ranked(office)
    first.handled("medical_officer", "medical", "recheck", "")
    first.handled("medical_officer", "medical_recheck", "fail", "复检不合格")
    assert (first.state(), second.open_nodes()) == (R.MEDICAL_FAIL, ["medical"])


def test_without_substitutes_the_campaign_goes_on(office: Office) -> None:
    recruitment, (only,) = ranked(office, number=1)
    only.handled("medical_officer", "medical", "fail", "不合格")
    only.act("ask_recheck", "accept", "")
    assert waits_for(recruitment) == ["prepare_publicity"]


def test_who_is_found_unfit_may_ask_for_one_recheck(office: Office) -> None:
    _, (first, second, *_) = ranked(office)
    first.handled("medical_officer", "medical", "fail", "不合格")
    assert (first.open_nodes(), second.open_nodes()) == (["ask_recheck"], [])
    office.move_to(office.clock.now() + timedelta(days=6))
    first.act("ask_recheck", "request", "")
    day = office.clock.now().date()
    first.handled("medical_officer", "medical_recheck", "fail", "不合格", examined_on=day.isoformat())
    assert (first.state(), second.open_nodes()) == (R.MEDICAL_FAIL, ["medical"])


def test_who_does_not_ask_for_a_recheck_in_seven_days_accepts_the_finding(office: Office) -> None:
    _, (first, second, *_) = ranked(office)
    first.handled("medical_officer", "medical", "fail", "不合格")
    office.move_to(office.clock.now() + timedelta(days=7, minutes=1))
    assert (first.state(), second.open_nodes()) == (R.MEDICAL_FAIL, ["medical"])
    assert first.row.ended_reason == "体检不合格，未申请复检"
