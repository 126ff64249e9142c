"""Every path of the opening ratio and of applicants whose post was cancelled."""

from datetime import timedelta

import pytest

from engine.kernel.errors import Invalid
from engine.personnel.recruitment.states import CampaignState, RegistrationState
from tests.process.office import Office
from tests.process.recruitment import Applicant, Recruitment


def cancelled(recruitment: Recruitment) -> tuple[Applicant, Applicant]:
    """Two applicants keep the first post open; one stands alone on a cancelled post."""
    recruitment.admitted(0), recruitment.admitted(0)
    return recruitment.admitted(0), recruitment.admitted(1)


def open_with_ratio_two(office: Office) -> Recruitment:
    office.set_policy(openRatio=2)
    return Recruitment(office).open()


def close_reregistration(recruitment: Recruitment) -> None:
    closes = recruitment.row.rereg_closes_at
    assert closes is not None
    recruitment.office.move_to(closes)


def test_an_applicant_of_a_cancelled_post_changes_to_another(office: Office) -> None:
    recruitment = open_with_ratio_two(office)
    kept, alone = cancelled(recruitment)
    recruitment.close_registration()
    assert (recruitment.state(), alone.state()) == (CampaignState.RE_REG, RegistrationState.POST_CANCELLED)
    assert kept.open_nodes() == []
    alone.act("choose_other_post", "change", "", post_id=recruitment.row.posts[0].id)
    alone.handled("county_reviewer", "first_review", "pass", "")
    close_reregistration(recruitment)
    assert recruitment.state() == CampaignState.TICKETS
    assert (kept.state(), alone.state()) == (RegistrationState.CONFIRMED, RegistrationState.CONFIRMED)


def test_who_does_not_change_in_time_is_out(office: Office) -> None:
    recruitment = open_with_ratio_two(office)
    _, alone = cancelled(recruitment)
    recruitment.close_registration()
    close_reregistration(recruitment)
    assert (alone.state(), alone.outcome) == (RegistrationState.NOT_HIRED, "未进入考试")


def test_an_applicant_may_leave_with_the_post(office: Office) -> None:
    recruitment = open_with_ratio_two(office)
    _, alone = cancelled(recruitment)
    recruitment.close_registration()
    alone.act("choose_other_post", "give_up", "")
    assert (alone.state(), alone.outcome) == (RegistrationState.NOT_HIRED, "未进入考试")


def test_a_change_is_reviewed_before_the_exam_goes_on(office: Office) -> None:
    recruitment = open_with_ratio_two(office)
    _, alone = cancelled(recruitment)
    recruitment.close_registration()
    alone.act("choose_other_post", "change", "", post_id=recruitment.row.posts[0].id)
    close_reregistration(recruitment)
    assert office.open_nodes(recruitment.number) == ["clear_changed_backlog"]
    alone.handled("county_reviewer", "first_review", "reject", "不符合该岗位条件")
    recruitment.act("county_clerk", "clear_changed_backlog", "done")
    assert recruitment.state() == CampaignState.TICKETS
    assert (alone.state(), alone.outcome) == (RegistrationState.NOT_HIRED, "未进入考试")


def test_nobody_changes_into_a_post_that_was_cancelled_too(office: Office) -> None:
    recruitment = open_with_ratio_two(office)
    _, alone = cancelled(recruitment)
    recruitment.close_registration()
    with pytest.raises(Invalid):
        alone.act("choose_other_post", "change", "", post_id=recruitment.row.posts[2].id)
    assert alone.state() == RegistrationState.POST_CANCELLED


def test_a_campaign_without_a_post_left_ends(office: Office) -> None:
    recruitment = open_with_ratio_two(office)
    alone = recruitment.admitted(0)
    recruitment.close_registration()
    assert (recruitment.state(), recruitment.outcome) == (CampaignState.CANCELLED, "无岗位开考")
    assert (alone.state(), alone.outcome) == (RegistrationState.NOT_HIRED, "招聘已终止")


def test_a_plan_is_reduced_to_what_the_applicants_support(office: Office) -> None:
    office.set_policy(openRatio=2)
    recruitment = Recruitment(office, heads=[3]).open()
    for _ in range(4):
        recruitment.admitted(0)
    recruitment.close_registration()
    assert recruitment.row.posts[0].heads == 2
    office.move_to(office.clock.now() + timedelta(minutes=1))
    assert recruitment.state() == CampaignState.TICKETS
