"""Every way a secondment can go; each command restores its case from the store."""

from datetime import date, timedelta

import pytest

from engine.delegates.secondment.commands import (
    RequestExtension,
    RequestSecondment,
    ReturnEarly,
    WithdrawSecondment,
)
from engine.kernel.errors import Conflict, Forbidden, Invalid, NotFound, RuleViolation
from engine.personnel.secondment.states import ExtensionState, Performance, SecondmentState
from engine.workflow.instances import TerminateInstance, WithdrawInstance, find_instance
from tests.process.secondment.village import END, START, Village

_S = SecondmentState


def test_from_the_request_to_the_file(village: Village) -> None:
    case = village.request()
    assert (case.state, case.open) == (_S.DRAFT, ["worker_consent"])
    case.to_county()
    assert (case.state, case.open) == (_S.STREET_APPROVED, ["county_review"])
    case.act("county_clerk", "county_review", "pass")
    assert (case.state, case.open) == (_S.COUNTY_REVIEW, ["county_approval"])
    case.act("county_head", "county_approval", "approve")
    assert (case.state, case.row.document_number) == (_S.APPROVED, "苏社清借〔2026〕1号")
    assert case.at(START).state == _S.ACTIVE
    assert case.at(END - timedelta(days=16)).state == _S.ACTIVE
    assert case.at(END - timedelta(days=15)).state == _S.DUE_SOON
    assert village.told(case.worker).count("借调即将到期") == 1
    case.at(END - timedelta(days=3))
    assert village.told(village.secretary).count("借调即将到期") == 2
    assert case.at(END).open == ["return_to_post"]
    case.back(END)
    case.act(village.secretary, "confirm_return", "confirm")
    assert (case.state, case.outcome) == (_S.RETURNED, "借调结束已归档")
    assert (case.row.performance, case.row.violation) == (Performance.GOOD, False)


def test_a_worker_who_declines_ends_the_request_with_his_reason(village: Village) -> None:
    case = village.request()
    with pytest.raises(Invalid):
        case.act(case.worker, "worker_consent", "decline", "")
    case.act(case.worker, "worker_consent", "decline", "家中有老人需要照顾")
    assert (case.state, case.outcome) == (_S.REJECTED, "借调未获批准")
    assert case.row.opinion == "家中有老人需要照顾"


def test_nobody_else_can_consent_for_the_worker(village: Village) -> None:
    case = village.request()
    with pytest.raises((Forbidden, NotFound, AssertionError)):
        case.act(village.actors[5], "worker_consent", "agree")
    assert case.state == _S.DRAFT


def test_the_communitys_doubts_are_heard_but_the_street_decides(village: Village) -> None:
    case = village.request()
    case.act(case.worker, "worker_consent", "agree")
    case.act(village.secretary, "community_opinion", "concern", "年底事务多")
    assert case.open == ["street_committee"]
    case.act("street_leader", "street_committee", "reject", "采纳社区意见")
    assert (case.state, case.row.opinion) == (_S.REJECTED, "采纳社区意见")


@pytest.mark.parametrize(("node_id", "who"), [("county_review", "county_clerk"), ("county_approval", "county_head")])
def test_the_county_refuses_with_a_reason_and_everybody_is_told(village: Village, node_id: str, who: str) -> None:
    case = village.request().to_county()
    if node_id == "county_approval":
        case.act("county_clerk", "county_review", "pass")
    case.act(who, node_id, "reject", "理由不充分")
    assert (case.state, case.row.opinion) == (_S.REJECTED, "理由不充分")
    assert "借调未获同意：人4（一号社区）" in village.told(case.worker)
    assert "借调未获同意：人4（一号社区）" in village.told(village.office.staff["street_clerk"])


def test_the_initiator_takes_it_back_before_the_county_approves(village: Village) -> None:
    case = village.request().to_county()
    village.office.do(WithdrawSecondment(case.number, "工作安排变化"), "street_clerk")
    assert (case.state, case.open) == (_S.CANCELLED, [])
    assert village.request().state == _S.DRAFT


def test_nobody_takes_back_what_is_approved_or_what_is_not_his(village: Village) -> None:
    case = village.request().approved()
    with pytest.raises(Conflict):
        village.office.do(WithdrawSecondment(case.number, "理由"), "street_clerk")
    with pytest.raises(NotFound):
        village.office.do(WithdrawSecondment(case.number, "理由"), "street_leader")


def test_an_early_return_ends_in_the_file_too(village: Village) -> None:
    case = village.request().approved().at(START + timedelta(days=40))
    village.office.do(ReturnEarly(case.number, "专项工作完成"), "street_clerk")
    village.office.work()
    assert case.open == ["return_to_post"]
    with pytest.raises(Conflict):
        village.office.do(ReturnEarly(case.number, "再次"), "street_clerk")
    case.back(START + timedelta(days=40))
    case.act(village.secretary, "confirm_return", "confirm")
    assert (case.state, case.outcome) == (_S.EARLY_RETURNED, "借调结束已归档")


