"""The roll of a street's ballot: who has voted and who has not; how is kept nowhere [domain 3.2, 10.3]."""

from dataclasses import dataclass

from flask import render_template
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.identity.organisations import Organisation
from engine.identity.users import User
from engine.personnel.appraisal.ballots import Elector
from engine.personnel.appraisal.terms import ElectorKind
from webapp.appraisal.blueprint import blueprint
from webapp.appraisal.places import STREET, plan_for
from webapp.permissions import requires
from webapp.visit import actor, found, reading


@dataclass(frozen=True, slots=True)
class OnTheRoll:
    """Somebody with an account who may vote."""

    community: str
    name: str
    kind: ElectorKind
    voted: bool


@blueprint.get("/plans/<number>/turnout")
@requires(*STREET)
def turnout(number: str) -> str:
    """Colleagues and delegates by name, residents by number only."""
    with reading() as session:
        plan = found(plan_for(session, actor(), number))
        people, residents = _people(session, plan.id), _residents(session, plan.id)
        title, closes_at = plan.title, plan.ballots_close_at
    return render_template(
        "appraisal/turnout.html", number=number, title=title, closes_at=closes_at, people=people, residents=residents
    )


def _people(session: Session, plan_id: int) -> list[OnTheRoll]:
    query = (
        select(Organisation.name, User.name, Elector.kind, Elector.voted)
        .join(User, User.id == Elector.user_id)
        .outerjoin(Organisation, Organisation.id == Elector.community_id)
        .where(Elector.plan_id == plan_id)
        .order_by(Elector.voted, Elector.community_id, User.sort_key)
    )
    return [OnTheRoll(place or "街道", name, kind, voted) for place, name, kind, voted in session.execute(query)]


def _residents(session: Session, plan_id: int) -> list[tuple[str, int, int]]:
    """Community, papers given out, papers used."""
    used = func.count().filter(Elector.voted)
    query = (
        select(Organisation.name, func.count(), used)
        .join(Organisation, Organisation.id == Elector.community_id)
        .where(Elector.plan_id == plan_id, Elector.kind == ElectorKind.RESIDENT)
        .group_by(Organisation.id, Organisation.name, Organisation.path)
        .order_by(Organisation.path)
    )
    return [(name, given, done) for name, given, done in session.execute(query)]
