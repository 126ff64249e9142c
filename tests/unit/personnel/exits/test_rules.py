"""Acceptance vectors of exit: absence, compensation, protected persons, retirement, evidence, states."""

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from engine.kernel.errors import Conflict, Invalid, RuleViolation
from engine.personnel.calendar import WorkCalendar
from engine.personnel.decision_files import tables_of
from engine.personnel.exits.absence import Absence, AbsenceCount, count_absence
from engine.personnel.exits.compensation import Wages, compensation, service_years
from engine.personnel.exits.conflicts import APPRAISAL_AND_LAW, DISMISSAL_OF_MANAGERS, ELECTED_POST, conflicts_of
from engine.personnel.exits.grounds import check_route, ground_rule, missing_evidence, require_evidence, route_rule
from engine.personnel.exits.guards import (
    ExpiryNotice,
    GuardFacts,
    GuardLine,
    check_guards,
    require_passed,
    senior_protection,
)
from engine.personnel.exits.retirement import RetirementKind, alert_day, kind_of, retirement_day
from engine.personnel.exits.states import ENDED, MOVES, check_exit_move
from engine.personnel.exits.terms import EvidenceKind, ExitGround, ExitState, GuardOutcome, Protection, Route
from engine.personnel.vocabulary import Sex, WorkerCategory

DECIDE = tables_of([(Path(__file__).parents[4] / "bpmn" / "exit" / "exit_grounds.dmn").read_bytes()]).decide
WEEKENDS = WorkCalendar(frozenset(), frozenset(), frozenset({2026}), "test")
MONDAY = date(2026, 3, 2)


def counted(*entries: tuple[date, str], calendar: WorkCalendar = WEEKENDS) -> AbsenceCount:
    return count_absence([Absence(day, Decimal(days)) for day, days in entries], calendar)


@pytest.mark.parametrize(("days", "over"), [("10", False), ("10.5", True)])
def test_vector_12_more_than_ten_consecutive_working_days(days: str, over: bool) -> None:
    found = counted((MONDAY, days))
    assert (found.consecutive, found.grounds_exit) == (Decimal(days), over)


@pytest.mark.parametrize(("last", "over"), [("4", False), ("4.5", True)])
def test_vector_13_more_than_twenty_working_days_within_a_year(last: str, over: bool) -> None:
    spread = [(MONDAY + timedelta(days=14 * n), "4") for n in range(4)]
    found = counted(*spread, (MONDAY + timedelta(days=56), last))
    assert (found.total, found.grounds_exit) == (16 + Decimal(last), over)


def test_a_run_goes_on_over_weekends_and_holidays_and_ends_with_a_day_at_work() -> None:
    holiday = WorkCalendar(frozenset({date(2026, 3, 9)}), frozenset(), frozenset({2026}), "test")
    assert counted((MONDAY, "5"), (date(2026, 3, 10), "2"), calendar=holiday).consecutive == 7
    assert counted((MONDAY, "5"), (date(2026, 3, 10), "2")).consecutive == 5


def test_a_half_day_closes_the_run_it_follows() -> None:
    assert counted((MONDAY, "2.5"), (date(2026, 3, 5), "3")).consecutive == Decimal(3)
    assert counted((MONDAY, "0.5"), (date(2026, 3, 3), "3")).consecutive == Decimal("3.5")


def test_days_older_than_a_year_no_longer_count() -> None:
    assert counted((date(2025, 3, 3), "9"), (date(2026, 3, 9), "9")).total == 9
    entries = [Absence(date(2025, 12, 1), Decimal(9)), Absence(date(2026, 1, 12), Decimal(9))]
    assert count_absence(entries, WEEKENDS).total == 18
    assert count_absence(entries, WEEKENDS, by_calendar_year=True).total == 9


def test_a_day_entered_twice_is_one_day() -> None:
    assert counted((MONDAY, "1"), (MONDAY, "1")).total == 1


def test_warnings_come_at_each_threshold_and_a_summons_at_three_days() -> None:
    assert counted((MONDAY, "2.5")).warnings == ()
    assert not counted((MONDAY, "2.5")).return_notice_due
    found = counted((MONDAY, "8"))
    assert found.warnings == tuple(f"连续旷工达 {n} 个工作日" for n in (3, 5, 8))
    assert found.return_notice_due
    assert counted((MONDAY, "15")).warnings[-1] == "1年内累计旷工达 15 个工作日"


def wages(average: str, city: str = "9000") -> Wages:
    return Wages(Decimal(average), Decimal(city), Decimal(2490), Decimal(average))


def test_vector_14_seven_and_a_half_years() -> None:
    sheet = compensation(date(2019, 3, 1), date(2026, 8, 20), wages("8200"))
    assert (sheet.years, sheet.severance, sheet.total) == (Decimal("7.5"), Decimal("61500.00"), Decimal("61500.00"))
    with_notice = compensation(date(2019, 3, 1), date(2026, 8, 20), wages("8200"), in_lieu=True)
    assert with_notice.total == Decimal("69700.00")


