"""Service tasks of a registration from submitting to the admission ticket [domain 1.5]."""

from collections.abc import Mapping

from engine.decision import Value
from engine.delegates.recruitment.cases import registration_of
from engine.delegates.recruitment.telling import tell_applicant
from engine.delegates.signatures import signed
from engine.kernel.errors import Invalid
from engine.personnel.recruitment import enrolment, settings
from engine.personnel.recruitment.registrations import Registration, ReviewDecision
from engine.personnel.recruitment.states import CampaignState, RegistrationState
from engine.workflow.delegates import ServiceCall, delegate


@delegate("recruitment.submit_application")
def submit_application(call: ServiceCall) -> Mapping[str, Value]:
    """Hands the registration in, for the first time or again; begins with a clean slate of outcomes."""
    registration = registration_of(call)
    chosen = signed(call, "choose_other_post", "revise_application")
    if chosen is not None and chosen.values.get("post_id"):
        enrolment.change_post(call.context, registration.id, int(chosen.values["post_id"]))
    enrolment.submit_registration(call.context, registration.id)
    assert registration.post is not None  # noqa: S101 - a registration without a post cannot be handed in
    return {
        "outcome": None,
        "streetId": registration.post.street_id,
        "vettingOrder": registration.campaign.policy[settings.STEP_ORDER],
    }


@delegate("recruitment.record_first_review")
def record_first_review(call: ServiceCall) -> Mapping[str, Value]:
    """Keeps the reviewer's decision and tells the applicant; `windowOpen` says whether he may still correct it."""
    registration, review = registration_of(call), signed(call, "first_review")
    if review is None:
        raise Invalid("初审结论没有签署，请重新办理")
    decision = ReviewDecision(str(call.variables["decision"]))
    window_open = _window_open(call, registration)
    if decision is ReviewDecision.RETURN and not window_open:
        decision = ReviewDecision.REJECT
    remarks = review.values.get("remarks") or {}
    enrolment.record_review(call.context, registration.id, decision, review.opinion, remarks)
    tell_applicant(call, registration, f"资格初审：{decision.label}", review.opinion)
    return {"windowOpen": window_open}


@delegate("recruitment.open_appeal")
def open_appeal(call: ServiceCall) -> None:
    """The applicant's appeal against the first review goes to somebody else."""
    registration, appeal = registration_of(call), signed(call, "appeal_request", "revise_application")
    if registration.state is RegistrationState.RETURNED:
        raise Invalid("退回补正的报名请先补正后重新提交；初审不通过的才能申诉")
    enrolment.request_appeal(call.context, registration.id, "" if appeal is None else appeal.opinion)


@delegate("recruitment.record_appeal")
def record_appeal(call: ServiceCall) -> Mapping[str, Value]:
    """What came of the appeal."""
    registration, review = registration_of(call), signed(call, "appeal_review")
    upheld = call.variables["decision"] == "overturn"
    opinion = "" if review is None else review.opinion
    enrolment.decide_appeal(call.context, registration.id, upheld, opinion)
    tell_applicant(call, registration, "初审申诉：改为通过" if upheld else "初审申诉：维持不通过", opinion)
    return {"outcome": None} if upheld else _closed(call, "资格初审未通过，申诉后维持")


@delegate("recruitment.close_rejected")
def close_rejected(call: ServiceCall) -> Mapping[str, Value]:
    """The first review was not passed and nothing more is done about it."""
    return _closed(call, "资格初审未通过")


@delegate("recruitment.leave_cancelled_post")
def leave_cancelled_post(call: ServiceCall) -> Mapping[str, Value]:
    """The post was cancelled and no other was chosen in time."""
    return _closed(call, "报考岗位取消，未改报其他岗位")


@delegate("recruitment.lapse_ticket")
def lapse_ticket(call: ServiceCall) -> Mapping[str, Value]:
    """Not printing the ticket in its window counts as waiving [domain 1.5]."""
    registration = registration_of(call)
    enrolment.waive(call.context, registration.id, "未在规定时间内打印准考证，视为放弃")
    tell_applicant(call, registration, "未打印准考证，视为放弃考试", "")
    return {"outcome": registration.state.value}


@delegate("recruitment.record_withdrawal")
def record_withdrawal(call: ServiceCall) -> None:
    """The applicant took the registration back before it was admitted."""
    enrolment.withdraw_registration(call.context, registration_of(call).id)


def _closed(call: ServiceCall, reason: str) -> Mapping[str, Value]:
    registration = registration_of(call)
    enrolment.close_open_registration(call.context, registration.id, reason)
    return {"outcome": registration.state.value}


def _window_open(call: ServiceCall, registration: Registration) -> bool:
    campaign = registration.campaign
    return campaign.state is CampaignState.REG_OPEN and call.context.now < campaign.reg_closes_at
