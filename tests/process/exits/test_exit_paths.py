"""Every path of an exit, from its proposal to a vacant post."""

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.kernel.clock import CHINA
from engine.kernel.errors import Conflict, Forbidden, Invalid, NotFound, RuleViolation
from engine.personnel.exits.proposals import ExitProposal
from engine.personnel.exits.terms import EvidenceKind, ExitGround, ExitState, GuardOutcome, Route
from engine.personnel.quota_ledger import quota_standing
from engine.personnel.recruitment.outcomes import ReEntryBan
from tests.process.exits.bench import RULES, SERVED, TODAY, Bench

CLOSING = ("exit_talk", "final_pay", "handover", "issue_certificate", "transfer_files")


def test_absence_without_leave_leads_to_a_vacant_post_and_a_ban(bench: Bench) -> None:
    bench.start(ExitGround.ABSENCE, Route.L39_2)
    bench.gather()
    bench.check()
    bench.heard()
    bench.decided()
    bench.serve()
    assert (bench.account_open, bench.roles) == (True, {"community_worker"})
    assert bench.waits_at(*CLOSING)
    bench.close()
    assert bench.office.outcome(bench.number) is None
    bench.window_over()
    assert bench.ends(ExitState.CLOSED, "已退出")
    assert not bench.account_open
    assert (bench.worker.active, bench.worker.left_on) == (False, TODAY)
    standing = bench.office.read(lambda session: quota_standing(session, bench.office.county, TODAY))
    assert (standing.staffed, standing.vacant) == (0, 36)
    until = bench.office.read(lambda session: session.scalars(select(ReEntryBan.until)).one())
    assert until == date(2031, 11, 23)
    assert bench.case.pay is not None
    assert (bench.case.pay.severance, bench.case.pay.unlawful) == (Decimal(0), Decimal(8200 * 16))
    assert bench.case.transfer_due_on == date(2026, 12, 8)


def test_unfitness_pays_compensation_and_a_month_in_lieu(bench: Bench) -> None:
    bench.start(ExitGround.INCOMPETENCE, Route.L40_2)
    bench.gather()
    bench.check()
    bench.heard()
    bench.decided()
    with pytest.raises(RuleViolation, match="2026-12-23") as refused:
        bench.serve()
    assert refused.value.clause == "L40"
    assert bench.waits_at("serve_decision")
    bench.serve(in_lieu=True)
    bench.close()
    bench.window_over()
    pay = bench.case.pay
    assert pay is not None
    assert (pay.years, pay.severance, pay.in_lieu) == (Decimal(8), Decimal(65600), Decimal(8300))
    assert bench.ends(ExitState.CLOSED, "已退出")


def test_missing_evidence_is_refused_with_the_clause_and_changes_nothing(bench: Bench) -> None:
    bench.start(ExitGround.INCOMPETENCE, Route.L40_2)
    with pytest.raises(RuleViolation, match="培训记录或调整岗位记录") as refused:
        bench.gather(EvidenceKind.UNFITNESS_RECORD)
    assert refused.value.clause == "11.4"
    assert bench.waits_at("gather_evidence")
    assert bench.case.evidence == []


def test_a_protected_person_is_refused_with_the_clause_and_may_be_trained_instead(bench: Bench) -> None:
    bench.start(ExitGround.INCOMPETENCE, Route.L40_2)
    bench.gather()
    with pytest.raises(RuleViolation, match="孕期") as refused:
        bench.check("L42(4)")
    assert refused.value.clause == "L42(4)"
    assert bench.waits_at("guard_check")
    assert (bench.case.guards, bench.case.protections) == ([], "")
    bench.act("street_clerk", "guard_check", "convert", "安排培训")
    assert bench.ends(ExitState.CONVERTED, "已转培训或调整岗位")
    assert bench.worker.active


def test_misconduct_of_a_protected_person_goes_on_with_a_flag(bench: Bench) -> None:
    bench.start(ExitGround.ABSENCE, Route.L39_2)
    bench.gather()
    bench.check("L42(4)", **RULES)
    assert bench.waits_at("union_notice")
    flagged = [line.clause for line in bench.case.guards if line.outcome is GuardOutcome.REVIEW]
    assert flagged == ["L42(4)"]


def test_rules_that_were_not_made_public_stop_the_exit(bench: Bench) -> None:
    bench.start(ExitGround.ABSENCE, Route.L39_2)
    bench.gather()
    with pytest.raises(RuleViolation) as refused:
        bench.check(rulebook="")
    assert refused.value.clause == "L4"


def test_the_union_gets_its_answer_in_writing(bench: Bench) -> None:
    bench.start(ExitGround.ABSENCE, Route.L39_2)
    bench.gather()
    bench.check()
    bench.act("union_officer", "union_notice", "object", "事实不清")
    assert bench.waits_at("answer_union")
    with pytest.raises(Invalid):
        bench.act("street_clerk", "answer_union", "answer", "")
    bench.act("street_clerk", "answer_union", "answer", "考勤记录见附件")
    bench.act("street_clerk", "serve_notice", "served", **SERVED)
    assert (bench.case.union_objection, bench.case.union_answer) == ("事实不清", "考勤记录见附件")


