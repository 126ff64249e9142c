"""What an applicant does about a registration that is under way; each act says its consequence first."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from engine.delegates.recruitment.commands import RaiseObjection, WaivePlace, WithdrawRegistration
from engine.kernel.errors import Conflict
from engine.personnel.recruitment.objections import Complaint
from engine.personnel.recruitment.registrations import Registration
from engine.workflow.work_items import CompleteWorkItem
from forms.applicant import ConfirmForm, StatementForm, WaiverForm
from webapp.applicant import cases
from webapp.applicant.applications import score_notice
from webapp.applicant.blueprint import blueprint
from webapp.binding import beside_fields, bind, status_of, submitted
from webapp.permissions import signed_in
from webapp.visit import actor, engine, execute, reading


@blueprint.post("/applications/<int:registration_id>/withdrawal")
@signed_in
def withdraw(registration_id: int) -> ResponseReturnValue:
    """Takes the registration back before it is admitted."""
    execute(WithdrawRegistration(registration_id))
    flash("撤回申请已提交，马上生效。报名截止前可以修改后重新提交。", "success")
    return _back(registration_id)


@blueprint.route("/applications/<int:registration_id>/waiver", methods=["GET", "POST"])
@signed_in
def waive(registration_id: int) -> ResponseReturnValue:
    """Gives up for good."""
    form = bind(WaiverForm)
    with reading() as session:
        registration = cases.own_registration(session, actor(), registration_id)
        if not cases.may_waive(registration):
            raise Conflict(f"报名当前为“{registration.state.label}”，不需要办理放弃。")
        if submitted(form):
            with beside_fields(form):
                execute(WaivePlace(registration_id, form.reason.data or ""))
            if not form.errors:
                flash("放弃声明已提交，马上生效。", "success")
                return _back(registration_id)
        return render_template("applicant/waiver.html", registration=registration, form=form), status_of(form)


@blueprint.route("/applications/<int:registration_id>/appeal", methods=["GET", "POST"])
@signed_in
def appeal(registration_id: int) -> ResponseReturnValue:
    """Appeals against the first review; somebody else decides."""
    return _statement(registration_id, ("appeal_request", "revise_application"), "appeal", "applicant/appeal.html",
                      "复核申请已提交，由没有参加过初审的人员办理，结果会通知您。")  # fmt: skip


@blueprint.route("/applications/<int:registration_id>/defence", methods=["GET", "POST"])
@signed_in
def defence(registration_id: int) -> ResponseReturnValue:
    """Statement and defence after a failed re-check."""
    return _statement(registration_id, ("recheck_defence",), "defend", "applicant/defence.html",
                      "申辩已提交，由没有参加过复审的人员办理，结果会通知您。")  # fmt: skip


@blueprint.route("/applications/<int:registration_id>/recheck", methods=["GET", "POST"])
@signed_in
def recheck(registration_id: int) -> ResponseReturnValue:
    """Asks for the one medical re-check, or accepts the finding."""
    with reading() as session:
        registration = cases.own_registration(session, actor(), registration_id)
        task = cases.open_task(session, actor(), registration, "ask_recheck")
        if task is None:
            raise Conflict("现在不能申请复检：复检只有一次，须在首次体检不合格后的期限内申请。")
        form = bind(ConfirmForm)
        if not submitted(form):
            return render_template("applicant/recheck.html", registration=registration, task=task, form=form)
    execute(CompleteWorkItem(task.work_item_id, decision="request"))
    flash("复检申请已提交，时间和地点会通知您。", "success")
    return _back(registration_id)


@blueprint.route("/applications/<int:registration_id>/consent", methods=["GET", "POST"])
@signed_in
def consent(registration_id: int) -> ResponseReturnValue:
    """Says yes to a place from the reserve pool; no is said by accepting nothing."""
    with reading() as session:
        registration = cases.own_registration(session, actor(), registration_id)
        task = cases.open_task(session, actor(), registration, "consent_to_pick")
        if task is None:
            raise Conflict("现在没有需要您答复的选用，或已经答复过。")
        form = bind(ConfirmForm)
        if not submitted(form):
            return render_template("applicant/consent.html", registration=registration, task=task, form=form)
    execute(CompleteWorkItem(task.work_item_id, decision="accept"))
    flash("已答复同意，经县级审批后由街道通知签订合同。", "success")
    return _back(registration_id)


@blueprint.post("/applications/<int:registration_id>/acceptance")
@signed_in
def accept(registration_id: int) -> ResponseReturnValue:
    """Accepts a conclusion, or does without another post, before the time is over."""
    decisions = {"appeal_request": "accept", "recheck_defence": "accept", "choose_other_post": "give_up",
                 "ask_recheck": "accept", "consent_to_pick": "decline"}  # fmt: skip
    with reading() as session:
        registration = cases.own_registration(session, actor(), registration_id)
        task = cases.open_task(session, actor(), registration, *decisions)
    if task is None:
        raise Conflict("现在没有需要您确认的结论，请刷新后查看。")
    execute(CompleteWorkItem(task.work_item_id, decision=decisions[task.node_id]))
    flash("已办理。", "success")
    return _back(registration_id)


@blueprint.route("/applications/<int:registration_id>/score-check", methods=["GET", "POST"])
@signed_in
def score_check(registration_id: int) -> ResponseReturnValue:
    """Asks for a check of one's own written score (查分)."""
    form = bind(StatementForm)
    with reading() as session:
        registration = cases.own_registration(session, actor(), registration_id)
        notice = score_notice(session, registration, engine().clock.now())
        if notice is None:
            raise Conflict("现在不受理查分。查分期限见笔试成绩公告。")
        if submitted(form):
            with beside_fields(form):
                execute(RaiseObjection(_query(registration, notice.id, form)))
            if not form.errors:
                flash("查分申请已提交，核对卷面后会通知您。", "success")
                return _back(registration_id)
        return render_template(
            "applicant/score_check.html", registration=registration, notice=notice, form=form
        ), status_of(form)


def _statement(
    registration_id: int, nodes: tuple[str, ...], decision: str, template: str, thanks: str
) -> ResponseReturnValue:
    """A statement that completes the work item which waits for it."""
    form = bind(StatementForm)
    with reading() as session:
        registration = cases.own_registration(session, actor(), registration_id)
        task = cases.open_task(session, actor(), registration, *nodes)
        if task is None:
            raise Conflict("现在不在办理期限内，或已经办理过，请回到“我的报名”查看。")
        if submitted(form):
            with beside_fields(form):
                execute(CompleteWorkItem(task.work_item_id, decision=decision, opinion=form.text.data or ""))
            if not form.errors:
                flash(thanks, "success")
                return _back(registration_id)
        return render_template(
            template, registration=registration, task=task, form=form, review=cases.latest_review(registration)
        ), status_of(form)


def _query(registration: Registration, notice_id: int, form: StatementForm) -> Complaint:
    return Complaint(
        notice_id, registration.exam_number or "", registration.name, registration.phone or "", form.text.data or ""
    )


def _back(registration_id: int) -> ResponseReturnValue:
    return redirect(url_for("applicant.application", registration_id=registration_id))
