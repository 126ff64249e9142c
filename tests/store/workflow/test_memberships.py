"""Roles given and taken away, and the work that follows them."""

from dataclasses import replace

import pytest

from engine.identity.administration import CreateUser, EnableUser, ResetPassword
from engine.identity.passwords import hash_password
from engine.identity.users import load_actor
from engine.kernel.actor import Actor
from engine.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from engine.workflow.memberships import DisableUser, GrantRole, RevokeRole
from engine.workflow.work_items import ClaimWorkItem, CompleteWorkItem
from tests.store.workflow.conftest import Office
from tests.store.workflow.drawing import Drawing

HASH = hash_password("not the same for everybody")


def review(**settings: str) -> Drawing:
    drawing = Drawing("one_review").start()
    settings = {"decisions": "pass:通过,reject:不通过", **settings}
    drawing.user("review", groups="county_clerk", organisation="county", **settings)
    return drawing.end("done", "办结").chain("begin", "review", "done")


def present(office: Office, actor: Actor) -> Actor:
    """The person with the roles he holds now."""
    with office.engine.reading() as session:
        return load_actor(session, actor.user_id or 0)


def test_claimed_items_return_to_their_queue_when_the_role_is_revoked(office: Office) -> None:
    security = office.person("安全", "security_admin")
    clerk, colleague = office.person("王敏"), office.person("赵磊")
    office.deploy(review())
    office.start("one_review")
    office.do(ClaimWorkItem(office.todo(clerk)[0].work_item_id), clerk)
    assert office.todo(colleague) == []
    assert office.do(RevokeRole(clerk.user_id or 0, "county_clerk", office.county), security) == 1
    assert [row.state for row in office.todo(colleague)] == ["offered"]
    assert office.todo(present(office, clerk)) == []


def test_an_item_claimed_in_another_role_stays_with_the_person(office: Office) -> None:
    security, clerk = office.person("安全", "security_admin"), office.person("王敏")
    office.do(GrantRole(clerk.user_id or 0, "county_head", office.county), security)
    office.deploy(review())
    office.start("one_review")
    office.do(ClaimWorkItem(office.todo(clerk)[0].work_item_id), clerk)
    assert office.do(RevokeRole(clerk.user_id or 0, "county_head", office.county), security) == 0
    assert len(office.todo(clerk)) == 1


def test_a_countersign_of_somebody_who_left_is_finished_by_a_successor(office: Office) -> None:
    security = office.person("安全", "security_admin")
    clerk, leaver = office.person("王敏"), office.person("赵磊")
    office.deploy(review(completionRule="all"))
    office.start("one_review")
    office.do(CompleteWorkItem(office.todo(clerk)[0].work_item_id, "pass"), clerk)
    assert office.do(RevokeRole(leaver.user_id or 0, "county_clerk", office.county), security) == 1
    successor = office.person("孙丽")
    office.do(CompleteWorkItem(office.todo(successor)[0].work_item_id, "pass"), successor)
    assert office.todo(successor) == []


def test_a_granted_role_shows_the_waiting_items_at_once(office: Office) -> None:
    security, newcomer = office.person("安全", "security_admin"), office.person("新人", "street_clerk", office.street)
    office.deploy(review())
    office.start("one_review")
    office.do(GrantRole(newcomer.user_id or 0, "county_clerk", office.county), security)
    assert len(office.todo(present(office, newcomer))) == 1


def test_nobody_is_two_of_the_three_administrators(office: Office) -> None:
    security, system = office.person("安全", "security_admin"), office.person("系统管理", "system_admin")
    with pytest.raises(Invalid, match="三员分立"):
        office.do(GrantRole(system.user_id or 0, "audit_admin", office.county), security)


def test_nobody_grants_himself_a_role(office: Office) -> None:
    security = office.person("安全", "security_admin")
    with pytest.raises(Conflict):
        office.do(GrantRole(security.user_id or 0, "county_head", office.county), security)


def test_the_system_administrator_makes_users_but_grants_nothing(office: Office) -> None:
    system = office.person("系统管理", "system_admin")
    user_id = office.do(CreateUser("wang.min", "王敏", "13800000001", HASH), system)
    with pytest.raises(Forbidden):
        office.do(GrantRole(int(str(user_id)), "county_clerk", office.county), system)


def test_the_security_administrator_makes_no_users(office: Office) -> None:
    with pytest.raises(Forbidden):
        office.do(CreateUser("wang.min", "王敏", None, HASH), office.person("安全", "security_admin"))


def test_a_role_is_only_granted_where_it_makes_sense(office: Office) -> None:
    security, clerk = office.person("安全", "security_admin"), office.person("王敏")
    with pytest.raises(Invalid) as caught:
        office.do(GrantRole(clerk.user_id or 0, "street_leader", office.county), security)
    assert "organisation_id" in caught.value.fields


def test_a_disabled_account_gives_its_items_back_and_acts_no_more(office: Office) -> None:
    system = office.person("系统管理", "system_admin")
    clerk, colleague = office.person("王敏"), office.person("赵磊")
    office.deploy(review())
    office.start("one_review")
    office.do(ClaimWorkItem(office.todo(clerk)[0].work_item_id), clerk)
    assert office.do(DisableUser(clerk.user_id or 0), system) == 1
    assert len(office.todo(colleague)) == 1
    with pytest.raises(NotFound):
        present(office, clerk)
    office.do(EnableUser(clerk.user_id or 0), system)
    assert present(office, clerk).memberships == frozenset()


def test_the_last_security_administrator_stays(office: Office) -> None:
    system = office.person("系统管理", "system_admin")
    only = office.person("安全", "security_admin")
    with pytest.raises(Conflict, match="最后一人"):
        office.do(DisableUser(only.user_id or 0), system)


def test_the_system_administrator_cannot_step_into_the_security_administrator(office: Office) -> None:
    system, security = office.person("系统管理", "system_admin"), office.person("安全", "security_admin")
    with pytest.raises(Forbidden):
        office.do(ResetPassword(security.user_id or 0, HASH), system)


def test_an_administrator_of_another_part_of_the_tree_finds_nobody(office: Office) -> None:
    clerk = office.person("王敏")
    elsewhere = replace(office.person("外县", "security_admin", office.street))
    with pytest.raises(NotFound):
        office.do(GrantRole(clerk.user_id or 0, "county_head", office.county), elsewhere)
