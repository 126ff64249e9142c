"""Every path from the publicity to the first day at work."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from engine.delegates.recruitment.commands import DisqualifyRegistration, RaiseObjection, WaivePlace
from engine.identity.users import load_actor
from engine.kernel.errors import Invalid, RuleViolation
from engine.personnel.recruitment.notices import latest_notice
from engine.personnel.recruitment.objections import Complaint
from engine.personnel.recruitment.outcomes import NoticeKind
from engine.personnel.recruitment.registrations import Registration
from engine.personnel.recruitment.states import CampaignState, RegistrationState
from engine.personnel.workers import Worker
from tests.process.office import Office
from tests.process.recruitment import Applicant, Recruitment
from tests.process.test_vetting import ranked

R = RegistrationState


def publicised(office: Office, number: int = 2) -> tuple[Recruitment, list[Applicant]]:
    """The first of a ranking stands in the publicity."""
    recruitment, applicants = ranked(office, number)
    recruitment.vet(applicants[0])
    recruitment.publicise()
    return recruitment, applicants


def object_to(recruitment: Recruitment, applicant: Applicant) -> None:
    office = recruitment.office
    notice = office.read(lambda session: latest_notice(session, recruitment.row.id, NoticeKind.HIRING))
    assert notice is not None
    complaint = Complaint(notice.id, str(applicant.row.exam_number), "居民", "13900000000", "反映学历不实")
    office.do(RaiseObjection(complaint), applicant.actor)
    office.work()


def test_an_unfounded_objection_does_not_hinder_the_hire(office: Office) -> None:
    recruitment, (first, _) = publicised(office)
    for _ in range(2):
        object_to(recruitment, first)
        assert (first.state(), first.open_nodes()) == (R.OBJECTED, ["verify_objection"])
        first.handled("discipline_officer", "verify_objection", "unfounded", "学历真实")
        assert first.state() == R.PUBLICISED
    recruitment.approve()
    recruitment.take_on(first)
    assert first.state() == R.HIRED


def test_an_objection_that_proves_true_excludes_and_the_next_is_vetted_and_publicised(office: Office) -> None:
    recruitment, (first, second) = publicised(office)
    object_to(recruitment, first)
    first.handled("discipline_officer", "verify_objection", "founded", "学历造假")
    assert (first.state(), first.outcome) == (R.NOT_HIRED, "未聘用")
    recruitment.pass_workdays(5)
    assert second.open_nodes() == ["medical"]
    recruitment.vet(second)
    recruitment.publicise()
    recruitment.approve()
    recruitment.take_on(second)
    assert (second.state(), recruitment.outcome) == (R.HIRED, "招聘办结")


def test_a_postponed_hire_is_decided_by_the_head(office: Office) -> None:
    recruitment, (first, _) = publicised(office)
    object_to(recruitment, first)
    first.handled("discipline_officer", "verify_objection", "postpone", "需要外调")
    recruitment.approve()
    assert (recruitment.state(), first.state()) == (CampaignState.HIRING_APPROVED, R.OBJECTED)
    first.handled("county_head", "review_postponed", "hire", "已查清，不影响聘用")
    recruitment.take_on(first)
    assert (first.state(), recruitment.state()) == (R.HIRED, CampaignState.CLOSED)


def test_a_postponed_hire_may_be_refused(office: Office) -> None:
    recruitment, (first, second) = publicised(office)
    object_to(recruitment, first)
    first.handled("discipline_officer", "verify_objection", "postpone", "需要外调")
    recruitment.approve()
    first.handled("county_head", "review_postponed", "refuse", "查实存在问题")
    assert (first.state(), first.outcome) == (R.NOT_HIRED, "未聘用")
    assert (second.state(), recruitment.state()) == (R.RESERVE, CampaignState.CLOSED)


def test_an_objection_settled_after_the_approval_is_approved_by_the_head(office: Office) -> None:
    recruitment, (first, _) = publicised(office)
    object_to(recruitment, first)
    recruitment.approve()
    assert first.state() == R.OBJECTED
    first.handled("discipline_officer", "verify_objection", "unfounded", "学历真实")
    assert first.open_nodes() == ["review_postponed"]
    first.handled("county_head", "review_postponed", "hire", "同意")
    assert first.open_nodes() == ["sign_contract"]


def test_the_head_may_send_the_list_back_for_verification(office: Office) -> None:
    recruitment, (first, _) = publicised(office)
    recruitment.pass_workdays(5)
    recruitment.act("county_head", "hire_approval", "return", "请核对名单")
    recruitment.act("county_clerk", "verify_hires", "verified")
    recruitment.act("county_head", "hire_approval", "approve")
    assert first.open_nodes() == ["sign_contract"]


def test_nobody_is_approved_before_the_publicity_is_over(office: Office) -> None:
    recruitment, (first, _) = publicised(office)
    office.move_to(office.clock.now() + timedelta(days=2))
    assert office.open_nodes(recruitment.number) == []
    assert first.state() == R.PUBLICISED


def test_an_unlawful_probation_is_refused_to_the_clerk(office: Office) -> None:
    recruitment, (first, _) = publicised(office)
    recruitment.approve()
    with pytest.raises(RuleViolation):
        recruitment.take_on(first, months=36, probation_months=7)
    with pytest.raises(Invalid):
        first.handled("street_clerk", "sign_contract", "sign")
    assert first.open_nodes() == ["sign_contract"]
    recruitment.take_on(first, months=36, probation_months=6)
    assert first.state() == R.HIRED


def test_who_refuses_the_contract_has_waived_and_nobody_follows(office: Office) -> None:
    recruitment, (first, second) = publicised(office)
    recruitment.approve()
    first.handled("street_clerk", "sign_contract", "refuse", "本人另有工作")
    assert (first.state(), first.outcome) == (R.WAIVED, "未聘用")
    assert (second.state(), recruitment.outcome) == (R.RESERVE, "招聘办结")


def test_who_does_not_appear_at_work_has_waived(office: Office) -> None:
    recruitment, (first, _) = publicised(office)
    recruitment.approve()
    first.handled("street_clerk", "sign_contract", "sign", start="2027-03-01")
    first.handled("street_clerk", "report_for_duty", "absent", "逾期未报到")
    assert (first.state(), recruitment.state()) == (R.WAIVED, CampaignState.CLOSED)


def test_a_waiver_during_the_publicity_lets_the_next_in(office: Office) -> None:
    recruitment, (first, second) = publicised(office)
    office.do(WaivePlace(first.registration_id, "考上研究生"), first.actor)
    office.work()
    assert (first.state(), first.outcome) == (R.WAIVED, "已放弃")
    recruitment.pass_workdays(5)
    recruitment.vet(second)
    assert office.open_nodes(recruitment.number) == ["prepare_publicity"]


def test_without_anybody_to_hire_the_campaign_closes(office: Office) -> None:
    recruitment, (only,) = ranked(office, number=1)
    only.handled("medical_officer", "medical", "fail", "不合格")
    only.act("ask_recheck", "accept", "")
    recruitment.publicise()
    recruitment.approve()
    assert (recruitment.state(), recruitment.outcome) == (CampaignState.CLOSED, "招聘办结")


def test_who_is_disqualified_before_the_first_day_leaves_no_contract_and_no_record(office: Office) -> None:
    recruitment, (first, _) = publicised(office)
    recruitment.approve()
    start = (office.clock.now() + timedelta(days=3)).date().isoformat()
    first.handled("street_clerk", "sign_contract", "sign", start=start)
    assert workers(office) == 1
    office.do(DisqualifyRegistration(first.registration_id, "学历证书系伪造"), "county_clerk")
    office.work()
    assert (first.state(), first.outcome, workers(office)) == (R.DISQUALIFIED, "已取消资格", 0)
    assert recruitment.state() == CampaignState.CLOSED


def test_who_works_already_leaves_by_the_way_of_exits(office: Office) -> None:
    recruitment, (first, _) = publicised(office)
    recruitment.approve()
    recruitment.take_on(first)
    with pytest.raises(RuleViolation, match="退出程序"):
        office.do(DisqualifyRegistration(first.registration_id, "学历证书系伪造"), "county_clerk")
    assert (first.state(), workers(office)) == (R.HIRED, 1)


@pytest.mark.parametrize("at_counter", [False, True])
def test_who_is_hired_has_his_own_pages_from_the_first_day_unless_he_registered_at_the_counter(
    office: Office, at_counter: bool
) -> None:
    recruitment, (first, _) = publicised(office)
    if at_counter:
        clerk = office.staff["county_clerk"].user_id
        entered = update(Registration).where(Registration.id == first.registration_id).values(entered_by=clerk)
        office.prepare(lambda context: context.session.execute(entered) and None)
    recruitment.approve()
    recruitment.take_on(first)
    user_id = first.actor.user_id
    worker = office.read(lambda session: session.scalars(select(Worker)).one())
    held = office.read(lambda session: load_actor(session, user_id or 0))
    assert worker.user_id == (None if at_counter else user_id)
    assert held.has_role("community_worker", organisation_id=worker.community_id or worker.street_id) is not at_counter


def workers(office: Office) -> int:
    return office.read(lambda session: session.scalar(select(func.count(Worker.id))) or 0)