def test_who_says_nothing_in_five_working_days_is_decided_about(bench: Bench) -> None:
    bench.start(ExitGround.ABSENCE, Route.L39_2)
    bench.gather()
    bench.check()
    bench.act("union_officer", "union_notice", "no_objection")
    bench.act("street_clerk", "serve_notice", "served", **SERVED)
    until = bench.case.defence_until
    assert until == datetime(2026, 11, 30, 17, 0, tzinfo=CHINA)
    bench.office.move_to(until)
    assert bench.waits_at("street_decision")
    assert bench.case.defence == "期满未提出陈述申辩"


def test_a_paper_without_proof_of_service_is_refused(bench: Bench) -> None:
    bench.start(ExitGround.ABSENCE, Route.L39_2)
    bench.gather()
    bench.check()
    bench.act("union_officer", "union_notice", "no_objection")
    with pytest.raises(Invalid, match="送达凭证"):
        bench.act("street_clerk", "serve_notice", "served", **(SERVED | {"proof": ""}))
    with pytest.raises(Invalid, match="不能晚于今天"):
        bench.act("street_clerk", "serve_notice", "served", **(SERVED | {"served_on": "2026-11-24"}))
    assert bench.waits_at("serve_notice")


def test_one_leader_who_disagrees_is_enough_to_stop_it(bench: Bench) -> None:
    bench.start(ExitGround.ABSENCE, Route.L39_2)
    bench.gather()
    bench.check()
    bench.heard()
    bench.act("street_leader", "street_decision", "approve")
    assert bench.waits_at("street_decision")
    bench.act(bench.second_leader, "street_decision", "reject", "情节轻微")
    assert bench.ends(ExitState.WITHDRAWN, "已撤回")
    assert "情节轻微" in bench.case.outcome


def test_the_street_may_choose_training_instead(bench: Bench) -> None:
    bench.start(ExitGround.INCOMPETENCE, Route.L40_2)
    bench.gather()
    bench.check()
    bench.heard()
    bench.act("street_leader", "street_decision", "convert", "再培训一次")
    assert bench.ends(ExitState.CONVERTED, "已转培训或调整岗位")


def test_the_county_may_send_it_back_to_the_street_or_refuse(bench: Bench) -> None:
    bench.start(ExitGround.ABSENCE, Route.L39_2)
    bench.gather()
    bench.check()
    bench.heard()
    bench.act("street_leader", "street_decision", "approve")
    bench.act(bench.second_leader, "street_decision", "approve")
    bench.act("county_head", "county_confirmation", "return", "请补充考勤")
    assert bench.waits_at("street_decision")
    bench.act("street_leader", "street_decision", "approve")
    bench.act(bench.second_leader, "street_decision", "approve")
    bench.act("county_head", "county_confirmation", "reject", "证据不足")
    assert bench.ends(ExitState.WITHDRAWN, "已撤回")
    assert bench.worker.active


def test_a_review_within_ten_days_may_revoke_the_decision(bench: Bench) -> None:
    bench.start(ExitGround.ABSENCE, Route.L39_2)
    bench.gather()
    bench.check()
    bench.heard()
    bench.decided()
    bench.serve()
    bench.ask_review()
    with pytest.raises(Conflict):
        bench.ask_review()
    bench.act("county_head", "county_review", "revoke", "请假手续属实")
    bench.close()
    assert bench.ends(ExitState.WITHDRAWN, "退出决定已撤销")
    assert bench.worker.active
    assert bench.account_open


def test_a_review_that_upholds_ends_the_exit_and_a_late_one_is_refused(bench: Bench) -> None:
    bench.start(ExitGround.ABSENCE, Route.L39_2)
    bench.gather()
    bench.check()
    bench.heard()
    bench.decided()
    bench.serve()
    with pytest.raises(NotFound):
        bench.ask_review("county_clerk")
    bench.ask_review()
    bench.act("county_head", "county_review", "uphold", "事实清楚")
    bench.close()
    assert bench.ends(ExitState.CLOSED, "已退出")


def test_a_review_after_the_window_is_refused(bench: Bench) -> None:
    bench.start(ExitGround.ABSENCE, Route.L39_2)
    bench.gather()
    bench.check()
    bench.heard()
    bench.decided()
    bench.serve()
    bench.office.move_to(datetime(2026, 12, 5, 9, 0, tzinfo=CHINA))
    with pytest.raises(RuleViolation, match="期限已过"):
        bench.ask_review()


def test_a_resignation_waits_for_its_thirty_days(bench: Bench) -> None:
    with pytest.raises(RuleViolation, match="2026-12-23") as refused:
        bench.start(ExitGround.RESIGNATION, Route.L37, notified_on=TODAY, last_day=date(2026, 12, 22))
    assert refused.value.clause == "L37"
    bench.start(ExitGround.RESIGNATION, Route.L37, notified_on=TODAY, last_day=date(2026, 12, 23))
    bench.gather()
    bench.act("street_leader", "street_acknowledgement", "acknowledge")
    assert bench.waits_at()
    bench.office.move_to(datetime(2026, 12, 24, 0, 0, tzinfo=CHINA))
    assert bench.waits_at(*CLOSING)
    bench.close(average="", city_average="", minimum="", last_month="", wages_due="8200")
    assert bench.ends(ExitState.CLOSED, "已退出")
    assert bench.case.pay is not None
    assert bench.case.pay.total == Decimal(8200)
    assert bench.office.read(lambda session: session.scalars(select(ReEntryBan)).all()) == []


