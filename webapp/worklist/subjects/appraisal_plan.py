"""A street's appraisal as a whole: turnout, the list of candidates for 优秀, and what is still open."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from engine.identity.organisations import Organisation
from engine.personnel.appraisal import settings
from engine.personnel.appraisal.ballots import Turnout, shortfalls, turnout
from engine.personnel.appraisal.cases import AppraisalCase, AppraisalPlan, plan_numbered
from engine.personnel.appraisal.excellence import Cap, list_of, ranked, suggestion
from engine.personnel.appraisal.objections import ObjectionState, objections_of
from engine.personnel.appraisal.settlement import Standing, standing
from engine.personnel.appraisal.terms import AppraisalGrade, CaseState, PlanState
from forms.work_items.appraisal import SettlementForm
from webapp.worklist.subjects.kind import Asked, SubjectKind


@dataclass(frozen=True, slots=True)
class CandidateLine:
    """A candidate for 优秀 in the order of his list."""

    case_id: int
    place: int
    listed: str
    name: str
    post: str
    community: str
    score: Decimal
    chosen: bool


@dataclass(frozen=True, slots=True)
class TurnoutLine:
    """The turnout of one community."""

    community: str
    counts: Turnout
    enough: bool


@dataclass(frozen=True, slots=True)
class ObjectionLine:
    """An objection to the names that are public."""

    id: int
    about: str
    state: ObjectionState
    raised_at: datetime


@dataclass(frozen=True, slots=True)
class Plan:
    """The plan with everything its steps are judged by."""

    number: str
    plan_id: int
    street: str
    year: int
    state: PlanState
    summary_closes_at: datetime
    ballots_close_at: datetime
    publicity_until: datetime | None
    short_ballots: str
    settled_reason: str
    heads: int
    cap: Cap
    percent: Decimal
    unscored: Sequence[str]
    candidates: Sequence[CandidateLine]
    turnouts: Sequence[TurnoutLine]
    minimum: int
    standing: Sequence[tuple[str, int]]
    """State of the cases and how many are in it."""
    grades: Sequence[tuple[str, int]]
    suggested: frozenset[int]
    objections: Sequence[ObjectionLine]

    @property
    def settling(self) -> bool:
        return self.state is PlanState.SCORING


def load(session: Session, asked: Asked) -> Plan:
    """The plan of that number."""
    row = plan_numbered(session, asked.business_key)
    query = select(AppraisalCase).where(AppraisalCase.plan_id == row.id).options(joinedload(AppraisalCase.worker))
    cases = list(session.scalars(query.order_by(AppraisalCase.id)))
    names = _names(session, cases, row)
    found = standing(cases, row)
    chosen = {case.id for case in cases if case.grade is AppraisalGrade.EXCELLENT}
    suggested = suggestion(found.candidates, found.cap)
    minimum = row.guide.policy[settings.MINIMUM_RESIDENT_BALLOTS]
    return Plan(
        row.number, row.id, names.get(row.street_id, ""), row.year, row.state, row.summary_closes_at,
        row.ballots_close_at, row.publicity_until, row.short_ballots, row.settled_reason,
        sum(case.unrated is None and case.state is not CaseState.STOPPED for case in cases), found.cap,
        row.guide.excellent_percent, found.unscored,
        _candidates(found, cases, names, chosen), _turnouts(session, row, names, minimum), minimum,
        _counted(case.state.label for case in cases), _grades(cases), frozenset(suggested),
        _objections(session, row.id),
    )  # fmt: skip


def _objections(session: Session, plan_id: int) -> list[ObjectionLine]:
    found = objections_of(session, plan_id)
    return [ObjectionLine(one.id, one.case.worker.name, one.state, one.raised_at) for one in found]


def _names(session: Session, cases: Sequence[AppraisalCase], plan: AppraisalPlan) -> dict[int | None, str]:
    places = {case.community_id for case in cases if case.community_id} | {plan.street_id}
    found = session.execute(select(Organisation.id, Organisation.name).where(Organisation.id.in_(places)))
    return dict(found.all())


def _candidates(
    found: Standing, cases: Sequence[AppraisalCase], names: Mapping[int | None, str], chosen: set[int]
) -> list[CandidateLine]:
    by_id = {case.id: case for case in cases}
    lines = []
    for name, label in (("chiefs", "正职"), ("others", "其他人员")):
        listed = ranked(one for one in found.candidates if list_of(one, found.cap) == name)
        lines += [
            CandidateLine(one.case_id, place, label, one.name, one.post.label,
                          names.get(by_id[one.case_id].community_id, "街道"), one.score, one.case_id in chosen)
            for place, one in enumerate(listed, start=1)
        ]  # fmt: skip
    return lines


def _turnouts(
    session: Session, plan: AppraisalPlan, names: Mapping[int | None, str], minimum: int
) -> list[TurnoutLine]:
    found = turnout(session, plan.id)
    short = shortfalls(found, minimum, plan.guide.policy[settings.ORDINARY_SHARE])
    return [TurnoutLine(names.get(one.community_id, "街道"), one, one not in short) for one in found]


def _counted(labels: Any) -> list[tuple[str, int]]:
    numbers = Counter(labels)
    return [(state.label, numbers[state.label]) for state in CaseState if numbers[state.label]]


def _grades(cases: Sequence[AppraisalCase]) -> list[tuple[str, int]]:
    decided = [case for case in cases if case.grade is not None]
    numbers = Counter(case.grade for case in decided)
    return [(grade.label, numbers[grade]) for grade in reversed(AppraisalGrade) if numbers[grade]]


def prefill(plan: Plan, form_id: str) -> Mapping[str, Any]:
    """Who would be in by score, or who was settled on before."""
    if form_id != "appraisal_settlement":
        return {}
    settled = [line.case_id for line in plan.candidates if line.chosen]
    return {"excellent": settled or sorted(plan.suggested)}


def choices(_session: Session, plan: Plan, form: Any) -> None:
    """The candidates."""
    if isinstance(form, SettlementForm):
        form.excellent.choices = [(line.case_id, line.name) for line in plan.candidates]


def find(session: Session, typed: str, limit: int) -> Sequence[str]:
    """Plans by the beginning of the street's name."""
    query = (
        select(AppraisalPlan.number)
        .join(Organisation, Organisation.id == AppraisalPlan.street_id)
        .where(Organisation.name.startswith(typed, autoescape=True))
    )
    return list(session.scalars(query.order_by(AppraisalPlan.id.desc()).limit(limit)))


KIND = SubjectKind("appraisal_plan", "worklist/subjects/appraisal_plan.html", load, find, prefill, choices)
