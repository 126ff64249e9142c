"""The campaign waits for the dates of its announcement; an officer may move them with a reason."""

from datetime import timedelta

import pytest

from engine.delegates.recruitment.commands import MoveCampaignDate
from engine.kernel.errors import Conflict, Forbidden, Invalid
from engine.personnel.recruitment.states import CampaignState, RegistrationState
from tests.process.office import Office
from tests.process.recruitment import Recruitment


def move(
    recruitment: Recruitment, field: str, by: timedelta, reason: str = "报名人数不足", *, following: bool = False
) -> None:
    moment = recruitment.row.__dict__[field] + by
    recruitment.office.do(MoveCampaignDate(recruitment.row.id, field, moment, reason, following), "county_clerk")
    recruitment.office.work()


def test_registration_stays_open_until_the_extended_close(recruitment: Recruitment, office: Office) -> None:
    planned = recruitment.row.reg_closes_at
    move(recruitment, "reg_closes_at", timedelta(hours=20))
    office.move_to(planned)
    assert recruitment.state() == CampaignState.REG_OPEN
    late = recruitment.admitted()
    assert late.state() == RegistrationState.PASSED
    recruitment.move_to("reg_closes_at")
    assert recruitment.state() == CampaignState.REG_CLOSED


def test_a_date_moved_before_its_turn_counts_when_it_comes(recruitment: Recruitment, office: Office) -> None:
    recruitment.admitted()
    planned = recruitment.row.appeal_closes_at
    move(recruitment, "appeal_closes_at", timedelta(days=2))
    recruitment.move_to("reg_closes_at")
    recruitment.move_to("review_closes_at")
    office.move_to(planned)
    assert recruitment.state() == CampaignState.REG_CLOSED
    recruitment.move_to("appeal_closes_at")
    assert recruitment.state() == CampaignState.TICKETS


def test_a_step_may_be_brought_forward(recruitment: Recruitment, office: Office) -> None:
    recruitment.admitted()
    move(recruitment, "reg_closes_at", timedelta(days=-1), "提前报满")
    recruitment.move_to("reg_closes_at")
    assert recruitment.state() == CampaignState.REG_CLOSED


def test_the_close_of_substitution_follows_the_interview(recruitment: Recruitment, office: Office) -> None:
    one, other = recruitment.admitted(), recruitment.admitted()
    recruitment.close_registration()
    recruitment.seat()
    recruitment.examine({one: 80, other: 70})
    recruitment.shortlist()
    planned = recruitment.row.interview_at
    move(recruitment, "interview_at", timedelta(days=7), "考场调整")
    office.move_to(planned)
    assert one.open_nodes() == ["recheck"]
    recruitment.recheck(one, other)
    recruitment.to_interview()
    assert office.open_nodes(recruitment.number) == ["import_interview"]


def test_moving_a_date_needs_a_reason_and_a_county_officer(recruitment: Recruitment, office: Office) -> None:
    campaign = recruitment.row
    command = MoveCampaignDate(campaign.id, "reg_closes_at", campaign.reg_closes_at + timedelta(days=1), "理由")
    with pytest.raises(Forbidden):
        office.do(command, "street_clerk")
    with pytest.raises(Invalid):
        move(recruitment, "reg_closes_at", timedelta(days=1), " ")
    assert recruitment.row.reg_closes_at == campaign.reg_closes_at


def test_all_later_dates_move_along_when_that_is_wanted(recruitment: Recruitment, office: Office) -> None:
    before = recruitment.row
    with pytest.raises(Invalid):
        move(recruitment, "reg_closes_at", timedelta(days=30))
    move(recruitment, "reg_closes_at", timedelta(days=30), following=True)
    after = recruitment.row
    assert after.reg_opens_at == before.reg_opens_at
    assert after.interview_at == before.interview_at + timedelta(days=30)
    recruitment.admitted()
    recruitment.close_registration()
    assert recruitment.state() == CampaignState.TICKETS


def test_the_opening_of_registration_moves_until_it_has_come(office: Office) -> None:
    recruitment = Recruitment(office, heads=[1]).publish()
    planned = recruitment.row.reg_opens_at
    move(recruitment, "reg_opens_at", timedelta(hours=5))
    office.move_to(planned)
    assert recruitment.state() == CampaignState.PUBLISHED
    recruitment.move_to("reg_opens_at")
    assert recruitment.state() == CampaignState.REG_OPEN
    with pytest.raises(Conflict):
        move(recruitment, "reg_opens_at", timedelta(hours=5))
