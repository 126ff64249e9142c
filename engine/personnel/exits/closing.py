"""From the decision to the last paper: last day, windows, pay, post, quota and re-entry [domain 6.4]."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from sqlalchemy import delete, select

from engine.kernel.clock import CHINA
from engine.kernel.command import CommandContext
from engine.kernel.errors import Conflict, Invalid, RuleViolation
from engine.personnel.dates import add_years
from engine.personnel.decisions import decider
from engine.personnel.exits.cases import ExitCase, ExitPay, ExitTask
from engine.personnel.exits.compensation import Compensation, Wages, compensation, service_years
from engine.personnel.exits.grounds import ground_rule
from engine.personnel.exits.procedure import Served, keep_paper, record, rule_of, settle_proposal
from engine.personnel.exits.terms import ClosingTask, ExitState, Route
from engine.personnel.quota_ledger import lock_county
from engine.personnel.recruitment.outcomes import ReEntryBan
from engine.personnel.settings import BY_ELECTION_DAYS, EXIT_REVIEW_DAYS, FILE_TRANSFER_DAYS

ARBITRATION_YEARS = 1
"""Labour arbitration may be asked for within a year [domain 6.5]."""
COURT_DAYS = 15
"""And the court within so many days after the award [domain 6.5]."""
RETAINED_YEARS = 2
"""The text of an ended contract is kept at least so long [L50]."""
_ZERO = Decimal("0.00")
NOTHING = Compensation(_ZERO, _ZERO, False, _ZERO, _ZERO, _ZERO)
"""The sheet of somebody who leaves without compensation."""


@dataclass(frozen=True, slots=True)
class Done:
    """A closing task as it was signed."""

    applies: bool
    note: str


def keep_decision(
    context: CommandContext, case: ExitCase, served: Served, last_day: date | None, *, in_lieu: bool
) -> None:
    """The decision was served; notice of 30 days is kept unless a month's pay stands for it [L40]."""
    if last_day is None:
        raise Invalid(fields={"last_day": "请填写最后工作日"})
    rule = rule_of(context, case)
    if in_lieu and not rule.in_lieu:
        raise Invalid(fields={"in_lieu": f"{case.route.label}没有代通知金"})
    earliest = served.served_on if in_lieu else served.served_on + timedelta(days=rule.notice_days)
    if last_day < earliest:
        raise RuleViolation(
            f"须提前 {rule.notice_days} 日书面通知，最后工作日最早为 {earliest}；不提前通知的，应支付一个月工资",
            clause=case.route.value.split("(")[0],
        )
    keep_paper(context, case, "decision", served)
    case.last_day, case.in_lieu = last_day, in_lieu
    case.move(ExitState.SERVED)


def begin_closing(context: CommandContext, case: ExitCase, *, reviewable: bool) -> datetime:
    """The closing tasks begin; answers until when the person may ask for a review."""
    case.move(ExitState.HANDOVER)
    policy = case.policy
    last_day = case.last_day or context.today
    case.last_day = last_day
    case.transfer_due_on = last_day + timedelta(days=policy[FILE_TRANSFER_DAYS])
    case.retained_until = add_years(last_day, RETAINED_YEARS)
    if case.elected:
        case.by_election_due = last_day + timedelta(days=policy[BY_ELECTION_DAYS])
    case.review_until = context.now
    if reviewable:
        served = max((paper.served_on for paper in case.papers), default=context.today)
        case.review_until = end_of(served + timedelta(days=policy[EXIT_REVIEW_DAYS]))
    record(context, case, "exit.closing_begun", last_day=last_day)
    return case.review_until


def end_of(day: date) -> datetime:
    """The last moment of a day in China."""
    return datetime.combine(day + timedelta(days=1), time(0), CHINA)


