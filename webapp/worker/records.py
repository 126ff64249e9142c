"""The worker's own record and contracts, and asking for a correction."""

from dataclasses import dataclass
from decimal import Decimal

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.delegates.worker_requests import RequestRecordCorrection
from engine.identity.organisations import Organisation
from engine.kernel.clock import local_date
from engine.personnel.appraisal.ledgers import TRAINING_DAYS, training_days
from engine.personnel.exits.retirement import kind_of, retirement_day
from engine.personnel.workers import Certificate, CertificateDeadline, TrainingDuty, Worker
from forms.worker import CorrectionForm
from webapp.binding import beside_fields, bind, status_of, submitted
from webapp.permissions import requires
from webapp.registry.workers import DUTY_LABELS
from webapp.visit import engine, execute, found, reading
from webapp.worker.blueprint import blueprint
from webapp.worker.people import ROLES, own_record


@dataclass(frozen=True, slots=True)
class Training:
    """This year's training against what the post asks for [N 6.4]."""

    year: int
    done: Decimal
    needed: Decimal


@blueprint.get("/")
@requires(*ROLES)
def record() -> str:
    """我的档案."""
    today = local_date(engine().clock.now())
    with reading() as session:
        worker = own_record(session)
        if worker is None:
            return render_template("worker/nothing.html", title="我的档案")
        training = Training(today.year, training_days(session, worker.id, today.year), TRAINING_DAYS[worker.post])
        certificates = session.scalars(select(Certificate).where(Certificate.worker_id == worker.id)).all()
        deadline = session.scalar(select(CertificateDeadline).where(CertificateDeadline.worker_id == worker.id))
        duties = session.scalars(select(TrainingDuty).where(TrainingDuty.worker_id == worker.id)).all()
        return render_template(
            "worker/record.html", person=worker, places=_places(session, worker), certificates=certificates,
            deadline=deadline, duties=duties, duty_labels=DUTY_LABELS, training=training, today=today,
            retires=retirement_day(worker.born, kind_of(worker.sex)),
        )  # fmt: skip


@blueprint.get("/contracts")
@requires(*ROLES)
def contracts() -> str:
    """我的合同."""
    today = local_date(engine().clock.now())
    with reading() as session:
        worker = own_record(session)
        if worker is None:
            return render_template("worker/nothing.html", title="我的合同")
        lines = list(reversed(worker.contracts))
        employers = {line.employer_id: session.get_one(Organisation, line.employer_id).name for line in lines}
        return render_template("worker/contracts.html", lines=lines, employers=employers, today=today)


@blueprint.route("/correction", methods=["GET", "POST"])
@requires(*ROLES)
def correction() -> ResponseReturnValue:
    """申请更正档案."""
    with reading() as session:
        found(own_record(session))
    form = bind(CorrectionForm)
    if submitted(form):
        with beside_fields(form):
            execute(RequestRecordCorrection(form.part.data or "", form.text.data or ""))
        if not form.errors:
            flash("更正申请已发给街道经办，核对后由街道更正。", "success")
            return redirect(url_for("worker.record"))
    return render_template("worker/correction.html", form=form), status_of(form)


def _places(session: Session, worker: Worker) -> dict[str, str]:
    names = {"street": session.get_one(Organisation, worker.street_id).name, "community": "待分配"}
    if worker.community_id is not None:
        names["community"] = session.get_one(Organisation, worker.community_id).name
    return names
