"""Which streets' secondments the person of the visit may look at."""

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from engine.identity.organisations import Organisation, OrganisationKind
from engine.kernel.actor import Actor
from engine.kernel.errors import NotFound
from engine.personnel.secondment.secondments import Secondment, secondment_numbered

STREET = ("street_clerk", "street_leader")
COUNTY = ("county_clerk", "county_head")
READERS = (*STREET, *COUNTY)


def streets_of(session: Session, person: Actor) -> dict[int, str]:
    """The streets by id: the person's own, or all of his county."""
    query = select(Organisation.id, Organisation.name).where(
        Organisation.kind == OrganisationKind.STREET.value,
        or_(
            Organisation.id.in_(person.organisations(*STREET)),
            Organisation.parent_id.in_(person.organisations(*COUNTY)),
        ),
    )
    rows = session.execute(query.order_by(Organisation.path))
    return {row.id: row.name for row in rows}


def secondment_for(session: Session, person: Actor, number: str) -> Secondment:
    """The secondment of that number for somebody who may see it; to others it does not exist."""
    row = secondment_numbered(session, number)
    if not (
        person.has_role(*STREET, organisation_id=row.street_id)
        or person.has_role(*COUNTY, organisation_id=row.county_id)
        or person.has_role("community_secretary", organisation_id=row.community_id)
        or (person.user_id is not None and person.user_id == row.worker.user_id)
    ):
        raise NotFound()
    return row
