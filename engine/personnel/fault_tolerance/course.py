"""What happens to a fault-tolerance case from its acceptance to the last talk [domain 5.1 to 5.3]."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from engine.identity.roles import LABELS
from engine.identity.users import holders
from engine.kernel.clock import CHINA
from engine.kernel.command import CommandContext
from engine.kernel.errors import Conflict, Invalid, NotFound, RuleViolation
from engine.personnel.dates import add_months
from engine.personnel.decisions import decider
from engine.personnel.fault_tolerance import settings
from engine.personnel.fault_tolerance.cases import ClearingCase, FaultCase
from engine.personnel.fault_tolerance.check_sheet import CheckSheet, check_conclusion, proposed_conclusion
from engine.personnel.fault_tolerance.investigation_clock import InvestigationClock
from engine.personnel.fault_tolerance.terms import Conclusion, FaultState, Opening
from engine.personnel.holidays import work_calendar
from engine.personnel.parameters import Parameter

_S = FaultState
COUNTERSIGNERS = ("discipline_officer", "organisation_officer", "county_head")
"""The departments that consult: discipline, organisation, society work [N 10]."""
TALK_AT = time(9, 0)
"""A follow-up talk falls due when the offices open."""


def move(context: CommandContext, row: FaultCase, state: FaultState, reason: str = "") -> None:
    """The next state; a refusal keeps its reason."""
    row.state = state
    row.refusal = reason or row.refusal
    _note(context, row, f"fault.{state.value}")


def due_after(context: CommandContext, row: FaultCase | ClearingCase, limit: Parameter[int]) -> datetime:
    """The end of a local limit that begins today, as the case's own settings say."""
    return work_calendar(context.session).deadline(context.today, row.policy[limit]).at


def request_supplement(context: CommandContext, row: FaultCase, remark: str) -> None:
    """The application has to be mended; once only [domain 5.3]."""
    if row.supplemented:
        raise RuleViolation("只能要求补正一次，请作出受理或不予受理的决定", clause="10.1")
    row.supplemented = True
    move(context, row, _S.SUPPLEMENT, remark)


def supplement(context: CommandContext, row: FaultCase, text: str) -> None:
    """What the applicant adds to his application."""
    if not text.strip():
        raise Invalid(fields={"account": "请填写补充的情况"})
    row.account = f"{row.account}\n\n【{context.today} 补正】{text.strip()}"
    move(context, row, _S.OPENED)


def begin_investigation(context: CommandContext, row: FaultCase) -> datetime:
    """The case is accepted; answers when the investigation is due."""
    row.clock = InvestigationClock(row.policy[settings.INVESTIGATE_WORKDAYS]).start(context.today)
    move(context, row, _S.INVESTIGATING)
    return investigation_due(context, row)


def pause_investigation(context: CommandContext, row: FaultCase, wanted: str) -> None:
    """Material is awaited: the clock stands still; `wanted` says which."""
    row.clock = row.clock.stop(work_calendar(context.session), context.today)
    row.material_request = wanted.strip()
    move(context, row, _S.WAITING)


def material_comes_from(row: FaultCase) -> int:
    """Who is asked for material: the person, or who applied for him; refused where neither has an account."""
    found = row.worker.user_id or (row.opened_by if row.opening is Opening.STREET else None)
    if found is None:
        raise Conflict("本人没有系统账号，请选择“等待其他材料”，书面收到后登记")
    return found


def hand_in_material(context: CommandContext, row: FaultCase, text: str) -> None:
    """What the person adds while the clock stands still."""
    if not text.strip():
        raise Invalid(fields={"account": "请填写补充的情况"})
    row.account = f"{row.account}\n\n【{context.today} 补充材料】{text.strip()}"
    _note(context, row, "fault.material_handed_in")


def resume_investigation(context: CommandContext, row: FaultCase) -> datetime:
    """The material is there; answers when the investigation is due now."""
    row.clock = row.clock.start(context.today)
    move(context, row, _S.INVESTIGATING)
    return investigation_due(context, row)


def extend_investigation(context: CommandContext, row: FaultCase) -> datetime:
    """Ten more working days, once; answers when the investigation is due now."""
    row.clock = row.clock.extend(row.policy[settings.EXTENSION_WORKDAYS])
    _note(context, row, "fault.extended")
    return investigation_due(context, row)


def investigation_due(context: CommandContext, row: FaultCase) -> datetime:
    """When the investigation is due if the clock does not stop again."""
    return row.clock.due(work_calendar(context.session))


def finish_investigation(context: CommandContext, row: FaultCase, report: str) -> None:
    """The investigation's report; the check sheet comes next."""
    if not report.strip():
        raise Invalid(fields={"report": "请填写调查核实情况"})
    row.report = report.strip()
    row.clock = row.clock.stop(work_calendar(context.session), context.today)
    move(context, row, _S.CONSULTING)


def fill_sheet(
    context: CommandContext, row: FaultCase, answers: Mapping[str, str], found: Iterable[str], grounds: str
) -> None:
    """Keeps the check sheet with what the table proposes [N 10.2]."""
    sheet = CheckSheet.of(answers, found, grounds)
    proposal = proposed_conclusion(decider(context), sheet)
    row.sheet, row.proposed, row.proposed_reason = sheet.plain(), proposal.conclusion, proposal.reason
    _note(context, row, "fault.sheet_filled", proposed=proposal.conclusion.value)


