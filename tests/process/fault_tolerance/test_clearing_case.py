"""Clearing: assessment, consent, approval, one of four ways, talk."""

import pytest

from engine.kernel.errors import Forbidden, Invalid, NotFound, RuleViolation
from engine.personnel.fault_tolerance.terms import ClearingState, ClearingWay, FaultPaper
from tests.process.fault_tolerance.bureau import Bureau

PLAN = {"way": "meeting", "scope": "东门社区全体工作人员"}
UNTRUE = {"finding": "untrue", "effect": "career", **PLAN}


def approved(bureau: Bureau, way: str = "meeting") -> str:
    number = bureau.ask_for_clearing()
    bureau.act(number, "assessment", "clear", UNTRUE | {"way": way})
    bureau.act(number, "own_consent", "consented", who=bureau.person)
    for who in (bureau.colleague, bureau.organisation, bureau.head):
        bureau.act(number, "clearing_approval", "approve", who=who)
    return number


@pytest.mark.parametrize("way", list(ClearingWay))
def test_a_person_is_cleared_in_each_of_the_four_ways_and_talked_to(bureau: Bureau, way: ClearingWay) -> None:
    number = approved(bureau, way.value)
    done = {**PLAN, "way": way.value, "cleared_on": bureau.today.isoformat()}
    bureau.act(number, "carry_out", "done", done)
    bureau.wait(100)
    bureau.act(number, "clearing_talk", "talked", {"talk": "影响已消除。"})
    row = bureau.clearing(number)
    assert (row.state, row.way) == (ClearingState.CLOSED, way)
    assert bureau.office.outcome(number) == "澄清办结"


@pytest.mark.parametrize(
    "values", [{"finding": "unproven", "effect": "career", **PLAN}, {"finding": "untrue", "effect": "none", **PLAN}]
)
def test_a_clearing_that_the_rules_do_not_allow_is_refused_with_the_clause(
    bureau: Bureau, values: dict[str, str]
) -> None:
    number = bureau.ask_for_clearing()
    with pytest.raises(RuleViolation) as refused:
        bureau.act(number, "assessment", "clear", values)
    assert refused.value.clause == "10.3"
    bureau.act(number, "assessment", "refuse", opinion="没有不良影响")
    assert bureau.office.outcome(number) == "不予澄清"


def test_what_was_partly_true_needs_a_tolerated_fault(bureau: Bureau) -> None:
    number = bureau.ask_for_clearing()
    with pytest.raises(RuleViolation, match="部分属实"):
        bureau.act(number, "assessment", "clear", {"finding": "partly_tolerated", "effect": "life", **PLAN})


def test_a_tolerated_fault_is_ground_for_a_clearing(bureau: Bureau) -> None:
    fault = bureau.fault(bureau.concluded())
    number = bureau.ask_for_clearing(fault_case_id=fault.id)
    bureau.act(number, "assessment", "clear", {"finding": "partly_tolerated", "effect": "life", **PLAN})
    assert bureau.clearing(number).state is ClearingState.CONSENT


def test_nobody_is_cleared_against_his_will(bureau: Bureau) -> None:
    number = bureau.ask_for_clearing()
    bureau.act(number, "assessment", "clear", UNTRUE)
    bureau.act(number, "own_consent", "refused", opinion="不愿扩大影响", who=bureau.person)
    assert bureau.clearing(number).state is ClearingState.NOT_CLEARED


def test_one_department_that_does_not_agree_ends_the_clearing(bureau: Bureau) -> None:
    number = bureau.ask_for_clearing()
    bureau.act(number, "assessment", "clear", UNTRUE)
    bureau.act(number, "own_consent", "consented", who=bureau.person)
    bureau.act(number, "clearing_approval", "reject", who=bureau.head)
    assert bureau.office.outcome(number) == "不予澄清"


def test_a_stranger_cannot_ask_for_a_clearing(bureau: Bureau) -> None:
    with pytest.raises(NotFound):
        bureau.ask_for_clearing(bureau.stranger)


def test_who_does_not_answer_in_time_is_asked_on_paper(bureau: Bureau) -> None:
    number = bureau.ask_for_clearing()
    bureau.act(number, "assessment", "clear", UNTRUE)
    assert bureau.office.open_nodes(number) == ["own_consent"]
    bureau.wait(10)
    assert bureau.office.open_nodes(number) == ["consent"]
    bureau.act(number, "consent", "consented", {"consented_on": bureau.today.isoformat()})
    assert bureau.office.open_nodes(number) == ["clearing_approval"]


def test_a_way_that_the_person_did_not_agree_to_is_refused(bureau: Bureau) -> None:
    number = approved(bureau)
    with pytest.raises(Invalid) as refused:
        bureau.act(number, "carry_out", "done", {"way": "notice", "scope": "全县", "cleared_on": "2026-11-23"})
    assert set(refused.value.fields) == {"way", "scope"}
    assert bureau.clearing(number).cleared_on is None


def test_who_assessed_does_not_approve(bureau: Bureau) -> None:
    number = bureau.ask_for_clearing()
    bureau.act(number, "assessment", "clear", UNTRUE)
    bureau.act(number, "own_consent", "consented", who=bureau.person)
    with pytest.raises((AssertionError, Forbidden, NotFound)):
        bureau.act(number, "clearing_approval", "approve")
    assert bureau.office.open_nodes(number) == ["clearing_approval"]


def test_each_paper_is_issued_once_and_the_person_opens_only_his_own(bureau: Bureau) -> None:
    number = approved(bureau)
    bureau.act(number, "carry_out", "done", {**PLAN, "cleared_on": bureau.today.isoformat()})
    everything = [FaultPaper.CLEARING_NOTICE, FaultPaper.CLEARING_APPROVAL, FaultPaper.CLEARING_LETTER]
    assert bureau.files(number, bureau.head) == everything
    assert bureau.files(number, bureau.person) == [FaultPaper.CLEARING_NOTICE, FaultPaper.CLEARING_LETTER]
    assert bureau.files(number, bureau.stranger) == []
