"""Drawing up a street's plan, and who is appraised in it [N 9.6, 9.9; domain 3.4, 3.5]."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from engine.identity.organisations import Organisation, OrganisationKind, ancestor_of_kind
from engine.identity.users import holders
from engine.kernel.clock import CHINA
from engine.kernel.command import CommandContext
from engine.kernel.errors import Conflict, Invalid, RuleViolation
from engine.personnel.appraisal import ledgers
from engine.personnel.appraisal.attempts import refusal
from engine.personnel.appraisal.cases import AppraisalCase, AppraisalPlan
from engine.personnel.appraisal.guides import AppraisalGuide, published_guide
from engine.personnel.appraisal.terms import AbsenceKind, Discipline, Unrated
from engine.personnel.dates import add_months
from engine.personnel.workers import CertificateDeadline, EmploymentContract, Worker

OFFICES_CLOSE = time(17, 0)
SERVICE_MONTHS = 6
"""Who worked less in the year gets a comment and no grade [domain 3.5]."""
LONG_LEAVE_DAYS = Decimal(125)
"""More working days of sick or personal leave are more than half a year [domain 3.5]."""
UNEXCUSED_DAYS = Decimal(3)
"""So many days of unexcused absence exclude from 优秀 [domain 3.5]."""


def require_street(context: CommandContext, organisation_id: int) -> Organisation:
    """The street that draws up a plan; every other kind of organisation is refused [N 9.6, 9.9]."""
    organisation = context.session.get(Organisation, organisation_id)
    if organisation is None or organisation.kind != OrganisationKind.STREET.value:
        raise refusal(context, organisation_id, "制定考核方案")
    return organisation


def require_guide(session: Session, county_id: int, year: int) -> AppraisalGuide:
    """The published guide of the county [N 9.6]."""
    guide = published_guide(session, county_id, year)
    if guide is None:
        raise RuleViolation(f"县级尚未发布 {year} 年度考核指导方案，街道不能先行组织", clause="9.6")
    return guide


@dataclass(frozen=True, slots=True)
class PlanDates:
    """Until when summaries are handed in and ballots are cast."""

    summary_on: date
    ballots_on: date


def create_plan(
    context: CommandContext, street_id: int, year: int, dates: PlanDates | None = None, clerk_id: int | None = None
) -> AppraisalPlan:
    """A street's plan under the county's guide, with nobody in it yet; its clerk is who draws it up, or who is named.

    The clerk acts for workers without an account.
    """
    street = require_street(context, street_id)
    county_id = ancestor_of_kind(context.session, street_id, OrganisationKind.COUNTY)
    guide = require_guide(context.session, county_id or 0, year)
    _refuse_second(context.session, street, year)
    chosen = dates or PlanDates(guide.summary_due_on, guide.ballots_due_on)
    _check_dates(context, chosen, guide)
    plan = AppraisalPlan(
        number=f"KH-{year}-{street.code}"[:32], guide_id=guide.id, county_id=guide.county_id, street_id=street_id,
        year=year, title=f"{street.name} {year} 年度考核", summary_closes_at=_close(chosen.summary_on),
        ballots_close_at=_close(chosen.ballots_on), clerk_id=clerk_id or context.actor.user_id or 0,
        started_at=context.now,
    )  # fmt: skip
    if not workers_of(context.session, street_id, year):
        raise Conflict(f"{street.name}在 {year} 年没有应参加考核的社区工作者")
    context.session.add(plan)
    context.session.flush()
    context.record("appraisal.plan_created", f"appraisal_plan:{plan.id}", street=street_id, year=year)
    return plan


def _refuse_second(session: Session, street: Organisation, year: int) -> None:
    query = select(AppraisalPlan.id).where(AppraisalPlan.street_id == street.id, AppraisalPlan.year == year)
    if session.scalar(query) is not None:
        raise Conflict(f"{street.name} {year} 年度考核已经启动")


def _check_dates(context: CommandContext, dates: PlanDates, guide: AppraisalGuide) -> None:
    problems = {}
    if dates.summary_on < context.today:
        problems["summary_on"] = "个人总结截止不能早于今天"
    if dates.ballots_on < dates.summary_on:
        problems["ballots_on"] = "测评截止不能早于个人总结截止"
    if dates.ballots_on > guide.decision_due_on:
        problems["ballots_on"] = f"测评截止不能晚于县级要求的审定日期 {guide.decision_due_on}"
    if problems:
        raise Invalid(fields=problems)


def _close(day: date) -> datetime:
    return datetime.combine(day, OFFICES_CLOSE, CHINA)


def workers_of(session: Session, street_id: int, year: int) -> list[int]:
    """The workers of the street who were there at the end of the year, or are there now; who has left is not."""
    end = date(year, 12, 31)
    query = select(Worker.id).where(
        Worker.street_id == street_id, Worker.hired_on <= end, Worker.active,
        or_(Worker.left_on.is_(None), Worker.left_on > end),
    )  # fmt: skip
    return list(session.scalars(query.order_by(Worker.community_id, Worker.id)))


@dataclass(frozen=True, slots=True)
class StreetToBegin:
    """A street of the county without a plan for the year; `clerk_id` is who will act in it, None when nobody can."""

    street_id: int
    name: str
    people: int
    clerk_id: int | None

    @property
    def ready(self) -> bool:
        """Whether the county can begin for it."""
        return self.people > 0 and self.clerk_id is not None


def streets_to_begin(session: Session, county_id: int, year: int) -> list[StreetToBegin]:
    """The streets whose appraisal of the year has not begun, in the order of the county."""
    begun = select(AppraisalPlan.street_id).where(AppraisalPlan.year == year)
    query = select(Organisation).where(
        Organisation.parent_id == county_id, Organisation.kind == OrganisationKind.STREET.value, Organisation.active,
        Organisation.id.not_in(begun),
    )  # fmt: skip
    return [
        StreetToBegin(street.id, street.name, len(workers_of(session, street.id, year)), _clerk_of(session, street.id))
        for street in sorted(session.scalars(query), key=lambda each: each.lineage)
    ]


def _clerk_of(session: Session, street_id: int) -> int | None:
    return min((user.id for user in holders(session, "street_clerk", street_id)), default=None)


def open_cases(context: CommandContext, plan: AppraisalPlan, worker_ids: Sequence[int]) -> list[AppraisalCase]:
    """The new cases of these workers; who has one already is left out, so that a batch may be taken up again."""
    session = context.session
    known = set(session.scalars(
        select(AppraisalCase.worker_id).where(AppraisalCase.year == plan.year, AppraisalCase.worker_id.in_(worker_ids))
    ))  # fmt: skip
    workers = session.scalars(select(Worker).where(Worker.id.in_(worker_ids)).order_by(Worker.community_id, Worker.id))
    opened = [_case(plan, worker) for worker in workers if worker.id not in known]
    session.add_all(opened)
    session.flush()
    return opened


def _case(plan: AppraisalPlan, worker: Worker) -> AppraisalCase:
    return AppraisalCase(
        number=f"{plan.number}-{worker.id:05d}", plan_id=plan.id, plan=plan, worker_id=worker.id, worker=worker,
        county_id=plan.county_id, street_id=plan.street_id, community_id=worker.community_id, year=plan.year,
        post=worker.post,
    )  # fmt: skip


def load_facts(context: CommandContext, case: AppraisalCase) -> None:
    """Training, absence, discipline and length of service of the year, and what they mean for the grade."""
    session, worker = context.session, case.worker
    leave = ledgers.leave_days(session, worker.id, case.year)
    case.training_days = ledgers.training_days(session, worker.id, case.year)
    case.unexcused_days = leave.get(AbsenceKind.UNEXCUSED, Decimal(0))
    case.leave_days = leave.get(AbsenceKind.SICK, Decimal(0)) + leave.get(AbsenceKind.PERSONAL, Decimal(0))
    case.discipline, investigated = ledgers.conduct_of(session, worker.id, case.year)
    case.unrated = _unrated(worker, case, investigated)
    case.bars = "\n".join(_bars(session, worker, case))


def _unrated(worker: Worker, case: AppraisalCase, investigated: bool) -> Unrated | None:
    if investigated:
        return Unrated.UNDER_INVESTIGATION
    if add_months(worker.hired_on, SERVICE_MONTHS) > date(case.year + 1, 1, 1):
        return Unrated.SHORT_SERVICE
    return Unrated.LONG_LEAVE if case.leave_days > LONG_LEAVE_DAYS else None


def _bars(session: Session, worker: Worker, case: AppraisalCase) -> list[str]:
    end = date(case.year, 12, 31)
    needed = ledgers.TRAINING_DAYS[case.post]
    found = []
    if case.training_days < needed:
        found.append(f"年度培训 {case.training_days} 天，未达到 {needed} 天（第 6.4 条）")
    if case.unexcused_days >= UNEXCUSED_DAYS:
        found.append(f"旷工 {case.unexcused_days} 个工作日")
    if case.discipline is not Discipline.NONE:
        found.append(f"本年度受到{case.discipline.label}处分")
    if _certificate_overdue(session, worker.id, end):
        found.append("未在规定期限内取得职业资格证书（第 4.5 条）")
    if _on_probation(session, worker.id, end):
        found.append("年末仍在试用期")
    return found


def _certificate_overdue(session: Session, worker_id: int, day: date) -> bool:
    query = select(CertificateDeadline.id).where(
        CertificateDeadline.worker_id == worker_id, CertificateDeadline.due_on <= day,
        or_(CertificateDeadline.met_on.is_(None), CertificateDeadline.met_on > day),
    )  # fmt: skip
    return session.scalar(query.limit(1)) is not None


def _on_probation(session: Session, worker_id: int, day: date) -> bool:
    query = select(EmploymentContract.id).where(
        EmploymentContract.worker_id == worker_id, EmploymentContract.starts_on <= day,
        EmploymentContract.probation_ends_on >= day,
    )  # fmt: skip
    return session.scalar(query.limit(1)) is not None
