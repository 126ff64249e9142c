"""What a service task is about: the domain row of the case."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.kernel.errors import NotFound
from engine.personnel.recruitment.campaigns import Campaign
from engine.personnel.recruitment.enrolment import registration_by_number
from engine.personnel.recruitment.registrations import Registration
from engine.personnel.recruitment.requests import PostRequest
from engine.workflow.delegates import ServiceCall


def campaign_numbered(session: Session, number: str) -> Campaign:
    """The campaign of that number."""
    found = session.scalar(select(Campaign).where(Campaign.number == number))
    if found is None:
        raise NotFound()
    return found


def registration_of(call: ServiceCall) -> Registration:
    """The registration whose case this is; behind a # stands which time somebody was picked from the pool."""
    return registration_by_number(call.context.session, call.instance.business_key.partition("#")[0])


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