def test_vector_15_high_wages_are_capped_at_three_times_and_twelve_years() -> None:
    sheet = compensation(date(2011, 1, 1), date(2025, 12, 31), wages("40000"))
    assert (sheet.years, sheet.base, sheet.capped) == (Decimal(12), Decimal("27000.00"), True)
    assert sheet.severance == Decimal("324000.00")


def test_twelve_years_limit_only_wages_over_the_cap() -> None:
    assert compensation(date(2006, 1, 1), date(2025, 12, 31), wages("27000")).years == 20


@pytest.mark.parametrize(
    ("last", "years"),
    [(date(2020, 2, 29), "1"), (date(2020, 3, 1), "1.5"), (date(2020, 8, 30), "1.5"), (date(2020, 8, 31), "2"),
     (date(2019, 3, 1), "0.5")],
)  # fmt: skip
def test_six_months_count_as_a_year_and_less_as_a_half(last: date, years: str) -> None:
    assert service_years(date(2019, 3, 1), last) == Decimal(years)


def test_nobody_is_paid_below_the_minimum_wage_and_an_unlawful_ending_costs_twice() -> None:
    sheet = compensation(date(2024, 1, 1), date(2025, 12, 31), wages("1800"))
    assert (sheet.base, sheet.severance, sheet.unlawful) == (Decimal("2490.00"), Decimal("4980.00"), Decimal("9960.00"))
    without = compensation(date(2024, 1, 1), date(2025, 12, 31), wages("8000"), due=False)
    assert (without.total, without.unlawful) == (Decimal("0.00"), Decimal("32000.00"))


def test_a_sheet_without_wages_or_before_the_first_day_is_refused() -> None:
    with pytest.raises(Invalid, match="前 12 个月平均工资"):
        compensation(date(2024, 1, 1), date(2025, 1, 1), wages("0"))
    with pytest.raises(Invalid, match="不能早于入职"):
        service_years(date(2024, 1, 2), date(2024, 1, 1))


PREGNANT = GuardFacts([Protection.MATERNITY], "员工手册", date(2025, 1, 1))


def lines(ground: ExitGround, route: Route, facts: GuardFacts) -> list[GuardLine]:
    return check_guards(ground, route, facts)


def test_vector_16_a_pregnant_worker_is_protected_from_an_exit_for_unfitness() -> None:
    found = lines(ExitGround.INCOMPETENCE, Route.L40_2, PREGNANT)
    with pytest.raises(RuleViolation, match="孕期") as refused:
        require_passed(found)
    assert refused.value.clause == "L42(4)"


def test_vector_17_misconduct_is_not_protected_but_reviewed_again() -> None:
    found = lines(ExitGround.ABSENCE, Route.L39_2, PREGNANT)
    require_passed(found)
    assert [line.clause for line in found if line.outcome is GuardOutcome.REVIEW] == ["L42(4)"]


def test_the_contract_of_a_protected_worker_does_not_end_by_time() -> None:
    with pytest.raises(RuleViolation) as refused:
        require_passed(lines(ExitGround.EXPIRY, Route.L44_1, PREGNANT))
    assert refused.value.clause == "L45"


@pytest.mark.parametrize(("told_on", "outcome", "words"), [
    (date(2026, 11, 1), GuardOutcome.PASSED, "已提前 30 日"),
    (date(2026, 11, 2), GuardOutcome.REVIEW, "只提前 29 日，不足 30 日"),
])  # fmt: skip
def test_a_late_notice_of_expiry_is_shown_and_left_to_people(told_on: date, outcome: GuardOutcome, words: str) -> None:
    facts = GuardFacts(expiry=ExpiryNotice(told_on, date(2026, 12, 1), 30))
    found = lines(ExitGround.EXPIRY, Route.L44_1, facts)
    require_passed(found)
    assert [(line.outcome, words in line.text) for line in found if line.clause == "L44(1)"] == [(outcome, True)]


def test_rules_that_were_not_made_public_carry_no_exit() -> None:
    for facts in (GuardFacts(), GuardFacts(rulebook="员工手册")):
        with pytest.raises(RuleViolation) as refused:
            require_passed(lines(ExitGround.ABSENCE, Route.L39_2, facts))
        assert refused.value.clause == "L4"


def test_open_appeals_hold_an_exit_for_low_grades_back() -> None:
    with pytest.raises(RuleViolation) as refused:
        require_passed(lines(ExitGround.APPRAISAL, Route.L40_2, GuardFacts(appeals_open=True)))
    assert refused.value.clause == "11.2"
    require_passed(lines(ExitGround.APPRAISAL, Route.L40_2, GuardFacts()))


def test_the_union_is_told_of_every_unilateral_ending() -> None:
    told = {route for route in Route if "L43" in {line.clause for line in lines(ExitGround.OTHER, route, GuardFacts())}}
    assert told == {Route.L39_2, Route.L39_3, Route.L39_6, Route.L40_2}


