"""What must not be done in an appraisal is refused in words, with its clause, and changes nothing."""

from datetime import date

import pytest

from engine.identity.organisations import Organisation, OrganisationKind, add_organisation
from engine.identity.users import RoleMembership, User
from engine.kernel.command import CommandContext
from engine.personnel.appraisal.ledgers import ConductEntry
from engine.personnel.appraisal.terms import AppraisalGrade, CaseState, Discipline, PlanState
from tests.process.appraisal.town import YEAR, Town
from tests.visitor import SignIn


@pytest.fixture
def served(town: Town) -> Town:
    """Everybody has his result."""
    town.prepared("96", "80", "80", "55")
    town.release(0)
    return town


def other_street(town: Town) -> str:
    """The clerk of another street of the county."""

    def make(context: CommandContext) -> None:
        county = context.session.get_one(Organisation, town.office.county)
        street = add_organisation(context.session, OrganisationKind.STREET, "s2", "西门街道", county)
        secret = context.session.get_one(User, town.actors[0].user_id).password_hash
        user = User(login="clerk2", name="邻街经办", active=True, password_hash=secret, created_at=context.now)
        context.session.add(user)
        context.session.flush()
        for role in ("street_clerk", "street_leader"):
            context.session.add(RoleMembership(user_id=user.id, role=role, organisation_id=street.id))

    town.office.prepare(make)
    return "clerk2"


def test_another_street_finds_nothing_of_this_one(town: Town, sign_in: SignIn) -> None:
    town.prepared("96", "80", "80", "82")
    stranger = sign_in(other_street(town))
    item = town.open_item(town.plan.number, "settle_excellent")
    number = town.plan.number
    for page in (f"/worklist/items/{item}", f"/appraisal/plans/{number}", f"/appraisal/plans/{number}/tokens",
                 f"/appraisal/streets/{town.office.street}/{YEAR}", f"/appraisal/cases/{town.case(0).id}/sheet.pdf",
                 f"/appraisal/cases/{town.case(0).id}/grade"):  # fmt: skip
        assert stranger.get(page).status_code == 404, page
    choice = {"decision": "settle", "excellent": town.case(0).id}
    assert stranger.post(f"/worklist/items/{item}", choice, page="/appraisal/").status_code == 404
    assert town.plan.state is PlanState.SCORING


def test_the_wrong_role_scores_nobody(town: Town, sign_in: SignIn) -> None:
    town.start()
    town.summarise(2)
    item = town.open_item(town.key(2), "community_opinion")
    for login in ("county_clerk", "street_clerk", "w2", "w3"):
        visitor = sign_in(login)
        answer = visitor.post(f"/worklist/items/{item}", {"decision": "submit", "points": "100", "opinion": "好"},
                              page="/worklist/")  # fmt: skip
        assert answer.status_code in (403, 404, 422), login
    assert (town.state(2), town.case(2).community_points) == (CaseState.SELF_REPORTED, None)


def test_a_grade_outside_the_four_is_refused_with_the_clause(served: Town, sign_in: SignIn) -> None:
    town = served
    town.sign(3, "review", "请复核")
    leader = sign_in("street_leader")
    item = f"/worklist/items/{town.open_item(town.key(3), 'street_review')}"
    answer = leader.post(item, {"decision": "change", "grade": "良好", "opinion": "改定"}, page=item)
    assert answer.status_code == 422
    assert "等次只能是优秀、合格、基本合格、不合格（依据第 9.7 条）" in leader.page
    assert (town.grade(3), town.state(3)) == (AppraisalGrade.BASIC, CaseState.REVIEWING)


def test_a_review_cannot_lift_anybody_over_the_cap(served: Town, sign_in: SignIn) -> None:
    town = served
    town.sign(1, "review", "请复核")
    leader = sign_in("street_leader")
    item = f"/worklist/items/{town.open_item(town.key(1), 'street_review')}"
    answer = leader.post(item, {"decision": "change", "grade": "excellent", "opinion": "改定"}, page=item)
    assert answer.status_code == 422
    assert "优秀名额已满" in leader.page
    assert "9.7" in leader.page
    assert town.grade(1) is AppraisalGrade.COMPETENT


def test_a_review_after_its_window_is_refused(served: Town, sign_in: SignIn) -> None:
    town = served
    town.sign(2)
    until = town.case(2).review_until
    assert until is not None
    town.office.clock.move_to(until)
    worker = sign_in("w2")
    page = f"/appraisal/mine/{town.case(2).id}/review"
    worker.get(page)
    town.office.clock.move_to(until.replace(microsecond=1))
    answer = worker.post(page, {"reason": "请复核"})
    assert answer.status_code == 422
    assert ("复核申请期限已过" in worker.page, "9.6" in worker.page) == (True, True)
    assert (town.state(2), town.case(2).review_reason) == (CaseState.FED_BACK, "")


def test_a_grade_that_was_put_off_is_one_of_the_four_and_waits_for_the_end_of_the_investigation(
    town: Town, sign_in: SignIn
) -> None:
    town.add(
        ConductEntry(worker_id=town.workers[3], year=YEAR, discipline=Discipline.NONE, under_investigation=True,
                     recorded_at=town.office.clock.now())
    )  # fmt: skip
    town.prepared("96", "80", "80", "82")
    town.release(0)
    town.sign(3)
    town.file()
    town.windows_over()
    assert (town.state(3), town.grade(3)) == (CaseState.FILED, None)
    leader, page = sign_in("street_leader"), f"/appraisal/cases/{town.case(3).id}/grade"
    assert leader.post(page, {"grade": "good", "reason": "结案"}, page=page).status_code == 422
    assert "依据第 9.7 条" in leader.page
    assert leader.post(page, {"grade": "basic", "reason": "结案"}, page=page).status_code == 422
    assert "审查调查尚未结束" in leader.page
    assert town.grade(3) is None


def test_a_plan_whose_dates_lie_behind_is_refused_beside_its_fields(town: Town, sign_in: SignIn) -> None:
    town.guide()
    clerk = sign_in("street_clerk")
    page = "/appraisal/start/plan"
    dates = {"year": str(YEAR), "summary_on": date(2026, 11, 1).isoformat(), "ballots_on": "2026-12-25"}
    assert clerk.post(page, dates, page=page).status_code == 422
    assert "个人总结截止不能早于今天" in clerk.page


def test_a_running_plan_cannot_be_dropped_but_a_person_can(town: Town, sign_in: SignIn) -> None:
    town.start()
    head = sign_in("county_head")
    cases = ((town.plan.number, "appraisal_plan", True), (town.key(3), "appraisal_case", False))
    for number, process, refused in cases:
        page = f"/worklist/cases/{town.instance(process, number)}/operations/terminate"
        answer = head.post(page, {"reason": "人员已调离"}, page=page)
        assert (answer.status_code >= 400) is refused, process
    assert (town.plan.state, town.state(3)) == (PlanState.BALLOTS, CaseState.STOPPED)
    for place in range(3):
        town.summarise(place)
        town.judge(place)
    town.vote_without(3)
    town.close()
    for place in range(3):
        town.score(place, "80")
    town.release()
    assert [town.state(place) for place in range(4)] == [*[CaseState.FED_BACK] * 3, CaseState.STOPPED]

