"""How cases are opened: by the person, by his street for him, or by discipline [domain 5.3]."""

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select

from engine.kernel.command import CommandContext
from engine.kernel.errors import Conflict, Invalid, NotFound, RuleViolation
from engine.personnel.fault_tolerance import settings
from engine.personnel.fault_tolerance.cases import ClearingCase, FaultCase
from engine.personnel.fault_tolerance.terms import ClearingState, FaultState, Opening
from engine.personnel.policy import policy_at
from engine.personnel.workers import Worker

CLAUSE = "10.1"
LONGEST = 4000
_ENDED = (FaultState.CLOSED, FaultState.NOT_ACCEPTED, FaultState.WITHDRAWN)


@dataclass(frozen=True, slots=True)
class Application:
    """What is asked for: `accountability_on` is the day of the accountability notice, empty when ex officio."""

    worker_id: int
    account: str
    accountability_on: date | None = None


def open_fault_case(context: CommandContext, asked: Application) -> FaultCase:
    """A new case; refuses an application after the window and a second case beside an open one."""
    worker = _worker(context, asked.worker_id)
    opening = opening_of(context, worker)
    account = _checked(asked.account)
    policy = policy_at(context.session, worker.county_id, context.today)
    if opening is not Opening.EX_OFFICIO:
        _check_window(context.today, asked.accountability_on, policy[settings.APPLY_DAYS])
    if _open_case(context, worker.id):
        raise Conflict("此人已有办理中的容错案件，请在原案件中补充材料")
    row = FaultCase(
        county_id=worker.county_id, street_id=worker.street_id, worker_id=worker.id, opening=opening,
        opened_by=context.actor.user_id, opened_at=context.now, state=FaultState.OPENED,
        parameters=policy.snapshot(), accountability_on=asked.accountability_on, account=account,
    )  # fmt: skip
    context.session.add(row)
    context.session.flush()
    row.number = f"RC{context.today.year}{row.id:05d}"
    context.record("fault.opened", f"fault_case:{row.id}", opening=opening.value)
    return row


def opening_of(context: CommandContext, worker: Worker) -> Opening:
    """In which capacity the actor opens a case about the worker; to others the worker does not exist."""
    actor = context.actor
    if actor.is_system or actor.has_role("discipline_officer", organisation_id=worker.county_id):
        return Opening.EX_OFFICIO
    if actor.user_id is not None and actor.user_id == worker.user_id:
        return Opening.APPLICATION
    if actor.has_role("street_clerk", organisation_id=worker.street_id):
        return Opening.STREET
    raise NotFound("没有找到这名社区工作者")


def open_clearing_case(
    context: CommandContext, worker_id: int, account: str, fault_case_id: int | None = None
) -> ClearingCase:
    """A new clearing case, also on the person's own wish."""
    worker = _worker(context, worker_id)
    opening_of(context, worker)
    if fault_case_id is not None:
        fault = context.session.get(FaultCase, fault_case_id)
        if fault is None or fault.worker_id != worker.id:
            raise NotFound("没有找到相关的容错案件")
    row = ClearingCase(
        county_id=worker.county_id, street_id=worker.street_id, worker_id=worker.id, fault_case_id=fault_case_id,
        opened_by=context.actor.user_id, opened_at=context.now, state=ClearingState.ASSESSING,
        parameters=policy_at(context.session, worker.county_id, context.today).snapshot(), account=_checked(account),
    )  # fmt: skip
    context.session.add(row)
    context.session.flush()
    row.number = f"CQ{context.today.year}{row.id:05d}"
    context.record("clearing.opened", f"clearing_case:{row.id}")
    return row


def _check_window(today: date, noticed_on: date | None, days: int) -> None:
    if noticed_on is None:
        raise Invalid(fields={"accountability_on": "请填写收到问责通知的日期"})
    if noticed_on > today:
        raise Invalid(fields={"accountability_on": "收到问责通知的日期不能晚于今天"})
    if today > noticed_on + timedelta(days=days):
        raise RuleViolation(
            f"收到问责通知已超过 {days} 天，不能再申请；可以向纪检监察机关反映，由其依职权启动", clause=CLAUSE
        )


def _checked(account: str) -> str:
    if not account.strip():
        raise Invalid(fields={"account": "请写明事情经过和申请的理由"})
    if len(account) > LONGEST:
        raise Invalid(fields={"account": f"最多 {LONGEST} 字"})
    return account.strip()


def _worker(context: CommandContext, worker_id: int) -> Worker:
    worker = context.session.get(Worker, worker_id)
    if worker is None or not worker.active:
        raise NotFound("没有找到这名社区工作者")
    return worker


def _open_case(context: CommandContext, worker_id: int) -> bool:
    query = select(FaultCase.id).where(FaultCase.worker_id == worker_id, FaultCase.state.not_in(_ENDED))
    return context.session.scalar(query.limit(1)) is not None
