"""The registry as administrators use it: units, accounts, roles, settings, the calendar."""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from engine.identity.organisations import Organisation, OrganisationKind, add_organisation
from engine.identity.users import RoleMembership, User
from engine.kernel.clock import CHINA
from engine.kernel.store import Store
from engine.personnel.exits.cases import ExitCase, ExitPay
from engine.personnel.exits.terms import ExitGround, ExitState, Route
from engine.personnel.holidays import days_of_year
from engine.personnel.policy import PolicyParameter
from engine.personnel.vocabulary import Education, Politics, Post, Sex, WorkerCategory
from engine.personnel.workers import Worker
from tests.visitor import PASSWORD, Visitor

NewUser = Callable[..., int]


@pytest.fixture
def street(web_store: Store, county: int) -> int:
    with web_store.session() as session, session.begin():
        parent = session.get(Organisation, county)
        return add_organisation(session, OrganisationKind.STREET, "320001", "东门街道", parent).id


@pytest.fixture
def system(app: Flask, new_user: NewUser, county: int) -> Visitor:
    new_user("system", "系统管理", ("system_admin", county))
    visitor = Visitor(app)
    visitor.sign_in("system")
    return visitor


@pytest.fixture
def security(app: Flask, new_user: NewUser, county: int) -> Visitor:
    new_user("security", "安全管理", ("security_admin", county))
    visitor = Visitor(app)
    visitor.sign_in("security")
    return visitor


@pytest.fixture
def head(app: Flask, new_user: NewUser, county: int) -> Visitor:
    new_user("head", "部领导", ("county_head", county))
    visitor = Visitor(app)
    visitor.sign_in("head")
    return visitor


def memberships(store: Store, user_id: int) -> set[tuple[str, int]]:
    with store.reading() as session:
        query = select(RoleMembership.role, RoleMembership.organisation_id).where(RoleMembership.user_id == user_id)
        return {(role, place) for role, place in session.execute(query)}


def test_the_tree_of_units_is_shown_with_its_people(system: Visitor, street: int) -> None:
    page = system.get("/registry/organisations").text
    assert "云台县委社会工作部" in page
    assert "东门街道" in page


def test_a_unit_is_added_below_another(system: Visitor, web_store: Store, county: int) -> None:
    form = {"parent_id": county, "kind": "street", "code": "320002", "name": "西门街道"}
    assert system.post("/registry/organisations/new", form, page="/registry/organisations/new").status_code == 302
    with web_store.reading() as session:
        assert session.scalar(select(Organisation.parent_id).where(Organisation.name == "西门街道")) == county


def test_a_code_used_twice_is_refused_beside_its_field(system: Visitor, street: int, county: int) -> None:
    form = {"parent_id": county, "kind": "street", "code": "320001", "name": "西门街道"}
    answer = system.post("/registry/organisations/new", form, page="/registry/organisations/new")
    assert answer.status_code == 422
    assert "代码 320001 已被其他单位使用" in answer.text
    assert "西门街道" in answer.text


def test_an_account_is_opened_and_then_given_a_role(
    system: Visitor, security: Visitor, web_store: Store, street: int
) -> None:
    form = {"name": "王敏", "login": "wang.min", "phone": "", "password": "a long sentence"}
    assert system.post("/registry/users/new", form, page="/registry/users/new").status_code == 302
    with web_store.reading() as session:
        user_id = session.scalar(select(User.id).where(User.login == "wang.min"))
    assert user_id is not None
    grant = {"role": "street_clerk", "organisation_id": street, "own_password": PASSWORD}
    page = f"/registry/users/{user_id}"
    assert security.post(f"{page}/roles", grant, page=page).status_code == 302
    assert memberships(web_store, user_id) == {("street_clerk", street)}


def test_a_role_is_not_granted_without_ones_own_password(
    security: Visitor, new_user: NewUser, web_store: Store, street: int
) -> None:
    user_id = new_user("wang", "王敏")
    grant = {"role": "street_clerk", "organisation_id": street, "own_password": "wrong"}
    answer = security.post(f"/registry/users/{user_id}/roles", grant, page=f"/registry/users/{user_id}")
    assert answer.status_code == 422
    assert "密码不正确" in answer.text
    assert memberships(web_store, user_id) == set()


