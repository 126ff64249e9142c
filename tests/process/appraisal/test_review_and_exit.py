"""Review, appeal, their windows, and the proposal of exit that waits for them (acceptance vectors 9 to 11)."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from engine.delegates.appraisal.commands import RequestReview
from engine.kernel.errors import Conflict, NotFound, RuleViolation
from engine.personnel.appraisal.effects import FixGrade
from engine.personnel.appraisal.ledgers import RecordConduct
from engine.personnel.appraisal.terms import AppraisalGrade, CaseState, Discipline, EffectKind
from engine.personnel.exits.proposals import ExitProposal, open_proposals
from engine.workflow.tables import Notification
from tests.process.appraisal.town import YEAR, Town

_G = AppraisalGrade


def proposals(town: Town) -> list[ExitProposal]:
    return town.office.read(lambda session: open_proposals(session, town.office.street))


def titles(town: Town) -> list[str]:
    return town.office.read(lambda session: [one.title for one in session.scalars(select(Notification))])


def test_vector_9_exit_is_proposed_only_when_the_appeal_has_ended(pair: Town) -> None:
    pair.earlier(0, 2025, _G.INCOMPETENT)
    pair.prepared("40", "80")
    pair.release()
    assert "考核预警" in titles(pair)
    pair.file()
    pair.sign(0, "review", "评分有误")
    pair.office.act("street_leader", pair.key(0), "street_review", "uphold", "维持")
    pair.appeal(0)
    assert pair.state(0) is CaseState.APPEALING
    assert proposals(pair) == []
    pair.office.act("county_head", pair.key(0), "county_appeal", "uphold", "维持街道决定")
    assert pair.state(0) is CaseState.FILED
    (proposal,) = proposals(pair)
    assert (proposal.ground, proposal.clause, proposal.evidence) == (
        "appraisal",
        "11.2",
        "2025 年不合格、2026 年不合格",
    )
    assert EffectKind.EXIT_PROPOSAL in pair.effects(0)
    assert "退出建议待研究" in titles(pair)


def test_vector_10_an_unrated_year_is_skipped(pair: Town) -> None:
    for year, grade in ((2023, _G.BASIC), (2024, None), (2025, _G.BASIC)):
        pair.earlier(0, year, grade)
    pair.prepared("55", "80")
    pair.release()
    pair.file()
    pair.windows_over()
    assert pair.grade(0) is _G.BASIC
    assert len(proposals(pair)) == 1


def test_vector_11_a_mixed_run_is_left_to_people(pair: Town) -> None:
    pair.earlier(0, 2024, _G.INCOMPETENT)
    pair.earlier(0, 2025, _G.BASIC)
    pair.prepared("40", "80")
    pair.release()
    pair.file()
    pair.windows_over()
    assert proposals(pair) == []
    assert EffectKind.JUDGEMENT in pair.effects(0)


def test_a_review_may_change_the_grade_and_then_nothing_is_proposed(pair: Town) -> None:
    pair.earlier(0, 2025, _G.INCOMPETENT)
    pair.prepared("40", "80")
    pair.release()
    pair.file()
    pair.sign(0)
    pair.ask_review(0)
    pair.office.act("street_leader", pair.key(0), "street_review", "change", "计分有误", {"grade": "competent"})
    pair.windows_over()
    assert pair.grade(0) is _G.COMPETENT
    assert pair.state(0) is CaseState.FILED
    assert proposals(pair) == []


def test_a_result_nobody_signs_counts_as_served_when_the_window_is_over(pair: Town) -> None:
    pair.prepared("80", "80")
    pair.release()
    pair.file()
    until = pair.case(0).review_until
    assert until is not None
    pair.office.move_to(until + timedelta(minutes=1))
    assert pair.state(0) is CaseState.FILED
    assert "考核结果未签收" in titles(pair)


def test_a_review_is_refused_before_the_signature_and_after_the_window(pair: Town) -> None:
    pair.prepared("80", "80")
    pair.release()
    with pytest.raises(Conflict, match="签收"):
        pair.ask_review(0)
    pair.sign(0)
    pair.sign(1)
    until = pair.case(0).review_until
    assert until is not None
    pair.office.clock.move_to(until + timedelta(minutes=1))
    with pytest.raises(RuleViolation, match="期限已过"):
        pair.office.do(RequestReview(pair.case(0).id, "请复核"), pair.actors[0])
    pair.windows_over()
    with pytest.raises(RuleViolation, match="期限已过") as refused:
        pair.office.do(RequestReview(pair.case(0).id, "请复核"), pair.actors[0])
    assert refused.value.clause == "9.6"


def test_another_persons_result_does_not_exist(pair: Town) -> None:
    pair.prepared("80", "80")
    pair.release()
    pair.sign(0)
    with pytest.raises(NotFound):
        pair.office.do(RequestReview(pair.case(0).id, "请复核"), pair.actors[1])


def test_an_appeal_needs_the_streets_answer_first(pair: Town) -> None:
    pair.prepared("80", "80")
    pair.release()
    pair.sign(0)
    with pytest.raises(Conflict, match="答复复核以后"):
        pair.appeal(0)


def test_a_review_cannot_give_more_of_the_highest_grade_than_the_cap(town: Town) -> None:
    town.prepared("95", "80", "92", "80")
    town.release(0)
    town.sign(2, "review", "得分超过 90")
    values = {"grade": "excellent"}
    with pytest.raises(RuleViolation, match="名额已满"):
        town.office.act("street_leader", town.key(2), "street_review", "change", "同意改定", values)
    assert town.grade(2) is _G.COMPETENT


def test_a_grade_put_off_by_an_investigation_is_given_when_it_is_closed(pair: Town) -> None:
    office = pair.office
    office.do(RecordConduct(pair.workers[0], YEAR, Discipline.NONE, under_investigation=True), "discipline_officer")
    pair.prepared("80", "80")
    pair.release()
    pair.file()
    pair.windows_over()
    assert (pair.grade(0), pair.state(0)) == (None, CaseState.FILED)
    fix = FixGrade(pair.case(0).id, _G.BASIC, "按处分决定")
    with pytest.raises(RuleViolation, match="尚未结束"):
        office.do(fix, "street_leader")
    office.do(RecordConduct(pair.workers[0], YEAR, Discipline.DEMERIT), "discipline_officer")
    with pytest.raises(NotFound):
        office.do(fix, "street_clerk")
    office.do(fix, "street_leader")
    assert pair.grade(0) is _G.BASIC
    assert pair.effects(0) == {EffectKind.PERFORMANCE, EffectKind.TALK}
    with pytest.raises(Conflict):
        office.do(fix, "street_leader")
