"""Service tasks of a campaign from the opening of registration to the admission tickets [domain 1.5, 1.7]."""

from collections.abc import Mapping

from engine.decision import Value
from engine.delegates.recruitment.batches import letters, publish_to_all
from engine.delegates.recruitment.cases import campaign_of
from engine.delegates.recruitment.messages import ToRegistration
from engine.delegates.signatures import signed
from engine.personnel.recruitment import exam_desk, settlement
from engine.personnel.recruitment.enrolment import registration_by_number
from engine.personnel.recruitment.registrations import note
from engine.personnel.recruitment.states import RegistrationState
from engine.workflow.delegates import BatchCall, Pending, ServiceCall, batch, delegate


@delegate("recruitment.open_registration")
def open_registration(call: ServiceCall) -> None:
    """Registration begins."""
    settlement.open_registration(call.context, campaign_of(call).id)


@delegate("recruitment.close_registration")
def close_registration(call: ServiceCall) -> Pending:
    """Registration ends; nobody corrects or changes his form any more."""
    numbers = settlement.close_registration(call.context, campaign_of(call).id)
    return call.start_batch("recruitment.close_corrections", numbers)


@batch("recruitment.close_corrections")
def close_corrections(call: BatchCall) -> None:
    """What was sent back and not corrected counts as rejected, with the right to appeal."""
    for number in call.items:
        registration = registration_by_number(call.context.session, number)
        if registration.state is RegistrationState.RETURNED:
            registration.move(RegistrationState.REJECTED)
            note(call.context, registration, "registration.not_corrected")
        if registration.state is RegistrationState.REJECTED:
            call.publish(ToRegistration.REGISTRATION_CLOSED, number)


@delegate("recruitment.close_appeals")
def close_appeals(call: ServiceCall) -> Pending:
    """Appeals against the first review are no longer taken: a rejection without one stands."""
    return publish_to_all(call, letters(ToRegistration.APPEALS_CLOSED, _rejected(call)))


@delegate("recruitment.count_open_reviews")
def count_open_reviews(call: ServiceCall) -> Mapping[str, Value]:
    """How many registrations still wait for a reviewer."""
    return {"openReviews": settlement.count_open_reviews(call.context.session, campaign_of(call).id)}


@delegate("recruitment.settle_ratio")
def settle_ratio(call: ServiceCall) -> Mapping[str, Value]:
    """Keeps, reduces or cancels each post; `changing` applicants may choose another until the window closes."""
    campaign = campaign_of(call)
    result = settlement.settle_opening_ratio(call.context, campaign.id)
    return {"changing": len(result.to_change), "reregistrationClosesAt": campaign.rereg_closes_at}


@delegate("recruitment.cancel_posts")
def cancel_posts(call: ServiceCall) -> Pending:
    """Only applicants of cancelled posts may choose another one."""
    numbers = settlement.numbers_in(call.context.session, campaign_of(call).id, RegistrationState.POST_CANCELLED)
    return publish_to_all(
        call, letters(ToRegistration.POST_CANCELLED, numbers), title="您报考的岗位已取消",
        body="该岗位未达到开考比例。请在改报时间内改报其他岗位，逾期视为不再报考。",
    )  # fmt: skip


@delegate("recruitment.close_reregistration")
def close_reregistration(call: ServiceCall) -> Pending:
    """Who has not chosen another post by now is out."""
    numbers = settlement.close_reregistration(call.context, campaign_of(call).id)
    return publish_to_all(call, letters(ToRegistration.REREGISTRATION_CLOSED, numbers))


@delegate("recruitment.fix_examinees")
def fix_examinees(call: ServiceCall) -> Mapping[str, Value]:
    """The list of those who are examined; whoever was rejected after changing the post has no further appeal."""
    campaign = campaign_of(call)
    for number in _rejected(call):
        call.publish(ToRegistration.APPEALS_CLOSED, number)
    open_posts = settlement.open_posts(campaign)
    if open_posts:
        settlement.fix_examinees(call.context, campaign.id)
    return {
        "openPosts": open_posts,
        "ticketOpensAt": campaign.tickets_from,
        "ticketClosesAt": campaign.tickets_until,
        "writtenExamAt": campaign.written_at,
    }


@delegate("recruitment.draw_seats")
def draw_seats(call: ServiceCall) -> None:
    """Rooms and seats by a published seed, unless the exam desk has drawn them already."""
    campaign, plan = campaign_of(call), signed(call, "arrange_rooms")
    if campaign.drawn_at is None:
        seed = "" if plan is None else str(plan.values.get("seed") or "")
        exam_desk.draw_seats(call.context, campaign.id, seed)


@delegate("recruitment.publish_tickets")
def publish_tickets(call: ServiceCall) -> Pending:
    """Everybody with a seat may print his admission ticket."""
    numbers = settlement.ticket_holders(call.context.session, campaign_of(call).id)
    return publish_to_all(
        call, letters(ToRegistration.TICKETS_PUBLISHED, numbers), title="准考证可以打印了",
        body="请在规定时间内打印准考证，逾期未打印视为放弃考试。",
    )  # fmt: skip


@delegate("recruitment.close_tickets")
def close_tickets(call: ServiceCall) -> Pending:
    """Who has not printed his ticket waives."""
    numbers = settlement.close_ticket_window(call.context, campaign_of(call).id)
    return publish_to_all(call, letters(ToRegistration.TICKET_WINDOW_CLOSED, numbers))


def _rejected(call: ServiceCall) -> list[str]:
    session, campaign = call.context.session, campaign_of(call)
    return settlement.numbers_in(session, campaign.id, RegistrationState.REJECTED)
