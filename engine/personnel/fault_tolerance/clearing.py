"""What happens to a clearing case [domain 5.4; N 10.3]."""

from dataclasses import dataclass
from datetime import date, datetime, time

from engine.kernel.clock import CHINA
from engine.kernel.command import CommandContext
from engine.kernel.errors import Invalid, RuleViolation
from engine.personnel.dates import add_months
from engine.personnel.fault_tolerance import settings
from engine.personnel.fault_tolerance.cases import ClearingCase, FaultCase
from engine.personnel.fault_tolerance.clearing_rules import CLAUSE, check_clearable
from engine.personnel.fault_tolerance.course import countersigners
from engine.personnel.fault_tolerance.terms import (
    ClearingState,
    ClearingWay,
    Conclusion,
    ReportEffect,
    ReportFinding,
)

_S = ClearingState
TALK_AT = time(9, 0)


@dataclass(frozen=True, slots=True)
class Assessment:
    """What was found about the report, and how the person is to be cleared."""

    finding: ReportFinding
    effect: ReportEffect
    way: ClearingWay
    scope: str
    text: str


def assess(context: CommandContext, row: ClearingCase, made: Assessment) -> None:
    """The report was untrue and did harm: the person is asked for his consent to a way and a scope."""
    finding, effect = made.finding, made.effect
    check_clearable(finding, effect)
    if not made.scope.strip():
        raise Invalid(fields={"scope": "请填写澄清的范围"})
    if finding is ReportFinding.PARTLY_TOLERATED:
        _require_tolerated(context, row)
    countersigners(context, row.county_id, context.actor.user_id, CLAUSE, "评估人")
    row.finding, row.effect, row.assessment = finding, effect, made.text.strip()
    row.way, row.scope = made.way, made.scope.strip()
    _move(context, row, _S.CONSENT)


def refuse(context: CommandContext, row: ClearingCase, reason: str) -> None:
    """Nobody is cleared here; the reason is kept."""
    row.refusal = reason.strip()
    _move(context, row, _S.NOT_CLEARED)


def consent(context: CommandContext, row: ClearingCase, consented_on: date) -> None:
    """The person agrees to be cleared."""
    if not row.opened_at.astimezone(CHINA).date() <= consented_on <= context.today:
        raise Invalid(fields={"consented_on": "同意日期应在启动之日至今天之间"})
    row.consented_on = consented_on
    _move(context, row, _S.APPROVING)


def approve(context: CommandContext, row: ClearingCase) -> None:
    """The clearing may be carried out."""
    if row.consented_on is None:
        raise RuleViolation("澄清前须征得本人同意", clause=CLAUSE)
    row.approved_at = context.now
    _move(context, row, _S.APPROVED)


def carry_out(context: CommandContext, row: ClearingCase, way: ClearingWay, scope: str, cleared_on: date) -> datetime:
    """The person was cleared as he consented and as it was approved; answers when the follow-up talk falls due."""
    problems = {}
    if way is not row.way:
        problems["way"] = f"本人同意并经批准的方式是“{row.way.label if row.way else ''}”，改变方式须重新征求本人意见"
    if scope.strip() != row.scope:
        problems["scope"] = f"本人同意并经批准的范围是“{row.scope}”，改变范围须重新征求本人意见"
    if row.approved_at is None or not row.approved_at.astimezone(CHINA).date() <= cleared_on <= context.today:
        problems["cleared_on"] = "澄清日期应在批准之日至今天之间"
    if problems:
        raise Invalid(fields=problems)
    row.cleared_on = cleared_on
    _move(context, row, _S.FOLLOW_UP)
    months = row.policy[settings.FIRST_TALK_MONTHS]
    return datetime.combine(add_months(cleared_on, months), TALK_AT, CHINA)


def finish(context: CommandContext, row: ClearingCase, talk: str) -> None:
    """The follow-up talk was held; the case is over."""
    if not talk.strip():
        raise Invalid(fields={"talk": "请填写谈话情况"})
    row.talk, row.closed_at = talk.strip(), context.now
    _move(context, row, _S.CLOSED)


def _require_tolerated(context: CommandContext, row: ClearingCase) -> None:
    fault = None if row.fault_case_id is None else context.session.get(FaultCase, row.fault_case_id)
    if fault is None or fault.conclusion not in (Conclusion.EXEMPT, Conclusion.MITIGATED):
        raise RuleViolation("部分属实的，须先有免责或减轻的容错结论才能澄清", clause=CLAUSE)


def _move(context: CommandContext, row: ClearingCase, state: ClearingState) -> None:
    row.state = state
    context.record(f"clearing.{state.value}", f"clearing_case:{row.id}")
