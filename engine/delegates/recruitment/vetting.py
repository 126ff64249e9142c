"""Service tasks of a registration from the medical to the first day at work, and its sudden ends [domain 1.12]."""

from collections.abc import Mapping

from engine.decision import Value
from engine.delegates.recruitment.cases import registration_of
from engine.delegates.recruitment.examination import closed
from engine.delegates.recruitment.messages import ToCampaign
from engine.delegates.recruitment.telling import tell_applicant
from engine.delegates.signatures import Signed, date_of, signed, signed_by_all
from engine.kernel.errors import Invalid
from engine.personnel.recruitment import enrolment, hiring, objections, onboarding, settings
from engine.personnel.recruitment.onboarding import ContractOffer
from engine.personnel.recruitment.outcomes import BackgroundCheck, CheckOutcome, MedicalOutcome, ObjectionState
from engine.personnel.recruitment.registrations import Registration
from engine.personnel.recruitment.states import RegistrationState
from engine.workflow.delegates import ServiceCall, delegate

_R = RegistrationState
MEDICAL_OUTCOMES = {
    "pass": MedicalOutcome.PASS, "recheck": MedicalOutcome.RETEST, "fail": MedicalOutcome.FAIL,
}  # fmt: skip
FINDINGS = {
    "unfounded": ObjectionState.UNFOUNDED, "founded": ObjectionState.UPHELD, "postpone": ObjectionState.UNCLEAR,
}  # fmt: skip


@delegate("recruitment.record_medical")
def record_medical(call: ServiceCall) -> Mapping[str, Value]:
    """A finding of the medical or its one re-check; who did not appear loses his place in the next step."""
    registration, decision = registration_of(call), str(call.variables["decision"])
    if decision == "absent":
        return {"recheckOpen": False, "recheckUntil": None}
    found = signed(call, "medical", "medical_recheck")
    values = {} if found is None else found.values
    examined_on = date_of(values.get("examined_on") or call.context.today)
    findings = str(values.get("findings") or "")
    hiring.record_medical(call.context, registration.id, MEDICAL_OUTCOMES[decision], examined_on, findings)
    until = hiring.recheck_until(call.context, registration.id)
    if until is not None:
        tell_applicant(call, registration, "体检不合格，可以申请复检", "复检只有一次，请在期限内到“我的报名”中申请。")
    return {"recheckOpen": until is not None, "recheckUntil": until}


@delegate("recruitment.open_medical_recheck")
def open_medical_recheck(call: ServiceCall) -> None:
    """The person has asked for the one re-check."""
    registration = registration_of(call)
    hiring.ask_recheck(call.context, registration.id)
    tell_applicant(call, registration, "复检申请已受理", "时间和地点另行通知，复检结论为最终结论。")


@delegate("recruitment.record_check")
def record_check(call: ServiceCall) -> None:
    """What the checkers found; one negative finding fails."""
    registration = registration_of(call)
    needed = registration.campaign.policy[settings.BACKGROUND_CHECKERS]
    for report in signed_by_all(call, "background_check", needed):
        call.context.session.add(_check(call, registration, report))
    call.context.session.flush()
    if call.variables["decision"] == "pass":
        hiring.settle_background(call.context, registration.id)
    else:
        enrolment.end(call.context, registration.id, _R.INVEST_FAIL, "考察不合格")


@delegate("recruitment.pass_vetting")
def pass_vetting(call: ServiceCall) -> None:
    """Medical and background check are passed; the last candidate lets the campaign go on."""
    registration = registration_of(call)
    hiring.pass_vetting(call.context, registration.id)
    call.context.session.flush()
    if hiring.count_open_candidates(call.context.session, registration.campaign_id) == 0:
        call.publish(ToCampaign.VETTING_SETTLED, registration.campaign.number)
    tell_applicant(call, registration, "体检、考察合格", "您已列为拟聘用人选，将进行公示。")


@delegate("recruitment.record_objection")
def record_objection(call: ServiceCall) -> Mapping[str, Value]:
    """The finding about an objection; `lateHire` when the others were approved meanwhile."""
    registration, review = registration_of(call), signed(call, "verify_objection")
    finding = FINDINGS[str(call.variables["decision"])]
    text = "" if review is None else review.opinion
    objections.settle_objection(call.context, int(str(call.variables["objectionId"])), finding, text)
    return {"lateHire": registration.campaign.hired_at is not None}


@delegate("recruitment.refuse_hire")
def refuse_hire(call: ServiceCall) -> Mapping[str, Value]:
    """Not hired because of what an objection brought to light."""
    registration = registration_of(call)
    outcome = closed(call, "公示异议核查后不予聘用")
    tell_applicant(call, registration, "不予聘用", registration.ended_reason)
    call.publish(ToCampaign.PLACE_VACATED, registration.campaign.number)
    _settle_hires(call, registration)
    return outcome


