"""Everything that must hold for somebody to be borrowed; asked at the request and again at the approval [domain 4]."""

from datetime import timedelta

from sqlalchemy import select

from engine.identity.organisations import Organisation
from engine.kernel.command import CommandContext
from engine.kernel.errors import Conflict, Invalid, NotFound, RuleViolation
from engine.personnel.appraisal.cases import AppraisalEffect
from engine.personnel.appraisal.terms import EffectKind
from engine.personnel.policy import policy_at
from engine.personnel.secondment import rules
from engine.personnel.secondment.rules import Spell
from engine.personnel.secondment.settings import MINIMUM_ALL_ROUND, MINIMUM_STAFF, STREET_PERCENT, WINDOW_MONTHS
from engine.personnel.secondment.staffing import other_spells, staffing
from engine.personnel.settings import SECONDMENT_MONTHS
from engine.personnel.vocabulary import Post
from engine.personnel.workers import EmploymentContract, Worker

IMPROVEMENT = timedelta(days=365)
"""Somebody who had a talk after a low grade has a year to improve."""


def check_borrowing(
    context: CommandContext, worker: Worker, borrower_id: int, period: Spell, but: int | None = None
) -> None:
    """Refuses with the clause whatever stands against it; `but`: the secondment itself, when it is checked again."""
    borrower = context.session.get(Organisation, borrower_id)
    if borrower is None or not borrower.active:
        raise NotFound()
    rules.check_borrower(borrower.kind)
    if borrower.id != worker.street_id:
        raise Invalid(fields={"borrower_id": "只能由本街道（乡镇）借调所属社区的工作者"})
    check_person(context, worker, period)
    check_dates(context, worker, period, but)
    check_staffing(context, worker, period, but)


def check_person(context: CommandContext, worker: Worker, period: Spell) -> None:
    """Refuses chiefs, people on probation and people who are to improve after an appraisal [domain 4]."""
    if not worker.active or worker.community_id is None:
        raise Conflict("该同志不在社区岗位上，不能借调")
    if worker.user_id is None:
        raise Conflict("该同志还没有登录账号，无法由本人签署意见；请先开通账号")
    if worker.post is Post.CHIEF:
        raise RuleViolation("社区正职不得借调", clause="9.3")
    if _on_probation(context, worker, period):
        raise RuleViolation("试用期内的人员不得借调", clause="9.3")
    if _to_improve(context, worker):
        raise RuleViolation("考核后处于改进提高期的人员不得借调", clause="9.3")


def check_dates(context: CommandContext, worker: Worker, period: Spell, but: int | None = None) -> None:
    """Refuses a period too long by itself or together with earlier ones, or at the same time as another [N 9.4]."""
    policy = policy_at(context.session, worker.county_id, context.today)
    rules.check_period(period, policy[SECONDMENT_MONTHS])
    others = other_spells(context.session, worker.id, context.today, but)
    rules.check_no_overlap(period, others)
    rules.check_total(period, others, policy[SECONDMENT_MONTHS], policy[WINDOW_MONTHS])


def check_staffing(context: CommandContext, worker: Worker, period: Spell, but: int | None = None) -> None:
    """Refuses when community or street would lend too many."""
    policy = policy_at(context.session, worker.county_id, context.today)
    left = staffing(context.session, policy, worker, period, context.today, but)
    rules.check_remaining(left.remaining, left.all_round, policy[MINIMUM_STAFF], policy[MINIMUM_ALL_ROUND])
    rules.check_share(left.street_away, left.street_staff, policy[STREET_PERCENT])


def _on_probation(context: CommandContext, worker: Worker, period: Spell) -> bool:
    query = select(EmploymentContract.id).where(
        EmploymentContract.worker_id == worker.id, EmploymentContract.probation_ends_on >= period.starts_on
    )
    return context.session.scalar(query.limit(1)) is not None


def _to_improve(context: CommandContext, worker: Worker) -> bool:
    query = select(AppraisalEffect.id).where(
        AppraisalEffect.worker_id == worker.id, AppraisalEffect.kind == EffectKind.TALK,
        AppraisalEffect.at > context.now - IMPROVEMENT,
    )  # fmt: skip
    return context.session.scalar(query.limit(1)) is not None
