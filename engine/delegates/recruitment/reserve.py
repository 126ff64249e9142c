"""Picking from the reserve pool: the county's act, and the service tasks of its case [domain 1.12]."""

from dataclasses import dataclass

from sqlalchemy import select

from engine.decision import Value
from engine.delegates.recruitment.cases import registration_of
from engine.delegates.recruitment.commands import start_case
from engine.delegates.recruitment.telling import tell_applicant
from engine.delegates.signatures import signed
from engine.kernel.command import CommandContext
from engine.personnel.authority import require_role
from engine.personnel.recruitment import enrolment, reserve
from engine.workflow.delegates import ServiceCall, delegate
from engine.workflow.tables import ProcessInstance

RESERVE_PICK = "reserve_pick"


@dataclass(frozen=True, slots=True)
class PickFromReserve:
    """The county asks somebody of the pool whether he wants a place that fell free. Answers the instance."""

    registration_id: int
    reason: str = ""

    def execute(self, context: CommandContext) -> int:
        found = enrolment.registration_of(context.session, self.registration_id)
        require_role(context, found.campaign.county_id, "county_clerk", "county_head")
        registration = reserve.pick(context, found.id, self.reason)
        assert registration.post is not None  # noqa: S101 - only who was ranked for a post is in the pool
        variables: dict[str, Value] = {"applicantId": registration.acting_id, "streetId": registration.post.street_id}
        title = f"后备库选用{registration.name}（{registration.post.name}）"
        key = _case_key(context, str(registration.number))
        return start_case(context, RESERVE_PICK, key, registration.campaign.county_id, title, variables)


@delegate("recruitment.approve_pick")
def approve_pick(call: ServiceCall) -> None:
    """The county has agreed: a place is kept, and the street signs the contract next."""
    registration = registration_of(call)
    reserve.approve_pick(call.context, registration.id)
    tell_applicant(call, registration, "后备库选用已审批", "请按街道通知的时间签订劳动合同。")


@delegate("recruitment.return_to_pool")
def return_to_pool(call: ServiceCall) -> None:
    """The county has not agreed."""
    registration = registration_of(call)
    reserve.return_to_pool(call.context, registration.id)
    tell_applicant(call, registration, "本次未选用", "您仍在后备库中。")


@delegate("recruitment.decline_pick")
def decline_pick(call: ServiceCall) -> None:
    """The person does not want the place."""
    reserve.decline_pick(call.context, registration_of(call).id)


@delegate("recruitment.lapse_pick")
def lapse_pick(call: ServiceCall) -> None:
    """Contract refused, or not at work in time."""
    decision = signed(call, "sign_contract", "report_for_duty")
    reserve.lapse_pick(call.context, registration_of(call).id, "" if decision is None else decision.opinion)


def _case_key(context: CommandContext, number: str) -> str:
    """The registration's number; with a mark when he was picked before and not taken."""
    query = select(ProcessInstance.id).where(
        ProcessInstance.process_key == RESERVE_PICK,
        (ProcessInstance.business_key == number) | ProcessInstance.business_key.startswith(f"{number}#"),
    )
    earlier = len(context.session.scalars(query).all())
    return number if earlier == 0 else f"{number}#{earlier + 1}"
