"""Messages to applicants inside the site."""

from engine.kernel.command import CommandContext
from engine.personnel.recruitment.registrations import Registration
from engine.workflow.delegates import BatchCall, ServiceCall
from engine.workflow.notifications import notify


def tell_applicant(call: ServiceCall, registration: Registration, title: str, body: str) -> None:
    """One message about his registration, linked to its case."""
    _tell(call.context, registration, title, body, call.instance.id)


def tell_in_batch(call: BatchCall, registration: Registration, title: str, body: str = "") -> None:
    """The same from a batch of the campaign, whose case is not the applicant's."""
    _tell(call.context, registration, title, body, None)


def _tell(
    context: CommandContext, registration: Registration, title: str, body: str, instance_id: int | None
) -> None:
    head = f"{title}（{registration.campaign.title}）"
    notify(context, [registration.acting_id], "registration", head, body, instance_id)
