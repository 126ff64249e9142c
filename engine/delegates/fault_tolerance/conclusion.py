"""Service tasks from the check sheet to the re-examination [N 10.2; domain 5.2, 5.3]."""

from collections.abc import Mapping

from engine.decision import Value
from engine.delegates.fault_tolerance.subjects import day_of, fault_of, last_signed, tell_initiator, text_of
from engine.personnel.fault_tolerance import course
from engine.personnel.fault_tolerance.terms import Conclusion
from engine.workflow.delegates import ServiceCall, delegate


@delegate("fault.fill_sheet")
def fill_sheet(call: ServiceCall) -> None:
    """The sheet is kept with what the table proposes; an incomplete one is refused to the officer at once."""
    values = last_signed(call, "check_sheet").values
    found = [str(each) for each in values.get("found") or ()]
    answers = {str(key): str(value) for key, value in values.items() if isinstance(value, str)}
    course.fill_sheet(call.context, fault_of(call), answers, found, str(values.get("grounds") or ""))


@delegate("fault.record_draft")
def record_draft(call: ServiceCall) -> None:
    """The opinion for the consultation, held against the negative list and the table."""
    entry = last_signed(call, "draft_conclusion")
    course.draft_conclusion(call.context, fault_of(call), Conclusion(entry.decision or ""), entry.opinion)


@delegate("fault.conclude")
def conclude(call: ServiceCall) -> Mapping[str, Value]:
    """All three departments agree."""
    return {"conclusion": course.conclude(call.context, fault_of(call)).value}


@delegate("fault.record_delivery")
def record_delivery(call: ServiceCall) -> Mapping[str, Value]:
    """The person has the conclusion in hand; the window for objections is open."""
    row, entry = fault_of(call), last_signed(call, "delivery")
    until = course.deliver(call.context, row, day_of(entry, "delivered_on"))
    tell_initiator(call, "容错认定结果已送达", f"{row.number}：对结果有异议的，可以在 {until:%Y-%m-%d} 前提出。")
    return {"objectionUntil": until}


@delegate("fault.record_re_examination")
def record_re_examination(call: ServiceCall) -> None:
    """The conclusion stands, or the departments consult again."""
    entry = last_signed(call, "re_examination")
    course.answer_objection(call.context, fault_of(call), entry.opinion, upheld=entry.decision == "uphold")
    tell_initiator(call, "异议复查已有结果", text_of(entry, "notice") or "复查决定为最终决定。")
