"""A secondment as worker, community, street and county judge it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.delegates.secondment.commands import EXTENSION, SECONDMENT
from engine.personnel.policy import policy_at
from engine.personnel.secondment.rules import Spell
from engine.personnel.secondment.secondments import (
    Secondment,
    SecondmentExtension,
    extension_numbered,
    secondment_numbered,
)
from engine.personnel.secondment.staffing import Staffing, staffing
from engine.personnel.secondment.states import ASKED, SecondmentState
from engine.personnel.workers import Worker
from webapp.worklist.subjects.kind import Asked, SubjectKind


@dataclass(frozen=True, slots=True)
class Before:
    """An earlier secondment of the same person."""

    number: str
    starts_on: date
    ends_on: date
    state: str


@dataclass(frozen=True, slots=True)
class Loan:
    """The secondment with what must be weighed."""

    number: str
    worker: str
    post: str
    community: str
    street: str
    office: str
    duties: str
    reason: str
    starts_on: date
    ends_on: date
    days: int
    state: SecondmentState
    opinion: str
    document_number: str
    early_reason: str
    returned_on: date | None
    performance: str
    evaluation: str
    handover: str
    overdue_workdays: int
    violation: bool
    staffing: Staffing | None
    """While it is being decided; None afterwards."""
    before: Sequence[Before]
    extensions: Sequence[tuple[date, date, str]] = ()
    """Last day before, last day asked for, and what became of it."""
    wanted_until: date | None = None
    """The last day that an extension asks for."""
    extension_reason: str = ""
    today: date = date.min


def load(session: Session, asked: Asked) -> Loan:
    """The secondment of that number."""
    return _loan(session, secondment_numbered(session, asked.business_key), asked.today)


def load_extension(session: Session, asked: Asked) -> Loan:
    """The secondment that is to be extended."""
    entry = extension_numbered(session, asked.business_key)
    return _loan(session, entry.secondment, asked.today, entry)


def _loan(session: Session, row: Secondment, today: date, entry: SecondmentExtension | None = None) -> Loan:
    period = Spell(row.starts_on, row.ends_on)
    return Loan(
        str(row.number), row.worker.name, row.worker.post.label, row.community.name, row.street.name, row.office,
        row.duties, row.reason, row.starts_on, row.ends_on, period.days, row.state, row.opinion, row.document_number,
        row.early_reason, row.returned_on, row.performance.label if row.performance else "", row.evaluation,
        row.handover, row.overdue_workdays, row.violation, _weighed(session, row, period, today),
        _before(session, row), [(one.before, one.ends_on, one.state.label) for one in row.extensions],
        entry.ends_on if entry else None, entry.reason if entry else "", today,
    )  # fmt: skip


def _weighed(session: Session, row: Secondment, period: Spell, today: date) -> Staffing | None:
    if row.state not in ASKED:
        return None
    return staffing(session, policy_at(session, row.county_id, today), row.worker, period, today, row.id)


def _before(session: Session, row: Secondment) -> Sequence[Before]:
    query = select(Secondment).where(Secondment.worker_id == row.worker_id, Secondment.id != row.id)
    return [
        Before(str(one.number), one.starts_on, one.returned_on or one.ends_on, one.state.label)
        for one in session.scalars(query.order_by(Secondment.id.desc()).limit(10))
    ]


def prefill(loan: Loan, form_id: str) -> Mapping[str, Any]:
    """Somebody who goes back does so today, unless said otherwise."""
    return {"returned_on": loan.today} if form_id == "secondment_return" else {}


def find(session: Session, typed: str, limit: int) -> Sequence[str]:
    """Secondments by the beginning of the worker's name."""
    query = select(Secondment.number).join(Worker, Worker.id == Secondment.worker_id)
    query = query.where(Worker.name.startswith(typed, autoescape=True), Secondment.number.is_not(None))
    return [number for number in session.scalars(query.order_by(Secondment.id.desc()).limit(limit)) if number]


def find_extension(session: Session, typed: str, limit: int) -> Sequence[str]:
    """Extensions by the beginning of the worker's name."""
    query = (
        select(SecondmentExtension.number)
        .join(Secondment, Secondment.id == SecondmentExtension.secondment_id)
        .join(Worker, Worker.id == Secondment.worker_id)
        .where(Worker.name.startswith(typed, autoescape=True), SecondmentExtension.number.is_not(None))
    )
    return [number for number in session.scalars(query.order_by(SecondmentExtension.id.desc()).limit(limit)) if number]


_TEMPLATE = "worklist/subjects/secondment.html"
KIND = SubjectKind(SECONDMENT, _TEMPLATE, load, find, prefill)
EXTENSION_KIND = SubjectKind(EXTENSION, _TEMPLATE, load_extension, find_extension)
