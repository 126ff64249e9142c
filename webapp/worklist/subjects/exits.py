"""An exit, as the street, the union and the county judge it: facts, evidence, check sheet, papers, pay, both texts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.identity.organisations import Organisation
from engine.personnel.case_files import files_of
from engine.personnel.exits.cases import ExitCase, ExitPay, exit_numbered
from engine.personnel.exits.conflicts import TextConflict, conflicts_of
from engine.personnel.exits.evidence import GATHERING
from engine.personnel.exits.grounds import ground_rule, missing_evidence
from engine.personnel.exits.papers import PaperKind
from engine.personnel.exits.procedure import conflicts_in, known_protections
from engine.personnel.exits.retirement import kind_of, retirement_day
from engine.personnel.exits.terms import ExitGround, ExitState, GuardOutcome
from engine.personnel.workers import Worker
from forms.work_items.exits import GuardCheckForm
from webapp.exits.files import FileRow, rows_of
from webapp.worklist.subjects.kind import Asked, SubjectKind

TONES = {GuardOutcome.PASSED: "good", GuardOutcome.REVIEW: "warn", GuardOutcome.BLOCKED: "bad"}


@dataclass(frozen=True, slots=True)
class Guard:
    """A line of the check sheet."""

    clause: str
    outcome: str
    tone: str
    text: str


@dataclass(frozen=True, slots=True)
class Exit:
    """The exit with everything that is judged."""

    number: str
    name: str
    post: str
    street: str
    hired_on: date
    retires_on: date
    ground: str
    clause: str
    route: str
    state: str
    reason: str
    by_employer: bool
    notified_on: date | None
    evidence: Sequence[str]
    evidence_text: str
    missing: Sequence[str]
    known: Sequence[str]
    """Protections that the register itself shows."""
    guards: Sequence[Guard]
    conflicts: Sequence[TextConflict]
    union_objection: str
    union_answer: str
    defence: str
    defence_until: datetime | None
    street_opinion: str
    county_opinion: str
    served: Sequence[tuple[str, str, date, str, str]]
    last_day: date | None
    review_until: datetime | None
    reviewable: bool
    review_reason: str
    review_answer: str
    transfer_due_on: date | None
    tasks: Sequence[tuple[str, bool, str]]
    pay: ExitPay | None
    files: Sequence[FileRow]
    outcome: str
    choice: str
    choice_reason: str
    choosable: bool
    """Notice and law differ, so the officer has to choose at the legal check."""
    hearing_asked: bool
    hearing: str
    retained_until: date | None
    by_election_due: date | None
    gathering: bool
    resigning: bool


def load(session: Session, asked: Asked) -> Exit:
    """The exit of that number."""
    row = exit_numbered(session, asked.business_key)
    rule = ground_rule(asked.decide, row.ground)
    kinds, worker = row.evidence_kinds, row.worker
    return Exit(
        row.number, worker.name, worker.post.label, session.get_one(Organisation, row.street_id).name, worker.hired_on,
        retirement_day(worker.born, kind_of(worker.sex)), row.ground.label, rule.clause, row.route.label,
        row.state.label, row.reason, row.by_employer, row.notified_on, [kind.label for kind in kinds],
        row.evidence[0].text if row.evidence else "", missing_evidence(rule, kinds),
        [each.label for each in known_protections(row, asked.today)], _guards(row),
        conflicts_of(row.ground, row.route, worker.category, kinds), row.union_objection, row.union_answer,
        row.defence, row.defence_until, row.street_opinion, row.county_opinion, _served(row), row.last_day,
        row.review_until, row.state is ExitState.HANDOVER and rule.full_procedure and not row.review_reason,
        row.review_reason, row.review_answer, row.transfer_due_on,
        [(each.task.label, each.applies, each.note) for each in row.tasks], row.pay,
        rows_of(files_of(session, row.files)), row.outcome,
        "" if row.conflict_choice is None else row.conflict_choice.label, row.conflict_reason or "",
        bool(conflicts_in(row)), row.hearing_requested_at is not None, row.hearing or "", row.retained_until,
        row.by_election_due, row.state in GATHERING,
        row.ground is ExitGround.RESIGNATION and row.state is ExitState.STREET_DECIDED,
    )  # fmt: skip


def _guards(row: ExitCase) -> Sequence[Guard]:
    return [Guard(line.clause, line.outcome.label, TONES[line.outcome], line.text) for line in row.guards]


def _served(row: ExitCase) -> Sequence[tuple[str, str, date, str, str]]:
    labels = {kind.value: kind.label for kind in PaperKind}
    return [(labels[paper.kind], paper.number, paper.served_on, paper.way.label, paper.proof) for paper in row.papers]


def find(session: Session, typed: str, limit: int) -> Sequence[str]:
    """Exits by the beginning of the person's name."""
    query = (
        select(ExitCase.number)
        .join(Worker, Worker.id == ExitCase.worker_id)
        .where(Worker.name.startswith(typed, autoescape=True))
    )
    return list(session.scalars(query.order_by(ExitCase.id.desc()).limit(limit)))


def choices(_session: Session, subject: Any, form: Any) -> None:
    """Where notice and law say the same there is nothing to choose."""
    if isinstance(form, GuardCheckForm) and not subject.choosable:
        del form.conflict_choice
        del form.conflict_reason


KIND = SubjectKind("exit", "worklist/subjects/exit.html", load, find, choices=choices)
