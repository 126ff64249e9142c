"""What the boards of the appraisal show: progress by street, grades, who is late; frozen rows, few statements."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import Session, contains_eager

from engine.identity.organisations import Organisation, OrganisationKind
from engine.kernel.clock import local_date
from engine.personnel.appraisal.cases import AppraisalCase, AppraisalPlan
from engine.personnel.appraisal.guides import published_guide
from engine.personnel.appraisal.terms import AppraisalGrade, CaseState, PlanState, Unrated
from engine.personnel.vocabulary import Post
from engine.personnel.workers import Worker

BEFORE_SUMMARY = (CaseState.NOT_STARTED,)
BEFORE_SCORE = (CaseState.NOT_STARTED, CaseState.SELF_REPORTED, CaseState.ASSESSED)
SERVED = (CaseState.FED_BACK, CaseState.REVIEWING, CaseState.APPEALING, CaseState.FINAL, CaseState.FILED)


@dataclass(frozen=True, slots=True)
class StreetProgress:
    """One street in one year."""

    street_id: int
    street: str
    number: str
    state: PlanState | None
    """None: not begun here; there may be imported results."""
    people: int
    summarised: int
    scored: int
    served: int
    filed: int
    grades: Sequence[int]
    """How many of each grade, 优秀 first."""
    unrated: int
    late: int = 0
    """How many should be further by the plan's dates."""
    overdue_start: bool = False
    """The county's date for the plan has passed without one."""


@dataclass(frozen=True, slots=True)
class PersonLine:
    """One person on the board of a street."""

    case_id: int
    name: str
    community: str
    post: str
    state: CaseState
    score: Decimal | None
    grade: AppraisalGrade | None
    unrated: bool
    late: bool
    training_days: Decimal
    performance: Decimal | None
    may_review: bool
    """On paper: he has no account, and the window is open."""
    may_appeal: bool
    put_off: bool
    """Without a grade because of an investigation, and on file."""


def years_of(session: Session, county_id: int) -> list[int]:
    """Years with results or cases, the newest first."""
    query = select(AppraisalCase.year).where(AppraisalCase.county_id == county_id).distinct()
    return list(session.scalars(query.order_by(AppraisalCase.year.desc())))


def progress_of_streets(
    session: Session, county_id: int, year: int, now: datetime | None = None
) -> list[StreetProgress]:
    """Every street of the county, also those that have not begun; with `now`, who is late."""
    streets = select(Organisation).where(
        Organisation.parent_id == county_id, Organisation.kind == OrganisationKind.STREET.value, Organisation.active
    )
    found = select(AppraisalPlan).where(AppraisalPlan.county_id == county_id, AppraisalPlan.year == year)
    plans = {plan.street_id: plan for plan in session.scalars(found)}
    counts = _counts(session, county_id, year)
    lines = [
        _progress(street, plans.get(street.id), [one for one in counts if one[0] == street.id])
        for street in sorted(session.scalars(streets), key=lambda each: each.lineage)
    ]
    return lines if now is None else _with_lateness(session, county_id, year, lines, plans, counts, now)


def _with_lateness(
    session: Session, county_id: int, year: int, lines: Sequence[StreetProgress], plans: Mapping[int, AppraisalPlan],
    counts: Sequence["Count"], now: datetime,
) -> list[StreetProgress]:  # fmt: skip
    guide = published_guide(session, county_id, year)
    due = guide is not None and local_date(now) > guide.plan_due_on
    return [
        replace(line, late=_late(plans.get(line.street_id), counts, now),
                overdue_start=due and line.state is None and not line.people)
        for line in lines
    ]  # fmt: skip


def _late(plan: AppraisalPlan | None, counts: Sequence["Count"], now: datetime) -> int:
    if plan is None:
        return 0
    behind = BEFORE_SCORE if now > plan.ballots_close_at else BEFORE_SUMMARY if now > plan.summary_closes_at else ()
    return sum(number for street, state, _, number in counts if street == plan.street_id and state in behind)


Count = tuple[int, CaseState, AppraisalGrade | None, int]
"""Street, state, grade, how many."""


def _counts(session: Session, county_id: int, year: int) -> list[Count]:
    query = (
        select(AppraisalCase.street_id, AppraisalCase.state, AppraisalCase.grade, func.count())
        .where(AppraisalCase.county_id == county_id, AppraisalCase.year == year,
               AppraisalCase.state != CaseState.STOPPED)
        .group_by(AppraisalCase.street_id, AppraisalCase.state, AppraisalCase.grade)
    )  # fmt: skip
    return [(street, state, grade, number) for street, state, grade, number in session.execute(query)]


