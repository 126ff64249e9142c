"""Fault tolerance from the application to the sealed folder, on every way through the diagram."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from engine.delegates.fault_tolerance.commands import ObjectToConclusion, OpenFaultCase
from engine.kernel.errors import Conflict, Forbidden, Invalid, NotFound, RuleViolation
from engine.personnel.appraisal.ledgers import ConductEntry
from engine.personnel.fault_tolerance.terms import Conclusion, Condition, FaultState
from engine.workflow.states import StepState
from engine.workflow.tables import ProcessInstance, Step
from tests.process.fault_tolerance.bureau import ACCOUNT, ALL_MET, Bureau


def due_days(bureau: Bureau, number: str, node: str) -> int:
    """Calendar days until the open step is due."""
    query = select(Step.due_at).join(ProcessInstance, ProcessInstance.id == Step.instance_id)
    query = query.where(ProcessInstance.business_key == number, Step.node_id == node, Step.state == StepState.OPEN)
    due = bureau.office.read(lambda session: session.scalars(query).one())
    assert due is not None
    return (due - bureau.office.clock.now()).days


def test_an_exempted_fault_is_corrected_talked_about_twice_and_sealed(bureau: Bureau) -> None:
    number = bureau.concluded()
    assert bureau.fault(number).state is FaultState.FED_BACK
    bureau.wait(20)
    bureau.act(number, "correction_notice", "issue", {"correction": "完善应急拆除的报批登记。"})
    bureau.act(number, "correction_check", "passed")
    bureau.wait(100)
    bureau.act(number, "first_talk", "talked", {"talk": "思想稳定，工作积极。"})
    bureau.wait(100)
    bureau.act(number, "second_talk", "talked", {"talk": "已放下包袱。"})
    row = bureau.fault(number)
    assert (row.state, row.conclusion, len(row.talks)) == (FaultState.CLOSED, Conclusion.EXEMPT, 2)
    assert bureau.office.outcome(number) == "案件办结"


def test_a_conclusion_changes_nothing_that_an_appraisal_reads(bureau: Bureau) -> None:
    bureau.concluded("not_tolerated", found=("intent",))
    assert bureau.office.read(lambda session: session.scalar(select(func.count(ConductEntry.id)))) == 0


def test_what_is_not_tolerated_is_closed_after_the_window_without_correction(bureau: Bureau) -> None:
    number = bureau.concluded("not_tolerated", found=("intent",))
    bureau.wait(30)
    assert bureau.office.outcome(number) == "案件办结"


def test_discipline_begins_by_itself_without_acceptance(bureau: Bureau) -> None:
    number = bureau.apply(bureau.discipline)
    assert bureau.office.open_nodes(number) == ["investigation"]


def test_a_street_applies_for_its_worker_and_a_stranger_cannot(bureau: Bureau) -> None:
    bureau.apply(bureau.office.staff["street_clerk"])
    for stranger in (bureau.stranger, bureau.office.staff["county_clerk"]):
        with pytest.raises(NotFound):
            bureau.apply(stranger)


def test_an_application_after_thirty_days_is_refused_with_the_clause(bureau: Bureau) -> None:
    late = OpenFaultCase(bureau.worker, ACCOUNT, bureau.today - timedelta(days=31))
    with pytest.raises(RuleViolation) as refused:
        bureau.office.do(late, bureau.person)
    assert refused.value.clause == "10.1"
    bureau.office.do(OpenFaultCase(bureau.worker, ACCOUNT, bureau.today - timedelta(days=30)), bureau.person)


def test_a_second_case_beside_an_open_one_is_refused(bureau: Bureau) -> None:
    bureau.apply()
    with pytest.raises(Conflict):
        bureau.apply(bureau.discipline)


def test_an_application_is_mended_once_and_then_accepted(bureau: Bureau) -> None:
    number = bureau.apply()
    bureau.act(number, "acceptance", "supplement", opinion="请附会议记录")
    bureau.act(number, "supplement", "resubmit", {"account": "会议记录见附件。"}, who=bureau.person)
    assert "会议记录见附件" in bureau.fault(number).account
    with pytest.raises(RuleViolation, match="只能要求补正一次"):
        bureau.act(number, "acceptance", "supplement", opinion="再补")
    bureau.act(number, "acceptance", "accept")
    assert bureau.fault(number).state is FaultState.INVESTIGATING


def test_an_application_is_withdrawn_instead_of_mended(bureau: Bureau) -> None:
    number = bureau.apply()
    bureau.act(number, "acceptance", "supplement", opinion="请附会议记录")
    bureau.act(number, "supplement", "give_up", who=bureau.person)
    assert bureau.office.outcome(number) == "申请已撤回"
    assert bureau.fault(number).state is FaultState.WITHDRAWN


def test_an_application_that_is_not_accepted_ends_with_its_reason(bureau: Bureau) -> None:
    number = bureau.apply()
    bureau.act(number, "acceptance", "refuse", opinion="不属于工作失误")
    assert bureau.office.outcome(number) == "不予受理"
    assert bureau.fault(number).refusal == "不属于工作失误"


def test_waiting_for_material_leaves_the_days_of_the_investigation(bureau: Bureau) -> None:
    number = bureau.apply(bureau.discipline)
    before = due_days(bureau, number, "investigation")
    bureau.act(number, "investigation", "wait", opinion="等住建部门回函")
    bureau.wait(28)
    bureau.act(number, "awaiting_material", "received")
    assert abs(due_days(bureau, number, "investigation") - before) <= 3
    assert bureau.fault(number).days_used <= 1


def test_an_investigation_is_extended_once(bureau: Bureau) -> None:
    number = bureau.apply(bureau.discipline)
    before = due_days(bureau, number, "investigation")
    bureau.act(number, "investigation", "extend", opinion="案情复杂")
    bureau.act(number, "extension_approval", "approve", who=bureau.head)
    assert due_days(bureau, number, "investigation") - before >= 14
    with pytest.raises(RuleViolation) as refused:
        bureau.act(number, "investigation", "extend", opinion="再延长")
    assert refused.value.clause == "10.1"


def test_a_refused_extension_leaves_the_time_as_it_was(bureau: Bureau) -> None:
    number = bureau.apply(bureau.discipline)
    before = due_days(bureau, number, "investigation")
    bureau.act(number, "investigation", "extend", opinion="案情复杂")
    bureau.act(number, "extension_approval", "reject", who=bureau.head)
    assert due_days(bureau, number, "investigation") == before


def test_an_incomplete_sheet_is_refused_and_nothing_is_concluded(bureau: Bureau) -> None:
    number = bureau.apply(bureau.discipline)
    bureau.to_sheet(number)
    with pytest.raises(Invalid):
        bureau.fill(number, {**ALL_MET, Condition.LAWFUL.value: ""})
    assert bureau.office.open_nodes(number) == ["check_sheet"]
    assert bureau.fault(number).proposed is None


def test_the_negative_list_cannot_be_passed_over_by_people(bureau: Bureau) -> None:
    number = bureau.apply(bureau.discipline)
    bureau.to_sheet(number)
    bureau.fill(number, found=("private_gain",))
    with pytest.raises(RuleViolation, match="谋取私利") as refused:
        bureau.act(number, "draft_conclusion", "mitigated")
    assert refused.value.clause == "10.2"


def test_one_department_that_disagrees_brings_the_opinion_back(bureau: Bureau) -> None:
    number = bureau.apply(bureau.discipline)
    bureau.to_sheet(number)
    bureau.fill(number)
    bureau.act(number, "draft_conclusion", "exempt")
    bureau.act(number, "consultation", "disagree", who=bureau.organisation)
    assert bureau.office.open_nodes(number) == ["draft_conclusion"]
    bureau.act(number, "draft_conclusion", "mitigated")
    bureau.consult(number)
    assert bureau.fault(number).conclusion is Conclusion.MITIGATED


def test_an_objection_is_examined_by_another_officer_and_upheld(bureau: Bureau) -> None:
    number = bureau.concluded("mitigated", answers={**ALL_MET, "procedure": "no"})
    bureau.office.do(ObjectToConclusion(number, "程序已在事后补办"), bureau.person)
    bureau.office.work()
    with pytest.raises(Forbidden):
        bureau.act(number, "re_examination", "uphold")
    bureau.act(number, "re_examination", "uphold", who=bureau.colleague)
    assert bureau.office.open_nodes(number) == ["correction_notice"]


def test_an_objection_reopens_the_consultation_once(bureau: Bureau) -> None:
    number = bureau.concluded("mitigated", answers={**ALL_MET, "procedure": "no"})
    bureau.office.do(ObjectToConclusion(number, "后果已全部挽回"), bureau.person)
    bureau.office.work()
    bureau.act(number, "re_examination", "reopen", who=bureau.colleague)
    bureau.act(number, "draft_conclusion", "mitigated")
    bureau.consult(number)
    bureau.act(number, "delivery", "delivered", {"delivered_on": bureau.today.isoformat()})
    with pytest.raises(RuleViolation, match="只能提出一次"):
        bureau.office.do(ObjectToConclusion(number, "仍不服"), bureau.person)


def test_an_objection_of_a_stranger_or_after_the_window_is_refused(bureau: Bureau) -> None:
    number = bureau.concluded("not_tolerated", found=("intent",))
    with pytest.raises(NotFound):
        bureau.office.do(ObjectToConclusion(number, "不服"), bureau.stranger)
    bureau.wait(40)
    with pytest.raises((Conflict, RuleViolation)):
        bureau.office.do(ObjectToConclusion(number, "不服"), bureau.person)


def test_a_correction_that_is_not_sufficient_gets_a_new_notice(bureau: Bureau) -> None:
    number = bureau.concluded()
    bureau.wait(20)
    bureau.act(number, "correction_notice", "issue", {"correction": "完善登记。"})
    bureau.act(number, "correction_check", "again", opinion="台账不全")
    assert bureau.office.open_nodes(number) == ["correction_notice"]
