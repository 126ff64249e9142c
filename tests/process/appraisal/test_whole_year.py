"""A year's appraisal from the county's guide to what follows from the grades."""

from decimal import Decimal

from sqlalchemy import select

from engine.personnel.appraisal.terms import AppraisalGrade, CaseState, EffectKind, PlanState
from engine.personnel.workers import Worker
from engine.workflow.tables import Notification
from tests.process.appraisal.town import Town

_G = AppraisalGrade


def test_a_year_from_guide_to_filing(both: Town) -> None:
    town = both
    town.prepared("95", "80", "92", "55")
    assert [town.case(place).proposed for place in range(4)] == [_G.EXCELLENT, _G.COMPETENT, _G.EXCELLENT, _G.BASIC]
    town.release(0)
    assert town.plan.state is PlanState.RELEASED
    for place in range(4):
        town.sign(place)
    town.file()
    town.windows_over()
    assert [town.grade(place) for place in range(4)] == [_G.EXCELLENT, _G.COMPETENT, _G.COMPETENT, _G.BASIC]
    assert {town.state(place) for place in range(4)} == {CaseState.FILED}
    assert town.case(0).performance == Decimal("1.20")
    assert town.office.outcome(town.plan.number) == "考核已备案"
    assert town.office.outcome(town.key(0)) == "已归档"
    assert town.effects(3) == {EffectKind.PERFORMANCE, EffectKind.TALK}


def test_somebody_proposed_for_the_highest_grade_outside_the_cap_gets_the_next(town: Town) -> None:
    town.prepared("95", "80", "92", "80")
    town.settle(2, reason="正职上年度已评优")
    assert town.grade(0) is _G.COMPETENT
    assert town.case(0).grade_reason == "达到优秀分数线，未进入优秀名额"
    assert town.plan.settled_reason == "正职上年度已评优"


def test_the_committee_may_send_the_choice_back(town: Town) -> None:
    town.prepared("95", "80", "92", "80")
    town.settle(0)
    town.office.act("street_leader", town.plan.number, "committee_decision", "return", "请重新研究")
    assert town.office.open_nodes(town.plan.number) == ["settle_excellent"]
    town.settle(2, reason="会议研究")
    assert town.office.open_nodes(town.plan.number) == ["committee_decision"]


def test_an_objection_during_publicity_takes_the_names_down(town: Town) -> None:
    town.prepared("95", "80", "92", "80")
    town.settle(0)
    town.office.act("street_leader", town.plan.number, "committee_decision", "approve")
    until = town.plan.publicity_until
    assert until is not None
    town.office.move_to(until)
    town.office.act("street_clerk", town.plan.number, "confirm_publicity", "revise", "反映属实")
    assert town.office.open_nodes(town.plan.number) == ["settle_excellent"]
    assert town.plan.state is PlanState.SCORING


def test_publicity_lasts_five_working_days(pair: Town) -> None:
    town = pair
    town.prepared("80", "80")
    town.settle()
    town.office.act("street_leader", town.plan.number, "committee_decision", "approve")
    until = town.plan.publicity_until
    assert until is not None
    assert (until.date() - town.office.clock.now().date()).days == 7


def test_the_county_may_send_the_filing_back(pair: Town) -> None:
    town = pair
    town.prepared("80", "80")
    town.release()
    town.office.act("street_clerk", town.plan.number, "submit_filing", "submit")
    town.office.act("county_clerk", town.plan.number, "county_filing", "return", "请核对")
    assert town.office.open_nodes(town.plan.number) == ["submit_filing"]
    assert town.plan.state is PlanState.RELEASED


def test_a_summary_that_does_not_come_bars_from_the_highest_grade(town: Town) -> None:
    town.start()
    for place in (1, 2, 3):
        town.summarise(place)
        town.judge(place)
    town.office.move_to(town.plan.summary_closes_at)
    town.judge(0, "95")
    town.vote()
    town.close()
    for place in range(4):
        town.score(place, "96")
    assert town.case(0).summary_missing
    assert town.case(0).proposed is _G.COMPETENT
    assert "个人总结" in town.case(0).bars
    assert town.case(2).proposed is _G.EXCELLENT


def test_who_has_no_account_is_written_for_by_the_clerk(pair: Town) -> None:
    pair.change(1, user_id=None)
    pair.start()
    pair.office.act("street_clerk", pair.key(1), "self_summary", "submit", "", {"summary": "代录纸质总结"})
    assert pair.case(1).summary == "代录纸质总结"


def test_a_lowest_grade_lowers_the_level_but_not_below_the_post(pair: Town) -> None:
    pair.prepared("40", "40")
    pair.change(1, grade=1)
    pair.release()
    pair.file()
    pair.windows_over()

    def grade(place: int) -> int:
        return pair.office.read(lambda session: session.get_one(Worker, pair.workers[place]).grade)

    assert pair.case(0).performance == 0
    assert [grade(0), grade(1)] == [2, 1]
    assert EffectKind.DEMOTION in pair.effects(0)
    assert EffectKind.DEMOTION not in pair.effects(1)


def test_everybody_is_told_of_his_result(pair: Town) -> None:
    town = pair
    town.prepared("80", "80")
    town.release()
    sent = town.office.read(lambda session: list(session.scalars(select(Notification))))
    told = {one.user_id for one in sent if one.title == "年度考核结果已送达"}
    assert told == {actor.user_id for actor in town.actors}
