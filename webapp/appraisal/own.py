"""A worker's own appraisals: results, review and appeal within their windows [domain 3.6]."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from engine.delegates.appraisal.commands import AppealResult, RequestReview
from engine.kernel.command import Command
from engine.personnel.appraisal.cases import AppraisalPlan
from engine.personnel.appraisal.objections import is_public
from engine.personnel.appraisal.queries import OwnYear, own_years, year_without_account
from engine.personnel.appraisal.terms import PlanState
from engine.personnel.workers import Worker
from forms.appraisal import ReasonForm
from webapp.appraisal.blueprint import blueprint
from webapp.binding import beside_fields, bind, status_of, submitted
from webapp.permissions import requires
from webapp.visit import actor, engine, execute, found, reading

ROLES = ("community_worker", "community_secretary")
ASKING = (*ROLES, "street_clerk")
"""The street's clerk asks for somebody without an account, who hands in a paper."""


@blueprint.get("/mine")
@requires(*ROLES)
def mine() -> str:
    """我的考核."""
    now, user_id = engine().clock.now(), actor().user_id
    query = (
        select(AppraisalPlan)
        .join(Worker, Worker.street_id == AppraisalPlan.street_id)
        .where(Worker.user_id == user_id, AppraisalPlan.state == PlanState.PUBLICITY)
    )
    with reading() as session:
        public = [(plan.number, plan.title) for plan in session.scalars(query) if is_public(plan, now)]
    return render_template("appraisal/mine.html", years=_years(), public=public)


@blueprint.route("/mine/<int:case_id>/review", methods=["GET", "POST"])
@requires(*ASKING)
def review(case_id: int) -> ResponseReturnValue:
    """申请复核."""
    year = _year_of(case_id)
    return _ask(year, RequestReview, "申请复核", "复核申请已提交，街道将书面答复。")


@blueprint.route("/mine/<int:case_id>/appeal", methods=["GET", "POST"])
@requires(*ASKING)
def appeal(case_id: int) -> ResponseReturnValue:
    """提出申诉."""
    year = _year_of(case_id)
    return _ask(year, AppealResult, "提出申诉", "申诉已提交，县级将书面答复。")


def _ask(
    year: OwnYear, command: type[RequestReview] | type[AppealResult], title: str, done: str
) -> ResponseReturnValue:
    form = bind(ReasonForm)
    if submitted(form):
        with beside_fields(form):
            asked: Command[None] = command(year.case_id, form.reason.data or "")
            execute(asked)
        if not form.errors:
            flash(done, "success")
            return redirect(url_for("appraisal.mine" if actor().has_role(*ROLES) else "appraisal.board"))
    return render_template("appraisal/reason.html", year=year, form=form, title=title), status_of(form)


def _year_of(case_id: int) -> OwnYear:
    """The person's own year, or one he may ask for as the clerk of the street."""
    own = next((one for one in _years() if one.case_id == case_id), None)
    if own is not None:
        return own
    with reading() as session:
        streets = actor().organisations("street_clerk")
        return found(year_without_account(session, case_id, streets, engine().clock.now()))


def _years() -> list[OwnYear]:
    user_id = actor().user_id
    with reading() as session:
        return [] if user_id is None else own_years(session, user_id, engine().clock.now())
