"""Check sheet, proposed conclusion, the investigation's clock, and when a person may be cleared."""

from datetime import date
from itertools import combinations
from pathlib import Path

import pytest

from engine.decision import check_decisions
from engine.kernel.errors import Conflict, Invalid, RuleViolation
from engine.personnel.calendar import WorkCalendar
from engine.personnel.decision_files import tables_of
from engine.personnel.decisions import Decide
from engine.personnel.fault_tolerance.check_sheet import CheckSheet, Proposal, check_conclusion, proposed_conclusion
from engine.personnel.fault_tolerance.clearing_rules import check_clearable, obstacle
from engine.personnel.fault_tolerance.investigation_clock import InvestigationClock
from engine.personnel.fault_tolerance.terms import (
    ESSENTIAL,
    Conclusion,
    Condition,
    Exclusion,
    ReportEffect,
    ReportFinding,
)

TABLE = Path(__file__).parents[4] / "bpmn" / "fault_tolerance" / "fault_conclusion.dmn"
CALENDAR = WorkCalendar(frozenset(), frozenset(), frozenset({2026}), "test")
MONDAY = date(2026, 11, 2)


@pytest.fixture(scope="module")
def decide() -> Decide:
    return tables_of([TABLE.read_bytes()]).decide


def sheet(*unmet: Condition, found: tuple[Exclusion, ...] = ()) -> CheckSheet:
    answers = {condition.value: "no" if condition in unmet else "yes" for condition in Condition}
    return CheckSheet.of(answers, [each.value for each in found], "调查报告第 3 页")


def test_the_table_has_no_findings() -> None:
    assert list(check_decisions(TABLE.read_bytes())) == []


def test_six_conditions_without_exclusion_propose_exemption(decide: Decide) -> None:
    assert proposed_conclusion(decide, sheet()).conclusion is Conclusion.EXEMPT


@pytest.mark.parametrize("exclusion", list(Exclusion))
def test_any_line_of_the_negative_list_rules_tolerance_out(decide: Decide, exclusion: Exclusion) -> None:
    assert proposed_conclusion(decide, sheet(found=(exclusion,))).conclusion is Conclusion.NOT_TOLERATED


@pytest.mark.parametrize("number", range(1, 7))
def test_missing_conditions_mitigate_unless_an_essential_one_is_missing(decide: Decide, number: int) -> None:
    for unmet in combinations(Condition, number):
        expected = Conclusion.NOT_TOLERATED if ESSENTIAL & set(unmet) else Conclusion.MITIGATED
        assert proposed_conclusion(decide, sheet(*unmet)).conclusion is expected


def test_a_sheet_with_an_unanswered_condition_is_refused_beside_its_line() -> None:
    answers = {condition.value: "yes" for condition in Condition if condition is not Condition.PROCEDURE}
    with pytest.raises(Invalid) as refused:
        CheckSheet.of(answers, [], "依据")
    assert set(refused.value.fields) == {"procedure"}


def test_a_sheet_without_grounds_is_refused() -> None:
    with pytest.raises(Invalid):
        CheckSheet.of({condition.value: "yes" for condition in Condition}, [], " ")


def test_a_sheet_is_kept_and_read_without_loss() -> None:
    kept = sheet(Condition.EMERGENCY, found=(Exclusion.REPEATED, Exclusion.GRAVE))
    assert CheckSheet.read(kept.plain()) == kept


def test_no_conclusion_without_a_sheet() -> None:
    with pytest.raises(RuleViolation) as refused:
        check_conclusion(None, None, Conclusion.NOT_TOLERATED, "理由")
    assert refused.value.clause == "10.2"


def test_people_may_be_stricter_than_the_table_with_a_reason_only(decide: Decide) -> None:
    proposal = proposed_conclusion(decide, sheet())
    with pytest.raises(Invalid):
        check_conclusion(sheet(), proposal, Conclusion.MITIGATED, "")
    check_conclusion(sheet(), proposal, Conclusion.MITIGATED, "报告不够及时")


@pytest.mark.parametrize("chosen", [Conclusion.EXEMPT, Conclusion.MITIGATED])
def test_nobody_tolerates_what_the_negative_list_names(decide: Decide, chosen: Conclusion) -> None:
    listed = sheet(found=(Exclusion.INTENT,))
    with pytest.raises(RuleViolation, match="明知故犯"):
        check_conclusion(listed, proposed_conclusion(decide, listed), chosen, "领导意见")


def test_nobody_is_exempt_while_one_of_the_six_is_missing() -> None:
    missing = sheet(Condition.PROCEDURE)
    with pytest.raises(RuleViolation, match="缺一不可"):
        check_conclusion(missing, Proposal(Conclusion.MITIGATED, ""), Conclusion.EXEMPT, "理由")


def test_twenty_working_days_end_on_the_twentieth_working_day_after_the_start() -> None:
    clock = InvestigationClock(20).start(MONDAY)
    assert clock.due(CALENDAR).date() == date(2026, 11, 30)
    assert clock.spent(CALENDAR, date(2026, 11, 30)) == 20


def test_waiting_for_material_costs_no_day() -> None:
    stopped = InvestigationClock(20).start(MONDAY).stop(CALENDAR, date(2026, 11, 6))
    assert stopped.used == 4
    assert stopped.spent(CALENDAR, date(2026, 11, 20)) == 4
    resumed = stopped.start(date(2026, 11, 20))
    assert resumed.due(CALENDAR).date() == date(2026, 12, 14)


def test_the_time_is_extended_by_ten_days_once() -> None:
    clock = InvestigationClock(20).start(MONDAY).extend(10)
    assert clock.due(CALENDAR).date() == date(2026, 12, 14)
    with pytest.raises(RuleViolation) as refused:
        clock.extend(10)
    assert refused.value.clause == "10.1"


def test_a_clock_that_stands_still_cannot_be_stopped_again() -> None:
    with pytest.raises(Conflict):
        InvestigationClock(20).stop(CALENDAR, MONDAY)
    with pytest.raises(Conflict):
        InvestigationClock(20).start(MONDAY).start(MONDAY)


def test_a_clock_without_days_left_is_due_at_once() -> None:
    assert InvestigationClock(5, used=7).start(MONDAY).due(CALENDAR).date() == MONDAY


@pytest.mark.parametrize("effect", [ReportEffect.CAREER, ReportEffect.LIFE, ReportEffect.REPEATED])
@pytest.mark.parametrize("finding", [ReportFinding.UNTRUE, ReportFinding.PARTLY_TOLERATED])
def test_who_suffers_from_an_untrue_report_may_be_cleared(finding: ReportFinding, effect: ReportEffect) -> None:
    check_clearable(finding, effect)


@pytest.mark.parametrize("finding", [ReportFinding.TRUE, ReportFinding.UNPROVEN, ReportFinding.UNSETTLED])
def test_what_is_not_shown_to_be_untrue_is_not_cleared(finding: ReportFinding) -> None:
    with pytest.raises(RuleViolation) as refused:
        check_clearable(finding, ReportEffect.CAREER)
    assert refused.value.clause == "10.3"


@pytest.mark.parametrize("effect", [ReportEffect.NONE, ReportEffect.TALK_ONLY])
def test_an_untrue_report_without_harm_needs_no_clearing(effect: ReportEffect) -> None:
    assert "不需要澄清" in obstacle(ReportFinding.UNTRUE, effect)
