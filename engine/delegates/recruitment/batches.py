"""Reaching many registrations: a service task names them, a batch tells them in chunks of their own transactions."""

from collections.abc import Iterable, Mapping

from engine.delegates.recruitment.messages import ToRegistration
from engine.delegates.recruitment.telling import tell_in_batch
from engine.personnel.recruitment.enrolment import registration_by_number
from engine.workflow.delegates import BatchCall, Pending, ServiceCall, batch

TELL = "recruitment.tell_registrations"
Letter = tuple[ToRegistration, str, Mapping[str, str]]
"""Message, number of the registration, variables."""


def letters(message: ToRegistration, numbers: Iterable[str]) -> list[Letter]:
    """The same message for each of the registrations."""
    return [(message, number, {}) for number in numbers]


def publish_to_all(call: ServiceCall, posted: Iterable[Letter], *, title: str = "", body: str = "") -> Pending:
    """Publishes the letters; with a `title` the applicants also find it among their messages."""
    items = [[message.value, number, dict(variables)] for message, number, variables in posted]
    return call.start_batch(TELL, items, title=title, body=body)


@batch(TELL)
def tell_registrations(call: BatchCall) -> None:
    """Publishes the letters of this chunk."""
    for message, number, variables in call.items:
        call.publish(message, number, variables)
        if call.data["title"]:
            registration = registration_by_number(call.context.session, number)
            tell_in_batch(call, registration, call.data["title"], call.data["body"])