def test_nobody_gets_two_of_the_three_administrators(
    security: Visitor, new_user: NewUser, web_store: Store, county: int
) -> None:
    user_id = new_user("audit", "审计", ("audit_admin", county))
    grant = {"role": "system_admin", "organisation_id": county, "own_password": PASSWORD}
    answer = security.post(f"/registry/users/{user_id}/roles", grant, page=f"/registry/users/{user_id}")
    assert "三员分立" in answer.text
    assert memberships(web_store, user_id) == {("audit_admin", county)}


def test_the_system_administrator_is_not_offered_roles_to_grant(
    system: Visitor, new_user: NewUser, county: int
) -> None:
    user_id = new_user("wang", "王敏", ("county_clerk", county))
    assert "授予角色</h2>" not in system.get(f"/registry/users/{user_id}").text
    assert system.post(f"/registry/users/{user_id}/roles", {"role": "county_head"}).status_code == 403


def test_a_disabled_person_is_signed_out_at_once(
    app: Flask, system: Visitor, new_user: NewUser, county: int
) -> None:
    user_id = new_user("wang", "王敏", ("county_clerk", county))
    wang = Visitor(app)
    wang.sign_in("wang")
    assert wang.get("/registry/parameters").status_code == 200
    page = f"/registry/users/{user_id}"
    assert system.post(f"{page}/disable", page=page).status_code == 302
    assert wang.get("/registry/parameters").status_code == 302


def test_users_of_another_county_do_not_exist(
    app: Flask, system: Visitor, new_user: NewUser, web_store: Store
) -> None:
    with web_store.session() as session, session.begin():
        elsewhere = add_organisation(session, OrganisationKind.COUNTY, "999999", "外县").id
    stranger = new_user("stranger", "外县经办", ("county_clerk", elsewhere))
    assert system.get(f"/registry/users/{stranger}").status_code == 404
    assert "外县经办" not in system.get("/registry/users").text
    assert system.get(f"/registry/organisations/{elsewhere}").status_code == 404


def test_applicants_are_not_among_the_officers(system: Visitor, app: Flask) -> None:
    applicant = Visitor(app)
    form = {"name": "张三", "phone": "13800000009", "password": "a long sentence", "repeated": "a long sentence"}
    applicant.post("/register", {**form, "consent": "y"}, page="/register")
    assert "张三" not in system.get("/registry/users").text


def test_a_setting_is_changed_from_a_day_on_with_its_reason(head: Visitor, web_store: Store) -> None:
    path = "/registry/parameters/recruitment.openRatio"
    change = {"value": "2", "effective_from": "2026-12-01", "reason": "部务会议纪要〔2026〕12号"}
    assert head.post(path, change, page=path).status_code == 302
    with web_store.reading() as session:
        assert [line.value for line in session.scalars(select(PolicyParameter))] == ["2"]
    assert "部务会议纪要" in head.get(path).text


def test_a_hard_bound_is_refused_with_its_clause(head: Visitor, web_store: Store) -> None:
    path = "/registry/parameters/secondment.maxMonths"
    change = {"value": "12", "effective_from": "2026-12-01", "reason": "工作需要"}
    answer = head.post(path, change, page=path)
    assert answer.status_code == 422
    assert "9.4" in answer.text
    assert "不能突破" in answer.text
    with web_store.reading() as session:
        assert session.scalars(select(PolicyParameter)).all() == []


def test_a_preference_fixed_by_the_province_cannot_be_dropped(head: Visitor) -> None:
    path = "/registry/parameters/recruitment.tiePreferences"
    change = {"value": ["veteran"], "effective_from": "2026-12-01", "reason": "工作需要"}
    answer = head.post(path, change, page=path)
    assert answer.status_code == 422
    assert "5.7" in answer.text


def test_holidays_are_entered_as_spans_of_days(system: Visitor, web_store: Store) -> None:
    path = "/registry/holidays/2027"
    days = {
        "source": "国办发明电〔2026〕1号",
        "days-0-first": "2027-10-01", "days-0-last": "2027-10-07", "days-0-kind": "off", "days-0-name": "国庆节",
        "days-1-first": "2027-10-09", "days-1-last": "", "days-1-kind": "work", "days-1-name": "国庆节调休",
        "days-2-first": "", "days-2-last": "", "days-2-kind": "off", "days-2-name": "",
    }  # fmt: skip
    assert system.post(path, days, page=path).status_code == 302
    with web_store.reading() as session:
        assert [(rule.day.day, rule.is_workday) for rule in days_of_year(session, 2027)] == [
            *((day, False) for day in range(1, 8)), (9, True),
        ]  # fmt: skip
    assert 'value="2027-10-07"' in system.get(path).text


