"""One person's appraisal; each step sees what it needs, the person himself nothing before the result is served."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.identity.organisations import Organisation
from engine.personnel.appraisal.cases import AppraisalCase, case_numbered
from engine.personnel.appraisal.consecutive import Verdict
from engine.personnel.appraisal.ledgers import TRAINING_DAYS, training_met
from engine.personnel.appraisal.results import judged_run
from engine.personnel.appraisal.terms import CaseState
from engine.personnel.secondment.queries import Evaluation, evaluations_of
from engine.personnel.workers import Worker
from webapp.worklist.subjects.kind import Asked, SubjectKind

SERVED = (CaseState.FED_BACK, CaseState.REVIEWING, CaseState.APPEALING, CaseState.FINAL, CaseState.FILED)
WITH_SCORES = frozenset({"appraisal_group_score", "appraisal_review", "appraisal_appeal", "appraisal_feedback"})
WITH_SUMMARY = WITH_SCORES | {"appraisal_opinion"}
WITH_RESULT = frozenset({"appraisal_feedback", "appraisal_review", "appraisal_appeal"})


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the score; `points` None: not counted."""

    label: str
    weight: Decimal
    points: Decimal | None
    ballots: int | None = None


@dataclass(frozen=True, slots=True)
class PersonYear:
    """The appraisal of one person as a step sees it."""

    case_id: int
    number: str
    name: str
    post: str
    street: str
    community: str
    year: int
    state: str
    training_days: Decimal
    training_due: Decimal
    training_met: bool
    unexcused_days: Decimal
    leave_days: Decimal
    discipline: str
    bars: Sequence[str]
    failures: Sequence[str]
    unrated: str
    summary: str | None
    summary_missing: bool
    community_opinion: str | None
    parts: Sequence[Part]
    score: Decimal | None
    comment: str
    grade: str | None
    grade_reason: str
    review_until: datetime | None
    review_reason: str
    appeal_until: datetime | None
    appeal_reason: str
    evaluations: Sequence[Evaluation]
    """What borrowers wrote when the person came back from a secondment this year [domain 3.5]."""
    run: str
    """What the years together mean; empty when nothing."""


def load(session: Session, asked: Asked) -> PersonYear:
    """The appraisal of that number; what a step must not see stays out."""
    row = case_numbered(session, asked.business_key)
    served = row.state in SERVED
    whole = not asked.form_id and served
    result = whole or (asked.form_id in WITH_RESULT)
    names = _names(session, row)
    return PersonYear(
        row.id, row.number or "", row.worker.name, row.post.label, names.get(row.street_id, ""),
        names.get(row.community_id, ""), row.year, row.state.label, row.training_days, TRAINING_DAYS[row.post],
        training_met(row.post, row.training_days), row.unexcused_days, row.leave_days, row.discipline.label,
        _lines(row.bars), _lines(row.failures), "" if row.unrated is None else row.unrated.label,
        row.summary if whole or asked.form_id in WITH_SUMMARY else None, row.summary_missing,
        row.community_opinion if whole or asked.form_id in WITH_SCORES else None,
        _parts(row) if whole or asked.form_id in WITH_SCORES else (), row.score if result else None,
        row.street_comment if result else "", _grade(row) if result else None, row.grade_reason if result else "",
        row.review_until, row.review_reason, row.appeal_until, row.appeal_reason,
        evaluations_of(session, row.worker_id, row.year) if whole or asked.form_id in WITH_SUMMARY else (),
        _run(session, row) if result else "",
    )  # fmt: skip


def _names(session: Session, row: AppraisalCase) -> dict[int | None, str]:
    places = [row.street_id, row.community_id or row.street_id]
    found = session.execute(select(Organisation.id, Organisation.name).where(Organisation.id.in_(places)))
    return dict(found.all())


def _lines(text: str) -> list[str]:
    return [line for line in text.split("\n") if line]


def _grade(row: AppraisalCase) -> str:
    return "不定等次" if row.grade is None else row.grade.label


def _parts(row: AppraisalCase) -> Sequence[Part]:
    if row.plan is None:
        return ()
    weights = row.plan.guide.weights
    return (
        Part("日常考核", weights.routine, row.routine_points), Part("街道评价", weights.street, row.street_points),
        Part("社区党组织评价", weights.community, row.community_points),
        Part("同事互评", weights.peers, row.peer_points, row.peer_ballots),
        Part("居民群众满意度", weights.residents, row.resident_points, row.resident_ballots),
    )  # fmt: skip


def _run(session: Session, row: AppraisalCase) -> str:
    finding = judged_run(session, row)
    return finding.reason if finding.verdict in (Verdict.WARNING, Verdict.EXIT, Verdict.JUDGEMENT) else ""


def find(session: Session, typed: str, limit: int) -> Sequence[str]:
    """Appraisals by the beginning of the person's name."""
    query = (
        select(AppraisalCase.number)
        .join(Worker, Worker.id == AppraisalCase.worker_id)
        .where(Worker.name.startswith(typed, autoescape=True), AppraisalCase.number.is_not(None))
    )
    return [number for number in session.scalars(query.order_by(AppraisalCase.id.desc()).limit(limit)) if number]


KIND = SubjectKind("appraisal_case", "worklist/subjects/appraisal_case.html", load, find)
