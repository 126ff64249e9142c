"""Service tasks from the correction notice to the sealed folder [N 10.1, 10.3; domain 5.3]."""

from collections.abc import Mapping

from engine.decision import Value
from engine.delegates.fault_tolerance.subjects import fault_of, last_signed, tell_person, text_of
from engine.delegates.signatures import date_of
from engine.personnel.fault_tolerance import course, papers
from engine.personnel.fault_tolerance.terms import FaultPaper
from engine.workflow.delegates import ServiceCall, delegate


@delegate("fault.order_correction")
def order_correction(call: ServiceCall) -> Mapping[str, Value]:
    """The notice says what has to be corrected until when."""
    entry = last_signed(call, "correction_notice")
    due = entry.values.get("correction_due")
    last = course.order_correction(
        call.context, fault_of(call), text_of(entry, "correction"), date_of(due) if due else None
    )
    row = fault_of(call)
    papers.issue(call.context, row, FaultPaper.CORRECTION, papers.correction(row))
    tell_person(call, row, "收到纠错通知", f"{row.number} 的纠错通知书可以在“我的容错和澄清”查看。")
    return {"correctionDue": last}


@delegate("fault.record_correction")
def record_correction(call: ServiceCall) -> None:
    """A correction that is sufficient is noted; another one gets a new notice."""
    if last_signed(call, "correction_check").decision == "passed":
        course.accept_correction(call.context, fault_of(call))


@delegate("fault.begin_follow_up")
def begin_follow_up(call: ServiceCall) -> Mapping[str, Value]:
    """The days of the two talks."""
    first, second = course.begin_follow_up(call.context, fault_of(call))
    return {"firstTalkAt": first, "secondTalkAt": second}


@delegate("fault.record_talk")
def record_talk(call: ServiceCall) -> None:
    """What was said at the latest talk."""
    entry = last_signed(call, "first_talk", "second_talk")
    row, text = fault_of(call), text_of(entry, "talk")
    course.record_talk(call.context, row, text)
    papers.issue(call.context, row, FaultPaper.TALK, papers.talk(row, text))


@delegate("fault.close_case")
def close_case(call: ServiceCall) -> None:
    """The folder is sealed; no other file of the person changes."""
    course.close(call.context, fault_of(call))
