"""The declared transitions: everything reachable, every end an end, and no way around."""

import pytest

from engine.kernel.errors import Conflict
from engine.personnel.recruitment.states import (
    CAMPAIGN_MOVES,
    FINAL,
    REGISTRATION_MOVES,
    REQUEST_MOVES,
    CampaignState,
    RegistrationState,
    RequestState,
    check_campaign_move,
    check_registration_move,
    check_request_move,
    registration_moves,
)

_R = RegistrationState


def test_every_state_can_be_reached_from_the_draft() -> None:
    seen, new = set(), {_R.DRAFT}
    while new:
        seen |= new
        new = {state for each in new for state in registration_moves(each)} - seen
    assert seen == set(_R)


def test_every_campaign_and_request_state_is_declared() -> None:
    assert set(CAMPAIGN_MOVES) == set(CampaignState)
    assert set(REQUEST_MOVES) == set(RequestState)
    reached = {CampaignState.DRAFT, CampaignState.CANCELLED}.union(*CAMPAIGN_MOVES.values())
    assert reached == set(CampaignState)


def test_nothing_but_disqualification_follows_a_final_state() -> None:
    for state in FINAL:
        assert state not in REGISTRATION_MOVES
        assert registration_moves(state) <= {_R.DISQUALIFIED}


def test_false_data_can_disqualify_at_any_stage_after_submitting() -> None:
    exempt = {_R.DRAFT, _R.WITHDRAWN, _R.DISQUALIFIED}
    assert {state for state in _R if _R.DISQUALIFIED not in registration_moves(state)} == exempt


def test_only_the_admitted_waive_and_only_the_others_withdraw() -> None:
    assert _R.WAIVED not in registration_moves(_R.SUBMITTED)
    assert _R.WAIVED in registration_moves(_R.PASSED)
    assert _R.WITHDRAWN in registration_moves(_R.SUBMITTED)
    assert _R.WITHDRAWN not in registration_moves(_R.PASSED)


def test_shortcuts_are_refused_in_words() -> None:
    with pytest.raises(Conflict, match="当前状态为“待初审”，不能变更为“已聘用”"):
        check_registration_move(_R.SUBMITTED, _R.HIRED)
    with pytest.raises(Conflict):
        check_campaign_move(CampaignState.DRAFT, CampaignState.PUBLISHED)
    with pytest.raises(Conflict):
        check_request_move(RequestState.DRAFT, RequestState.ACCEPTED)


def test_a_campaign_can_be_cancelled_until_it_is_closed() -> None:
    for state in set(CampaignState) - {CampaignState.CLOSED, CampaignState.CANCELLED}:
        check_campaign_move(state, CampaignState.CANCELLED)
    with pytest.raises(Conflict):
        check_campaign_move(CampaignState.CLOSED, CampaignState.CANCELLED)


def test_medical_and_background_check_may_come_in_either_order() -> None:
    check_registration_move(_R.RANKED, _R.INVEST_PASS)
    check_registration_move(_R.INVEST_PASS, _R.MEDICAL_PASS)
    check_registration_move(_R.RANKED, _R.MEDICAL_PASS)
    check_registration_move(_R.MEDICAL_PASS, _R.INVEST_PASS)
