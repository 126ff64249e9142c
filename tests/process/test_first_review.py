"""Every path of a registration from submitting to being admitted or not."""

import pytest

from engine.delegates.recruitment.commands import SubmitRegistration, WithdrawRegistration
from engine.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from engine.personnel.recruitment.applicant import SaveRegistrationDraft
from engine.personnel.recruitment.states import CampaignState, RegistrationState
from tests.process.office import Office
from tests.process.recruitment import Recruitment


def test_a_returned_registration_is_corrected_and_reviewed_again(recruitment: Recruitment) -> None:
    applicant = recruitment.applicant()
    applicant.submit()
    applicant.handled("county_reviewer", "first_review", "return", "照片不清", remarks={"photo": "请重新上传"})
    assert (applicant.state(), applicant.open_nodes()) == (RegistrationState.RETURNED, ["revise_application"])
    applicant.act("revise_application", "resubmit", "")
    assert applicant.state() == RegistrationState.SUBMITTED
    applicant.handled("county_reviewer", "first_review", "pass", "")
    assert applicant.state() == RegistrationState.PASSED


def test_a_rejected_applicant_may_choose_another_post_while_registration_is_open(recruitment: Recruitment) -> None:
    applicant = recruitment.applicant(0)
    applicant.submit()
    applicant.handled("county_reviewer", "first_review", "reject", "专业不符")
    other = recruitment.row.posts[1]
    applicant.act("revise_application", "resubmit", "", post_id=other.id)
    assert (applicant.state(), applicant.row.post_id) == (RegistrationState.SUBMITTED, other.id)


def test_an_appeal_is_decided_by_somebody_else(recruitment: Recruitment) -> None:
    applicant = recruitment.applicant()
    applicant.submit()
    applicant.handled("county_reviewer", "first_review", "reject", "学历不符")
    applicant.act("revise_application", "appeal", "我的学历已认证")
    assert applicant.state() == RegistrationState.APPEALING
    with pytest.raises(Forbidden):
        applicant.handled("county_reviewer", "appeal_review", "uphold")
    applicant.handled("second_reviewer", "appeal_review", "overturn", "认证有效")
    assert applicant.state() == RegistrationState.PASSED


def test_an_appeal_that_fails_ends_the_registration(recruitment: Recruitment) -> None:
    applicant = recruitment.applicant()
    applicant.submit()
    applicant.handled("county_reviewer", "first_review", "reject", "学历不符")
    applicant.act("revise_application", "appeal", "请再看")
    applicant.handled("second_reviewer", "appeal_review", "uphold", "不符合条件")
    assert (applicant.state(), applicant.outcome) == (RegistrationState.NOT_HIRED, "未进入考试")


def test_a_returned_registration_cannot_be_appealed(recruitment: Recruitment) -> None:
    applicant = recruitment.applicant()
    applicant.submit()
    applicant.handled("county_reviewer", "first_review", "return", "请补材料")
    with pytest.raises(Invalid):
        applicant.act("revise_application", "appeal", "不服")
    assert applicant.open_nodes() == ["revise_application"]


def test_an_applicant_may_give_up_instead_of_correcting(recruitment: Recruitment) -> None:
    applicant = recruitment.applicant()
    applicant.submit()
    applicant.handled("county_reviewer", "first_review", "return", "请补材料")
    applicant.act("revise_application", "give_up", "")
    assert (applicant.state(), applicant.outcome) == (RegistrationState.NOT_HIRED, "未进入考试")


