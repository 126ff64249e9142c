"""Service tasks from the application to the end of the investigation [N 10.1; domain 5.3]."""

from collections.abc import Mapping

from engine.decision import Value
from engine.delegates.fault_tolerance.subjects import fault_of, last_signed, tell_initiator, text_of
from engine.personnel.fault_tolerance import course
from engine.personnel.fault_tolerance.cases import FaultCase
from engine.personnel.fault_tolerance.terms import FaultState
from engine.workflow.delegates import ServiceCall, delegate


@delegate("fault.record_acceptance")
def record_acceptance(call: ServiceCall) -> None:
    """Whether the application is accepted; it is sent back once only, then it is accepted or refused."""
    row, entry = fault_of(call), last_signed(call, "acceptance")
    if entry.decision == "supplement":
        course.request_supplement(call.context, row, entry.opinion)
        tell_initiator(call, "容错申请需要补正", f"{row.number}：{entry.opinion}")
    elif entry.decision == "refuse":
        course.move(call.context, row, FaultState.NOT_ACCEPTED, entry.opinion)
        tell_initiator(call, "容错申请不予受理", f"{row.number}：{entry.opinion}")


@delegate("fault.record_supplement")
def record_supplement(call: ServiceCall) -> None:
    """The mended application goes back to be accepted, or it is withdrawn."""
    row, entry = fault_of(call), last_signed(call, "supplement")
    if entry.decision == "resubmit":
        course.supplement(call.context, row, text_of(entry, "account"))
    else:
        course.move(call.context, row, FaultState.WITHDRAWN)


@delegate("fault.begin_investigation")
def begin_investigation(call: ServiceCall) -> Mapping[str, Value]:
    """The working days of the investigation begin to run."""
    row = fault_of(call)
    due = course.begin_investigation(call.context, row)
    tell_initiator(call, "容错案件已受理", f"{row.number} 已进入调查核实。")
    return {"investigationDue": due}


@delegate("fault.record_investigation")
def record_investigation(call: ServiceCall) -> None:
    """The report is kept; or the clock stops; or, while it is possible, more time is asked for."""
    row, entry = fault_of(call), last_signed(call, "investigation")
    if entry.decision == "wait":
        course.pause_investigation(call.context, row)
    elif entry.decision == "extend":
        row.clock.check_extensible()
    else:
        course.finish_investigation(call.context, row, text_of(entry, "report"))


@delegate("fault.resume_investigation")
def resume_investigation(call: ServiceCall) -> Mapping[str, Value]:
    """The material is there and the clock runs again."""
    return {"investigationDue": course.resume_investigation(call.context, fault_of(call))}


@delegate("fault.record_extension")
def record_extension(call: ServiceCall) -> Mapping[str, Value]:
    """Ten more working days when the head agrees; else what is left."""
    row: FaultCase = fault_of(call)
    if last_signed(call, "extension_approval").decision == "approve":
        return {"investigationDue": course.extend_investigation(call.context, row)}
    return {"investigationDue": course.investigation_due(call.context, row)}
