"""What ends a registration or a whole campaign from outside: waiver, disqualification, cancellation."""

from collections.abc import Callable

import pytest

from engine.delegates.recruitment.commands import CancelCampaign, DisqualifyRegistration, WaivePlace
from engine.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from engine.personnel.quota_ledger import quota_standing
from engine.personnel.recruitment.states import CampaignState, RegistrationState
from tests.process.office import Office
from tests.process.recruitment import Applicant, Recruitment

R = RegistrationState


def after_review(recruitment: Recruitment, applicants: list[Applicant]) -> None:
    """Nothing more has happened."""


def with_a_seat(recruitment: Recruitment, applicants: list[Applicant]) -> None:
    recruitment.close_registration()
    recruitment.seat()


def shortlisted(recruitment: Recruitment, applicants: list[Applicant]) -> None:
    with_a_seat(recruitment, applicants)
    recruitment.examine(dict(zip(applicants, (90, 80, 70), strict=True)))
    recruitment.shortlist()


def in_the_ranking(recruitment: Recruitment, applicants: list[Applicant]) -> None:
    shortlisted(recruitment, applicants)
    recruitment.recheck(*applicants[:2])
    recruitment.to_interview()
    recruitment.interview({applicants[0]: 90, applicants[1]: 80})
    recruitment.release_totals()


STAGES = [after_review, with_a_seat, shortlisted, in_the_ranking]


@pytest.mark.parametrize("stage", STAGES)
def test_an_admitted_applicant_may_waive_at_any_stage(
    recruitment: Recruitment, office: Office, stage: Callable[[Recruitment, list[Applicant]], None]
) -> None:
    applicants = [recruitment.admitted() for _ in range(3)]
    stage(recruitment, applicants)
    office.do(WaivePlace(applicants[0].registration_id, "个人原因"), applicants[0].actor)
    office.work()
    assert (applicants[0].state(), applicants[0].outcome) == (R.WAIVED, "已放弃")
    assert applicants[0].open_nodes() == []
    follows = {shortlisted: (applicants[2], ["recheck"]), in_the_ranking: (applicants[1], ["medical"])}
    if stage in follows:
        successor, nodes = follows[stage]
        assert successor.open_nodes() == nodes


@pytest.mark.parametrize("stage", STAGES)
def test_false_data_disqualify_at_any_stage(
    recruitment: Recruitment, office: Office, stage: Callable[[Recruitment, list[Applicant]], None]
) -> None:
    applicants = [recruitment.admitted() for _ in range(3)]
    stage(recruitment, applicants)
    office.do(DisqualifyRegistration(applicants[0].registration_id, "学历证书系伪造"), "county_reviewer")
    office.work()
    assert (applicants[0].state(), applicants[0].outcome) == (R.DISQUALIFIED, "已取消资格")


def test_false_data_disqualify_while_the_review_is_open(recruitment: Recruitment, office: Office) -> None:
    applicant = recruitment.applicant()
    applicant.submit()
    office.do(DisqualifyRegistration(applicant.registration_id, "冒用他人身份"), "county_clerk")
    office.work()
    assert (applicant.state(), applicant.open_nodes()) == (R.DISQUALIFIED, [])


def test_only_the_applicant_waives_and_only_once_admitted(recruitment: Recruitment, office: Office) -> None:
    admitted, waiting = recruitment.admitted(), recruitment.applicant()
    waiting.submit()
    with pytest.raises(NotFound):
        office.do(WaivePlace(admitted.registration_id, "代为放弃"), waiting.actor)
    with pytest.raises(Conflict):
        office.do(WaivePlace(waiting.registration_id, "不考了"), waiting.actor)
    with pytest.raises(Invalid):
        office.do(WaivePlace(admitted.registration_id, " "), admitted.actor)


def test_only_county_officers_disqualify_and_say_why(recruitment: Recruitment, office: Office) -> None:
    applicant = recruitment.admitted()
    with pytest.raises(Forbidden):
        office.do(DisqualifyRegistration(applicant.registration_id, "理由"), "street_clerk")
    with pytest.raises(Invalid):
        office.do(DisqualifyRegistration(applicant.registration_id, ""), "county_clerk")


@pytest.mark.parametrize("stage", STAGES)
def test_a_cancelled_campaign_ends_every_registration_and_frees_the_places(
    recruitment: Recruitment, office: Office, stage: Callable[[Recruitment, list[Applicant]], None]
) -> None:
    applicants = [recruitment.admitted() for _ in range(3)]
    stage(recruitment, applicants)
    office.do(CancelCampaign(recruitment.row.id, "政策调整"), "county_head")
    office.work()
    assert (recruitment.state(), recruitment.outcome) == (CampaignState.CANCELLED, "招聘已终止")
    assert all(applicant.outcome is not None for applicant in applicants)
    assert all(applicant.open_nodes() == [] for applicant in applicants)
    standing = office.read(lambda session: quota_standing(session, office.county, office.clock.now().date()))
    assert standing.reserved == 0


def test_only_the_head_cancels_a_campaign_and_says_why(recruitment: Recruitment, office: Office) -> None:
    with pytest.raises(Forbidden):
        office.do(CancelCampaign(recruitment.row.id, "理由"), "county_clerk")
    with pytest.raises(Invalid):
        office.do(CancelCampaign(recruitment.row.id, " "), "county_head")
