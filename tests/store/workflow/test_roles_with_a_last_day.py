"""Roles that are given until a day."""

from datetime import date, timedelta

import pytest

from engine.identity.users import load_actor
from engine.kernel.actor import SYSTEM, Actor
from engine.kernel.clock import local_date
from engine.kernel.errors import Invalid
from engine.workflow.housekeeping import Housekeeping
from engine.workflow.memberships import GrantRole
from engine.workflow.work_items import ClaimWorkItem
from tests.store.workflow.conftest import Office
from tests.store.workflow.test_memberships import review


def today(office: Office) -> date:
    return local_date(office.engine.clock.now())


def actor_on(office: Office, person: Actor, day: date) -> Actor:
    with office.engine.reading() as session:
        return load_actor(session, person.user_id or 0, day)


def test_a_role_ends_behind_its_last_day_and_what_was_claimed_in_it_returns(office: Office) -> None:
    security, colleague = office.person("安全", "security_admin"), office.person("王敏")
    helper = office.person("借用", "street_clerk", office.street)
    last = today(office) + timedelta(days=2)
    office.do(GrantRole(helper.user_id or 0, "county_clerk", office.county, last), security)
    office.deploy(review())
    office.start("one_review")
    helper = actor_on(office, helper, last)
    office.do(ClaimWorkItem(office.todo(helper)[0].work_item_id), helper)
    office.clock.advance(timedelta(days=2))
    office.do(Housekeeping(), SYSTEM)
    assert office.todo(colleague) == []
    office.clock.advance(timedelta(days=1))
    assert not actor_on(office, helper, today(office)).has_role("county_clerk")
    office.do(Housekeeping(), SYSTEM)
    assert [row.state for row in office.todo(colleague)] == ["offered"]
    with office.engine.reading() as session:
        assert load_actor(session, helper.user_id or 0).roles == {"street_clerk"}


def test_a_last_day_in_the_past_is_refused(office: Office) -> None:
    security, clerk = office.person("安全", "security_admin"), office.person("王敏")
    yesterday = today(office) - timedelta(days=1)
    with pytest.raises(Invalid) as refused:
        office.do(GrantRole(clerk.user_id or 0, "county_head", office.county, yesterday), security)
    assert "ends_on" in refused.value.fields


def test_the_three_administrators_have_no_last_day(office: Office) -> None:
    security, clerk = office.person("安全", "security_admin"), office.person("王敏")
    with pytest.raises(Invalid) as refused:
        office.do(GrantRole(clerk.user_id or 0, "audit_admin", office.county, today(office)), security)
    assert "ends_on" in refused.value.fields