def test_a_make_up_day_on_a_weekday_is_refused_and_nothing_typed_is_lost(system: Visitor) -> None:
    path = "/registry/holidays/2027"
    days = {
        "source": "文件", "days-0-first": "2027-10-11", "days-0-last": "", "days-0-kind": "work", "days-0-name": "调休",
    }  # fmt: skip
    answer = system.post(path, days, page=path)
    assert answer.status_code == 422
    assert "本来就是工作日" in answer.text
    assert 'value="2027-10-11"' in answer.text


@pytest.mark.parametrize("path", ["organisations", "users", "parameters", "holidays", "workers", "population"])
def test_a_visitor_is_asked_to_sign_in(visitor: Visitor, path: str) -> None:
    assert visitor.get(f"/registry/{path}").status_code == 302


def add_worker(store: Store, county: int, street: int, **facts: Any) -> int:
    """A worker of the street."""
    with store.session() as session, session.begin():
        worker = Worker(**{
            "number": "SG2026000001", "county_id": county, "street_id": street, "recognised_by": 2,
            "category": WorkerCategory.RECOGNISED, "name": "王敏", "sex": Sex.FEMALE, "born": date(1990, 1, 1),
            "id_number": "x", "id_index": "x", "education": Education.BACHELOR, "politics": Politics.MASSES,
            "post": Post.GENERAL, "grade": 3, "hired_on": date(2020, 1, 1), "community_since": date(2020, 1, 1),
            "active": True, **facts,
        })  # fmt: skip
        session.add(worker)
        session.flush()
        return worker.id


def test_an_account_is_joined_to_the_record_of_the_same_person(
    system: Visitor, web_store: Store, new_user: NewUser, county: int, street: int
) -> None:
    worker = add_worker(web_store, county, street)
    user = new_user("wang.min", "王敏", ("community_worker", street))
    page = f"/registry/users/{user}"
    assert system.post(f"{page}/record", {"number": "SG2026000009"}, page=page).status_code == 422
    assert system.post(f"{page}/record", {"number": "SG2026000001"}, page=page).status_code == 302
    assert "王敏，编号 SG2026000001" in system.get(page).text
    with web_store.reading() as session:
        assert session.get_one(Worker, worker).user_id == user


def test_an_account_is_not_joined_to_somebody_elses_record(
    system: Visitor, web_store: Store, new_user: NewUser, county: int, street: int
) -> None:
    worker = add_worker(web_store, county, street, name="李强")
    user = new_user("wang.min", "王敏", ("community_worker", street))
    answer = system.post(f"/registry/users/{user}/record", {"number": "SG2026000001"}, page=f"/registry/users/{user}")
    assert answer.status_code == 422
    assert "该编号是李强的档案" in answer.text
    with web_store.reading() as session:
        assert session.get_one(Worker, worker).user_id is None


def test_the_sheets_of_final_pay_are_read_by_finance_and_summed(
    app: Flask, web_store: Store, new_user: NewUser, county: int, street: int
) -> None:
    worker = add_worker(web_store, county, street)
    with web_store.session() as session, session.begin():
        case = ExitCase(
            number="TC-1", worker_id=worker, county_id=county, street_id=street, ground=ExitGround.AGREEMENT,
            route=Route.L36, state=ExitState.HANDOVER, reason="协商", started_at=datetime(2026, 11, 2, tzinfo=CHINA),
        )  # fmt: skip
        session.add(case)
        session.flush()
        session.add(ExitPay(
            case_id=case.id, years=Decimal("7.5"), base=Decimal(8200), severance=Decimal(61500), in_lieu=Decimal(0),
            wages_due=Decimal("3500.50"), unlawful=Decimal(0),
        ))  # fmt: skip
    new_user("finance", "财政", ("finance_officer", county))
    visitor = Visitor(app)
    visitor.sign_in("finance")
    page = visitor.get("/registry/final-pay").text
    assert "61500.00" in page
    assert "65000.50" in page
    assert "65000.50" in visitor.get("/worklist/home").text


def test_the_page_of_an_account_says_since_when_a_role_is_held(
    security: Visitor, new_user: NewUser, street: int
) -> None:
    user = new_user("zhang.li", "张丽")
    form = {"role": "street_clerk", "organisation_id": street, "own_password": PASSWORD}
    assert security.post(f"/registry/users/{user}/roles", form, page=f"/registry/users/{user}").status_code == 302
    assert "2026-11-23（周一）" in security.get(f"/registry/users/{user}").text