def _progress(street: Organisation, plan: AppraisalPlan | None, counts: Sequence[Count]) -> StreetProgress:
    def total(*, outside: tuple[CaseState, ...] = (), inside: tuple[CaseState, ...] = tuple(CaseState)) -> int:
        return sum(number for _, state, _, number in counts if state in inside and state not in outside)

    served = [one for one in counts if one[1] in SERVED]
    return StreetProgress(
        street.id, street.name, "" if plan is None else plan.number, None if plan is None else plan.state, total(),
        total(outside=BEFORE_SUMMARY), total(outside=BEFORE_SCORE), total(inside=SERVED),
        total(inside=(CaseState.FILED,)),
        [sum(n for _, _, grade, n in served if grade is wanted) for wanted in reversed(AppraisalGrade)],
        sum(n for _, _, grade, n in served if grade is None),
    )  # fmt: skip


def people_of(session: Session, street_id: int, year: int, now: datetime) -> list[PersonLine]:
    """Everybody of a street in a year, by community and post."""
    query = (
        select(AppraisalCase, Worker.name, Organisation.name)
        .join(Worker, Worker.id == AppraisalCase.worker_id)
        .outerjoin(Organisation, Organisation.id == AppraisalCase.community_id)
        .where(AppraisalCase.street_id == street_id, AppraisalCase.year == year)
        .options(contains_eager(AppraisalCase.worker))
        .order_by(AppraisalCase.community_id, AppraisalCase.id)
    )
    plan = session.scalar(select(AppraisalPlan).where(AppraisalPlan.street_id == street_id, AppraisalPlan.year == year))
    lines = [_line(case, name, place, plan, now) for case, name, place in session.execute(query)]
    return sorted(lines, key=lambda line: (line.community, -[post.label for post in Post].index(line.post)))


def _line(
    case: AppraisalCase, name: str, community: str | None, plan: AppraisalPlan | None, now: datetime
) -> PersonLine:
    served, year = case.state in SERVED, _own(case, now)
    on_paper = case.worker.user_id is None
    return PersonLine(
        case.id, name, community or "街道", case.post.label, case.state, case.score if served else None,
        case.grade if served else None, served and case.grade is None, plan is not None and is_late(case, plan, now),
        case.training_days, case.performance, on_paper and year.may_review, on_paper and year.may_appeal,
        case.state is CaseState.FILED and case.unrated is Unrated.UNDER_INVESTIGATION,
    )  # fmt: skip


def is_late(case: AppraisalCase, plan: AppraisalPlan, now: datetime) -> bool:
    """Whether the step the case is at should be over by the plan's dates."""
    if case.state is CaseState.NOT_STARTED:
        return now > plan.summary_closes_at
    return case.state in BEFORE_SCORE and now > plan.ballots_close_at


@dataclass(frozen=True, slots=True)
class OwnYear:
    """One year of the person who looks."""

    case_id: int
    number: str
    year: int
    state: CaseState
    served: bool
    grade: AppraisalGrade | None
    score: Decimal | None
    reason: str
    review_until: datetime | None
    appeal_until: datetime | None
    may_review: bool
    may_appeal: bool
    performance: Decimal | None


def own_years(session: Session, user_id: int, now: datetime) -> list[OwnYear]:
    """A worker's own appraisals, the newest first; nothing of a result before it is served."""
    query = select(AppraisalCase).join(Worker, Worker.id == AppraisalCase.worker_id).where(Worker.user_id == user_id)
    return [_own(case, now) for case in session.scalars(query.order_by(AppraisalCase.year.desc()))]


def year_without_account(session: Session, case_id: int, streets: Collection[int], now: datetime) -> OwnYear | None:
    """The year of somebody without an account in one of the streets."""
    case = session.get(AppraisalCase, case_id)
    if case is None or case.street_id not in streets or case.worker.user_id is not None:
        return None
    return _own(case, now)


def _own(case: AppraisalCase, now: datetime) -> OwnYear:
    served, fed_back = case.state in SERVED, case.state is CaseState.FED_BACK
    in_review_window = case.review_until is not None and now <= case.review_until
    in_appeal_window = case.appeal_until is not None and now <= case.appeal_until
    return OwnYear(
        case.id, case.number or "", case.year, case.state, served, case.grade if served else None,
        case.score if served else None, case.grade_reason if served else "", case.review_until, case.appeal_until,
        fed_back and case.signed_at is not None and not case.review_reason and in_review_window,
        fed_back and not case.appeal_reason and in_appeal_window, case.performance,
    )  # fmt: skip
