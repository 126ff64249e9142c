"""Service tasks of clearing [N 10.3; domain 5.4]."""

from collections.abc import Mapping

from engine.decision import Value
from engine.delegates.fault_tolerance.subjects import clearing_of, day_of, last_signed, tell_initiator, text_of
from engine.personnel.fault_tolerance import clearing
from engine.personnel.fault_tolerance.terms import ClearingWay, ReportEffect, ReportFinding
from engine.workflow.delegates import ServiceCall, delegate


@delegate("clearing.record_assessment")
def record_assessment(call: ServiceCall) -> None:
    """A clearing that the rules do not allow is refused to the officer with the clause."""
    row, entry = clearing_of(call), last_signed(call, "assessment")
    if entry.decision != "clear":
        clearing.refuse(call.context, row, entry.opinion)
        tell_initiator(call, "澄清申请未通过评估", f"{row.number}：{entry.opinion}")
        return
    finding, effect = ReportFinding(text_of(entry, "finding")), ReportEffect(text_of(entry, "effect"))
    clearing.assess(call.context, row, finding, effect, entry.opinion)


@delegate("clearing.record_consent")
def record_consent(call: ServiceCall) -> None:
    """Nobody is cleared against his will."""
    row, entry = clearing_of(call), last_signed(call, "consent")
    if entry.decision == "consented":
        clearing.consent(call.context, row, day_of(entry, "consented_on"))
    else:
        clearing.refuse(call.context, row, "本人不同意澄清")


@delegate("clearing.record_approval")
def record_approval(call: ServiceCall) -> None:
    """All departments agree, or the clearing is refused."""
    row, entry = clearing_of(call), last_signed(call, "clearing_approval")
    if call.variables["decision"] == "approve":
        clearing.approve(call.context, row)
    else:
        clearing.refuse(call.context, row, entry.opinion)


@delegate("clearing.record_clearing")
def record_clearing(call: ServiceCall) -> Mapping[str, Value]:
    """How and before whom the person was cleared."""
    row, entry = clearing_of(call), last_signed(call, "carry_out")
    way = ClearingWay(text_of(entry, "way"))
    due = clearing.carry_out(call.context, row, way, text_of(entry, "scope"), day_of(entry, "cleared_on"))
    return {"talkAt": due}


@delegate("clearing.finish_clearing")
def finish_clearing(call: ServiceCall) -> None:
    """The follow-up talk ends the case."""
    clearing.finish(call.context, clearing_of(call), text_of(last_signed(call, "clearing_talk"), "talk"))
