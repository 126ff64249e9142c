"""A whole recruitment through the domain's functions, without any diagram, on both databases."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from engine.kernel.errors import Conflict, RuleViolation
from engine.personnel.policy import SetPolicyParameter
from engine.personnel.quota_ledger import quota_standing
from engine.personnel.recruitment import enrolment, hiring, objections, onboarding, results, settlement
from engine.personnel.recruitment.notices import latest_notice
from engine.personnel.recruitment.onboarding import ContractOffer
from engine.personnel.recruitment.outcomes import CheckOutcome, MedicalOutcome, NoticeKind, ObjectionState
from engine.personnel.recruitment.planning import WantedPosts
from engine.personnel.recruitment.queries import ranking_table, score_answer
from engine.personnel.recruitment.registrations import AttachmentKind, ReviewDecision
from engine.personnel.recruitment.settings import INTERVIEW_RATIO
from engine.personnel.recruitment.states import CampaignState
from engine.personnel.recruitment.states import RegistrationState as State
from engine.personnel.vocabulary import Post
from engine.personnel.workers import CertificateDeadline, TrainingDuty, Worker
from tests.store.personnel.conftest import County

ONE_POST = WantedPosts("社区工作者", 2)


def examined(county: County, scores: list[str]) -> tuple[int, list[int]]:
    """A campaign up to the shortlist, with one applicant for each written score."""
    campaign_id = county.opened(ONE_POST)
    ids = county.passed(campaign_id, len(scores))
    county.close_and_settle(campaign_id)
    county.seated(campaign_id)
    assert county.written(campaign_id, zip(ids, scores, strict=True)).saved
    county.run(lambda context: results.settle_written(context, campaign_id))
    county.run(lambda context: results.publish_written(context, campaign_id))
    county.run(lambda context: results.shortlist_posts(context, campaign_id))
    return campaign_id, ids


def ranked(county: County, written: list[str], interview: list[str]) -> tuple[int, list[int]]:
    """A campaign whose totals are public."""
    campaign_id, ids = examined(county, written)
    invited = [each for each in ids if county.state(each) is State.SHORTLISTED]
    for each in invited:
        county.run(lambda context, each=each: results.record_recheck(context, each, True))
    county.interviewed(campaign_id, zip(invited, interview, strict=True))
    county.run(lambda context: results.settle_interviews(context, campaign_id))
    assert county.run(lambda context: results.rank_totals(context, campaign_id)) == []
    county.run(lambda context: results.publish_totals(context, campaign_id))
    return campaign_id, ids


def vetted(county: County, registration_id: int) -> None:
    county.run(lambda c: hiring.record_medical(c, registration_id, MedicalOutcome.PASS, date(2027, 3, 1)))
    for checker in (county.clerk, county.reviewer):
        county.run(lambda c: hiring.record_background(c, registration_id, CheckOutcome.PASS), checker)
    county.run(lambda c: hiring.settle_background(c, registration_id))
    county.run(lambda c: hiring.pass_vetting(c, registration_id))


def hiring_approved(county: County, campaign_id: int) -> list[str]:
    notice = county.run(lambda c: hiring.publish_publicity(c, campaign_id))
    assert notice.until is not None
    county.clock.move_to(notice.until)
    return county.run(lambda c: hiring.approve_hiring(c, campaign_id))


def test_from_request_to_first_day(county: County) -> None:
    campaign_id, ids = ranked(
        county, ["80", "75.5", "70", "65", "60", "55", "52"], ["80", "85", "90", "70", "65", "61"]
    )
    assert county.state(ids[6]) is State.SUBSTITUTE
    assert county.registration(ids[2]).total == Decimal("80.00")
    assert [county.registration(each).rank for each in ids[:3]] == [2, 1, 3]
    assert "笔试成绩高者优先" in county.registration(ids[0]).rank_reason

    chosen = county.run(lambda c: hiring.select_medical(c, campaign_id))
    selected = [each for each in ids if county.registration(each).number in chosen]
    assert len(selected) == 2
    for each in selected:
        vetted(county, each)
    assert county.run(lambda c: hiring.count_open_candidates(c.session, campaign_id)) == 0
    assert sorted(hiring_approved(county, campaign_id)) == sorted(chosen)

    start = date(2027, 7, 1)
    before = county.run(lambda c: quota_standing(c.session, county.id, c.today))
    onboarded = county.run(lambda c: onboarding.onboard(c, selected[0], ContractOffer(start)))
    after = county.run(lambda c: quota_standing(c.session, county.id, c.today))
    assert (before.staffed, before.reserved, after.staffed, after.reserved) == (0, 2, 1, 1)
    with county.engine.reading() as session:
        worker = session.get_one(Worker, onboarded.worker_id)
        contract = worker.contracts[0]
        assert (worker.post, worker.grade, worker.active) == (Post.GENERAL, 2, True)
        assert (contract.ends_on, contract.probation_ends_on) == (date(2030, 6, 30), date(2027, 9, 30))
        assert session.query(CertificateDeadline).one().due_on == date(2032, 6, 30)
        assert session.query(TrainingDuty).one().days_due == 3
    with pytest.raises(RuleViolation, match="不少于 3 天"):
        county.run(lambda c: onboarding.confirm_probation(c, onboarded.worker_id))
    county.run(lambda c: onboarding.lapse_hire(c, selected[1], "未按时报到"))
    assert county.state(selected[1]) is State.WAIVED
    assert county.run(lambda c: hiring.close_campaign(c, campaign_id)) == 1
    standing = county.run(lambda c: quota_standing(c.session, county.id, c.today))
    assert (standing.quota, standing.staffed, standing.reserved) == (1_230, 1, 0)
    assert county.campaign(campaign_id).state is CampaignState.CLOSED


def test_public_notices_never_hold_what_is_private(county: County) -> None:
    campaign_id, ids = ranked(county, ["80", "75", "70", "65", "60", "55"], ["80", "85", "90", "70", "65", "61"])
    entry = county.registration(ids[0])
    with county.engine.reading() as session:
        for kind in (NoticeKind.ANNOUNCEMENT, NoticeKind.SEATS, NoticeKind.WRITTEN, NoticeKind.TOTALS):
            notice = latest_notice(session, campaign_id, kind)
            assert notice is not None and notice.content["rows"]
            assert str(entry.id_number) not in str(notice.content)
            assert str(entry.phone) not in str(notice.content)


def test_equal_totals_are_ranked_with_the_reason_that_decided(county: County) -> None:
    campaign_id = county.opened(ONE_POST)
    plain = county.passed(campaign_id, 5)
    grid = county.draft(campaign_id, county.applicants[5], grid_worker=True)
    county.attach(grid, county.applicants[5], AttachmentKind.GRID_WORKER)
    county.run(lambda c: enrolment.submit_registration(c, grid), county.applicants[5])
    county.review(grid, ReviewDecision.PASS)
    county.close_and_settle(campaign_id)
    county.seated(campaign_id)
    ids = [*plain, grid]
    county.written(campaign_id, zip(ids, ["80", "75", "70", "65", "60", "70"], strict=True))
    county.run(lambda c: results.settle_written(c, campaign_id))
    county.run(lambda c: results.publish_written(c, campaign_id))
    county.run(lambda c: results.shortlist_posts(c, campaign_id))
    for each in ids:
        county.run(lambda c, each=each: results.record_recheck(c, each, True))
    county.interviewed(campaign_id, zip(ids, ["80", "85", "90", "70", "65", "90"], strict=True))
    county.run(lambda c: results.settle_interviews(c, campaign_id))
    assert county.run(lambda c: results.rank_totals(c, campaign_id)) == []
    with county.engine.reading() as session:
        table = ranking_table(session, county.campaign(campaign_id).posts[0].id)
    assert table[0].registration_id == grid
    assert "专职网格员优先" in table[0].reason and "5.7" in table[0].reason


def test_a_tie_at_the_last_place_waits_for_an_extra_test(county: County) -> None:
    campaign_id, ids = examined(county, ["80", "75", "75", "60", "55", "52"])
    for each in ids:
        county.run(lambda c, each=each: results.record_recheck(c, each, True))
    county.interviewed(campaign_id, zip(ids, ["80", "75", "75", "61", "61", "61"], strict=True))
    county.run(lambda c: results.settle_interviews(c, campaign_id))
    (tie,) = county.run(lambda c: results.rank_totals(c, campaign_id))
    assert set(tie.numbers) == {county.registration(each).number for each in ids[1:3]}
    county.run(lambda c: results.record_extra_test(c, ids[1], Decimal(70)))
    county.run(lambda c: results.record_extra_test(c, ids[2], Decimal("70.5")))
    assert county.run(lambda c: results.rank_totals(c, campaign_id)) == []
    assert [county.registration(each).rank for each in ids[:3]] == [1, 3, 2]
    with county.engine.reading() as session:
        table = ranking_table(session, county.campaign(campaign_id).posts[0].id)
    assert "加试成绩高者优先" in table[1].reason


def test_everybody_with_the_last_shortlisted_score_is_invited(county: County) -> None:
    _, ids = examined(county, ["90", "89", "88", "87", "86", "71", "71", "71", "70", "49.99", "缺考"])
    states = [county.state(each) for each in ids]
    assert states[:8] == [State.SHORTLISTED] * 8
    assert states[8:] == [State.SUBSTITUTE, State.WRITTEN_FAIL, State.ABSENT]


def test_a_failed_recheck_calls_up_the_next_until_three_days_before_the_interview(county: County) -> None:
    campaign_id, ids = examined(county, ["90", "89", "88", "87", "86", "71", "70", "69"])
    post_id = county.campaign(campaign_id).posts[0].id
    county.run(lambda c: results.record_recheck(c, ids[0], False, "原件不符"))
    assert county.run(lambda c: results.call_up_substitutes(c, post_id)) == [county.registration(ids[6]).number]
    assert county.run(lambda c: results.call_up_substitutes(c, post_id)) == []
    county.run(lambda c: results.record_recheck(c, ids[1], False, "未到场"))
    county.clock.move_to(county.campaign(campaign_id).interview_at - timedelta(days=3))
    assert county.run(lambda c: results.call_up_substitutes(c, post_id)) == []
    assert county.state(ids[7]) is State.SUBSTITUTE


def test_a_successful_defence_gives_the_place_back(county: County) -> None:
    _, ids = examined(county, ["90", "89", "88", "87", "86", "71"])
    county.run(lambda c: results.record_recheck(c, ids[0], False, "缺学历认证"))
    county.run(lambda c: results.record_defence(c, ids[0], True, "已补交认证"))
    assert county.state(ids[0]) is State.RECHECK_PASS


def test_vacated_places_are_filled_for_two_rounds_and_nobody_is_called_twice(county: County) -> None:
    campaign_id, ids = ranked(county, ["90", "85", "80", "75", "70", "65"], ["90", "85", "80", "75", "70", "65"])
    county.run(lambda c: hiring.select_medical(c, campaign_id))
    numbers = {each: county.registration(each).number for each in ids}

    def fail(registration_id: int) -> list[str]:
        county.run(lambda c: hiring.record_medical(c, registration_id, MedicalOutcome.FAIL, date(2027, 3, 1)))
        county.run(lambda c: hiring.accept_medical(c, registration_id))
        return county.run(lambda c: hiring.fill_vacancies(c, campaign_id))

    assert fail(ids[0]) == [numbers[ids[2]]]
    assert county.run(lambda c: hiring.fill_vacancies(c, campaign_id)) == []
    assert fail(ids[2]) == [numbers[ids[3]]]
    assert fail(ids[3]) == []
    assert "按总成绩递补（第 2 轮）" in county.registration(ids[3]).call_reason


def test_a_recheck_of_health_is_possible_once_and_within_seven_days(county: County) -> None:
    campaign_id, ids = ranked(county, ["90", "85", "80", "75", "70", "65"], ["90", "85", "80", "75", "70", "65"])
    county.run(lambda c: hiring.select_medical(c, campaign_id))
    first = date(2027, 3, 1)
    county.run(lambda c: hiring.record_medical(c, ids[0], MedicalOutcome.RETEST, first, "血压偏高"))
    for outcome, day in ((MedicalOutcome.RETEST, first), (MedicalOutcome.PASS, first + timedelta(days=8))):
        with pytest.raises(Exception, match="复检"):
            county.run(lambda c, outcome=outcome, day=day: hiring.record_medical(c, ids[0], outcome, day))
    county.run(lambda c: hiring.record_medical(c, ids[0], MedicalOutcome.PASS, first + timedelta(days=7)))
    assert county.state(ids[0]) is State.MEDICAL_PASS


def test_two_different_people_check_and_one_negative_finding_fails(county: County) -> None:
    campaign_id, ids = ranked(county, ["90", "85", "80", "75", "70", "65"], ["90", "85", "80", "75", "70", "65"])
    county.run(lambda c: hiring.select_medical(c, campaign_id))
    county.run(lambda c: hiring.record_background(c, ids[0], CheckOutcome.PASS), county.clerk)
    with pytest.raises(Conflict, match="已登记过"):
        county.run(lambda c: hiring.record_background(c, ids[0], CheckOutcome.PASS), county.clerk)
    with pytest.raises(Conflict, match="须由 2 人"):
        county.run(lambda c: hiring.settle_background(c, ids[0]))
    county.run(lambda c: hiring.record_background(c, ids[0], CheckOutcome.FAIL), county.reviewer)
    assert county.run(lambda c: hiring.settle_background(c, ids[0])) is State.INVEST_FAIL


def test_an_objection_holds_the_hire_until_it_is_settled(county: County) -> None:
    campaign_id, ids = ranked(county, ["90", "85", "80", "75", "70", "65"], ["90", "85", "80", "75", "70", "65"])
    county.run(lambda c: hiring.select_medical(c, campaign_id))
    for each in ids[:2]:
        vetted(county, each)
    notice = county.run(lambda c: hiring.publish_publicity(c, campaign_id))
    with pytest.raises(Conflict, match="公示期尚未结束"):
        county.run(lambda c: hiring.approve_hiring(c, campaign_id))
    complaint = objections.Complaint(
        notice.id, county.registration(ids[0]).exam_number or "", "李某", "13911112222", "学历存疑"
    )
    objection = county.run(lambda c: objections.raise_objection(c, complaint))
    assert county.state(ids[0]) is State.OBJECTED
    assert notice.until is not None
    county.clock.move_to(notice.until)
    assert county.run(lambda c: hiring.approve_hiring(c, campaign_id)) == [county.registration(ids[1]).number]
    county.run(lambda c: objections.settle_objection(c, objection.id, ObjectionState.UPHELD, "学历不实"), county.clerk)
    assert county.state(ids[0]) is State.NOT_HIRED
    with pytest.raises(Conflict, match="不再受理"):
        county.run(lambda c: objections.raise_objection(c, complaint))
    assert county.run(lambda c: hiring.fill_vacancies(c, campaign_id)) == []


def test_unselected_interviewees_enter_the_reserve_pool(county: County) -> None:
    campaign_id, ids = ranked(county, ["90", "85", "80", "75", "70", "65"], ["90", "85", "80", "75", "70", "65"])
    county.run(lambda c: hiring.select_medical(c, campaign_id))
    waiting = county.run(lambda c: hiring.reserve_candidates(c.session, campaign_id))
    assert len(waiting) == 4
    assert county.run(lambda c: hiring.enter_reserve(c, ids[5])) is State.RESERVE


def test_a_contract_with_seven_months_of_probation_is_refused(county: County) -> None:
    campaign_id, ids = ranked(county, ["90", "85", "80", "75", "70", "65"], ["90", "85", "80", "75", "70", "65"])
    county.run(lambda c: hiring.select_medical(c, campaign_id))
    for each in ids[:2]:
        vetted(county, each)
    hiring_approved(county, campaign_id)
    offer = ContractOffer(date(2027, 7, 1), probation_months=7)
    with pytest.raises(RuleViolation) as refused:
        county.run(lambda c: onboarding.onboard(c, ids[0], offer))
    assert refused.value.clause == "L19"
    with pytest.raises(RuleViolation) as unsigned:
        county.run(lambda c: onboarding.take_on(c, ids[0]))
    assert unsigned.value.clause == "12.4"


def test_scores_are_told_only_to_who_knows_both_numbers_and_only_when_public(county: County) -> None:
    campaign_id = county.opened(ONE_POST)
    ids = county.passed(campaign_id, 6)
    county.close_and_settle(campaign_id)
    county.seated(campaign_id)
    county.written(campaign_id, [(each, "60") for each in ids])
    county.run(lambda c: results.settle_written(c, campaign_id))
    entry, other = county.registration(ids[0]), county.registration(ids[1])
    cipher = county.engine.store.cipher
    with county.engine.reading() as session:
        early = score_answer(session, cipher, entry.exam_number or "", entry.id_number or "")
        assert early is not None and early.written is None
        assert score_answer(session, cipher, entry.exam_number or "", other.id_number or "") is None
    county.run(lambda c: results.publish_written(c, campaign_id))
    with county.engine.reading() as session:
        told = score_answer(session, cipher, entry.exam_number or "", (entry.id_number or "").lower())
        assert told is not None and told.written == Decimal("60.00")


def test_the_settings_of_the_day_of_publication_stay_with_the_campaign(county: County) -> None:
    campaign_id = county.published(ONE_POST)
    change = SetPolicyParameter(county.id, "recruitment.interviewRatio", "1", date(2026, 11, 23), "会议纪要 3 号")
    county.engine.execute(change, actor=county.head)
    assert county.campaign(campaign_id).policy[INTERVIEW_RATIO] == 3
    later = county.published(ONE_POST)
    assert county.campaign(later).policy[INTERVIEW_RATIO] == 1


def test_who_does_not_print_a_ticket_is_named_when_the_window_closes(county: County) -> None:
    campaign_id = county.opened(ONE_POST)
    county.passed(campaign_id, 6)
    county.close_and_settle(campaign_id)
    county.run(lambda c: settlement.fix_examinees(c, campaign_id))
    assert len(county.run(lambda c: settlement.close_ticket_window(c, campaign_id))) == 6