def test_a_resignation_may_be_taken_back(bench: Bench) -> None:
    bench.start(ExitGround.RESIGNATION, Route.L37, notified_on=TODAY, last_day=date(2026, 12, 23))
    bench.gather()
    bench.act("street_leader", "street_acknowledgement", "withdraw", "本人撤回")
    assert bench.ends(ExitState.WITHDRAWN, "已撤回")


def test_expiry_passes_the_guards_and_pays_for_eight_years(bench: Bench) -> None:
    for notified_on in (None, TODAY + timedelta(days=1)):
        with pytest.raises(Invalid) as wrong:
            bench.start(ExitGround.EXPIRY, Route.L44_1, notified_on=notified_on, last_day=TODAY)
        assert list(wrong.value.fields) == ["notified_on"]
    bench.start(ExitGround.EXPIRY, Route.L44_1, notified_on=TODAY, last_day=TODAY)
    bench.gather()
    with pytest.raises(RuleViolation) as refused:
        bench.check("L42(3)")
    assert refused.value.clause == "L45"
    bench.check()
    bench.act("street_leader", "street_acknowledgement", "acknowledge")
    bench.office.move_to(datetime(2026, 11, 24, 0, 0, tzinfo=CHINA))
    bench.close()
    assert bench.ends(ExitState.CLOSED, "已退出")
    assert bench.case.pay is not None
    assert bench.case.pay.severance == Decimal(65600)


@pytest.mark.parametrize(
    ("ground", "route", "paid"),
    [
        (ExitGround.AGREEMENT, Route.L36, Decimal(65600)), (ExitGround.RETIREMENT, Route.L44_2, Decimal(0)),
        (ExitGround.DEATH, Route.L44_3, Decimal(0)),
    ],
)  # fmt: skip
def test_agreement_retirement_and_death_take_the_short_way(
    bench: Bench, ground: ExitGround, route: Route, paid: Decimal
) -> None:
    if ground is ExitGround.RETIREMENT:
        with pytest.raises(RuleViolation, match="未达到法定退休年龄") as refused:
            bench.start(ground, route, last_day=TODAY)
        assert refused.value.clause == "L44(2)"
        bench.born(date(1970, 11, 1))
    bench.start(ground, route, last_day=TODAY)
    bench.gather()
    bench.act("street_leader", "street_acknowledgement", "acknowledge")
    bench.office.move_to(datetime(2026, 11, 24, 0, 0, tzinfo=CHINA))
    bench.close()
    assert bench.ends(ExitState.CLOSED, "已退出")
    assert bench.case.pay is not None
    assert bench.case.pay.severance == paid


def test_a_clerk_takes_it_back_and_the_proposal_is_settled(bench: Bench) -> None:
    proposal = bench.office.prepare(lambda context: _proposal(context.session, bench, context.now))
    bench.start(ExitGround.ABSENCE, Route.L39_2, proposal_id=proposal)
    bench.act("street_clerk", "gather_evidence", "withdraw", "已补办请假手续")
    assert bench.ends(ExitState.WITHDRAWN, "已撤回")
    settled = bench.office.read(lambda session: session.get_one(ExitProposal, proposal))
    assert settled.settled_at is not None
    assert "已补办请假手续" in settled.outcome


def test_only_a_clerk_of_the_street_begins_an_exit_and_only_one(bench: Bench) -> None:
    for other in ("county_clerk", bench.person):
        with pytest.raises(NotFound):
            bench.start(ExitGround.ABSENCE, Route.L39_2, actor=other)
    with pytest.raises(Invalid, match="可以适用"):
        bench.start(ExitGround.ABSENCE, Route.L40_2)
    bench.start(ExitGround.ABSENCE, Route.L39_2)
    with pytest.raises(Conflict, match="正在办理"):
        bench.start(ExitGround.ABSENCE, Route.L39_2)


def test_the_wrong_role_decides_nothing(bench: Bench) -> None:
    bench.start(ExitGround.ABSENCE, Route.L39_2)
    with pytest.raises((NotFound, Forbidden, AssertionError)):
        bench.act("county_clerk", "gather_evidence", "submit", kinds=["attendance_ledger"], documents="1")
    assert bench.waits_at("gather_evidence")


def _proposal(session: Session, bench: Bench, now: datetime) -> int:
    proposal = ExitProposal(
        worker_id=bench.worker_id, street_id=bench.office.street, ground="absence", clause="11.5", evidence="旷工",
        source="leave_entry:1", proposed_at=now,
    )  # fmt: skip
    session.add(proposal)
    session.flush()
    return proposal.id
