"""The worker's own exit: how it goes, his papers, his remedies; and handing in a resignation."""

from datetime import date

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.delegates.exits.commands import RequestExitReview
from engine.delegates.worker_requests import Resign
from engine.identity.organisations import Organisation
from engine.kernel.command import Command
from engine.personnel.exits.cases import ExitCase
from engine.personnel.exits.evidence import known_to_the_person, own_files
from engine.personnel.workers import Worker
from forms.base import BaseForm
from forms.worker import OwnReviewForm, ResignationForm
from webapp.binding import bind, reasons_above, status_of, submitted
from webapp.exits.files import rows_of
from webapp.exits.own import own_acts
from webapp.permissions import requires
from webapp.visit import actor, engine, execute, found, reading
from webapp.worker.asks import may_review
from webapp.worker.blueprint import blueprint
from webapp.worker.people import ROLES, own_record


@blueprint.get("/exits/<number>")
@requires(*ROLES)
def exit_case(number: str) -> ResponseReturnValue:
    """How the exit stands, until when what may be said, and the papers that were served."""
    now = engine().clock.now()
    with reading() as session:
        case = found(_own(session, number))
        return render_template(
            "worker/exit.html", case=case, files=rows_of(own_files(session, actor(), case)),
            may_review=may_review(case, now), acts=own_acts(case, now),
            street=session.get_one(Organisation, case.street_id).name,
        )  # fmt: skip


@blueprint.route("/exits/<number>/review", methods=["GET", "POST"])
@requires(*ROLES)
def exit_review(number: str) -> ResponseReturnValue:
    """申请复核."""
    with reading() as session:
        case = found(_own(session, number))
        until = case.review_until
    form = bind(OwnReviewForm)
    if submitted(form) and _done(form, RequestExitReview(number, form.reason.data or "")):
        flash("复核申请已提交，由县级社会工作部答复。", "success")
        return redirect(url_for("worker.exit_case", number=number))
    return render_template("worker/exit_review.html", form=form, number=number, until=until), status_of(form)


@blueprint.route("/resignation", methods=["GET", "POST"])
@requires(*ROLES)
def resignation() -> ResponseReturnValue:
    """提交辞职报告."""
    with reading() as session:
        worker = found(own_record(session))
        found(worker if worker.active else None)
    form = bind(ResignationForm)
    if submitted(form):
        last_day = form.last_day.data or date.max
        if _done(form, Resign(form.reason.data or "", last_day)):
            flash("辞职报告已提交街道，最后工作日前请照常工作并办好交接。", "success")
            return redirect(url_for("worker.cases"))
    return render_template("worker/resignation.html", form=form), status_of(form)


def _own(session: Session, number: str) -> ExitCase | None:
    query = select(ExitCase).join(Worker, Worker.id == ExitCase.worker_id)
    mine = Worker.user_id == actor().user_id
    case = None if actor().user_id is None else session.scalar(query.where(ExitCase.number == number, mine))
    return case if case is not None and known_to_the_person(case) else None


def _done(form: BaseForm, command: Command[str] | Command[None]) -> bool:
    """Runs the command; what the law or the state of things forbids stands above the form."""
    with reasons_above(form):
        execute(command)
    return not form.errors and not form.form_errors
