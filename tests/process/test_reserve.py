"""Picking from the reserve pool: asked, approved, hired; or declined, refused, lapsed."""

from datetime import timedelta

import pytest

from engine.delegates.recruitment.reserve import PickFromReserve
from engine.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from engine.personnel.quota_ledger import reserved_heads
from engine.personnel.recruitment.states import CampaignState, RegistrationState
from tests.process.office import Office
from tests.process.recruitment import Applicant
from tests.process.test_vetting import ranked

R = RegistrationState


@pytest.fixture
def pool(office: Office) -> list[Applicant]:
    """A closed recruitment with one hired and two in the pool."""
    recruitment, (first, second, third) = ranked(office, 3)
    recruitment.vet(first)
    recruitment.publicise()
    recruitment.approve()
    recruitment.take_on(first)
    assert recruitment.state() == CampaignState.CLOSED
    assert (second.state(), third.state()) == (R.RESERVE, R.RESERVE)
    return [second, third]


def pick(office: Office, applicant: Applicant, reason: str = "") -> None:
    office.do(PickFromReserve(applicant.registration_id, reason), "county_clerk")
    office.work()


def reserved(office: Office) -> int:
    return office.read(lambda session: reserved_heads(session, office.county))


def test_who_agrees_and_is_approved_is_hired_like_anybody(office: Office, pool: list[Applicant]) -> None:
    second = pool[0]
    pick(office, second)
    second.act("consent_to_pick", "accept", "")
    second.handled("county_head", "pick_approval", "approve", "同意")
    assert (second.state(), reserved(office)) == (R.APPROVED, 1)
    start = (office.clock.now() + timedelta(days=3)).date().isoformat()
    second.handled("street_clerk", "sign_contract", "sign", start=start)
    second.handled("street_clerk", "report_for_duty", "arrived")
    assert (second.state(), reserved(office)) == (R.HIRED, 0)


def test_out_of_the_order_of_ranks_only_with_a_reason_and_only_once_at_a_time(
    office: Office, pool: list[Applicant]
) -> None:
    _, third = pool
    with pytest.raises(Invalid, match="理由"):
        pick(office, third)
    with pytest.raises(Forbidden):
        office.do(PickFromReserve(third.registration_id, "熟悉该社区"), "street_clerk")
    pick(office, third, "熟悉该社区")
    with pytest.raises(Conflict):
        pick(office, third, "熟悉该社区")


def test_who_does_not_answer_leaves_the_pool_and_who_is_not_wanted_stays(
    office: Office, pool: list[Applicant]
) -> None:
    second, third = pool
    pick(office, second)
    office.move_to(office.clock.now() + timedelta(days=9))
    assert second.state() == R.WAIVED
    pick(office, third)
    third.act("consent_to_pick", "accept", "")
    third.handled("county_head", "pick_approval", "reject", "岗位另有安排")
    assert third.state() == R.RESERVE
    pick(office, third)
    assert office.open_nodes(f"{third.number}#2") == ["consent_to_pick"]


def test_a_contract_refused_frees_the_place_again(office: Office, pool: list[Applicant]) -> None:
    second = pool[0]
    pick(office, second)
    second.act("consent_to_pick", "accept", "")
    second.handled("county_head", "pick_approval", "approve", "同意")
    second.handled("street_clerk", "sign_contract", "refuse", "已在外地就业")
    assert (second.state(), reserved(office)) == (R.WAIVED, 0)


def test_an_entry_ends_with_its_time(office: Office, pool: list[Applicant]) -> None:
    office.clock.move_to(office.clock.now() + timedelta(days=370))
    with pytest.raises(Conflict, match="到期"):
        pick(office, pool[0])
    with pytest.raises(NotFound):
        office.do(PickFromReserve(10_000_000), "county_clerk")

