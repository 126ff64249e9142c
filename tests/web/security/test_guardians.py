"""Three administrators whose powers stay apart, each within his part of the tree."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from engine.identity.organisations import Organisation, OrganisationKind, add_organisation
from engine.identity.users import RoleMembership, User
from engine.kernel.store import Store
from tests.visitor import PASSWORD, Visitor

NewUser = Callable[..., int]
Enter = Callable[[str], Visitor]
RESET = {"password": "a brand new secret", "repeated": "a brand new secret", "own_password": PASSWORD}


@pytest.fixture
def city(web_store: Store) -> int:
    with web_store.session() as session, session.begin():
        return add_organisation(session, OrganisationKind.CITY, "3100", "上江市委社会工作部").id


@pytest.fixture
def east(web_store: Store, city: int) -> int:
    with web_store.session() as session, session.begin():
        return add_organisation(
            session, OrganisationKind.COUNTY, "310001", "东县", session.get(Organisation, city)
        ).id


@pytest.fixture
def enter(app: Flask) -> Enter:
    def sign_in(login: str) -> Visitor:
        visitor = Visitor(app)
        assert visitor.sign_in(login).status_code == 302
        return visitor

    return sign_in


def roles_of(store: Store, user_id: int) -> set[str]:
    with store.reading() as session:
        return set(session.scalars(select(RoleMembership.role).where(RoleMembership.user_id == user_id)))


def hash_of(store: Store, user_id: int) -> str | None:
    with store.reading() as session:
        return session.get_one(User, user_id).password_hash


def grant(visitor: Visitor, user_id: int, role: str, place: int) -> int:
    form = {"role": role, "organisation_id": place, "own_password": PASSWORD}
    return visitor.post(f"/registry/users/{user_id}/roles", form, page=f"/registry/users/{user_id}").status_code


@pytest.mark.parametrize("role", ["process_admin", "system_admin", "audit_admin", "county_head", "security_admin"])
def test_a_security_administrator_grants_himself_nothing(
    role: str, new_user: NewUser, enter: Enter, web_store: Store, east: int, city: int
) -> None:
    own = new_user("security", "安全员", ("security_admin", east))
    assert grant(enter("security"), own, role, east if role == "county_head" else city) == 422
    assert roles_of(web_store, own) == {"security_admin"}


def test_a_security_administrator_grants_nothing_outside_his_county(
    new_user: NewUser, enter: Enter, web_store: Store, east: int, city: int, county: int
) -> None:
    new_user("security", "安全员", ("security_admin", east))
    somebody = new_user("somebody", "新人")
    visitor = enter("security")
    for place in (city, county):
        assert grant(visitor, somebody, "process_admin", place) == 422
    assert roles_of(web_store, somebody) == set()


def test_the_system_and_the_audit_administrator_grant_and_take_no_roles(
    new_user: NewUser, enter: Enter, web_store: Store, east: int
) -> None:
    somebody = new_user("somebody", "新人", ("county_head", east))
    for role in ("system_admin", "audit_admin"):
        new_user(role.replace("_", "."), role, (role, east))
        visitor = enter(role.replace("_", "."))
        assert grant(visitor, somebody, "process_admin", east) == 403
        form = {"role": "county_head", "organisation_id": east, "own_password": PASSWORD}
        taken = visitor.post(f"/registry/users/{somebody}/roles/revoke", form, page=f"/registry/users/{somebody}")
        assert taken.status_code == 403
    assert roles_of(web_store, somebody) == {"county_head"}


def test_the_last_administrator_of_a_kind_is_neither_disabled_nor_stripped(
    new_user: NewUser, enter: Enter, web_store: Store, east: int
) -> None:
    new_user("system", "系统员", ("system_admin", east))
    new_user("security", "安全员", ("security_admin", east))
    audit = new_user("audit", "审计员", ("audit_admin", east))
    system = enter("system")
    assert system.post(f"/registry/users/{audit}/disable", page=f"/registry/users/{audit}").status_code == 409
    form = {"role": "audit_admin", "organisation_id": east, "own_password": PASSWORD}
    assert enter("security").post(
        f"/registry/users/{audit}/roles/revoke", form, page=f"/registry/users/{audit}"
    ).status_code == 422  # fmt: skip
    assert roles_of(web_store, audit) == {"audit_admin"}


@pytest.mark.parametrize("guarded", ["security_admin", "audit_admin"])
def test_the_system_administrator_does_not_step_into_the_place_of_another(
    guarded: str, new_user: NewUser, enter: Enter, web_store: Store, east: int
) -> None:
    new_user("system", "系统员", ("system_admin", east))
    other = new_user("other", "另一员", (guarded, east))
    before = hash_of(web_store, other)
    address = f"/registry/users/{other}/password"
    assert enter("system").post(address, RESET, page=address).status_code == 422
    assert hash_of(web_store, other) == before


@pytest.mark.parametrize("act", ["password", "disable"])
def test_an_account_that_reaches_beyond_the_county_is_not_in_the_hands_of_its_administrator(
    act: str, new_user: NewUser, enter: Enter, web_store: Store, east: int, city: int
) -> None:
    new_user("system", "系统员", ("system_admin", east))
    both = new_user("both", "市县两任", ("county_head", east), ("city_officer", city))
    before = hash_of(web_store, both)
    address = f"/registry/users/{both}/{act}"
    page = address if act == "password" else f"/registry/users/{both}"
    assert enter("system").post(address, RESET, page=page).status_code in {403, 422}
    assert hash_of(web_store, both) == before
    assert roles_of(web_store, both) == {"county_head", "city_officer"}


def test_a_posted_name_or_role_that_the_form_does_not_have_changes_nothing(
    new_user: NewUser, enter: Enter, web_store: Store, east: int
) -> None:
    new_user("system", "系统员", ("system_admin", east))
    visitor = enter("system")
    form = {"login": "fresh", "name": "新人甲", "password": "a brand new secret", "repeated": "a brand new secret",
            "role": "process_admin", "organisation_id": east, "id": "1", "password_hash": "x"}  # fmt: skip
    answer = visitor.post("/registry/users/new", form, page="/registry/users/new")
    assert answer.status_code == 302
    made = int(answer.headers["Location"].rsplit("/", 1)[1])
    assert roles_of(web_store, made) == set()
    assert str(hash_of(web_store, made)).startswith("$argon2id$")


def test_ones_own_password_is_not_guessed_through_a_session_left_open(new_user: NewUser, enter: Enter) -> None:
    new_user("officer", "干部")
    visitor = enter("officer")
    form = {"old": "wrong", "new": "a brand new secret", "repeated": "a brand new secret"}
    answers = [visitor.post("/account/password", form, page="/account/password").status_code for _ in range(21)]
    assert answers == [422] * 20 + [429]


def test_signing_in_again_ends_the_session_before(new_user: NewUser, enter: Enter, app: Flask) -> None:
    new_user("first", "甲")
    new_user("second", "乙")
    visitor = enter("first")
    old = visitor.client.get_cookie("session")
    assert old is not None
    visitor.sign_in("second")
    thief = Visitor(app)
    thief.client.set_cookie("session", old.value)
    assert thief.get("/account/password").status_code == 302
