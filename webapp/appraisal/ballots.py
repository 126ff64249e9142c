"""Voting: colleagues and delegates when they are signed in, residents by the code on their paper [domain 3.2, 10.3]."""

from collections.abc import Mapping
from datetime import timedelta

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.kernel.command import Command
from engine.kernel.errors import Conflict, Invalid
from engine.personnel.appraisal.ballots import (
    CastBallot,
    CastResidentBallot,
    Elector,
    Paper,
    elector_by_token,
    elector_of,
    paper_for,
)
from engine.personnel.appraisal.cases import AppraisalPlan
from engine.personnel.appraisal.terms import PlanState, Rating
from webapp.appraisal.blueprint import blueprint
from webapp.limits import limited
from webapp.permissions import public, requires
from webapp.resume import resuming
from webapp.visit import actor, engine, execute, found, reading

GONE, UNPROCESSABLE = 410, 422


@blueprint.get("/ballots")
@requires("community_worker", "resident_delegate", "community_secretary")
def papers() -> str:
    """What the person may vote on."""
    with reading() as session:
        query = (
            select(AppraisalPlan, Elector.voted)
            .join(Elector, Elector.plan_id == AppraisalPlan.id)
            .where(Elector.user_id == actor().user_id)
            .order_by(AppraisalPlan.id.desc())
        )
        rows = [(plan, voted, _is_open(plan)) for plan, voted in session.execute(query)]
        return render_template("appraisal/papers.html", rows=rows)


@blueprint.route("/ballots/<int:plan_id>", methods=["GET", "POST"])
@requires("community_worker", "resident_delegate", "community_secretary")
def ballot(plan_id: int) -> ResponseReturnValue:
    """The paper of somebody who is signed in."""
    with reading() as session:
        elector = found(elector_of(session, plan_id, actor().user_id))
        paper, why_not = paper_for(session, elector), _why_not(session, elector)
    if why_not:
        return render_template("appraisal/ballot_over.html", paper=paper, why=why_not), GONE
    return _vote(paper, CastBallot(plan_id, _ratings(paper)), "officer.html", url_for("appraisal.papers"))


@blueprint.route("/vote/<token>", methods=["GET", "POST"])
@public
@limited("resident-ballot", most=2000, per=timedelta(hours=1), methods=("GET", "POST"))
def resident_ballot(token: str) -> ResponseReturnValue:
    """The paper of a resident; the code is used up with it."""
    with reading() as session:
        elector = found(elector_by_token(session, token[:64]))
        paper, why_not = paper_for(session, elector), _why_not(session, elector)
    if why_not:
        return render_template("appraisal/resident_over.html", paper=paper, why=why_not), GONE
    return _vote(paper, CastResidentBallot(token, _ratings(paper)), "public.html", url_for("appraisal.thanks"))


@blueprint.get("/thanks")
@public
def thanks() -> str:
    """After a resident has voted."""
    return render_template("appraisal/thanks.html")


def _vote(paper: Paper, command: Command[None], layout: str, onward: str) -> ResponseReturnValue:
    problem = ""
    if request.method == "POST" and not resuming():
        try:
            execute(command)
            if layout == "officer.html":
                flash("已投票。只记录您投过票，不记录您怎么投的。", "success")
            return redirect(onward)
        except (Invalid, Conflict) as error:
            problem = error.message
    page = render_template(
        "appraisal/ballot.html", paper=paper, layout=layout, ratings=list(Rating), problem=problem,
        chosen=_ratings(paper),
    )  # fmt: skip
    return page, UNPROCESSABLE if problem else 200


def _ratings(paper: Paper) -> Mapping[int, Rating]:
    """What was ticked; people left out are not rated."""
    known = {rating.value for rating in Rating}
    typed = {one.case_id: request.form.get(f"rating-{one.case_id}", "") for one in paper.people}
    return {case_id: Rating(value) for case_id, value in typed.items() if value in known}


def _is_open(plan: AppraisalPlan) -> bool:
    return plan.state is PlanState.BALLOTS and engine().clock.now() <= plan.ballots_close_at


def _why_not(session: Session, elector: Elector) -> str:
    if elector.voted:
        return "您已经投过票，每人只能投一次。"
    return "" if _is_open(session.get_one(AppraisalPlan, elector.plan_id)) else "测评已经结束，谢谢您的关心。"
