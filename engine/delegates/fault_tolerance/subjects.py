"""What a service task is about: the row of the case, what was signed, and whom to tell."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select

from engine.delegates.signatures import Signed, date_of, signed, signed_by_all
from engine.identity.roles import LABELS
from engine.identity.users import RoleMembership, User
from engine.kernel.errors import Conflict, Invalid
from engine.personnel.fault_tolerance.cases import (
    ClearingCase,
    FaultCase,
    clearing_numbered,
    fault_numbered,
)
from engine.personnel.fault_tolerance.course import COUNTERSIGNERS
from engine.personnel.fault_tolerance.papers import Opinion
from engine.workflow.delegates import ServiceCall
from engine.workflow.notifications import notify

MOST_SIGNERS = 12
"""No consultation has more."""


def fault_of(call: ServiceCall) -> FaultCase:
    """The fault-tolerance case whose instance this is."""
    return fault_numbered(call.context.session, call.instance.business_key)


def clearing_of(call: ServiceCall) -> ClearingCase:
    """The clearing case whose instance this is."""
    return clearing_numbered(call.context.session, call.instance.business_key)


def last_signed(call: ServiceCall, *node_ids: str) -> Signed:
    """The latest submission in one of the user tasks."""
    found = signed(call, *node_ids)
    if found is None:
        raise Conflict("没有找到该环节的办理记录")
    return found


def text_of(entry: Signed, field: str) -> str:
    """A text that was filled in, empty when it was not."""
    return str(entry.values.get(field) or "")


def day_of(entry: Signed, field: str) -> date:
    """A date that was filled in."""
    value = entry.values.get(field)
    if not value:
        raise Invalid(fields={field: "请填写日期"})
    return date_of(value)


def tell_initiator(call: ServiceCall, title: str, body: str) -> None:
    """A message without names or facts: they stand in the case."""
    if call.instance.initiator_id is not None:
        notify(call.context, [call.instance.initiator_id], "fault_tolerance", title, body, call.instance.id)


def tell_person(call: ServiceCall, row: FaultCase | ClearingCase, title: str, body: str) -> None:
    """The person concerned, where he has an account; without names or facts."""
    if row.worker.user_id is not None:
        notify(call.context, [row.worker.user_id], "fault_tolerance", title, body, None)


def department_opinions(call: ServiceCall, node_id: str, county_id: int) -> Sequence[Opinion]:
    """What each department signed in the latest round, by department."""
    places = {role: place for place, role in enumerate(COUNTERSIGNERS)}
    found = []
    for entry in signed_by_all(call, node_id, MOST_SIGNERS):
        query = select(RoleMembership.role).where(
            RoleMembership.user_id == entry.actor_id, RoleMembership.organisation_id == county_id,
            RoleMembership.role.in_(COUNTERSIGNERS),
        )  # fmt: skip
        role = call.context.session.scalar(query.limit(1)) or ""
        user = call.context.session.get(User, entry.actor_id)
        name = "" if user is None else user.name
        found.append((places.get(role, len(places)), Opinion(LABELS.get(role, "会签"), name, entry.opinion or "同意")))
    return [opinion for _, opinion in sorted(found, key=lambda pair: (pair[0], pair[1].name))]