def test_fifteen_years_and_close_to_retirement_protect() -> None:
    retires = date(2030, 6, 1)
    assert senior_protection(date(2011, 1, 1), retires, date(2026, 1, 1))
    assert not senior_protection(date(2011, 1, 2), retires, date(2026, 1, 1))
    assert not senior_protection(date(2000, 1, 1), retires, date(2025, 6, 1))


@pytest.mark.parametrize(
    ("born", "kind", "retires"),
    [
        (date(1964, 12, 31), RetirementKind.MAN, date(2024, 12, 31)),
        (date(1965, 1, 1), RetirementKind.MAN, date(2025, 2, 1)),
        (date(1965, 4, 30), RetirementKind.MAN, date(2025, 5, 30)),
        (date(1965, 5, 1), RetirementKind.MAN, date(2025, 7, 1)),
        (date(1990, 1, 1), RetirementKind.MAN, date(2053, 1, 1)),
        (date(1970, 1, 15), RetirementKind.WOMAN_55, date(2025, 2, 15)),
        (date(1990, 1, 1), RetirementKind.WOMAN_55, date(2048, 1, 1)),
        (date(1975, 1, 1), RetirementKind.WOMAN_50, date(2025, 2, 1)),
        (date(1975, 3, 1), RetirementKind.WOMAN_50, date(2025, 5, 1)),
        (date(1990, 1, 1), RetirementKind.WOMAN_50, date(2045, 1, 1)),
    ],
)
def test_retirement_is_delayed_step_by_step(born: date, kind: RetirementKind, retires: date) -> None:
    assert retirement_day(born, kind) == retires


def test_retirement_is_announced_six_months_ahead() -> None:
    assert kind_of(Sex.MALE) is RetirementKind.MAN
    assert kind_of(Sex.FEMALE, from_50=True) is RetirementKind.WOMAN_50
    assert alert_day(date(1965, 1, 1), kind_of(Sex.MALE)) == date(2024, 8, 1)


def test_every_ground_and_route_has_its_line_in_the_table() -> None:
    clauses = [ground_rule(DECIDE, ground).clause for ground in list(ExitGround)[:6]]
    assert clauses == [f"11.{n}" for n in range(1, 7)]
    assert all(ground_rule(DECIDE, ground).routes for ground in ExitGround)
    paid = {route for route in Route if route_rule(DECIDE, route).compensation}
    assert paid == {Route.L36, Route.L40_2, Route.L44_1}
    assert route_rule(DECIDE, Route.L37).notice_days == 30
    assert route_rule(DECIDE, Route.L37).probation_notice_days == 3


def test_grave_grounds_bar_from_coming_back_for_five_years() -> None:
    barred = {ground for ground in ExitGround if ground_rule(DECIDE, ground).ban_years == 5}
    assert barred == {ExitGround.SANCTION, ExitGround.NEGLECT, ExitGround.ABSENCE}


def test_missing_evidence_is_named_and_refused_with_the_clause() -> None:
    rule = ground_rule(DECIDE, ExitGround.INCOMPETENCE)
    assert missing_evidence(rule, []) == ["不能胜任工作的认定材料", "培训记录或调整岗位记录"]
    with pytest.raises(RuleViolation, match="培训记录或调整岗位记录") as refused:
        require_evidence(rule, [EvidenceKind.UNFITNESS_RECORD])
    assert refused.value.clause == "11.4"
    require_evidence(rule, [EvidenceKind.UNFITNESS_RECORD, EvidenceKind.TRANSFER_RECORD])


def test_a_route_that_cannot_carry_the_ground_is_refused() -> None:
    rule = ground_rule(DECIDE, ExitGround.INCOMPETENCE)
    with pytest.raises(Invalid, match="第四十条第二项"):
        check_route(ExitGround.INCOMPETENCE, rule, Route.L39_2)


def test_the_officer_sees_both_texts_where_notice_and_law_differ() -> None:
    found = conflicts_of(ExitGround.APPRAISAL, Route.L40_2, WorkerCategory.COMMITTEE, [])
    assert found == [APPRAISAL_AND_LAW, ELECTED_POST]
    sanction = conflicts_of(
        ExitGround.SANCTION, Route.L39_6, WorkerCategory.EXAM_HIRED, [EvidenceKind.DISMISSAL_DECISION]
    )
    assert sanction == [DISMISSAL_OF_MANAGERS]
    assert conflicts_of(ExitGround.RESIGNATION, Route.L37, WorkerCategory.EXAM_HIRED, []) == []


def test_an_exit_moves_only_as_declared() -> None:
    assert set(MOVES) == set(ExitState)
    assert {ExitState.CLOSED, ExitState.WITHDRAWN, ExitState.CONVERTED, ExitState.REINSTATED} == ENDED
    with pytest.raises(Conflict, match="已退出"):
        check_exit_move(ExitState.GUARD_CHECK, ExitState.CLOSED)
    check_exit_move(ExitState.GUARD_CHECK, ExitState.NOTIFIED)
    check_exit_move(ExitState.CLOSED, ExitState.REINSTATED)
    with pytest.raises(Conflict):
        check_exit_move(ExitState.CLOSED, ExitState.WITHDRAWN)