def keep_pay(context: CommandContext, case: ExitCase, wages: Wages, wages_due: Decimal) -> Compensation:
    """The sheet of the final pay; without compensation the wages need not be known [L46, L47]."""
    if wages_due < 0:
        raise Invalid(fields={"wages_due": "尚未支付的工资不能小于 0"})
    last_day = case.last_day or context.today
    due = compensation_due(context, case)
    if due or case.in_lieu or wages.average:
        sheet = compensation(case.worker.hired_on, last_day, wages, due=due, in_lieu=case.in_lieu)
    else:
        sheet = NOTHING
    context.session.add(
        ExitPay(
            case_id=case.id, served=service_years(case.worker.hired_on, last_day), average=wages.average,
            city_average=wages.city_average, minimum=wages.minimum, last_month=wages.last_month, years=sheet.years,
            base=sheet.base, capped=sheet.capped, severance=sheet.severance, in_lieu=sheet.in_lieu,
            wages_due=wages_due, unlawful=sheet.unlawful,
        )
    )  # fmt: skip
    record(context, case, "exit.pay_settled")
    return sheet


def compensation_due(context: CommandContext, case: ExitCase) -> bool:
    """An agreement that the worker asked for, and a renewal that he refused, are not paid for [L46]."""
    by_worker = case.route in (Route.L36, Route.L44_1) and not case.by_employer
    return rule_of(context, case).compensation and not by_worker


def closing_tasks(case: ExitCase) -> list[ClosingTask]:
    """What has to be settled: who holds no elected post and no money needs no by-election and no check [domain 6.4]."""
    spared = set() if case.chief else {ClosingTask.FINANCE}
    spared |= set() if case.elected else {ClosingTask.BY_ELECTION}
    return [task for task in ClosingTask if task not in spared]


def keep_tasks(context: CommandContext, case: ExitCase, done: Mapping[ClosingTask, Done]) -> None:
    """Everything is settled; a task that was not signed stops the exit."""
    missing = [task.label for task in closing_tasks(case) if task not in done]
    if missing:
        raise Conflict(f"离任手续还缺：{'、'.join(missing)}")
    context.session.add_all(
        ExitTask(case_id=case.id, task=task, applies=each.applies, note=each.note) for task, each in done.items()
    )
    case.move(ExitState.SETTLED)


def close_case(context: CommandContext, case: ExitCase) -> None:
    """The person has left: the place is vacant again, grave grounds bar from coming back [N 1.3; domain 6.4]."""
    lock_county(context.session, case.county_id)
    worker = case.worker
    worker.active, worker.left_on = False, case.last_day or context.today
    case.move(ExitState.CLOSED)
    case.closed_at = context.now
    years = ground_rule(decider(context), case.ground).ban_years
    if years:
        context.session.add(
            ReEntryBan(id_index=worker.id_index, county_id=case.county_id, until=add_years(worker.left_on, years),
                       reason=f"{case.ground.label}（{case.number}）"[:200])
        )  # fmt: skip
    settle_proposal(context, case, f"已退出（{case.number}）")
    record(context, case, "exit.closed", left_on=worker.left_on, ban_years=years)


def reinstate(context: CommandContext, case: ExitCase, basis: str) -> None:
    """An award or judgment undoes a closed exit: post and quota are taken again, the bar falls [domain 6.5]."""
    if not basis.strip():
        raise Invalid(fields={"reason": "请填写裁决或判决的文号、日期和结论"})
    lock_county(context.session, case.county_id)
    case.move(ExitState.REINSTATED)
    worker = case.worker
    worker.active, worker.left_on = True, None
    bars = delete(ReEntryBan).where(
        ReEntryBan.id_index == worker.id_index, ReEntryBan.reason.contains(f"（{case.number}）", autoescape=True)
    )
    context.session.execute(bars)
    case.outcome = basis.strip()
    record(context, case, "exit.reinstated")


def ask_review(context: CommandContext, case: ExitCase, reason: str) -> None:
    """The person asks the county to look at the decision again, within the window [domain 6.5]."""
    if not reason.strip():
        raise Invalid(fields={"reason": "请填写申请复核的理由"})
    if case.review_until is not None and context.now > case.review_until:
        raise RuleViolation("复核申请期限已过；仍可以依法申请劳动争议仲裁", clause="11.7")
    if case.state is not ExitState.HANDOVER or case.review_reason:
        raise Conflict(f"当前状态为“{case.state.label}”，不能申请复核，或已经申请")
    case.review_reason = reason.strip()
    record(context, case, "exit.review_requested")


def ban_until(context: CommandContext, id_index: str) -> date | None:
    """Until when somebody may not come back."""
    query = select(ReEntryBan.until).where(ReEntryBan.id_index == id_index).order_by(ReEntryBan.until.desc())
    return context.session.scalar(query.limit(1))
