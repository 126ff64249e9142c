"""Names that are public: who objects, who verifies, and that nothing is served before; who is no street is refused."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from engine.identity.users import User
from engine.personnel.appraisal.attempts import AppraisalAttempt
from engine.personnel.appraisal.cases import AppraisalPlan
from engine.personnel.appraisal.objections import AppraisalObjection, ObjectionState
from engine.personnel.appraisal.terms import AppraisalGrade, CaseState, PlanState
from engine.workflow.tables import Notification
from tests.process.appraisal.town import Town
from tests.visitor import SignIn, Visitor


@pytest.fixture
def published(town: Town) -> Town:
    """The first is to be 优秀 and his name is public."""
    town.prepared("96", "80", "80", "82")
    town.settle(0)
    town.office.act("street_leader", town.plan.number, "committee_decision", "approve")
    return town


def objections(town: Town) -> list[AppraisalObjection]:
    return town.office.read(lambda session: list(session.scalars(select(AppraisalObjection))))


def complaint(town: Town, **values: object) -> dict[str, object]:
    facts = {
        "case_id": town.case(0).id, "text": "三月以来多次不在岗", "from_name": "祝成林", "from_phone": "13800000001",
    }  # fmt: skip
    return {**facts, **values}


def object_to(town: Town, visitor: Visitor) -> int:
    page = f"/appraisal/publicity/{town.plan.number}/objection"
    return visitor.post(page, complaint(town), page=page).status_code


def test_a_resident_objects_and_the_group_has_to_verify_before_results_are_served(
    published: Town, app: Flask, sign_in: SignIn
) -> None:
    town, resident = published, Visitor(app)
    resident.get("/appraisal/publicity")
    assert "优秀人选公示" in resident.page
    assert object_to(town, resident) == 302
    clerk = sign_in("street_clerk")
    clerk.get(f"/appraisal/plans/{town.plan.number}")
    assert "待核实" in clerk.page
    until = town.plan.publicity_until
    assert until is not None
    town.office.move_to(until)
    clerk = sign_in("street_clerk")
    item = f"/worklist/items/{town.open_item(town.plan.number, 'confirm_publicity')}"
    assert clerk.post(item, {"decision": "confirm"}, page=item).status_code == 422
    assert "还有 1 件公示异议没有核实" in clerk.page
    assert "9.6" in clerk.page
    assert town.state(0) is CaseState.PROPOSED
    page = f"/appraisal/objections/{objections(town)[0].id}"
    clerk.get(page)
    assert ("祝成林" in clerk.page, "13800000001" in clerk.page) == (True, True)
    assert clerk.post(page, {"finding": "unfounded", "text": ""}, page=page).status_code == 422
    assert clerk.post(page, {"finding": "unfounded", "text": "考勤记录完整"}, page=page).status_code == 302
    assert clerk.post(item, {"decision": "confirm"}, page=item).status_code == 302
    town.office.work()
    assert (town.state(0), town.grade(0)) == (CaseState.FED_BACK, AppraisalGrade.EXCELLENT)


def test_an_objection_that_is_true_leads_back_to_the_choice(published: Town, app: Flask, sign_in: SignIn) -> None:
    town = published
    object_to(town, Visitor(app))
    clerk = sign_in("street_clerk")
    page = f"/appraisal/objections/{objections(town)[0].id}"
    clerk.post(page, {"finding": "upheld", "text": "查实缺勤"}, page=page)
    until = town.plan.publicity_until
    assert until is not None
    town.office.move_to(until)
    clerk = sign_in("street_clerk")
    item = f"/worklist/items/{town.open_item(town.plan.number, 'confirm_publicity')}"
    assert clerk.post(item, {"decision": "confirm"}, page=item).status_code == 422
    assert "异议属实" in clerk.page
    clerk.post(item, {"decision": "revise", "opinion": "人0缺勤属实"}, page=item)
    assert town.plan.state is PlanState.SCORING
    town.release()
    assert (town.state(0), town.grade(0)) == (CaseState.FED_BACK, AppraisalGrade.COMPETENT)


def test_a_worker_objects_under_his_own_account(published: Town, sign_in: SignIn) -> None:
    worker = sign_in("w3")
    worker.get("/appraisal/mine")
    assert "正在公示" in worker.page
    assert object_to(published, worker) == 302
    assert objections(published)[0].user_id == published.actors[3].user_id
    query = select(Notification.title).where(
        Notification.user_id == published.office.staff["street_clerk"].user_id
    )
    assert "收到公示异议" in published.office.read(lambda session: session.scalars(query).all())
    clerk = sign_in("street_clerk")
    page = f"/appraisal/objections/{objections(published)[0].id}"
    assert clerk.post(page, {"finding": "unfounded", "text": "考勤完整"}, page=page).status_code == 302
    told = select(Notification.title).where(Notification.user_id == published.actors[3].user_id)
    assert "公示异议已核实" in published.office.read(lambda session: session.scalars(told).all())


def test_after_the_window_nothing_is_taken_and_the_page_is_gone(published: Town, app: Flask) -> None:
    until = published.plan.publicity_until
    assert until is not None
    visitor = Visitor(app)
    page = f"/appraisal/publicity/{published.plan.number}/objection"
    visitor.get(page)
    published.office.clock.move_to(until + timedelta(seconds=1))
    assert visitor.post(page, complaint(published)).status_code == 404
    assert objections(published) == []


@pytest.mark.parametrize("values", [{"text": ""}, {"from_name": ""}, {"from_phone": "12"}, {"case_id": "999999"}])
def test_an_objection_needs_a_name_a_telephone_and_a_matter(
    published: Town, app: Flask, values: dict[str, object]
) -> None:
    page = f"/appraisal/publicity/{published.plan.number}/objection"
    answer = Visitor(app).post(page, complaint(published, **values), page=page)
    assert (answer.status_code, objections(published)) == (422, [])


def test_an_objection_is_read_by_its_street_alone(published: Town, app: Flask, sign_in: SignIn) -> None:
    object_to(published, Visitor(app))
    page = f"/appraisal/objections/{objections(published)[0].id}"
    for login, status in (("street_leader", 200), ("county_clerk", 403), ("w0", 403), ("organisation_officer", 403)):
        assert sign_in(login).get(page).status_code == status, login
    assert sign_in("street_clerk").get("/appraisal/objections/999").status_code == 404


def test_a_department_that_wants_to_appraise_is_refused_and_the_county_sees_it(town: Town, sign_in: SignIn) -> None:
    town.guide()
    page = "/appraisal/department"
    officer = sign_in("organisation_officer")
    assert officer.post(page, {"year": "2026"}, page=page).status_code == 422
    assert "其他部门不得直接考核" in officer.page
    assert "依据第 9.9 条" in officer.page
    assert town.office.read(lambda session: session.scalars(select(AppraisalPlan)).all()) == []
    attempts = town.office.read(lambda session: session.scalars(select(AppraisalAttempt)).all())
    assert [one.user_id for one in attempts] == [officer_id(town, "organisation_officer")]
    county = sign_in("county_head")
    county.get("/appraisal/attempts")
    assert "organisation_officer" in county.page
    assert sign_in("street_clerk").get("/appraisal/attempts").status_code == 403


def officer_id(town: Town, login: str) -> int:
    return town.office.read(lambda session: session.scalars(select(User.id).where(User.login == login)).one())


def test_findings_are_one_of_two(published: Town, app: Flask, sign_in: SignIn) -> None:
    object_to(published, Visitor(app))
    clerk = sign_in("street_clerk")
    page = f"/appraisal/objections/{objections(published)[0].id}"
    for finding in ("open", "maybe", ""):
        assert clerk.post(page, {"finding": finding, "text": "情况"}, page=page).status_code == 422
    assert objections(published)[0].state is ObjectionState.OPEN
