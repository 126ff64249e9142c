"""What a service task is about: the domain row of the case, and what was signed in its user tasks."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.kernel.errors import NotFound
from engine.personnel.recruitment.campaigns import Campaign
from engine.personnel.recruitment.enrolment import registration_by_number
from engine.personnel.recruitment.registrations import Registration
from engine.personnel.recruitment.requests import PostRequest
from engine.workflow.delegates import ServiceCall
from engine.workflow.tables import Submission


@dataclass(frozen=True, slots=True)
class Signed:
    """What one person filled in and signed in a user task."""

    actor_id: int | None
    decision: str | None
    opinion: str
    values: Mapping[str, Any]


def campaign_numbered(session: Session, number: str) -> Campaign:
    """The campaign of that number."""
    found = session.scalar(select(Campaign).where(Campaign.number == number))
    if found is None:
        raise NotFound()
    return found


def registration_of(call: ServiceCall) -> Registration:
    """The registration whose case this is."""
    return registration_by_number(call.context.session, call.instance.business_key)


def campaign_of(call: ServiceCall) -> Campaign:
    """The campaign whose case this is."""
    return campaign_numbered(call.context.session, call.instance.business_key)


def request_of(call: ServiceCall) -> PostRequest:
    """The street's request whose case this is."""
    query = select(PostRequest).where(PostRequest.number == call.instance.business_key)
    found = call.context.session.scalar(query)
    if found is None:
        raise NotFound()
    return found


def signed(call: ServiceCall, *node_ids: str) -> Signed | None:
    """The latest submission in one of the user tasks; None when a deadline decided instead of a person."""
    rows = _submissions(call, node_ids, 1)
    return _signed(rows[0]) if rows else None


def signed_by_all(call: ServiceCall, node_id: str, people: int) -> list[Signed]:
    """The latest submissions of a countersigned user task, one a person, the newest first."""
    by_person = {row.actor_id: row for row in reversed(_submissions(call, (node_id,), people))}
    return [_signed(row) for row in by_person.values()]


def _submissions(call: ServiceCall, node_ids: tuple[str, ...], limit: int) -> list[Submission]:
    query = (
        select(Submission)
        .where(Submission.instance_id == call.instance.id, Submission.node_id.in_(node_ids))
        .order_by(Submission.id.desc())
        .limit(limit)
    )
    return list(call.context.session.scalars(query))


def _signed(row: Submission) -> Signed:
    return Signed(row.actor_id, row.decision, row.content["opinion"], row.content["values"])


def date_of(value: Any) -> date:
    """A date as a form writes it: a date or ISO text."""
    return value if isinstance(value, date) else date.fromisoformat(str(value))
