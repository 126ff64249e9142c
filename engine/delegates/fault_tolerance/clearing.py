"""Service tasks of clearing [N 10.3; domain 5.4]."""

from collections.abc import Mapping

from engine.decision import Value
from engine.delegates.fault_tolerance.subjects import (
    clearing_of,
    day_of,
    department_opinions,
    last_signed,
    tell_initiator,
    tell_person,
    text_of,
)
from engine.personnel.fault_tolerance import clearing, papers, settings
from engine.personnel.fault_tolerance.clearing import Assessment
from engine.personnel.fault_tolerance.course import countersigners, due_after
from engine.personnel.fault_tolerance.terms import ClearingWay, FaultPaper, ReportEffect, ReportFinding
from engine.workflow.delegates import ServiceCall, delegate


@delegate("clearing.record_assessment")
def record_assessment(call: ServiceCall) -> Mapping[str, Value]:
    """A clearing that the rules do not allow is refused to the officer with the clause; else the person is asked."""
    row, entry = clearing_of(call), last_signed(call, "assessment")
    if entry.decision != "clear":
        clearing.refuse(call.context, row, entry.opinion)
        tell_initiator(call, "澄清申请未通过评估", f"{row.number}，理由见案件。")
    else:
        made = Assessment(
            ReportFinding(text_of(entry, "finding")), ReportEffect(text_of(entry, "effect")),
            ClearingWay(text_of(entry, "way")), text_of(entry, "scope"), entry.opinion,
        )  # fmt: skip
        clearing.assess(call.context, row, made)
        papers.issue(call.context, row, FaultPaper.CLEARING_NOTICE, papers.clearing_notice(row))
        tell_person(call, row, "拟对有关反映予以澄清，请您表示意见", f"{row.number} 需要您本人表示是否同意。")
    return {"personId": row.worker.user_id, "consentDue": due_after(call.context, row, settings.CLEARING_WORKDAYS)}


@delegate("clearing.record_consent")
def record_consent(call: ServiceCall) -> Mapping[str, Value]:
    """Nobody is cleared against his will; he says so himself, or his written word is noted."""
    row, entry = clearing_of(call), last_signed(call, "own_consent", "consent")
    if entry.decision == "consented":
        himself = entry.actor_id is not None and entry.actor_id == row.worker.user_id
        clearing.consent(call.context, row, call.context.today if himself else day_of(entry, "consented_on"))
    else:
        clearing.refuse(call.context, row, f"本人不同意澄清：{entry.opinion}")
    author = last_signed(call, "assessment").actor_id
    return {
        "approvalDue": due_after(call.context, row, settings.CLEARING_JOINT_WORKDAYS),
        "signers": countersigners(call.context, row.county_id, author, "10.3", "评估人"),
    }  # fmt: skip


@delegate("clearing.record_approval")
def record_approval(call: ServiceCall) -> Mapping[str, Value]:
    """All departments agree, or the clearing is refused."""
    row, entry = clearing_of(call), last_signed(call, "clearing_approval")
    if call.variables["decision"] == "approve":
        clearing.approve(call.context, row)
        opinions = department_opinions(call, "clearing_approval", row.county_id)
        papers.issue(call.context, row, FaultPaper.CLEARING_APPROVAL, papers.clearing_approval(row, opinions))
    else:
        clearing.refuse(call.context, row, entry.opinion)
    return {"carryOutDue": due_after(call.context, row, settings.CLEARING_WORKDAYS)}


@delegate("clearing.record_clearing")
def record_clearing(call: ServiceCall) -> Mapping[str, Value]:
    """How and before whom the person was cleared; the letter is issued."""
    row, entry = clearing_of(call), last_signed(call, "carry_out")
    way = ClearingWay(text_of(entry, "way"))
    due = clearing.carry_out(call.context, row, way, text_of(entry, "scope"), day_of(entry, "cleared_on"))
    papers.issue(call.context, row, FaultPaper.CLEARING_LETTER, papers.clearing_letter(row))
    tell_person(call, row, "澄清已实施", f"{row.number} 的澄清函可以在“我的容错和澄清”查看。")
    return {"talkAt": due}


@delegate("clearing.finish_clearing")
def finish_clearing(call: ServiceCall) -> None:
    """The follow-up talk ends the case."""
    row, text = clearing_of(call), text_of(last_signed(call, "clearing_talk"), "talk")
    clearing.finish(call.context, row, text)
    papers.issue(call.context, row, FaultPaper.TALK, papers.talk(row, text))
