"""Every path from the interview to the published totals."""

import pytest

from engine.kernel.errors import Invalid
from engine.personnel.recruitment.states import CampaignState, RegistrationState
from tests.process.office import Office
from tests.process.recruitment import Applicant, Recruitment

R = RegistrationState


def to_interview(recruitment: Recruitment, papers: list[object], **facts: object) -> list[Applicant]:
    """Applicants of the first post with these written scores, on the day of the interviews."""
    applicants = [recruitment.admitted(0, **facts) for _ in papers]
    recruitment.close_registration()
    recruitment.seat()
    recruitment.examine(dict(zip(applicants, papers, strict=True)))
    recruitment.shortlist()
    recruitment.recheck(*applicants)
    recruitment.to_interview()
    return applicants


def test_absent_and_failed_end_at_the_interview(office: Office) -> None:
    office.set_policy(interviewRatio=3)
    recruitment = Recruitment(office).open()
    best, failed, absent = to_interview(recruitment, [80, 80, 80])
    recruitment.interview({best: 80, failed: "59.99", absent: None})
    assert (failed.state(), failed.outcome) == (R.INTERVIEW_FAIL, "面试止步或候补")
    assert (absent.state(), absent.outcome) == (R.ABSENT, "面试止步或候补")
    recruitment.release_totals()
    assert (best.state(), best.open_nodes()) == (R.RANKED, ["medical"])


def test_a_tie_across_the_last_place_is_settled_by_an_extra_test(recruitment: Recruitment) -> None:
    one, other = to_interview(recruitment, [80, 80])
    recruitment.interview({one: 75, other: 75})
    assert recruitment.office.open_nodes(recruitment.number) == ["extra_test"]
    recruitment.act("exam_officer", "extra_test", "scored", scores={one.number: 70, other.number: "70"})
    assert recruitment.office.open_nodes(recruitment.number) == ["extra_test"]
    recruitment.act("exam_officer", "extra_test", "scored", scores={one.number: "71.5", other.number: "88"})
    recruitment.release_totals()
    assert (other.row.rank, other.open_nodes()) == (1, ["medical"])
    assert (one.row.rank, one.open_nodes()) == (2, [])
    assert "加试" in str(other.row.rank_reason)


def test_a_grid_worker_is_preferred_under_equal_conditions(recruitment: Recruitment) -> None:
    grid = recruitment.admitted(0, grid_worker=True)
    recruitment.people += 1
    other = recruitment.admitted(0)
    recruitment.close_registration()
    recruitment.seat()
    recruitment.examine({grid: 70, other: 80})
    recruitment.shortlist()
    recruitment.recheck(grid, other)
    recruitment.to_interview()
    recruitment.interview({grid: 85, other: 75})
    recruitment.release_totals()
    assert (grid.row.rank, other.row.rank) == (1, 2)
    assert "专职网格员优先" in grid.row.rank_reason


def test_a_total_below_the_line_ends(office: Office) -> None:
    office.set_policy(totalPass=70)
    recruitment = Recruitment(office).open()
    good, low = to_interview(recruitment, [80, 60])
    recruitment.interview({good: 80, low: 70})
    recruitment.release_totals()
    assert good.open_nodes() == ["medical"]
    assert (low.state(), low.outcome) == (R.INTERVIEW_FAIL, "面试止步或候补")


def test_marks_are_complete_before_they_are_settled(recruitment: Recruitment) -> None:
    one, other = to_interview(recruitment, [80, 70])
    with pytest.raises(Invalid):
        recruitment.interview({one: 80})
    assert recruitment.state() == CampaignState.RECHECK
    recruitment.interview({other: 75})
    assert recruitment.state() == CampaignState.INTERVIEW_DONE
