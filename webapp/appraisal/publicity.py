"""The names proposed for 优秀 while they are public, and objections to them [domain 3.4]."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.delegates.appraisal.commands import RaiseObjection
from engine.identity.organisations import Organisation
from engine.personnel.appraisal.cases import AppraisalCase, AppraisalPlan
from engine.personnel.appraisal.objections import Complaint, is_public
from engine.personnel.appraisal.terms import AppraisalGrade, PlanState
from engine.personnel.workers import Worker
from forms.appraisal import ObjectionForm
from webapp.appraisal.blueprint import blueprint
from webapp.binding import beside_fields, bind, status_of, submitted
from webapp.limits import limited
from webapp.permissions import public
from webapp.visit import engine, execute, found, reading, signed_in_actor


@dataclass(frozen=True, slots=True)
class Publicity:
    """A list that is public now."""

    number: str
    title: str
    since: datetime
    until: datetime
    names: list[tuple[int, str, str, str]]
    """Case, name, community, post."""


@blueprint.get("/publicity")
@public
def publicities() -> str:
    """Every list that is public now."""
    with reading() as session:
        plans = session.scalars(select(AppraisalPlan).where(AppraisalPlan.state == PlanState.PUBLICITY))
        running = [_publicity(session, plan) for plan in plans if is_public(plan, engine().clock.now())]
    return render_template("appraisal/publicities.html", running=running)


@blueprint.get("/publicity/<number>")
@public
def publicity(number: str) -> str:
    """Name, community and post of each; nothing else, and only while the notice runs."""
    return render_template("appraisal/publicity.html", shown=_running(number))


@blueprint.route("/publicity/<number>/objection", methods=["GET", "POST"])
@public
@limited("objection", most=10, per=timedelta(hours=1))
def objection(number: str) -> ResponseReturnValue:
    """A signed objection while the names are public."""
    shown, person = _running(number), signed_in_actor()
    form = bind(ObjectionForm, from_name="" if person is None else person.name)
    form.case_id.choices = [(case_id, f"{place} {name}") for case_id, name, place, _ in shown.names]
    if submitted(form):
        _send(number, form)
        if not form.errors and not form.form_errors:
            flash("异议已收到。街道核实后按您留的电话答复；核实前不会反馈考核结果。", "success")
            return redirect(url_for("appraisal.publicity", number=number))
    return render_template("appraisal/objection.html", shown=shown, form=form), status_of(form)


def _send(number: str, form: ObjectionForm) -> None:
    complaint = Complaint(
        form.case_id.data or 0, form.from_name.data or "", form.from_phone.data or "", form.text.data or ""
    )
    with beside_fields(form):
        execute(RaiseObjection(number, complaint))


def _running(number: str) -> Publicity:
    with reading() as session:
        plan = session.scalar(select(AppraisalPlan).where(AppraisalPlan.number == number))
        return found(None if plan is None or not is_public(plan, engine().clock.now()) else _publicity(session, plan))


def _publicity(session: Session, plan: AppraisalPlan) -> Publicity:
    query = (
        select(AppraisalCase.id, Worker.name, Organisation.name, AppraisalCase.post)
        .join(Worker, Worker.id == AppraisalCase.worker_id)
        .outerjoin(Organisation, Organisation.id == AppraisalCase.community_id)
        .where(AppraisalCase.plan_id == plan.id, AppraisalCase.grade == AppraisalGrade.EXCELLENT)
        .order_by(AppraisalCase.community_id, AppraisalCase.id)
    )
    names = [(case_id, name, place or "街道", post.label) for case_id, name, place, post in session.execute(query)]
    since, until = plan.publicity_from or plan.started_at, plan.publicity_until or plan.started_at
    return Publicity(plan.number, plan.title, since, until, names)