def test_what_is_not_corrected_when_registration_closes_may_only_be_appealed(recruitment: Recruitment) -> None:
    applicant, silent = recruitment.applicant(), recruitment.applicant()
    for each in (applicant, silent):
        each.submit()
        each.handled("county_reviewer", "first_review", "return", "请补材料")
    recruitment.move_to("reg_closes_at")
    assert (applicant.state(), applicant.open_nodes()) == (RegistrationState.REJECTED, ["appeal_request"])
    applicant.act("appeal_request", "appeal", "材料已经齐全")
    recruitment.move_to("review_closes_at")
    recruitment.move_to("appeal_closes_at")
    assert (silent.state(), silent.outcome) == (RegistrationState.NOT_HIRED, "未进入考试")
    assert office_waits_for(recruitment) == ["clear_backlog"]
    applicant.handled("second_reviewer", "appeal_review", "overturn", "材料齐全")
    recruitment.act("county_clerk", "clear_backlog", "done")
    assert recruitment.state() == CampaignState.TICKETS
    assert applicant.state() == RegistrationState.CONFIRMED


def test_a_rejection_after_the_window_goes_straight_to_the_appeal(recruitment: Recruitment) -> None:
    applicant = recruitment.applicant()
    applicant.submit()
    recruitment.move_to("reg_closes_at")
    applicant.handled("county_reviewer", "first_review", "return", "材料不全")
    assert (applicant.state(), applicant.open_nodes()) == (RegistrationState.REJECTED, ["appeal_request"])
    applicant.act("appeal_request", "accept", "")
    assert applicant.outcome == "未进入考试"


def test_the_campaign_does_not_go_on_while_a_review_is_open(recruitment: Recruitment) -> None:
    applicant = recruitment.applicant()
    applicant.submit()
    recruitment.close_registration()
    assert office_waits_for(recruitment) == ["clear_backlog"]
    recruitment.act("county_clerk", "clear_backlog", "done")
    assert office_waits_for(recruitment) == ["clear_backlog"]
    applicant.handled("county_reviewer", "first_review", "pass", "")
    recruitment.act("county_clerk", "clear_backlog", "done")
    assert recruitment.state() == CampaignState.TICKETS


def test_a_withdrawn_registration_may_be_handed_in_again(recruitment: Recruitment, office: Office) -> None:
    applicant = recruitment.applicant()
    applicant.submit()
    first_number = applicant.number
    office.do(WithdrawRegistration(applicant.registration_id), applicant.actor)
    office.work()
    assert (applicant.state(), applicant.outcome) == (RegistrationState.WITHDRAWN, "已撤回")
    applicant.submit()
    assert applicant.number != first_number
    applicant.handled("county_reviewer", "first_review", "pass", "")
    assert applicant.state() == RegistrationState.PASSED


def test_an_admitted_registration_cannot_be_withdrawn_or_changed(recruitment: Recruitment, office: Office) -> None:
    applicant = recruitment.admitted()
    with pytest.raises(Conflict):
        office.do(WithdrawRegistration(applicant.registration_id), applicant.actor)
    with pytest.raises(Conflict):
        office.do(SaveRegistrationDraft(recruitment.row.id, {"name": "别人"}), applicant.actor)


def test_an_incomplete_form_is_not_taken_and_starts_nothing(recruitment: Recruitment, office: Office) -> None:
    applicant = recruitment.applicant(declarations=[])
    with pytest.raises(Invalid) as refused:
        applicant.submit()
    assert "declarations" in refused.value.fields
    assert (applicant.state(), office.open_nodes(applicant.number)) == (RegistrationState.DRAFT, [])


def test_outside_the_window_nothing_is_taken(recruitment: Recruitment) -> None:
    applicant = recruitment.applicant()
    recruitment.move_to("reg_closes_at")
    with pytest.raises(Conflict):
        applicant.submit()
    assert applicant.state() == RegistrationState.DRAFT


def test_nobody_hands_in_for_somebody_else(recruitment: Recruitment, office: Office) -> None:
    mine, other = recruitment.applicant(), recruitment.applicant()
    with pytest.raises(NotFound):
        office.do(SubmitRegistration(mine.registration_id), other.actor)


def office_waits_for(recruitment: Recruitment) -> list[str]:
    return recruitment.office.open_nodes(recruitment.number)
