"""Who may not be borrowed, and how many a community and a street may lend [domain 4]."""

from datetime import date, timedelta
from typing import Any

import pytest

from engine.delegates.secondment.commands import RequestSecondment
from engine.kernel.actor import SYSTEM
from engine.kernel.errors import Conflict, Forbidden, Invalid, NotFound, RuleViolation
from engine.personnel.all_round import CertifyAllRound, CommunityStanding, standing_of_communities
from engine.personnel.policy import SetPolicyParameter
from engine.personnel.workers import EmploymentContract
from tests.process.secondment.village import START, Village


def refused(village: Village, match: str, clause: str, place: int = 4, **values: Any) -> None:
    """The request is refused with the clause and leaves nothing behind."""
    before = village.count()
    with pytest.raises(RuleViolation, match=match) as refusal:
        village.request(place, **values)
    assert (refusal.value.clause, village.count()) == (clause, before)


def test_a_county_organ_may_not_borrow(village: Village) -> None:
    refused(village, "县级以上机关事业单位不得借调", "9.2", borrower_id=village.office.county)


def test_seven_months_are_too_long(village: Village) -> None:
    refused(village, "最晚 2027-05-31", "9.4", ends_on=date(2027, 6, 30))


def test_a_chief_stays_in_the_community(village: Village) -> None:
    refused(village, "正职不得借调", "9.3", place=0)


def test_nobody_on_probation_is_borrowed(village: Village) -> None:
    contract = EmploymentContract(
        worker_id=village.workers[4], employer_id=village.office.street, starts_on=date(2026, 9, 1),
        ends_on=date(2029, 8, 31), months=36, probation_months=3, probation_ends_on=START,
        write_by=date(2026, 10, 1),
    )  # fmt: skip
    village.add(contract)
    refused(village, "试用期内", "9.3")
    assert village.request(starts_on=START + timedelta(days=1)).open == ["worker_consent"]


def test_a_community_keeps_five_people(village: Village) -> None:
    for place in (5, 6):
        village.change(place, active=False)
    village.request(3)
    refused(village, "在岗 4 人，少于 5 人", "9.3")


def test_a_community_keeps_two_all_round_workers(village: Village) -> None:
    village.change(1, active=False)
    refused(village, "持有效证书的全科社工 1 人，少于 2 人", "8.1", place=2)


def test_a_street_lends_no_more_than_its_share(village: Village) -> None:
    village.set_policy(minimumStaff="1", minimumAllRound="0")
    for place in (3, 4, 5):
        village.request(place)
    refused(village, "同期借调不超过 40%（3 人）", "9.3", place=6)


def test_six_months_used_up_are_not_used_again_within_twelve(village: Village) -> None:
    case = village.request().approved().at(date(2027, 5, 31))
    case.back(date(2027, 5, 31))
    case.act(village.secretary, "confirm_return", "confirm")
    refused(village, "累计借调", "9.4", starts_on=date(2027, 11, 29), ends_on=date(2027, 12, 15))
    again = village.request(starts_on=date(2027, 12, 1), ends_on=date(2028, 5, 31))
    assert again.open == ["worker_consent"]


def test_somebody_without_an_account_cannot_be_asked(village: Village) -> None:
    village.change(4, user_id=None)
    with pytest.raises(Conflict, match="开通账号"):
        village.request()
    assert village.count() == 0


def test_slips_are_named_beside_their_fields(village: Village) -> None:
    with pytest.raises(Invalid) as slip:
        village.request(office=" ", duties="")
    assert set(slip.value.fields) == {"office", "duties"}
    with pytest.raises(Invalid) as slip:
        village.request(starts_on=date(2026, 11, 22))
    assert set(slip.value.fields) == {"starts_on"}


def test_another_streets_worker_does_not_exist(village: Village) -> None:
    village.change(4, street_id=village.office.county)
    with pytest.raises(NotFound):
        village.office.do(RequestSecondment(village.office.street, village.wish()), "street_clerk")


def test_no_county_may_allow_more_than_six_months(village: Village) -> None:
    today = village.office.clock.now().date()
    with pytest.raises(RuleViolation) as refusal:
        village.office.do(
            SetPolicyParameter(village.office.county, "secondment.maxMonths", "7", today, "会议纪要"), SYSTEM
        )
    assert refusal.value.clause == "9.4"


def test_a_certificate_that_has_ended_counts_no_longer(village: Village) -> None:
    village.office.do(CertifyAllRound(village.workers[5], date(2026, 11, 2)), "county_clerk")
    refused(village, "全科社工 1 人", "8.1", place=1, starts_on=date(2028, 4, 1), ends_on=date(2028, 5, 1))


def test_a_community_with_two_certificates_of_which_one_has_ended_is_short(village: Village) -> None:
    """[domain 10.5, vector 25]"""
    village.change(2, active=False)
    day = date(2027, 1, 4)
    assert standing(village, day).valid == 2
    assert (standing(village, day).short, standing(village, date(2028, 3, 1)).short) == (False, True)
    village.office.do(CertifyAllRound(village.workers[3], date(2026, 11, 2)), "county_clerk")
    assert standing(village, date(2028, 3, 1)).valid == 1


def test_only_the_county_certifies_and_only_once_a_day(village: Village) -> None:
    command = CertifyAllRound(village.workers[3], date(2026, 11, 2))
    with pytest.raises(Forbidden):
        village.office.do(command, "street_clerk")
    village.office.do(command, "county_clerk")
    with pytest.raises(Conflict, match="已经登记"):
        village.office.do(command, "county_clerk")


def standing(village: Village, day: date) -> CommunityStanding:
    return village.office.read(lambda session: standing_of_communities(session, [village.office.street], day)[0])
