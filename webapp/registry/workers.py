"""Community workers: list and record, within what the officer may see."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Select, and_, or_, select
from sqlalchemy.orm import Session

from engine.delegates.worker_requests import CorrectWorkerRecord
from engine.identity.organisations import Organisation
from engine.kernel.actor import Actor
from engine.kernel.clock import local_date
from engine.personnel.vocabulary import CertificateLevel, Education, Politics
from engine.personnel.workers import Certificate, CertificateDeadline, TrainingDuty, Worker
from forms.worker import RecordCorrectionForm
from webapp.binding import beside_fields, bind, status_of, submitted
from webapp.numbers import whole
from webapp.paging import after_key, page_of
from webapp.permissions import requires
from webapp.registry.blueprint import blueprint
from webapp.visit import actor, engine, execute, found, reading

READERS = (
    "county_clerk", "county_head", "organisation_officer", "finance_officer", "street_clerk", "street_leader",
    "audit_admin",
)  # fmt: skip
PAGE = 50
DUTY_LABELS = {"induction": "初任培训"}


@dataclass(frozen=True, slots=True)
class WorkerRow:
    """A line of the list."""

    id: int
    name: str
    number: str
    sex: str
    place: str
    post: str
    grade: int
    education: str
    certificate: str
    deadline: date | None
    hired_on: date
    active: bool


@blueprint.get("/workers")
@requires(*READERS)
def workers() -> str:
    """Workers of the officer's county or street."""
    words, street = request.args.get("q", "").strip(), request.args.get("street", type=whole)
    with reading() as session:
        rows = _rows(session, _narrowed(_visible(session, actor()), words, street, after_key()).limit(PAGE + 1))
        streets = _streets(session, actor())
    page = page_of(rows, size=PAGE, key=lambda row: [row.number, row.id])
    today = local_date(engine().clock.now())
    return render_template("registry/workers.html", page=page, words=words, street=street, streets=streets, today=today)


@blueprint.get("/workers/<int:worker_id>")
@requires(*READERS)
def worker(worker_id: int) -> str:
    """A worker's record: grade, contract, certificate deadline, training duties."""
    with reading() as session:
        person = found(session.scalar(_visible(session, actor()).where(Worker.id == worker_id)))
        names = {id_: _place(session, id_) for id_ in (person.street_id, person.community_id) if id_}
        certificates = session.scalars(select(Certificate).where(Certificate.worker_id == worker_id)).all()
        deadline = session.scalar(select(CertificateDeadline).where(CertificateDeadline.worker_id == worker_id))
        duties = session.scalars(select(TrainingDuty).where(TrainingDuty.worker_id == worker_id)).all()
        return render_template(
            "registry/worker.html", person=person, names=names, certificates=certificates, deadline=deadline,
            duties=duties, today=local_date(engine().clock.now()), duty_labels=DUTY_LABELS,
        )  # fmt: skip


@blueprint.route("/workers/<int:worker_id>/correct", methods=["GET", "POST"])
@requires("street_clerk")
def correct_worker(worker_id: int) -> ResponseReturnValue:
    """Correct the record of a worker of the clerk's street."""
    with reading() as session:
        mine = Worker.street_id.in_(actor().organisations("street_clerk"))
        person = found(session.scalar(select(Worker).where(Worker.id == worker_id, Worker.active, mine)))
        facts = {"name": person.name, "education": person.education.value, "politics": person.politics.value}
    form = bind(RecordCorrectionForm, **facts)
    if submitted(form):
        with beside_fields(form):
            changed = execute(CorrectWorkerRecord(
                worker_id, form.name.data or "", form.phone.data or "", Education(form.education.data),
                Politics(form.politics.data), form.reason.data or "",
            ))  # fmt: skip
            flash(f"已更正：{'、'.join(changed)}。", "success")
        if not form.errors and not form.form_errors:
            return redirect(url_for("registry.worker", worker_id=worker_id))
    page = render_template("registry/worker_correct.html", form=form, name=facts["name"], worker_id=worker_id)
    return page, status_of(form)


def _visible(session: Session, person: Actor) -> Select[Worker]:
    places = person.organisations(*READERS)
    return select(Worker).where(or_(Worker.county_id.in_(places), Worker.street_id.in_(places)))


def _narrowed(query: Select[Worker], words: str, street: int | None, after: Any | None) -> Select[Worker]:
    if words:
        query = query.where(Worker.name.startswith(words, autoescape=True))
    if street is not None:
        query = query.where(Worker.street_id == street)
    if isinstance(after, list) and len(after) == 2:
        query = query.where(or_(Worker.number > after[0], and_(Worker.number == after[0], Worker.id > after[1])))
    return query.order_by(Worker.number, Worker.id)


def _streets(session: Session, person: Actor) -> list[tuple[int, str]]:
    places = person.organisations(*READERS)
    query = select(Organisation.id, Organisation.name).where(
        Organisation.kind == "street", or_(Organisation.parent_id.in_(places), Organisation.id.in_(places))
    )
    return [(id_, name) for id_, name in session.execute(query.order_by(Organisation.code))]


def _rows(session: Session, query: Select[Worker]) -> Sequence[WorkerRow]:
    people = session.scalars(query).all()
    ids = [person.id for person in people]
    levels: dict[int, CertificateLevel] = {}
    for certificate in session.scalars(select(Certificate).where(Certificate.worker_id.in_(ids))):
        best = levels.get(certificate.worker_id, CertificateLevel.NONE)
        levels[certificate.worker_id] = max(best, certificate.level, key=lambda level: level.level)
    due = select(CertificateDeadline.worker_id, CertificateDeadline.due_on).where(
        CertificateDeadline.worker_id.in_(ids), CertificateDeadline.met_on.is_(None)
    )
    deadlines: dict[int, date] = dict(session.execute(due).all())
    places = {person.id: _place(session, person.community_id or person.street_id) for person in people}
    return [_row(person, levels, deadlines, places[person.id]) for person in people]


def _row(person: Worker, levels: dict[int, CertificateLevel], deadlines: dict[int, date], place: str) -> WorkerRow:
    return WorkerRow(
        person.id, person.name, person.number or "", person.sex.label, place, person.post.label,
        person.grade, person.education.label, levels.get(person.id, CertificateLevel.NONE).label,
        deadlines.get(person.id), person.hired_on, person.active,
    )  # fmt: skip


def _place(session: Session, organisation_id: int) -> str:
    unit = session.get_one(Organisation, organisation_id)
    return unit.name

