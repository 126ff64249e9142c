"""The played county with a neighbour beside it: same roles, other people, nothing to do with each other."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from flask import Flask

from engine.identity.organisations import Organisation, OrganisationKind, add_organisation
from engine.identity.roles import ROLES
from engine.identity.users import RoleMembership, User
from tests.visitor import Visitor
from tests.web.worklist.conftest import app, played, stage
from tests.web.worklist.stage import Stage

__all__ = ["app", "played", "stage"]

Neighbour = Callable[[str], Visitor]
"""Signs an officer of the neighbour county in, by role."""


@dataclass(frozen=True)
class Places:
    """The neighbour's units by kind."""

    city: int
    county: int
    street: int
    community: int


@pytest.fixture
def neighbour_places(stage: Stage) -> Places:
    """A county of another city with one street and one community."""
    with stage.engine.store.session() as session, session.begin():
        province = session.query(Organisation).where(Organisation.kind == OrganisationKind.PROVINCE.value).one()
        city = add_organisation(session, OrganisationKind.CITY, "3288", "邻江市委社会工作部", province)
        county = add_organisation(session, OrganisationKind.COUNTY, "328801", "邻川县委社会工作部", city)
        street = add_organisation(session, OrganisationKind.STREET, "328801001", "邻桥街道", county)
        community = add_organisation(session, OrganisationKind.COMMUNITY, "328801001001", "邻里社区", street)
        return Places(city.id, county.id, street.id, community.id)


@pytest.fixture
def neighbour(app: Flask, stage: Stage, neighbour_places: Places) -> Neighbour:
    """An officer of the neighbour county with a browser, by role."""

    def enter(role: str) -> Visitor:
        kind = next(entry.kinds[0] for entry in ROLES if entry.id == role)
        place = vars(neighbour_places)[kind.value]
        with stage.engine.store.session() as session, session.begin():
            user = User(
                login=f"x.{role}"[:32], name="邻县人员", password_hash=stage.password_hash,
                created_at=stage.clock.now(),
            )  # fmt: skip
            session.add(user)
            session.flush()
            session.add(RoleMembership(user_id=user.id, role=role, organisation_id=place))
            login = user.login
        visitor = Visitor(app)
        assert visitor.sign_in(login).status_code == 302
        return visitor

    return enter
