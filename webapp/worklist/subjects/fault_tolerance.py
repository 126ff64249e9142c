"""A case of fault tolerance or clearing, as the departments judge it and as the person sees it.

Who takes part without being named a reader sees what he handed in, where the case stands, and what was served on him.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.identity.organisations import Organisation
from engine.personnel.fault_tolerance.cases import ClearingCase, FaultCase, clearing_numbered, fault_numbered
from engine.personnel.fault_tolerance.check_sheet import CheckSheet
from engine.personnel.fault_tolerance.materials import may_add
from engine.personnel.fault_tolerance.terms import Condition, Exclusion, FaultState
from engine.personnel.workers import Worker
from webapp.fault_tolerance.files import FileRow, rows_of
from webapp.visit import actor
from webapp.worklist.subjects.kind import Asked, SubjectKind


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault-tolerance case; `inner` is what only its readers see, None for others."""

    number: str
    person: str
    street: str
    opening: str
    state: str
    accountability_on: date | None
    account: str
    remark: str
    conclusion: str
    delivered_on: date | None
    objection: str
    objection_until: datetime | None
    reexamination: str
    correction: str
    correction_due: date | None
    corrected_on: date | None
    wanted: str
    """What the person is asked to hand in, while the clock stands still."""
    files: Sequence[FileRow]
    may_add: bool
    inner: "FaultInner | None"


@dataclass(frozen=True, slots=True)
class FaultInner:
    """What the departments work with."""

    report: str
    days_used: int
    days_allowed: int
    extended: bool
    conditions: Sequence[tuple[str, bool]]
    exclusions: Sequence[str]
    grounds: str
    proposed: str
    proposed_reason: str
    drafted: str
    draft_reason: str
    talks: Sequence[Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Clearing:
    """A clearing case; `assessment` is empty for those who are not its readers."""

    number: str
    person: str
    street: str
    state: str
    account: str
    finding: str
    effect: str
    assessment: str
    refusal: str
    consented_on: date | None
    way: str
    planned_way: str
    scope: str
    cleared_on: date | None
    talk: str
    files: Sequence[FileRow]
    may_add: bool


def load_fault(session: Session, asked: Asked) -> Fault:
    """The case of that number."""
    row = fault_numbered(session, asked.business_key)
    served = row.delivered_on is not None or asked.whole
    return Fault(
        row.number or "", row.worker.name, session.get_one(Organisation, row.street_id).name, row.opening.label,
        row.state.label, row.accountability_on, row.account, row.refusal,
        row.conclusion.label if row.conclusion is not None and served else "", row.delivered_on, row.objection,
        row.objection_until, row.reexamination, row.correction, row.correction_due, row.corrected_on,
        (row.material_request or "") if row.state is FaultState.WAITING else "", rows_of(session, row),
        may_add(actor(), row), _inner(row) if asked.whole else None,
    )  # fmt: skip


def _inner(row: FaultCase) -> FaultInner:
    sheet = row.filled_sheet
    conditions, exclusions = ((), ()) if sheet is None else _answers(sheet)
    return FaultInner(
        row.report, row.days_used, row.days_allowed, row.extended, conditions, exclusions,
        sheet.grounds if sheet else "", row.proposed.label if row.proposed else "", row.proposed_reason,
        row.drafted.label if row.drafted else "", row.draft_reason, tuple(row.talks),
    )  # fmt: skip


def _answers(sheet: CheckSheet) -> tuple[Sequence[tuple[str, bool]], Sequence[str]]:
    met = [(condition.label, sheet.met[condition]) for condition in Condition]
    return met, [each.label for each in Exclusion if each in sheet.found]


def load_clearing(session: Session, asked: Asked) -> Clearing:
    """The case of that number."""
    row = clearing_numbered(session, asked.business_key)
    return Clearing(
        row.number or "", row.worker.name, session.get_one(Organisation, row.street_id).name, row.state.label,
        row.account, row.finding.label if row.finding and asked.whole else "",
        row.effect.label if row.effect and asked.whole else "", row.assessment if asked.whole else "", row.refusal,
        row.consented_on, row.way.label if row.way else "", row.way.value if row.way else "", row.scope, row.cleared_on,
        row.talk if asked.whole else "", rows_of(session, row), may_add(actor(), row),
    )  # fmt: skip


def find_faults(session: Session, typed: str, limit: int) -> Sequence[str]:
    """Cases by the beginning of the person's name; the lists show only what the reader may see."""
    query = select(FaultCase.number).join(Worker, Worker.id == FaultCase.worker_id)
    query = query.where(Worker.name.startswith(typed, autoescape=True)).order_by(FaultCase.id.desc()).limit(limit)
    return [number for number in session.scalars(query) if number]


def find_clearings(session: Session, typed: str, limit: int) -> Sequence[str]:
    """Cases by the beginning of the person's name; the lists show only what the reader may see."""
    query = select(ClearingCase.number).join(Worker, Worker.id == ClearingCase.worker_id)
    query = query.where(Worker.name.startswith(typed, autoescape=True)).order_by(ClearingCase.id.desc()).limit(limit)
    return [number for number in session.scalars(query) if number]


def prefill(subject: Any, form_id: str) -> Mapping[str, Any]:
    """How the person is cleared was agreed before; it is not typed again."""
    if form_id == "clearing_carry_out" and isinstance(subject, Clearing):
        return {"way": subject.planned_way, "scope": subject.scope}
    return {}


FAULT_KIND = SubjectKind("fault_tolerance", "worklist/subjects/fault_case.html", load_fault, find_faults)
CLEARING_KIND = SubjectKind(
    "clearing", "worklist/subjects/clearing_case.html", load_clearing, find_clearings, prefill=prefill
)
