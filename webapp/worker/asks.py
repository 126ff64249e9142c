"""What is asked of a person in his own cases, and what he may still ask for within a window."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import url_for
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.kernel.actor import Actor
from engine.personnel.appraisal.ballots import Elector
from engine.personnel.appraisal.cases import AppraisalPlan
from engine.personnel.appraisal.queries import own_years
from engine.personnel.appraisal.terms import PlanState
from engine.personnel.exits.cases import ExitCase
from engine.personnel.exits.terms import ExitState
from engine.personnel.fault_tolerance.terms import FaultState
from engine.personnel.workers import Worker
from engine.workflow.worklist import Filter, my_work
from webapp.due import Due
from webapp.exits.own import own_acts
from webapp.fault_tolerance.places import own_faults
from webapp.worklist.deadlines import due

MOST = 20
BUTTONS = {
    "worker_consent": "签署意见", "extension_consent": "签署意见", "self_summary": "写个人总结",
    "sign_feedback": "查看并签收", "supplement": "补正申请", "hand_in_material": "补充材料", "own_consent": "表示意见",
}  # fmt: skip
"""Node -> words of the button; 去办理 for any other."""


@dataclass(frozen=True, slots=True)
class Ask:
    """One thing to do, with its page and its last moment."""

    title: str
    text: str
    href: str
    button: str
    due: Due | None


def asked_of(session: Session, person: Actor, now: datetime) -> list[Ask]:
    """What the person has to do himself: steps of his cases, then ballots."""
    rows = my_work(session, person, now, narrow=Filter(mine_only=True), limit=MOST).rows
    steps = [
        Ask(row.title, row.step_name, url_for("worklist.item", work_item_id=row.work_item_id),
            BUTTONS.get(row.node_id, "去办理"), due(row.due_at, now))
        for row in rows
    ]  # fmt: skip
    return [*steps, *open_ballots(session, person, now)]


def open_ballots(session: Session, person: Actor, now: datetime) -> list[Ask]:
    """Ballots that are open for the person and not yet cast."""
    query = (
        select(AppraisalPlan)
        .join(Elector, Elector.plan_id == AppraisalPlan.id)
        .where(Elector.user_id == person.user_id, ~Elector.voted, AppraisalPlan.state == PlanState.BALLOTS,
               AppraisalPlan.ballots_close_at >= now)
        .order_by(AppraisalPlan.ballots_close_at)
    )  # fmt: skip
    return [
        Ask(f"{plan.title}民主测评", "不记名投票", url_for("appraisal.ballot", plan_id=plan.id), "去投票",
            due(plan.ballots_close_at, now))
        for plan in dict.fromkeys(session.scalars(query))
    ]  # fmt: skip


def may_ask(session: Session, person: Actor, now: datetime) -> list[Ask]:
    """Remedies whose window is open: review and appeal, objection, defence, review of an exit."""
    if person.user_id is None:
        return []
    found = [*_appraisal(session, person.user_id, now), *_faults(session, person, now), *_exits(session, person, now)]
    return sorted(found, key=lambda ask: ask.due.at if ask.due else now)


def _appraisal(session: Session, user_id: int, now: datetime) -> Sequence[Ask]:
    found = []
    for year in own_years(session, user_id, now):
        title = f"{year.year} 年度考核结果"
        if year.may_review:
            href = url_for("appraisal.review", case_id=year.case_id)
            found.append(Ask(title, "对结果有异议的，可以申请复核", href, "申请复核", due(year.review_until, now)))
        if year.may_appeal:
            href = url_for("appraisal.appeal", case_id=year.case_id)
            found.append(Ask(title, "对复核结果不服的，可以提出申诉", href, "提出申诉", due(year.appeal_until, now)))
    return found


def _faults(session: Session, person: Actor, now: datetime) -> Sequence[Ask]:
    return [
        Ask(f"容错案件 {row.number}", "对认定结果有异议的，可以提出",
            url_for("fault_tolerance.objection", number=row.number), "提出异议", due(row.objection_until, now))
        for row in own_faults(session, person)
        if row.state is FaultState.FED_BACK and not row.objection and row.objection_until and now <= row.objection_until
    ]  # fmt: skip


def _exits(session: Session, person: Actor, now: datetime) -> Sequence[Ask]:
    query = select(ExitCase).join(Worker, Worker.id == ExitCase.worker_id).where(Worker.user_id == person.user_id)
    found = []
    for case in session.scalars(query.order_by(ExitCase.id.desc()).limit(MOST)):
        acts, number = own_acts(case, now), case.number
        if acts.may_defend:
            href, button = url_for("exits.defence", number=number), "补充陈述申辩" if case.defence else "提交陈述申辩"
            found.append(Ask("退出告知书", "可以陈述申辩，要求听证", href, button, due(case.defence_until, now)))
        if acts.may_withdraw:
            href = url_for("exits.withdraw_resignation", number=number)
            found.append(Ask("辞职", "最后工作日以前可以撤回", href, "撤回辞职", None))
        if may_review(case, now):
            href = url_for("worker.exit_review", number=number)
            found.append(Ask("退出决定", "不服的，可以申请复核", href, "申请复核", due(case.review_until, now)))
    return found


def may_review(case: ExitCase, now: datetime) -> bool:
    """Whether the person may still ask the county to look at the decision again [domain 6.5]."""
    in_window = case.review_until is not None and now <= case.review_until
    return case.state is ExitState.HANDOVER and not case.review_reason and in_window
