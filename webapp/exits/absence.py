"""The ledger of absence without leave: entries, thresholds, summons to return [N 11.5]."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from flask import Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from engine.delegates.exits.reminders import NoteAbsence
from engine.identity.organisations import Organisation
from engine.kernel.clock import local_date
from engine.kernel.errors import Conflict
from engine.personnel.appraisal.ledgers import LeaveEntry
from engine.personnel.appraisal.terms import AbsenceKind
from engine.personnel.documents.exit_papers import exit_pdf
from engine.personnel.exits.absence import AbsenceCount
from engine.personnel.exits.absence_ledger import RecordReturnNotice, absence_of, return_notices
from engine.personnel.exits.papers import return_summons
from engine.personnel.exits.terms import Service
from engine.personnel.workers import Worker
from forms.exits import AbsenceForm, ReturnNoticeForm
from webapp.binding import beside_fields, bind, reasons_above, status_of, submitted
from webapp.exits.blueprint import blueprint
from webapp.exits.start import people_of_clerk
from webapp.permissions import requires
from webapp.visit import actor, engine, execute, found, reading


@dataclass(frozen=True, slots=True)
class AbsentRow:
    """One person with absence without leave."""

    worker_id: int
    name: str
    count: AbsenceCount
    notices: Sequence[tuple[str, date]]


@blueprint.route("/absence", methods=["GET", "POST"])
@requires("street_clerk")
def absence() -> ResponseReturnValue:
    """The street's ledger, and a new entry."""
    with reading() as session:
        rows, people = _rows(session), people_of_clerk(session)
    form = bind(AbsenceForm)
    form.worker.choices = people
    if submitted(form):
        with beside_fields(form):
            days = form.days.data or Decimal(0)
            fresh = execute(
                NoteAbsence(form.worker.data, form.starts_on.data or _today(), days, form.note.data or "")
            )
            flash("已登记。" + "；".join(fresh), "warning" if fresh else "success")
        if not form.errors:
            return redirect(url_for("exits.absence"))
    return render_template("exits/absence.html", form=form, rows=rows), status_of(form)


@blueprint.route("/absence/<int:worker_id>/return-notice", methods=["GET", "POST"])
@requires("street_clerk")
def return_notice(worker_id: int) -> ResponseReturnValue:
    """返岗催告书送达登记."""
    with reading() as session:
        worker = found(session.scalar(_mine().where(Worker.id == worker_id)))
        name, count = worker.name, absence_of(session, worker, _today())
    form = bind(ReturnNoticeForm)
    if submitted(form) and _served(worker_id, form):
        flash("返岗催告书送达已登记。", "success")
        return redirect(url_for("exits.absence"))
    return render_template("exits/return_notice.html", form=form, name=name, count=count), status_of(form)


@blueprint.get("/absence/<int:worker_id>/return-notice.pdf")
@requires("street_clerk")
def return_notice_paper(worker_id: int) -> Response:
    """返岗催告书, to be printed and served."""
    with reading() as session:
        worker = found(session.scalar(_mine().where(Worker.id == worker_id)))
        count = absence_of(session, worker, _today())
        if not count.return_notice_due:
            raise Conflict("连续旷工不满 3 个工作日，不需要返岗催告")
        office = session.get_one(Organisation, worker.street_id).name
        page = return_summons(worker.name, count, office)
    answer = Response(exit_pdf(page, engine().clock.now()), mimetype="application/pdf")
    answer.headers["Content-Disposition"] = f"attachment; filename=return-notice-{worker_id}.pdf"
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _served(worker_id: int, form: ReturnNoticeForm) -> bool:
    command = RecordReturnNotice(
        worker_id,
        form.number.data or "",
        form.served_on.data or _today(),
        Service(form.way.data),
        form.proof.data or "",
    )
    with reasons_above(form):
        execute(command)
    return not form.errors and not form.form_errors


def _mine() -> Select[Worker]:
    return select(Worker).where(Worker.street_id.in_(actor().organisations("street_clerk")))


def _rows(session: Session) -> list[AbsentRow]:
    absent = select(LeaveEntry.worker_id).where(LeaveEntry.kind == AbsenceKind.UNEXCUSED)
    workers = session.scalars(_mine().where(Worker.id.in_(absent), Worker.active).order_by(Worker.name, Worker.id))
    return [
        AbsentRow(worker.id, worker.name, absence_of(session, worker, _today()),
                  [(notice.number, notice.served_on) for notice in return_notices(session, worker.id)])
        for worker in workers
    ]  # fmt: skip


def _today() -> date:
    return local_date(engine().clock.now())
