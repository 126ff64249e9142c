"""Wrong acts are refused with their clause, and change nothing; special persons get what the rules say."""

from datetime import date, datetime
from decimal import Decimal

import pytest
from sqlalchemy import update

from engine.delegates.appraisal.commands import StartGuide, StartPlan
from engine.kernel.clock import CHINA
from engine.kernel.errors import Conflict, Forbidden, Invalid, RuleViolation
from engine.personnel.appraisal.ledgers import LeaveEntry, RecordConduct, RecordTraining, TrainingEntry
from engine.personnel.appraisal.plans import PlanDates
from engine.personnel.appraisal.terms import AbsenceKind, AppraisalGrade, CaseState, Discipline, Unrated
from engine.personnel.vocabulary import Post
from tests.process.appraisal.town import YEAR, Town, officer

_G = AppraisalGrade


def test_only_a_street_draws_up_a_plan_and_departments_are_refused_with_the_clause(pair: Town) -> None:
    pair.guide()
    office = pair.office
    for organisation, who in (
        (office.county, "county_clerk"),
        (office.street, "county_head"),
        (office.city, "city_officer"),
    ):
        with pytest.raises(RuleViolation) as refused:
            office.do(StartPlan(organisation, YEAR), who)
        assert refused.value.clause == "9.9"
    elsewhere = officer(office, "other", "street_clerk", office.county)
    with pytest.raises(Forbidden):
        office.do(StartPlan(office.street, YEAR), elsewhere)


def test_a_street_waits_for_the_countys_guide(pair: Town) -> None:
    with pytest.raises(RuleViolation) as refused:
        pair.office.do(StartPlan(pair.office.street, YEAR), "street_clerk")
    assert refused.value.clause == "9.6"


def test_there_is_one_guide_and_one_plan_a_year(pair: Town) -> None:
    pair.start()
    with pytest.raises(Conflict):
        pair.office.do(StartGuide(pair.office.county, YEAR), "county_clerk")
    with pytest.raises(Conflict, match="已经启动"):
        pair.office.do(StartPlan(pair.office.street, YEAR), "street_clerk")


def test_a_plans_ballots_end_before_the_committee_decides(pair: Town) -> None:
    pair.guide()
    late = PlanDates(date(2026, 12, 10), date(2027, 1, 20))
    with pytest.raises(Invalid) as refused:
        pair.office.do(StartPlan(pair.office.street, YEAR, late), "street_clerk")
    assert "ballots_on" in refused.value.fields


def test_more_of_the_highest_grade_than_the_cap_is_refused_with_the_clause(town: Town) -> None:
    town.prepared("95", "94", "92", "80")
    with pytest.raises(RuleViolation, match="请减少 1 名") as refused:
        town.settle(0, 1)
    assert refused.value.clause == "9.7"
    assert town.office.open_nodes(town.plan.number) == ["settle_excellent"]
    with pytest.raises(Invalid):
        town.settle(1)


def test_nothing_is_settled_before_everybody_is_scored(pair: Town) -> None:
    pair.start()
    for place in (0, 1):
        pair.summarise(place)
        pair.judge(place)
    pair.vote()
    pair.close()
    pair.score(0, "80")
    with pytest.raises(Conflict, match="还有 1 人没有评分（人1）"):
        pair.settle()


def test_too_few_residents_ballots_need_a_reason(pair: Town) -> None:
    pair.start()
    pair.vote(residents=4)
    with pytest.raises(RuleViolation, match="1 个社区的居民测评不足 5 张"):
        pair.close()
    pair.close("close_short", "社区新设，常住居民少")
    assert pair.plan.short_ballots == "社区新设，常住居民少"


def test_nobody_judges_himself(pair: Town) -> None:
    pair.change(0, user_id=pair.secretary.user_id)
    pair.start()
    pair.office.act(pair.secretary, pair.key(0), "self_summary", "submit", "", {"summary": "述职"})
    with pytest.raises(RuleViolation, match="不能对本人"):
        pair.judge(0)


def test_points_above_100_are_refused(pair: Town) -> None:
    pair.start()
    pair.summarise(0)
    with pytest.raises(Invalid):
        pair.judge(0, "101")
    assert pair.case(0).community_points is None


def test_vector_23_short_training_bars_a_deputy_from_the_highest_grade(pair: Town) -> None:
    pair.change(0, post=Post.DEPUTY, grade=5)
    pair.office.prepare(lambda context: context.session.execute(
        update(TrainingEntry).where(TrainingEntry.worker_id == pair.workers[0]).values(days=Decimal("2.5"))
    ))  # fmt: skip
    pair.prepared("95", "95")
    assert "年度培训 2.5 天，未达到 3 天" in pair.case(0).bars
    assert pair.case(0).proposed is _G.COMPETENT
    assert pair.case(1).proposed is _G.EXCELLENT


def test_special_persons_take_part_without_a_grade(town: Town) -> None:
    town.change(1, hired_on=date(2026, 7, 2))
    town.add(
        LeaveEntry(worker_id=town.workers[2], kind=AbsenceKind.SICK, starts_on=date(2026, 3, 2), days=Decimal(126),
                   recorded_at=datetime(2026, 9, 1, tzinfo=CHINA)),
        LeaveEntry(worker_id=town.workers[0], kind=AbsenceKind.MATERNITY, starts_on=date(2026, 3, 2),
                   days=Decimal(158), recorded_at=datetime(2026, 9, 1, tzinfo=CHINA)),
    )  # fmt: skip
    town.office.do(
        RecordConduct(town.workers[3], YEAR, Discipline.NONE, under_investigation=True), "discipline_officer"
    )
    town.prepared("95", "95", "95", "95")
    assert [town.case(place).unrated for place in range(4)] == [
        None, Unrated.SHORT_SERVICE, Unrated.LONG_LEAVE, Unrated.UNDER_INVESTIGATION,
    ]  # fmt: skip
    town.release()
    assert [town.grade(place) for place in (1, 2, 3)] == [None, None, None]
    assert town.state(1) is CaseState.FED_BACK


def test_who_refuses_to_take_part_gets_the_lowest_grade(pair: Town) -> None:
    pair.start()
    for place in (0, 1):
        pair.summarise(place)
        pair.judge(place)
    pair.vote()
    pair.close()
    pair.score(0, "95", refused_appraisal=True)
    assert pair.case(0).proposed is _G.INCOMPETENT
    assert "拒不参加考核" in pair.case(0).failures


@pytest.mark.parametrize(("days", "grade"), [("10", _G.COMPETENT), ("10.5", _G.INCOMPETENT)])
def test_absence_above_the_notices_limit_means_the_lowest_grade(pair: Town, days: str, grade: AppraisalGrade) -> None:
    pair.add(
        LeaveEntry(worker_id=pair.workers[0], kind=AbsenceKind.UNEXCUSED, starts_on=date(2026, 6, 1),
                   days=Decimal(days), recorded_at=pair.office.clock.now())
    )  # fmt: skip
    pair.prepared("95", "80")
    assert pair.case(0).proposed is grade
    assert ("连续旷工 10.5 个工作日，超过 10 个工作日" in pair.case(0).failures) is (days == "10.5")


def test_training_is_noted_in_half_days_by_the_clerk_of_the_street(pair: Town) -> None:
    command = RecordTraining(pair.workers[0], date(2026, 6, 1), Decimal("0.3"), "培训")
    with pytest.raises(Invalid):
        pair.office.do(command, "street_clerk")
    pair.office.do(RecordTraining(pair.workers[0], date(2026, 6, 1), Decimal("0.5"), "培训"), "street_clerk")
