"""Service tasks of an exit up to the decision [N 11.7; domain 6.1, 6.2]."""

from collections.abc import Mapping

from engine.decision import Value
from engine.delegates.exits.subjects import (
    exit_of,
    opinion_of,
    served_of,
    tell_person,
    tell_street,
    values_of,
)
from engine.delegates.signatures import date_of, signed
from engine.personnel.exits import closing, papers, procedure
from engine.personnel.exits.guards import GuardFacts
from engine.personnel.exits.papers import PaperKind
from engine.personnel.exits.procedure import Chosen
from engine.personnel.exits.terms import EvidenceKind, ExitState, Protection, TextChoice
from engine.personnel.holidays import work_calendar
from engine.personnel.settings import EXIT_HEARING_WORKDAYS
from engine.workflow.delegates import ServiceCall, delegate


@delegate("exit.check_evidence")
def check_evidence(call: ServiceCall) -> Mapping[str, Value]:
    """Evidence that is not complete is refused to the clerk at once."""
    values = values_of(call, "gather_evidence")
    kinds = [EvidenceKind(kind) for kind in values.get("kinds") or ()]
    return {"guarded": procedure.keep_evidence(call.context, exit_of(call), kinds, str(values.get("documents") or ""))}


@delegate("exit.run_guards")
def run_guards(call: ServiceCall) -> Mapping[str, Value]:
    """What the law forbids is refused to the clerk with its clause [L42, L45, L4]."""
    case, values = exit_of(call), values_of(call, "guard_check")
    published = values.get("rulebook_published_on")
    facts = GuardFacts(
        [Protection(value) for value in values.get("protections") or ()], str(values.get("rulebook") or ""),
        date_of(published) if published else None, values.get("appeals_open") is True,
    )  # fmt: skip
    choice = values.get("conflict_choice")
    chosen = Chosen(TextChoice(choice) if choice else None, str(values.get("conflict_reason") or ""))
    procedure.keep_guards(call.context, case, facts, chosen)
    full, union = procedure.full_procedure(call.context, case), procedure.union_needed(case)
    if full and union:
        papers.issue(call.context, case, PaperKind.UNION)
    return {"fullProcedure": full, "unionNeeded": union}


@delegate("exit.make_notice")
def make_notice(call: ServiceCall) -> None:
    """The notice is made and kept; what is served is this copy."""
    papers.issue(call.context, exit_of(call), PaperKind.NOTICE)


@delegate("exit.open_defence")
def open_defence(call: ServiceCall) -> Mapping[str, Value]:
    """The notice was served; the union's word and the answer stay with the case."""
    case = exit_of(call)
    case.union_objection = opinion_of(call, "union_notice")
    case.union_answer = opinion_of(call, "answer_union")
    until = procedure.keep_notice(call.context, case, served_of(values_of(call, "serve_notice")))
    tell_person(call, "退出告知书已送达", f"您可以在 {until:%Y-%m-%d} 前陈述申辩或要求听证，见“我的退出事项”。")
    return {"defenceClosesAt": until}


@delegate("exit.close_defence")
def close_defence(call: ServiceCall) -> Mapping[str, Value]:
    """What the person said in his defence, if he said anything; a hearing follows when he asked for one."""
    case, heard = exit_of(call), signed(call, "hear_defence")
    if heard is None:
        text = "" if case.defence else "期满未提出陈述申辩"
    else:
        text = heard.opinion or ("本人书面放弃陈述申辩" if heard.decision == "waived" else "")
    if heard is not None and heard.decision == "hearing" and case.hearing_requested_at is None:
        case.hearing_requested_at = call.context.now
    procedure.keep_defence(call.context, case, text)
    due = work_calendar(call.context.session).deadline(call.context.today, case.policy[EXIT_HEARING_WORKDAYS]).at
    return {"hearingNeeded": case.hearing_requested_at is not None, "hearingDue": due}


@delegate("exit.record_hearing")
def record_hearing(call: ServiceCall) -> None:
    """The record of the hearing, or that the person took his wish back."""
    procedure.keep_hearing(call.context, exit_of(call), opinion_of(call, "hold_hearing"))


@delegate("exit.record_street_decision")
def record_street_decision(call: ServiceCall) -> None:
    """The countersign of the street's Party committee."""
    if call.variables["decision"] == "approve":
        procedure.decide_street(call.context, exit_of(call), opinion_of(call, "street_decision"))


@delegate("exit.record_county_decision")
def record_county_decision(call: ServiceCall) -> None:
    """The county's word; the street is told."""
    case, decision = exit_of(call), str(call.variables["decision"])
    opinion = opinion_of(call, "county_confirmation")
    procedure.decide_county(call.context, case, decision, opinion)
    if decision == "confirm":
        papers.issue(call.context, case, PaperKind.DECISION)
    labels = {"confirm": "县级已确认", "return": "县级退回街道", "reject": "县级不予确认"}
    tell_street(call, f"{labels[decision]}（{case.number}）", opinion)


@delegate("exit.record_acknowledgement")
def record_acknowledgement(call: ServiceCall) -> Mapping[str, Value]:
    """Resignation, agreement, expiry, retirement or death is confirmed by the street."""
    case = exit_of(call)
    last_day = case.last_day or call.context.today
    if call.variables["decision"] == "acknowledge":
        procedure.decide_street(call.context, case, opinion_of(call, "street_acknowledgement"))
    return {"lastDayEndsAt": closing.end_of(last_day)}


@delegate("exit.withdraw_exit")
def withdraw_exit(call: ServiceCall) -> None:
    """Nothing comes of it."""
    case = exit_of(call)
    procedure.give_up(call.context, case, ExitState.WITHDRAWN, case.outcome or _why(call))


@delegate("exit.convert_exit")
def convert_exit(call: ServiceCall) -> None:
    """Training or another post instead, which labour law asks for before an exit for unfitness [L40(2)]."""
    case = exit_of(call)
    procedure.give_up(call.context, case, ExitState.CONVERTED, _why(call))
    tell_street(call, f"退出已转为培训或调整岗位（{case.number}）", "请安排培训或调岗并留存记录。")


def _why(call: ServiceCall) -> str:
    return opinion_of(
        call, "gather_evidence", "guard_check", "street_decision", "county_confirmation", "street_acknowledgement"
    )
