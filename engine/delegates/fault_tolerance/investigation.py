"""Service tasks from the application to the end of the investigation [N 10.1; domain 5.3]."""

from collections.abc import Mapping

from engine.decision import Value
from engine.delegates.fault_tolerance.subjects import fault_of, last_signed, tell_initiator, text_of
from engine.personnel.case_files import FilePurpose, files_of
from engine.personnel.fault_tolerance import course, papers, settings
from engine.personnel.fault_tolerance.cases import FaultCase
from engine.personnel.fault_tolerance.terms import FaultPaper, FaultState
from engine.workflow.delegates import ServiceCall, delegate
from engine.workflow.notifications import notify


@delegate("fault.record_acceptance")
def record_acceptance(call: ServiceCall) -> Mapping[str, Value]:
    """Whether the application is accepted; it is sent back once only, then it is accepted or refused."""
    row, entry = fault_of(call), last_signed(call, "acceptance")
    if entry.decision == "supplement":
        course.request_supplement(call.context, row, entry.opinion)
        tell_initiator(call, "容错申请需要补正", f"{row.number} 需要补正，要求见案件。")
    elif entry.decision == "refuse":
        course.move(call.context, row, FaultState.NOT_ACCEPTED, entry.opinion)
        tell_initiator(call, "容错申请不予受理", f"{row.number} 不予受理，理由见案件。")
    return {"supplementDue": course.due_after(call.context, row, settings.SUPPLEMENT_WORKDAYS)}


@delegate("fault.record_supplement")
def record_supplement(call: ServiceCall) -> Mapping[str, Value]:
    """The mended application goes back to be accepted, or it is withdrawn."""
    row, entry = fault_of(call), last_signed(call, "supplement")
    if entry.decision == "resubmit":
        course.supplement(call.context, row, text_of(entry, "account"))
    else:
        course.move(call.context, row, FaultState.WITHDRAWN)
    return {"acceptanceDue": course.due_after(call.context, row, settings.ACCEPT_WORKDAYS)}


@delegate("fault.begin_investigation")
def begin_investigation(call: ServiceCall) -> Mapping[str, Value]:
    """The working days of the investigation begin to run."""
    row = fault_of(call)
    due = course.begin_investigation(call.context, row)
    names = [file.label for file in files_of(call.context.session, row.files, FilePurpose.MATERIAL)]
    papers.issue(call.context, row, FaultPaper.APPLICATION, papers.application(row, names))
    tell_initiator(call, "容错案件已受理", f"{row.number} 已进入调查核实。")
    return {"investigationDue": due}


@delegate("fault.record_investigation")
def record_investigation(call: ServiceCall) -> Mapping[str, Value]:
    """The report is kept; or the clock stops; or, while it is possible, more time is asked for."""
    row, entry = fault_of(call), last_signed(call, "investigation")
    asked: int | None = None
    if entry.decision == "ask_person":
        asked = course.material_comes_from(row)
        course.pause_investigation(call.context, row, entry.opinion)
        body = f"{row.number} 需要您补充材料，要求见案件；等待期间不计入调查期限。"
        notify(call.context, [asked], "fault_tolerance", "请补充材料", body, call.instance.id)
    elif entry.decision == "wait":
        course.pause_investigation(call.context, row, "")
    elif entry.decision == "extend":
        row.clock.check_extensible()
    else:
        course.finish_investigation(call.context, row, text_of(entry, "report"))
    return {
        "materialFrom": asked, "materialDue": course.due_after(call.context, row, settings.MATERIAL_WORKDAYS),
        "decideDue": course.due_after(call.context, row, settings.DECIDE_WORKDAYS),
    }  # fmt: skip


@delegate("fault.record_material")
def record_material(call: ServiceCall) -> None:
    """The person has handed in what he was asked for."""
    course.hand_in_material(call.context, fault_of(call), text_of(last_signed(call, "hand_in_material"), "account"))


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
