"""What the discipline officers tell the appraisal: the heaviest sanction of a year, and an open investigation."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.identity.organisations import OrganisationKind, ancestor_of_kind
from engine.kernel.clock import local_date
from engine.personnel.appraisal.ledgers import ConductEntry, RecordConduct
from engine.personnel.appraisal.terms import Discipline
from engine.personnel.workers import Worker
from forms.appraisal import ConductForm
from webapp.appraisal.blueprint import blueprint
from webapp.binding import beside_fields, bind, status_of, submitted
from webapp.permissions import requires
from webapp.visit import actor, engine, execute, reading

LAST = 20


@blueprint.route("/conduct", methods=["GET", "POST"])
@requires("discipline_officer")
def conduct() -> ResponseReturnValue:
    """One form, and what was entered last."""
    form = bind(ConductForm, year=local_date(engine().clock.now()).year)
    with reading() as session:
        worker_id = _worker(session, form.number.data or "")
        entries = _last(session)
    if submitted(form):
        if worker_id is None:
            form.add_errors({"number": "名册中没有这个编号，请核对。"})
        else:
            with beside_fields(form):
                execute(_entry(worker_id, form))
        if not form.errors:
            flash("已登记，年度考核将据此处理。", "success")
            return redirect(url_for("appraisal.conduct"))
    return render_template("appraisal/conduct.html", form=form, entries=entries), status_of(form)


def _entry(worker_id: int, form: ConductForm) -> RecordConduct:
    investigated = bool(form.under_investigation.data)
    return RecordConduct(worker_id, form.year.data or 0, Discipline(form.discipline.data), investigated)


def _counties(session: Session) -> set[int | None]:
    places = actor().organisations("discipline_officer")
    return {ancestor_of_kind(session, place, OrganisationKind.COUNTY) for place in places}


def _worker(session: Session, number: str) -> int | None:
    """The worker of that number in the officer's county."""
    query = select(Worker.id).where(Worker.number == number.strip(), Worker.county_id.in_(_counties(session)))
    return session.scalar(query) if number.strip() else None


def _last(session: Session) -> list[tuple[ConductEntry, str]]:
    query = (
        select(ConductEntry, Worker.name)
        .join(Worker, Worker.id == ConductEntry.worker_id)
        .where(Worker.county_id.in_(_counties(session)))
        .order_by(ConductEntry.id.desc())
        .limit(LAST)
    )
    return [(entry, name) for entry, name in session.execute(query)]
