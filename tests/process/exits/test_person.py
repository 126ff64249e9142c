"""What the person does in his exit, what he keeps and gets back, and what is kept about him."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select, update

from engine.delegates.exits.commands import ReinstateWorker, StateDefence, WaiveDefence, WithdrawResignation
from engine.delegates.exits.reminders import NoteAbsence, alert_retirements
from engine.identity.users import RoleMembership
from engine.kernel.clock import CHINA
from engine.kernel.command import CommandContext
from engine.kernel.errors import Conflict, NotFound, RuleViolation
from engine.kernel.history import HistoryEvent
from engine.personnel.appraisal.cases import AppraisalCase
from engine.personnel.appraisal.terms import AppraisalGrade, CaseState
from engine.personnel.case_files import CaseFile, FilePurpose, Material
from engine.personnel.exits.evidence import known_to_the_person
from engine.personnel.exits.proposals import ExitProposal
from engine.personnel.exits.records import CollectRecords
from engine.personnel.exits.retirement_choices import ChooseRetirement
from engine.personnel.exits.terms import ClosingTask, EvidenceKind, ExitGround, ExitState, Route
from engine.personnel.policy import SetPolicyParameter
from engine.personnel.quota_ledger import quota_standing
from engine.personnel.recruitment.outcomes import ReEntryBan
from engine.personnel.vocabulary import Post, WorkerCategory
from engine.personnel.workers import Worker
from engine.workflow.tables import Notification
from tests.process.exits.bench import PHOTO, SERVED, TODAY, Bench
from tests.process.exits.test_exit_paths import CLOSING


def told(bench: Bench) -> int:
    """The exit stands in the time of defence. Answers how many papers there are."""
    bench.start(ExitGround.ABSENCE, Route.L39_2)
    bench.gather()
    bench.check()
    bench.act("union_officer", "union_notice", "no_objection")
    bench.act("street_clerk", "serve_notice", "served", **SERVED)
    return len(bench.case.papers)


def test_evidence_without_a_file_is_refused_where_the_employer_decides(bench: Bench) -> None:
    bench.start(ExitGround.ABSENCE, Route.L39_2)
    with pytest.raises(RuleViolation, match="还没有上传文件：考勤台账") as refused:
        bench.act("street_clerk", "gather_evidence", "submit", kinds=["attendance_ledger"], documents="台账")
    assert refused.value.clause == "11.5"
    assert bench.waits_at("gather_evidence")
    assert not known_to_the_person(bench.case)
    with pytest.raises(NotFound):
        bench.hand_in(EvidenceKind.ATTENDANCE_LEDGER, bench.person)
    bench.hand_in(EvidenceKind.ATTENDANCE_LEDGER)
    bench.act("street_clerk", "gather_evidence", "submit", documents="考勤台账")
    assert bench.case.evidence_kinds == [EvidenceKind.ATTENDANCE_LEDGER]


def test_the_person_defends_himself_and_is_heard_in_a_hearing(bench: Bench) -> None:
    told(bench)
    statement = StateDefence(bench.number, "确有请假，见附件。", hearing=True, materials=(Material("请假条", PHOTO),))
    for other in ("county_clerk", "street_leader"):
        with pytest.raises(NotFound):
            bench.office.do(statement, other)
    bench.office.do(statement, bench.person)
    assert "确有请假" in bench.case.defence
    assert bench.file_kinds(bench.person) == ["notice", "defence"]
    until = bench.case.defence_until
    assert until is not None
    bench.office.move_to(until + timedelta(minutes=1))
    assert bench.waits_at("hold_hearing")
    with pytest.raises((Conflict, RuleViolation)):
        bench.office.do(StateDefence(bench.number, "再说一点"), bench.person)
    bench.act("street_leader", "hold_hearing", "held", "本人到场陈述，经办人说明了事实")
    assert bench.waits_at("street_decision")
    assert bench.case.hearing == "本人到场陈述，经办人说明了事实"


def test_who_gives_the_time_up_is_decided_about_at_once(bench: Bench) -> None:
    told(bench)
    bench.office.do(WaiveDefence(bench.number), bench.person)
    bench.office.work()
    assert bench.waits_at("street_decision")
    assert "本人放弃陈述申辩" in bench.case.defence


def test_the_clerk_may_note_that_a_hearing_was_asked_for(bench: Bench) -> None:
    told(bench)
    bench.act("street_clerk", "hear_defence", "hearing", "书面要求听证")
    assert bench.waits_at("hold_hearing")


def test_a_resignation_is_taken_back_while_its_days_run(bench: Bench) -> None:
    bench.start(ExitGround.RESIGNATION, Route.L37, notified_on=TODAY, last_day=date(2026, 12, 23))
    bench.gather()
    early = WithdrawResignation(bench.number, "家中情况有变")
    with pytest.raises(Conflict):
        bench.office.do(early, bench.person)
    bench.act("street_leader", "street_acknowledgement", "acknowledge")
    with pytest.raises(NotFound):
        bench.office.do(early, "county_head")
    bench.office.do(early, bench.person)
    bench.office.work()
    assert bench.ends(ExitState.WITHDRAWN, "已撤回")
    assert bench.case.outcome == "本人撤回辞职：家中情况有变"
    assert bench.worker.active


def test_who_leaves_keeps_his_own_matters_until_the_end_and_a_revoked_decision_gives_all_roles_back(
    bench: Bench,
) -> None:
    bench.office.prepare(lambda context: context.session.add(
        RoleMembership(user_id=bench.person.user_id, role="street_leader", organisation_id=bench.office.street)
    ))  # fmt: skip
    told(bench)
    bench.act("street_clerk", "hear_defence", "waived")
    bench.act("street_leader", "street_decision", "approve")
    bench.act(bench.second_leader, "street_decision", "approve")
    bench.act(bench.person, "street_decision", "approve")
    bench.act("county_head", "county_confirmation", "confirm")
    bench.serve()
    assert bench.roles == {"community_worker"}
    bench.ask_review(bench.person)
    bench.act("county_head", "county_review", "revoke", "请假手续属实")
    bench.close()
    assert bench.ends(ExitState.WITHDRAWN, "退出决定已撤销")
    assert bench.roles == {"community_worker", "street_leader"}
    assert (bench.account_open, bench.worker.active, bench.worker.post) == (True, True, Post.GENERAL)


def test_an_award_brings_worker_account_roles_post_and_quota_back(bench: Bench) -> None:
    told(bench)
    bench.act("street_clerk", "hear_defence", "waived")
    bench.decided()
    bench.serve()
    bench.close()
    bench.window_over()
    assert bench.ends(ExitState.CLOSED, "已退出")
    award = ReinstateWorker(bench.number, "云劳人仲案〔2027〕5号：撤销退出决定")
    with pytest.raises(NotFound):
        bench.office.do(award, "street_clerk")
    bench.office.do(award, "county_head")
    assert bench.stands(ExitState.REINSTATED)
    assert (bench.account_open, bench.roles, bench.worker.active) == (True, {"community_worker"}, True)
    standing = bench.office.read(lambda session: quota_standing(session, bench.office.county, TODAY))
    assert standing.staffed == 1
    assert bench.office.read(lambda session: session.scalars(select(ReEntryBan)).all()) == []
    with pytest.raises(Conflict):
        bench.office.do(award, "county_head")
    bench.start(ExitGround.ABSENCE, Route.L39_2)


def test_an_elected_chief_leaves_with_a_check_of_money_and_a_by_election(bench: Bench) -> None:
    def promote(context: CommandContext) -> None:
        worker = context.session.get_one(Worker, bench.worker_id)
        worker.post, worker.grade, worker.category = Post.CHIEF, 8, WorkerCategory.COMMITTEE

    bench.office.prepare(promote)
    bench.start(ExitGround.AGREEMENT, Route.L36, last_day=TODAY)
    bench.gather()
    bench.act("street_leader", "street_acknowledgement", "acknowledge")
    bench.office.move_to(datetime(2026, 11, 24, 0, 0, tzinfo=CHINA))
    assert bench.waits_at("by_election", "finance_check", *CLOSING)
    bench.close()
    assert bench.waits_at("by_election", "finance_check")
    bench.act("street_clerk", "finance_check", "done", note="账目清楚")
    bench.act("street_clerk", "by_election", "done", note="2027年1月补选")
    assert bench.ends(ExitState.CLOSED, "已退出")
    assert bench.case.by_election_due == date(2027, 2, 21)
    assert bench.case.retained_until == date(2028, 11, 23)
    assert {ClosingTask.FINANCE, ClosingTask.BY_ELECTION} <= {task.task for task in bench.case.tasks}


def test_papers_are_numbered_kept_and_told_to_history_with_their_digest(bench: Bench) -> None:
    told(bench)
    bench.act("street_clerk", "hear_defence", "waived")
    bench.decided()
    bench.serve()
    papers = ["union_letter", "notice", "decision", "certificate", "handover"]
    assert [kind for kind in bench.file_kinds() if kind in papers] == papers
    assert bench.file_kinds(bench.person) == ["notice", "decision", "certificate", "handover"]
    kept = bench.office.read(lambda session: [
        (row.number, row.file.sha256)
        for row in session.scalars(select(CaseFile).where(CaseFile.purpose == FilePurpose.PAPER).order_by(CaseFile.id))
    ])  # fmt: skip
    recorded = bench.office.read(lambda session: [
        (row.facts["number"], row.facts["digest"])
        for row in session.scalars(
            select(HistoryEvent).where(HistoryEvent.type == "paper.issued").order_by(HistoryEvent.id)
        )
    ])  # fmt: skip
    assert kept == recorded
    assert [paper.number for paper in bench.case.papers] == ["东门退告〔2026〕1号", "东门退决〔2026〕1号"]


def test_windows_and_papers_follow_the_settings_of_the_day_on_which_the_exit_began(bench: Bench) -> None:
    bench.start(ExitGround.ABSENCE, Route.L39_2)
    changed = SetPolicyParameter(bench.office.county, "exit.defenceWorkdays", "10", TODAY, "县里规定")
    bench.office.do(changed, "county_head")
    bench.gather()
    bench.check()
    bench.act("union_officer", "union_notice", "no_objection")
    bench.act("street_clerk", "serve_notice", "served", **SERVED)
    assert bench.case.defence_until == datetime(2026, 11, 30, 17, 0, tzinfo=CHINA)


def test_absence_is_told_at_its_thresholds_and_proposes_an_exit_over_the_limit(bench: Bench) -> None:
    def titles() -> list[tuple[str, str]]:
        rows = bench.office.read(lambda session: session.scalars(select(Notification).order_by(Notification.id)).all())
        return [(row.title, row.body) for row in rows if row.user_id == bench.person.user_id or "建议" in row.title]

    assert bench.office.do(NoteAbsence(bench.worker_id, date(2026, 10, 12), Decimal(2)), "street_clerk") == []
    assert titles() == []
    bench.office.do(NoteAbsence(bench.worker_id, date(2026, 10, 14), Decimal(3)), "street_clerk")
    assert "连续旷工达 3 个工作日；连续旷工达 5 个工作日" in titles()[0][1]
    bench.office.do(NoteAbsence(bench.worker_id, date(2026, 10, 19), Decimal(10)), "street_clerk")
    assert any("退出建议" in title for title, _ in titles())
    proposals = bench.office.read(lambda session: session.scalars(select(ExitProposal)).all())
    assert [(one.ground, one.clause) for one in proposals] == [("absence", "11.5")]
    with pytest.raises(NotFound):
        bench.office.do(NoteAbsence(bench.worker_id, TODAY, Decimal(1)), "county_clerk")


def test_a_result_under_appeal_stops_the_exit_whatever_the_clerk_ticks(bench: Bench) -> None:
    def appealed(state: CaseState) -> AppraisalCase:
        return AppraisalCase(
            worker_id=bench.worker_id, county_id=bench.office.county, street_id=bench.office.street, year=2025,
            post=Post.GENERAL, state=state, grade=AppraisalGrade.INCOMPETENT,
        )  # fmt: skip

    bench.office.prepare(lambda context: context.session.add(appealed(CaseState.APPEALING)))
    bench.start(ExitGround.APPRAISAL, Route.L40_2)
    assert bench.office.do(CollectRecords(bench.number), "street_clerk") == 1
    bench.gather(EvidenceKind.APPEALS_CLOSED)
    chosen: dict[str, Any] = {"protections": [], "unprotected": True, "conflict_choice": "law",
                              "conflict_reason": "已培训仍不能胜任"}  # fmt: skip
    with pytest.raises(RuleViolation, match="尚未办结") as refused:
        bench.act("street_clerk", "guard_check", "submit", **chosen)
    assert refused.value.clause == "11.2"
    assert bench.waits_at("guard_check")
    settled = update(AppraisalCase).values(state=CaseState.FINAL)
    bench.office.prepare(lambda context: context.session.execute(settled))
    bench.act("street_clerk", "guard_check", "submit", **chosen)
    assert bench.waits_at("union_notice")


def test_retirement_is_told_once_half_a_year_ahead_and_chosen_within_the_law(bench: Bench) -> None:
    def alerts() -> int:
        rows = bench.office.read(lambda session: session.scalars(select(Notification)).all())
        return sum("到龄退休提醒" in row.title for row in rows)

    bench.office.prepare(alert_retirements)
    assert alerts() == 0
    bench.born(date(1971, 7, 1))
    for _ in range(2):
        bench.office.prepare(alert_retirements)
    assert alerts() == 2, "the clerk and the person, once"
    with pytest.raises(RuleViolation) as refused:
        bench.office.do(ChooseRetirement(bench.worker_id, date(2031, 1, 1)), bench.person)
    assert refused.value.clause == "L44(2)"
    with pytest.raises(NotFound):
        bench.office.do(ChooseRetirement(bench.worker_id, date(2028, 1, 1)), "street_leader")
    bench.office.do(ChooseRetirement(bench.worker_id, date(2028, 1, 1)), bench.person)
