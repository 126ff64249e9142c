"""Service tasks of a registration from the written result to the interview [domain 1.8-1.11]."""

from collections.abc import Mapping

from engine.decision import Value
from engine.delegates.recruitment.cases import registration_of
from engine.delegates.recruitment.messages import ToCampaign
from engine.delegates.recruitment.telling import tell_applicant
from engine.delegates.signatures import signed
from engine.personnel.recruitment import enrolment, hiring, results
from engine.personnel.recruitment.states import RegistrationState
from engine.workflow.delegates import ServiceCall, delegate

ABSENCES = {
    "recheck": "未参加资格复审，视为放弃", "medical": "未参加体检，视为放弃", "check": "未配合考察，视为放弃",
}  # fmt: skip
"""Why a place is lost when nobody appeared, by the header `stage`."""


@delegate("recruitment.leave_after_written")
def leave_after_written(call: ServiceCall) -> Mapping[str, Value]:
    """The written exam was the end, at once or after waiting in vain as a substitute."""
    return closed(call, "笔试后未进入资格复审")


@delegate("recruitment.leave_after_interview")
def leave_after_interview(call: ServiceCall) -> Mapping[str, Value]:
    """The interview or the total was the end."""
    return closed(call, "面试或总成绩未合格")


@delegate("recruitment.record_recheck")
def record_recheck(call: ServiceCall) -> None:
    """The originals passed or not; who did not appear loses his place in the next step."""
    registration, check = registration_of(call), signed(call, "recheck")
    decision, opinion = call.variables["decision"], "" if check is None else check.opinion
    if decision == "absent":
        return
    results.record_recheck(call.context, registration.id, decision == "pass", opinion)
    tell_applicant(call, registration, "资格复审合格" if decision == "pass" else "资格复审不合格，可陈述申辩", opinion)


@delegate("recruitment.record_defence")
def record_defence(call: ServiceCall) -> None:
    """What came of statement and defence."""
    registration, review = registration_of(call), signed(call, "decide_defence")
    upheld = call.variables["decision"] == "overturn"
    opinion = "" if review is None else review.opinion
    results.record_defence(call.context, registration.id, upheld, opinion)
    tell_applicant(call, registration, "申辩成立，资格复审合格" if upheld else "申辩不成立", opinion)


@delegate("recruitment.vacate_place")
def vacate_place(call: ServiceCall) -> Mapping[str, Value]:
    """The place is free for the next; who failed is out, who did not appear has waived."""
    registration, stage = registration_of(call), call.headers["stage"]
    if call.variables.get("decision") == "accept" and registration.state is RegistrationState.MEDICAL_RETEST:
        hiring.accept_medical(call.context, registration.id)
    elif registration.state is RegistrationState.RECHECK_FAIL:
        enrolment.close_open_registration(call.context, registration.id, "资格复审不合格")
    elif registration.ended_at is None and not _failed(registration.state):
        enrolment.waive(call.context, registration.id, ABSENCES[stage])
    call.publish(ToCampaign.PLACE_VACATED, registration.campaign.number)
    return {"outcome": registration.state.value}


def closed(call: ServiceCall, reason: str) -> Mapping[str, Value]:
    """Ends the registration unless it has ended already; answers the outcome."""
    registration = registration_of(call)
    enrolment.close_open_registration(call.context, registration.id, reason)
    return {"outcome": registration.state.value}


def _failed(state: RegistrationState) -> bool:
    return state in (RegistrationState.MEDICAL_FAIL, RegistrationState.INVEST_FAIL)
