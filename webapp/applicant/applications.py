"""My applications: what is asked of me now on top, then where it stands and what happened."""

from dataclasses import dataclass
from datetime import datetime

from flask import Response, render_template, url_for
from sqlalchemy.orm import Session

from engine.kernel.errors import NotFound
from engine.personnel.recruitment.campaigns import Campaign
from engine.personnel.recruitment.exams import Seat
from engine.personnel.recruitment.notices import is_open, latest_notice
from engine.personnel.recruitment.outcomes import NoticeKind, PublicNotice
from engine.personnel.recruitment.registrations import Registration
from engine.personnel.recruitment.states import RegistrationState
from engine.workflow.case_trace import diagram_marks, diagram_xml
from webapp.applicant import cases
from webapp.applicant.blueprint import blueprint
from webapp.applicant.cases import OpenTask
from webapp.due import Due, due_of
from webapp.permissions import signed_in
from webapp.public.scores import score_sheet
from webapp.visit import actor, engine, found, reading

_R = RegistrationState


@dataclass(frozen=True, slots=True)
class Ask:
    """What the applicant is asked to do now; the first thing on his page."""

    title: str
    text: str
    label: str
    href: str
    due: Due | None


@blueprint.get("/applications")
@signed_in
def applications() -> str:
    """All registrations of the person."""
    now = engine().clock.now()
    with reading() as session:
        mine = cases.own_registrations(session, actor())
        rows = [(one, cases.tone(one), ask_of(session, one, now)) for one in mine]
        return render_template("applicant/applications.html", rows=rows, waiting_for=cases.waiting_for, word=cases.word)


@blueprint.get("/applications/<int:registration_id>")
@signed_in
def application(registration_id: int) -> str:
    """One registration."""
    now = engine().clock.now()
    with reading() as session:
        mine = cases.own_registration(session, actor(), registration_id)
        case = cases.case_of(session, mine)
        return render_template(
            "applicant/application.html", registration=mine, campaign=mine.campaign, tone=cases.tone(mine),
            word=cases.word(mine), ask=ask_of(session, mine, now), stages=cases.stages(mine),
            events=cases.events(mine, now), waiting=cases.waiting_for(mine), in_hand=cases.in_hand(session, mine),
            review=cases.latest_review(mine), sheet=score_sheet(mine),
            seat=seat_of(session, mine), case=case, marks=None if case is None else _marks(session, mine),
            may_withdraw=cases.may_withdraw(mine), may_waive=cases.may_waive(mine),
            score_notice=score_notice(session, mine, now),
            appeal=cases.open_task(session, actor(), mine, "revise_application", "appeal_request"),
        )  # fmt: skip


@blueprint.get("/applications/<int:registration_id>/diagram")
@signed_in
def diagram(registration_id: int) -> Response:
    """The drawing of the case's process."""
    with reading() as session:
        mine = cases.own_registration(session, actor(), registration_id)
        case = found(cases.case_of(session, mine))
        return Response(diagram_xml(session, case.definition_id), mimetype="application/xml")


def ask_of(session: Session, registration: Registration, now: datetime) -> Ask | None:
    """What the applicant has to do now, if anything."""
    campaign = registration.campaign
    if registration.state in (_R.DRAFT, _R.WITHDRAWN):
        return _draft_ask(registration, campaign, now)
    if registration.state is _R.CONFIRMED and campaign.tickets_from <= now < campaign.tickets_until:
        return Ask(
            "打印准考证", "不在期限内打印，视为放弃考试。", "去打印准考证",
            url_for("applicant.ticket", registration_id=registration.id), due_of(campaign.tickets_until, now),
        )  # fmt: skip
    task = cases.open_task(session, actor(), registration)
    return None if task is None else _task_ask(registration, task, now)


def seat_of(session: Session, registration: Registration) -> Seat | None:
    """His seat, once tickets may be printed."""
    if registration.state in (_R.PASSED, _R.POST_CANCELLED):
        return None
    return session.query(Seat).filter(Seat.registration_id == registration.id).one_or_none()


def score_notice(session: Session, registration: Registration, now: datetime) -> PublicNotice | None:
    """The notice of the written scores, while a check may be asked for."""
    notice = latest_notice(session, registration.campaign_id, NoticeKind.WRITTEN)
    wanted = notice is not None and registration.written_outcome is not None and is_open(notice, now)
    return notice if wanted else None


def _marks(session: Session, registration: Registration) -> dict[str, list[str]]:
    case = cases.case_of(session, registration)
    if case is None:
        raise NotFound()
    marks = diagram_marks(session, case)
    return {"done": list(marks.done), "current": list(marks.current)}


def _draft_ask(registration: Registration, campaign: Campaign, now: datetime) -> Ask | None:
    if not cases.may_edit(registration, now):
        return None
    again = "重新提交" if registration.state is _R.WITHDRAWN else "继续填写"
    href = url_for("applicant.step", registration_id=registration.id, name="post")
    text = "报名表还没有提交，报名截止前提交才有效。"
    return Ask(f"{again}报名表", text, again, href, due_of(campaign.reg_closes_at, now))


def _task_ask(registration: Registration, task: OpenTask, now: datetime) -> Ask | None:
    """The words for a work item that waits for the applicant."""
    campaign = registration.campaign
    node = "correct" if registration.state is _R.RETURNED else task.node_id
    if node not in _TASKS:
        return None
    until = {
        "choose_other_post": campaign.rereg_closes_at, "appeal_request": campaign.appeal_closes_at,
        "recheck_defence": task.due_at, "ask_recheck": task.due_at, "consent_to_pick": task.due_at,
    }.get(node, campaign.reg_closes_at)  # fmt: skip
    title, text, label, endpoint, step = _TASKS[node]
    href = url_for(f"applicant.{endpoint}", registration_id=registration.id, name=step or None)
    return Ask(title, text, label, href, due_of(until, now))


_TASKS = {
    "correct": ("补正报名表", "请按审查意见修改，然后重新提交。", "去补正", "step", "check"),
    "revise_application": (
        "修改或改报其他岗位", "初审没有通过，报名截止前可以修改后重新提交。", "去修改", "step", "post",
    ),
    "choose_other_post": (
        "改报其他岗位", "所报岗位已取消，请在期限内改报，否则视为不再报考。", "去改报", "step", "post",
    ),
    "appeal_request": (
        "对初审结论申请复核", "不服初审结论的，可以在期限内申请复核；接受结论的不用办理。", "申请复核", "appeal", "",
    ),
    "recheck_defence": (
        "陈述申辩", "不服资格复审结论的，可以在期限内陈述申辩；期满不申辩视为接受结论。", "去申辩", "defence", "",
    ),
    "consent_to_pick": (
        "答复后备库选用", "有岗位空缺，拟从后备库选用您。请在期限内答复；期满不答复视为不同意。", "去答复", "consent",
        "",
    ),
    "ask_recheck": (
        "申请体检复检", "体检结论为不合格。可以在期限内申请复检一次；期满不申请视为接受结论。", "申请复检", "recheck",
        "",
    ),
}  # fmt: skip
"""User task -> title, explanation, label of the button, page and step."""