def draft_conclusion(context: CommandContext, row: FaultCase, chosen: Conclusion, reason: str) -> None:
    """The opinion that the departments consult about; no sheet, no opinion."""
    check_conclusion(row.filled_sheet, row.proposal, chosen, reason)
    row.drafted, row.draft_reason = chosen, reason.strip()
    _note(context, row, "fault.drafted", drafted=chosen.value)


def countersigners(
    context: CommandContext, county_id: int, author_id: int | None, clause: str, author: str
) -> list[int]:
    """Who signs for the three departments: everybody but the author; refused where a department has nobody else."""
    found: dict[int, None] = {}
    for role in COUNTERSIGNERS:
        others = [user.id for user in holders(context.session, role, county_id) if user.id != author_id]
        if not others:
            raise RuleViolation(
                f"三部门会签须由{author}以外的人员签署，{LABELS[role]}没有其他人员；请由其他人员办理本环节，或增加该部门人员",
                clause=clause,
            )
        found |= dict.fromkeys(others)
    return list(found)


def conclude(context: CommandContext, row: FaultCase) -> Conclusion:
    """All departments agree: the drafted conclusion stands."""
    if row.drafted is None:
        raise RuleViolation("认定前须先拟定认定意见", clause="10.2")
    check_conclusion(row.filled_sheet, row.proposal, row.drafted, row.draft_reason)
    row.conclusion, row.concluded_at = row.drafted, context.now
    move(context, row, _S.CONCLUDED)
    return row.conclusion


def deliver(context: CommandContext, row: FaultCase, delivered_on: date) -> datetime:
    """The person has the conclusion in hand; answers until when he may object."""
    if row.concluded_at is None or not row.concluded_at.astimezone(CHINA).date() <= delivered_on <= context.today:
        raise Invalid(fields={"delivered_on": "送达日期应在认定之日至今天之间"})
    row.delivered_on = delivered_on
    workdays = row.policy[settings.OBJECTION_WORKDAYS]
    row.objection_until = work_calendar(context.session).deadline(delivered_on, workdays).at
    move(context, row, _S.FED_BACK)
    return row.objection_until


def object_to(context: CommandContext, row: FaultCase, reason: str) -> None:
    """The person, or his street for him, objects within the window; once."""
    actor = context.actor
    own = actor.user_id is not None and actor.user_id == row.worker.user_id
    if not own and not actor.has_role("street_clerk", organisation_id=row.street_id):
        raise NotFound()
    if not reason.strip():
        raise Invalid(fields={"reason": "请写明异议的理由"})
    if row.objection:
        raise RuleViolation("异议只能提出一次，复查决定为最终决定", clause="10.1")
    if row.objection_until is not None and context.now > row.objection_until:
        raise RuleViolation("异议期限已过", clause="10.1")
    if row.state is not _S.FED_BACK:
        raise Conflict(f"当前状态为“{row.state.label}”，不能提出异议")
    row.objection = reason.strip()
    move(context, row, _S.OBJECTED)


def answer_objection(context: CommandContext, row: FaultCase, text: str, *, upheld: bool) -> None:
    """The re-examination's answer: the conclusion stands, or it is consulted about again."""
    row.reexamination = text.strip()
    move(context, row, _S.FED_BACK if upheld else _S.CONSULTING)


def order_correction(context: CommandContext, row: FaultCase, text: str, due: date | None) -> datetime:
    """The correction notice; answers when the correction is checked."""
    last = due or context.today + timedelta(days=row.policy[settings.CORRECTION_DAYS])
    problems = {} if text.strip() else {"correction": "请写明需要纠正的问题和要求"}
    if last <= context.today:
        problems["correction_due"] = "整改期限应晚于今天"
    if problems:
        raise Invalid(fields=problems)
    row.correction, row.correction_due = text.strip(), last
    move(context, row, _S.RECTIFYING)
    return datetime.combine(last, time(17, 0), CHINA)


def accept_correction(context: CommandContext, row: FaultCase) -> None:
    """The correction was checked and is sufficient."""
    row.corrected_on = context.today
    _note(context, row, "fault.corrected")


def begin_follow_up(context: CommandContext, row: FaultCase) -> tuple[datetime, datetime]:
    """When the two talks fall due, counted from the conclusion [N 10.3]."""
    if row.concluded_at is None:
        raise Conflict("尚未认定，不能安排回访")
    move(context, row, _S.FOLLOW_UP)
    start = row.concluded_at.astimezone(CHINA).date()
    months = (row.policy[settings.FIRST_TALK_MONTHS], row.policy[settings.SECOND_TALK_MONTHS])
    first, second = (datetime.combine(add_months(start, each), TALK_AT, CHINA) for each in months)
    return first, second


def record_talk(context: CommandContext, row: FaultCase, text: str) -> None:
    """What was said at a follow-up talk."""
    if not text.strip():
        raise Invalid(fields={"talk": "请填写谈话情况"})
    row.talks = [*row.talks, {"on": context.today.isoformat(), "text": text.strip()}]
    _note(context, row, "fault.talked", talks=len(row.talks))


def close(context: CommandContext, row: FaultCase) -> None:
    """The folder is sealed."""
    row.closed_at = context.now
    move(context, row, _S.CLOSED)


def _note(context: CommandContext, row: FaultCase, type_: str, **facts: Any) -> None:
    context.record(type_, f"fault_case:{row.id}", **facts)
