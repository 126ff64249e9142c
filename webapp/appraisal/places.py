"""At which units the person of the visit works, and what of the appraisal he may look at there."""

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from engine.identity.organisations import Organisation, OrganisationKind, ancestor_of_kind, is_within
from engine.kernel.actor import Actor
from engine.personnel.appraisal.cases import AppraisalPlan
from engine.personnel.workers import Worker

STREET = ("street_clerk", "street_leader")
COUNTY = ("county_clerk", "county_head")
READERS = (*STREET, *COUNTY)


def counties_of(session: Session, person: Actor) -> list[int]:
    """The counties whose boards the person may see: his own, or the one around his street."""
    places = person.organisations(*READERS)
    found = (ancestor_of_kind(session, place, OrganisationKind.COUNTY) for place in sorted(places))
    return list(dict.fromkeys(county for county in found if county is not None))


def may_see_street(session: Session, person: Actor, street_id: int) -> bool:
    """Whether the person works at the street, or at the county above it."""
    if person.has_role(*STREET, organisation_id=street_id):
        return True
    return any(is_within(session, street_id, county) for county in person.organisations(*COUNTY))


def plan_for(session: Session, person: Actor, number: str) -> AppraisalPlan | None:
    """The plan of that number for somebody who may see it."""
    plan = session.scalar(select(AppraisalPlan).where(AppraisalPlan.number == number))
    return plan if plan is not None and may_see_street(session, person, plan.street_id) else None


def units_of(session: Session, person: Actor, *roles: str) -> list[tuple[int, str]]:
    """The units where the person holds one of the roles, by name."""
    query = select(Organisation.id, Organisation.name).where(Organisation.id.in_(person.organisations(*roles)))
    return [(id_, name) for id_, name in session.execute(query.order_by(Organisation.path))]


def roll_of(session: Session, place_id: int) -> list[tuple[str, str]]:
    """Number and name of every active worker of a street or county, for a template to fill in."""
    query = select(Worker.number, Worker.name).where(
        or_(Worker.street_id == place_id, Worker.county_id == place_id), Worker.active, Worker.number.is_not(None)
    )
    return [(number or "", name) for number, name in session.execute(query.order_by(Worker.community_id, Worker.id))]
