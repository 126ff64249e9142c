"""An officer's account belongs to a unit, also before it has a role and after it has lost the last one."""

from collections.abc import Callable

from sqlalchemy import select

from engine.identity.organisations import OrganisationKind, add_organisation
from engine.identity.users import User
from engine.kernel.store import Store
from tests.visitor import SignIn


def test_an_account_without_a_role_is_seen_by_the_administrators_of_its_unit_only(
    sign_in: SignIn, new_user: Callable[..., int], web_store: Store, county: int
) -> None:
    with web_store.session() as session, session.begin():
        other = add_organisation(session, OrganisationKind.COUNTY, "320999", "邻县县委社会工作部").id
    new_user("here", "本县管理员", ("system_admin", county))
    new_user("there", "邻县管理员", ("system_admin", other))
    form = {"name": "王敏", "login": "wang.min", "home": county, "password": "a long sentence"}
    here, there = sign_in("here"), sign_in("there")
    assert here.post("/registry/users/new", form, page="/registry/users/new").status_code == 302
    with web_store.reading() as session:
        page = f"/registry/users/{session.scalar(select(User.id).where(User.login == 'wang.min'))}"
    assert "王敏" in here.get("/registry/users").text
    assert "王敏" not in there.get("/registry/users").text
    assert (here.get(page).status_code, there.get(page).status_code) == (200, 404)
    abroad = there.post("/registry/users/new", {**form, "login": "li.na"}, page="/registry/users/new")
    assert abroad.status_code == 404
