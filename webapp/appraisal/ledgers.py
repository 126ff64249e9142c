"""Entry page of the ledgers that the appraisal reads: training days and absence of a street's workers."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.delegates.exits.reminders import NoteAbsence
from engine.kernel.clock import local_date
from engine.personnel.appraisal.ledgers import (
    TRAINING_DAYS,
    LeaveEntry,
    RecordLeave,
    RecordTraining,
    TrainingEntry,
    training_days,
)
from engine.personnel.appraisal.terms import AbsenceKind
from engine.personnel.workers import Worker
from forms.appraisal import LeaveForm, TrainingForm
from webapp.appraisal.blueprint import blueprint
from webapp.binding import beside_fields, bind, status_of, submitted
from webapp.permissions import requires
from webapp.resume import resuming
from webapp.visit import actor, engine, execute, reading

LAST = 20


@blueprint.route("/ledger", methods=["GET", "POST"])
@requires("street_clerk")
def ledger() -> ResponseReturnValue:
    """Two small forms, what was entered last, and whose training is short."""
    which = request.form.get("which", "")
    training = bind(TrainingForm, prefix="training-") if which == "training" else TrainingForm(prefix="training-")
    leave = bind(LeaveForm, prefix="leave-") if which == "leave" else LeaveForm(prefix="leave-")
    with reading() as session:
        workers = _workers(session)
        choices = [(worker.id, worker.name) for worker in workers]
        training.worker.choices = leave.worker.choices = choices
        page = _page(session, workers)
    sent: TrainingForm | LeaveForm = training if which == "training" else leave
    if which and not resuming() and submitted(sent):
        with beside_fields(sent):
            _record(training, leave, which)
        if not sent.errors:
            flash("已登记。", "success")
            return redirect(url_for("appraisal.ledger"))
    return render_template("appraisal/ledger.html", training=training, leave=leave, **page), status_of(sent)


def _record(training: TrainingForm, leave: LeaveForm, which: str) -> None:
    if which == "training":
        entry = training.data
        execute(RecordTraining(entry["worker"], entry["held_on"], entry["days"], entry["title"] or ""))
    else:
        entry = leave.data
        kind = AbsenceKind(entry["kind"])
        starts_on, days, note = entry["starts_on"], entry["days"], entry["note"] or ""
        if kind is AbsenceKind.UNEXCUSED:
            execute(NoteAbsence(entry["worker"], starts_on, days, note))
        else:
            execute(RecordLeave(entry["worker"], kind, starts_on, days, note))


def _workers(session: Session) -> list[Worker]:
    streets = actor().organisations("street_clerk")
    query = select(Worker).where(Worker.street_id.in_(streets), Worker.active).order_by(Worker.community_id, Worker.id)
    return list(session.scalars(query))


def _page(session: Session, workers: list[Worker]) -> dict[str, object]:
    year = local_date(engine().clock.now()).year
    names = {worker.id: worker.name for worker in workers}
    mine = TrainingEntry.worker_id.in_(names)
    last = list(session.scalars(select(TrainingEntry).where(mine).order_by(TrainingEntry.id.desc()).limit(LAST)))
    away = select(LeaveEntry).where(LeaveEntry.worker_id.in_(names)).order_by(LeaveEntry.id.desc()).limit(LAST)
    done = {worker.id: training_days(session, worker.id, year) for worker in workers}
    short = [(w.name, w.post.label, done[w.id], TRAINING_DAYS[w.post]) for w in workers
             if done[w.id] < TRAINING_DAYS[w.post]]  # fmt: skip
    return {"year": year, "names": names, "trainings": last, "leaves": list(session.scalars(away)), "short": short}
