"""Clearing: assessment, consent, approval, one of four ways, talk."""

import pytest

from engine.kernel.errors import NotFound, RuleViolation
from engine.personnel.fault_tolerance.terms import ClearingState, ClearingWay
from tests.process.fault_tolerance.bureau import Bureau

UNTRUE = {"finding": "untrue", "effect": "career"}


def approved(bureau: Bureau) -> str:
    number = bureau.ask_for_clearing()
    bureau.act(number, "assessment", "clear", UNTRUE)
    bureau.act(number, "consent", "consented", {"consented_on": bureau.today.isoformat()})
    for who in (bureau.discipline, bureau.colleague, bureau.organisation, bureau.head):
        bureau.act(number, "clearing_approval", "approve", who=who)
    return number


@pytest.mark.parametrize("way", list(ClearingWay))
def test_a_person_is_cleared_in_each_of_the_four_ways_and_talked_to(bureau: Bureau, way: ClearingWay) -> None:
    number = approved(bureau)
    done = {"way": way.value, "scope": "东门社区全体工作人员", "cleared_on": bureau.today.isoformat()}
    bureau.act(number, "carry_out", "done", done)
    bureau.wait(100)
    bureau.act(number, "clearing_talk", "talked", {"talk": "影响已消除。"})
    row = bureau.clearing(number)
    assert (row.state, row.way) == (ClearingState.CLOSED, way)
    assert bureau.office.outcome(number) == "澄清办结"


@pytest.mark.parametrize(
    "values", [{"finding": "unproven", "effect": "career"}, {"finding": "untrue", "effect": "none"}]
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
        bureau.act(number, "assessment", "clear", {"finding": "partly_tolerated", "effect": "life"})


def test_a_tolerated_fault_is_ground_for_a_clearing(bureau: Bureau) -> None:
    fault = bureau.fault(bureau.concluded())
    number = bureau.ask_for_clearing(fault_case_id=fault.id)
    bureau.act(number, "assessment", "clear", {"finding": "partly_tolerated", "effect": "life"})
    assert bureau.clearing(number).state is ClearingState.CONSENT


def test_nobody_is_cleared_against_his_will(bureau: Bureau) -> None:
    number = bureau.ask_for_clearing()
    bureau.act(number, "assessment", "clear", UNTRUE)
    bureau.act(number, "consent", "refused", opinion="不愿扩大影响")
    assert bureau.clearing(number).state is ClearingState.NOT_CLEARED


def test_one_department_that_does_not_agree_ends_the_clearing(bureau: Bureau) -> None:
    number = bureau.ask_for_clearing()
    bureau.act(number, "assessment", "clear", UNTRUE)
    bureau.act(number, "consent", "consented", {"consented_on": bureau.today.isoformat()})
    bureau.act(number, "clearing_approval", "reject", who=bureau.head)
    assert bureau.office.outcome(number) == "不予澄清"


def test_a_stranger_cannot_ask_for_a_clearing(bureau: Bureau) -> None:
    with pytest.raises(NotFound):
        bureau.ask_for_clearing(bureau.stranger)