def test_who_is_late_is_reported_every_day_and_after_five_workdays_it_is_a_violation(village: Village) -> None:
    end = date(2026, 12, 11)
    case = village.request(ends_on=end).approved().at(end)
    reports = "借调逾期未返岗"
    head = village.office.staff["county_head"]
    case.at(date(2026, 12, 14))
    assert (case.state, case.row.overdue_workdays, village.told(head).count(reports)) == (_S.OVERDUE, 1, 3)
    case.at(date(2026, 12, 18))
    assert (case.row.overdue_workdays, case.row.violation) == (5, False)
    case.at(date(2026, 12, 21))
    assert (case.row.overdue_workdays, case.row.violation) == (6, True)
    case.back(date(2026, 12, 21))
    case.act(village.secretary, "confirm_return", "confirm")
    told = village.told(head).count(reports)
    case.at(date(2026, 12, 28))
    assert (case.state, case.row.violation, village.told(head).count(reports)) == (_S.RETURNED, True, told)


def test_a_return_that_the_community_disputes_goes_back_to_the_street(village: Village) -> None:
    case = village.request().approved().at(END)
    case.back(END)
    case.act(village.secretary, "confirm_return", "dispute", "人还没有到岗")
    assert (case.open, case.row.returned_on) == (["return_to_post"], None)


def test_a_day_that_has_not_come_is_no_return(village: Village) -> None:
    case = village.request().approved().at(END)
    with pytest.raises(Invalid):
        case.back(END + timedelta(days=1))
    assert case.open == ["return_to_post"]


def test_a_shorter_period_is_extended_once_up_to_six_months_in_all(village: Village) -> None:
    case = village.request(ends_on=date(2027, 1, 31)).approved().at(date(2027, 1, 20))
    office = village.office
    with pytest.raises(RuleViolation, match="最晚 2027-05-31"):
        office.do(RequestExtension(case.number, date(2027, 6, 1), "继续"), "street_clerk")
    office.do(RequestExtension(case.number, END, "专项延长"), "street_clerk")
    with pytest.raises(RuleViolation, match="一次"):
        office.do(RequestExtension(case.number, END, "再来"), "street_clerk")
    entry = case.extension
    office.act(case.worker, entry, "extension_consent", "agree")
    office.act("street_leader", entry, "extension_street", "pass")
    office.act("county_head", entry, "extension_county", "approve")
    assert (case.row.ends_on, case.state, office.outcome(entry)) == (END, _S.ACTIVE, "延期已批准")
    assert case.at(date(2027, 2, 1)).open == []
    assert case.at(END).open == ["return_to_post"]
    assert case.row.overdue_workdays == 0


def test_a_request_approved_late_begins_on_the_day_of_the_approval(village: Village) -> None:
    case = village.request(starts_on=date(2026, 11, 25), ends_on=date(2027, 5, 24)).to_county().at(date(2026, 12, 2))
    case.act("county_clerk", "county_review", "pass")
    case.act("county_head", "county_approval", "approve")
    assert (case.state, case.row.starts_on) == (_S.ACTIVE, date(2026, 12, 2))


def test_the_county_cannot_approve_what_has_become_wrong_meanwhile(village: Village) -> None:
    case = village.request().to_county()
    case.act("county_clerk", "county_review", "pass")
    for place in (5, 6, 7):
        village.change(place, active=False)
    with pytest.raises(RuleViolation, match="少于 5 人") as refused:
        case.act("county_head", "county_approval", "approve")
    assert (refused.value.clause, case.state, case.open) == ("9.3", _S.COUNTY_REVIEW, ["county_approval"])


def test_only_the_streets_own_clerk_asks(village: Village) -> None:
    with pytest.raises(Forbidden):
        village.office.do(RequestSecondment(village.office.street, village.wish()), "county_clerk")
    assert village.count() == 0


def terminate(village: Village, number: str, process: str = "secondment") -> None:
    instance = village.office.read(lambda session: find_instance(session, process, number).id)
    village.office.do(TerminateInstance(instance, "机构调整"), "county_head")


def test_a_request_that_is_terminated_stands_no_longer_in_the_way(village: Village) -> None:
    case = village.request().approved()
    terminate(village, case.number)
    assert (case.state, case.row.opinion) == (_S.CANCELLED, "机构调整")
    assert village.request().state == _S.DRAFT


def test_who_is_away_is_back_on_the_day_his_secondment_is_terminated(village: Village) -> None:
    case = village.request().approved().at(START + timedelta(days=40))
    terminate(village, case.number)
    assert (case.state, case.row.returned_on) == (_S.EARLY_RETURNED, START + timedelta(days=40))
    with pytest.raises(RuleViolation, match="累计"):
        village.request(starts_on=START + timedelta(days=41), ends_on=START + timedelta(days=41 + 170))


def test_a_terminated_extension_leaves_the_last_day_as_it_was(village: Village) -> None:
    case = village.request(ends_on=date(2027, 1, 31)).approved().at(date(2027, 1, 20))
    village.office.do(RequestExtension(case.number, END, "专项延长"), "street_clerk")
    terminate(village, case.extension, "secondment_extension")
    assert (case.row.ends_on, case.extension_state) == (date(2027, 1, 31), ExtensionState.REFUSED)
    village.office.do(RequestExtension(case.number, END, "再次申请"), "street_clerk")


def test_a_request_taken_back_on_the_page_of_the_case_is_cancelled_too(village: Village) -> None:
    case = village.request()
    instance = village.office.read(lambda session: find_instance(session, "secondment", case.number).id)
    village.office.do(WithdrawInstance(instance, "安排变化"), "street_clerk")
    assert case.state == _S.CANCELLED
