"""Service tasks from the check sheet to the re-examination [N 10.2; domain 5.2, 5.3]."""

from collections.abc import Mapping

from engine.decision import Value
from engine.delegates.fault_tolerance.subjects import (
    day_of,
    department_opinions,
    fault_of,
    last_signed,
    tell_initiator,
    tell_person,
)
from engine.personnel.fault_tolerance import course, papers, settings
from engine.personnel.fault_tolerance.terms import Conclusion, FaultPaper
from engine.workflow.delegates import ServiceCall, delegate


@delegate("fault.fill_sheet")
def fill_sheet(call: ServiceCall) -> None:
    """The sheet is kept with what the table proposes; an incomplete one is refused to the officer at once."""
    values = last_signed(call, "check_sheet").values
    found = [str(each) for each in values.get("found") or ()]
    answers = {str(key): str(value) for key, value in values.items() if isinstance(value, str)}
    course.fill_sheet(call.context, fault_of(call), answers, found, str(values.get("grounds") or ""))


@delegate("fault.record_draft")
def record_draft(call: ServiceCall) -> Mapping[str, Value]:
    """The opinion for the consultation, held against the negative list and the table; its author does not sign it."""
    row, entry = fault_of(call), last_signed(call, "draft_conclusion")
    course.draft_conclusion(call.context, row, Conclusion(entry.decision or ""), entry.opinion)
    return {"signers": course.countersigners(call.context, row.county_id, entry.actor_id, "10.2", "拟定人")}


@delegate("fault.conclude")
def conclude(call: ServiceCall) -> Mapping[str, Value]:
    """All three departments agree; the sheet, the conclusion and the notice are issued and kept."""
    row = fault_of(call)
    made = course.conclude(call.context, row)
    opinions = department_opinions(call, "consultation", row.county_id)
    papers.issue(call.context, row, FaultPaper.CHECK_SHEET, papers.check_sheet(row))
    papers.issue(call.context, row, FaultPaper.CONCLUSION, papers.conclusion(row, opinions))
    papers.issue(call.context, row, FaultPaper.NOTICE, papers.notice(row))
    return {"conclusion": made.value, "replyDue": course.due_after(call.context, row, settings.REPLY_WORKDAYS)}


@delegate("fault.record_delivery")
def record_delivery(call: ServiceCall) -> Mapping[str, Value]:
    """The person has the conclusion in hand; the window for objections is open."""
    row, entry = fault_of(call), last_signed(call, "delivery")
    until = course.deliver(call.context, row, day_of(entry, "delivered_on"))
    tell_initiator(call, "容错认定结果已送达", f"{row.number}：对结果有异议的，可以在 {until:%Y-%m-%d} 前提出。")
    tell_person(call, row, "容错认定结果已送达", f"{row.number} 的结果可以在“我的容错和澄清”查看。")
    return {"objectionUntil": until}


@delegate("fault.record_re_examination")
def record_re_examination(call: ServiceCall) -> Mapping[str, Value]:
    """The conclusion stands, or the departments consult again."""
    row, entry = fault_of(call), last_signed(call, "re_examination")
    upheld = entry.decision == "uphold"
    course.answer_objection(call.context, row, entry.opinion, upheld=upheld)
    papers.issue(call.context, row, FaultPaper.REPLY, papers.reply(row, upheld=upheld))
    tell_initiator(call, "异议复查已有结果", f"{row.number} 的复查结果可以在“我的容错和澄清”查看。")
    return {"decideDue": course.due_after(call.context, row, settings.DECIDE_WORKDAYS)}
