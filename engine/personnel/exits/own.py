"""What the person himself does in his exit: defence, hearing, resignation taken back [domain 6.2, 6.5, L37]."""

from engine.kernel.clock import local_date
from engine.kernel.command import CommandContext
from engine.kernel.errors import Conflict, Invalid, NotFound, RuleViolation
from engine.personnel.exits.cases import ExitCase, exit_numbered
from engine.personnel.exits.evidence import is_person, may_gather
from engine.personnel.exits.procedure import record
from engine.personnel.exits.terms import ExitGround, ExitState

CLAUSE = "11.7"
LONGEST = 4000


def own_exit(context: CommandContext, number: str) -> ExitCase:
    """The person's own exit; for others it does not exist."""
    case = exit_numbered(context.session, number)
    if not is_person(context.actor, case):
        raise NotFound()
    return case


def state_defence(context: CommandContext, case: ExitCase, text: str) -> None:
    """A written statement within the window; it stands before what the street notes."""
    if not text.strip():
        raise Invalid(fields={"text": "请填写陈述申辩的内容"})
    if len(text) > LONGEST:
        raise Invalid(fields={"text": f"最多 {LONGEST} 字"})
    _within_window(context, case)
    mine = f"【{local_date(context.now)} 本人网上提交】{text.strip()}"
    case.defence = "\n".join(part for part in (case.defence, mine) if part)
    record(context, case, "exit.defence_stated")


def ask_hearing(context: CommandContext, case: ExitCase) -> None:
    """The person asks to be heard in a hearing; once."""
    _within_window(context, case)
    if case.hearing_requested_at is not None:
        raise Conflict("已经提出听证要求")
    case.hearing_requested_at = context.now
    record(context, case, "exit.hearing_requested")


def waive_defence(context: CommandContext, case: ExitCase) -> None:
    """The person gives the rest of the window up."""
    _within_window(context, case)
    case.defence = "\n".join(part for part in (case.defence, f"【{context.today}】本人放弃陈述申辩") if part)
    record(context, case, "exit.defence_waived")


def withdraw_resignation(context: CommandContext, number: str, reason: str) -> ExitCase:
    """A resignation is taken back before the last day of work, by the person or by the clerk on his written wish."""
    case = exit_numbered(context.session, number)
    if not (is_person(context.actor, case) or may_gather(context.actor, case)):
        raise NotFound()
    if not reason.strip():
        raise Invalid(fields={"reason": "请填写撤回的理由"})
    if case.ground is not ExitGround.RESIGNATION or case.state is not ExitState.STREET_DECIDED:
        raise Conflict(f"当前状态为“{case.state.label}”，只有等待离任的辞职可以撤回")
    case.outcome = f"本人撤回辞职：{reason.strip()}"
    record(context, case, "exit.resignation_withdrawn")
    return case


def _within_window(context: CommandContext, case: ExitCase) -> None:
    if case.defence_until is not None and context.now > case.defence_until:
        raise RuleViolation("陈述申辩期已满", clause=CLAUSE)
    if case.state is not ExitState.DEFENCE or case.defence_until is None:
        raise Conflict(f"当前状态为“{case.state.label}”，不在陈述申辩期")