@delegate("recruitment.approve_postponed")
def approve_postponed(call: ServiceCall) -> None:
    """The hire that was postponed is approved after all."""
    hiring.approve_postponed(call.context, registration_of(call).id)


@delegate("recruitment.conclude_contract")
def conclude_contract(call: ServiceCall) -> None:
    """The labour contract with the street; unlawful terms are refused to the clerk at once [L19]."""
    signature = signed(call, "sign_contract")
    values = {} if signature is None else signature.values
    if not values.get("start"):
        raise Invalid("请填写合同开始日期", fields={"start": "请填写合同开始日期"})
    offer = ContractOffer(
        date_of(values["start"]), _number(values.get("months")), _number(values.get("probation_months")),
        str(values.get("number") or ""), bool(values.get("open_ended")),
    )  # fmt: skip
    onboarding.conclude_contract(call.context, registration_of(call).id, offer)


@delegate("recruitment.take_on")
def take_on(call: ServiceCall) -> Mapping[str, Value]:
    """First day at work: grade, certificate deadline, induction duty; the reserved place is used [N 2, 4, 6]."""
    registration = registration_of(call)
    onboarding.take_on(call.context, registration.id)
    _settle_hires(call, registration)
    return {"outcome": registration.state.value}


@delegate("recruitment.lapse_hire")
def lapse_hire(call: ServiceCall) -> Mapping[str, Value]:
    """Contract refused, or not at work in time: waived; nobody is substituted after the approval."""
    registration, decision = registration_of(call), signed(call, "sign_contract", "report_for_duty")
    onboarding.lapse_hire(call.context, registration.id, "" if decision is None else decision.opinion)
    _settle_hires(call, registration)
    return {"outcome": registration.state.value}


@delegate("recruitment.enter_reserve")
def enter_reserve(call: ServiceCall) -> Mapping[str, Value]:
    """An interviewee who was not selected enters the reserve pool."""
    registration = registration_of(call)
    hiring.enter_reserve(call.context, registration.id)
    tell_applicant(call, registration, "本次招聘已办结", f"您的状态：{registration.state.label}。")
    return {"outcome": registration.state.value}


@delegate("recruitment.record_waiver")
def record_waiver(call: ServiceCall) -> None:
    """The applicant gave up; his place is free for the next."""
    registration, reason = registration_of(call), str(call.variables["reason"])
    if registration.state is _R.APPROVED:
        onboarding.lapse_hire(call.context, registration.id, reason)
    else:
        enrolment.waive(call.context, registration.id, reason)
    _leave_place(call, registration)


@delegate("recruitment.record_disqualification")
def record_disqualification(call: ServiceCall) -> None:
    """False data end a registration at any stage (资格审查贯穿全过程)."""
    registration, reason = registration_of(call), str(call.variables["reason"])
    onboarding.withdraw_offer(call.context, registration.id)
    enrolment.disqualify(call.context, registration.id, reason)
    tell_applicant(call, registration, "报名资格已取消", reason)
    _leave_place(call, registration)


@delegate("recruitment.close_cancelled")
def close_cancelled(call: ServiceCall) -> None:
    """The campaign was ended for everybody."""
    registration = registration_of(call)
    reason = registration.campaign.cancel_reason or "招聘终止"
    enrolment.close_open_registration(call.context, registration.id, reason)


def _leave_place(call: ServiceCall, registration: Registration) -> None:
    call.publish(ToCampaign.PLACE_VACATED, registration.campaign.number)
    _settle_hires(call, registration)


def _settle_hires(call: ServiceCall, registration: Registration) -> None:
    call.context.session.flush()
    campaign = registration.campaign
    if campaign.hired_at is not None and campaign.closed_at is None and not _open_hires(call, registration):
        call.publish(ToCampaign.CONTRACTS_SETTLED, registration.campaign.number)


def _open_hires(call: ServiceCall, registration: Registration) -> int:
    return hiring.count_open_hires(call.context.session, registration.campaign_id)


def _check(call: ServiceCall, registration: Registration, report: Signed) -> BackgroundCheck:
    return BackgroundCheck(
        registration_id=registration.id, checker_id=report.actor_id,
        outcome=CheckOutcome.PASS if report.decision == "pass" else CheckOutcome.FAIL,
        findings={"opinion": report.opinion, **dict(report.values)}, recorded_at=call.context.now,
    )  # fmt: skip


def _number(value: object) -> int | None:
    return None if value in (None, "") else int(str(value))
