"""Every path of the re-check of originals, with defence and substitution."""

from datetime import timedelta

import pytest

from engine.kernel.errors import Forbidden, Invalid
from engine.personnel.recruitment.states import RegistrationState
from tests.process.recruitment import Applicant, Recruitment

R = RegistrationState


@pytest.fixture
def shortlisted(recruitment: Recruitment) -> list[Applicant]:
    """Two are invited to one post, the third waits as a substitute."""
    applicants = [recruitment.admitted() for _ in range(3)]
    recruitment.close_registration()
    recruitment.seat()
    recruitment.examine(dict(zip(applicants, (90, 80, 70), strict=True)))
    recruitment.shortlist()
    assert [applicant.state() for applicant in applicants] == [R.SHORTLISTED, R.SHORTLISTED, R.SUBSTITUTE]
    return applicants


def test_a_failed_recheck_that_is_accepted_gives_the_place_to_the_next(shortlisted: list[Applicant]) -> None:
    _, second, third = shortlisted
    second.handled("county_reviewer", "recheck", "fail", "学历证书与所填不符")
    second.act("recheck_defence", "accept", "")
    assert (second.state(), second.outcome) == (R.NOT_HIRED, "复审止步")
    assert (third.state(), third.open_nodes()) == (R.SHORTLISTED, ["recheck"])


def test_a_defence_may_restore_the_place(shortlisted: list[Applicant]) -> None:
    _, second, third = shortlisted
    second.handled("county_reviewer", "recheck", "fail", "缺原件")
    second.act("recheck_defence", "defend", "原件已补齐")
    with pytest.raises(Forbidden):
        second.handled("county_reviewer", "decide_defence", "uphold")
    second.handled("second_reviewer", "decide_defence", "overturn", "核验属实")
    assert (second.state(), third.state()) == (R.RECHECK_PASS, R.SUBSTITUTE)


def test_a_defence_that_fails_gives_the_place_away(shortlisted: list[Applicant]) -> None:
    _, second, third = shortlisted
    second.handled("county_reviewer", "recheck", "fail", "缺原件")
    second.act("recheck_defence", "defend", "正在补办")
    second.handled("second_reviewer", "decide_defence", "uphold", "未能提供")
    assert (second.state(), third.state()) == (R.NOT_HIRED, R.SHORTLISTED)


def test_a_silent_applicant_accepts_after_three_working_days(
    recruitment: Recruitment, shortlisted: list[Applicant]
) -> None:
    _, second, third = shortlisted
    second.handled("county_reviewer", "recheck", "fail", "缺原件")
    recruitment.office.move_to(recruitment.office.clock.now() + timedelta(hours=20))
    assert second.open_nodes() == ["recheck_defence"]
    recruitment.pass_workdays(3)
    assert (second.state(), third.state()) == (R.NOT_HIRED, R.SHORTLISTED)


def test_who_is_marked_absent_loses_the_place(shortlisted: list[Applicant]) -> None:
    _, second, third = shortlisted
    second.handled("county_reviewer", "recheck", "absent", "")
    assert (second.state(), second.outcome, third.state()) == (R.WAIVED, "复审止步", R.SHORTLISTED)


def test_substitution_stops_three_days_before_the_interview(
    recruitment: Recruitment, shortlisted: list[Applicant]
) -> None:
    first, second, third = shortlisted
    recruitment.recheck(first)
    recruitment.to_interview()
    assert (first.state(), second.state(), third.state()) == (R.RECHECK_PASS, R.WAIVED, R.NOT_HIRED)
    assert (second.outcome, third.outcome) == ("复审止步", "笔试止步")


def test_interviews_are_not_settled_while_a_defence_is_open(
    recruitment: Recruitment, shortlisted: list[Applicant]
) -> None:
    first, second, _ = shortlisted
    recruitment.recheck(first)
    recruitment.office.move_to(recruitment.row.interview_at - timedelta(days=4))
    second.handled("county_reviewer", "recheck", "fail", "缺原件")
    second.act("recheck_defence", "defend", "正在补办")
    recruitment.to_interview()
    with pytest.raises(Invalid):
        recruitment.interview({first: 80})
    second.handled("second_reviewer", "decide_defence", "uphold", "未能提供")
    recruitment.act("exam_officer", "import_interview", "imported")
    assert first.state() == R.INTERVIEWED
