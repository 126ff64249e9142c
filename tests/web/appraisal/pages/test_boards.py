"""Boards of street and county: who is late, what a borrower wrote, what came to nothing."""

from datetime import date, timedelta

from engine.personnel.appraisal.ballots import CastBallot
from engine.personnel.appraisal.terms import Rating
from engine.personnel.secondment.secondments import Secondment
from engine.personnel.secondment.states import Performance, SecondmentState
from tests.process.appraisal.town import YEAR, Town
from tests.visitor import SignIn


def evaluation(town: Town, place: int) -> Secondment:
    """A secondment that ended this year with an evaluation."""
    return Secondment(
        number="JD1", county_id=town.office.county, street_id=town.office.street, community_id=town.community,
        borrower_id=town.office.street, office="党建工作办公室", worker_id=town.workers[place],
        state=SecondmentState.RETURNED, duties="材料", reason="专项", starts_on=date(YEAR, 3, 1),
        ends_on=date(YEAR, 5, 31), returned_on=date(YEAR, 5, 31), performance=Performance.GOOD,
        evaluation="借调期间表现突出", handover="已移交", created_at=town.office.clock.now(),
    )  # fmt: skip


def test_a_borrowers_evaluation_stands_before_those_who_judge(town: Town, sign_in: SignIn) -> None:
    town.add(evaluation(town, 2))
    town.start()
    town.summarise(2)
    town.summarise(3)
    secretary = sign_in("secretary")
    secretary.get(f"/worklist/items/{town.open_item(town.key(2), 'community_opinion')}")
    assert ("借调鉴定" in secretary.page, "借调期间表现突出" in secretary.page) == (True, True)
    secretary.get(f"/worklist/items/{town.open_item(town.key(3), 'community_opinion')}")
    assert "借调鉴定" not in secretary.page


def test_the_county_sees_who_is_late_and_which_street_has_not_begun(town: Town, sign_in: SignIn) -> None:
    town.guide()
    due = town.guide_row.plan_due_on
    assert town.office.clock.now().date() > due
    head = sign_in("county_head")
    head.get("/appraisal/")
    assert "逾期未启动" in head.page


def test_late_summaries_are_counted_by_street(town: Town, sign_in: SignIn) -> None:
    town.start()
    town.summarise(0)
    town.office.clock.move_to(town.plan.summary_closes_at + timedelta(minutes=1))
    head = sign_in("county_head")
    head.get("/appraisal/")
    assert '<span class="chip chip-bad">3</span>' in head.page.replace("\n", "")
    answer = head.post(f"/appraisal/export/{YEAR}")
    assert (answer.status_code, answer.data[:2]) == (200, b"PK")


def test_the_roll_says_who_has_voted_and_belongs_to_the_street(town: Town, sign_in: SignIn) -> None:
    town.start()
    town.office.do(CastBallot(town.plan.id, {town.case(2).id: Rating.POOR}), town.actors[0])
    leader, page = sign_in("street_leader"), f"/appraisal/plans/{town.plan.number}/turnout"
    leader.get(page)
    assert (leader.page.count("已投<"), leader.page.count("未投<")) == (1, 3)
    assert Rating.POOR.label not in leader.page
    assert (sign_in("county_head").get(page).status_code, sign_in("w0").get(page).status_code) == (403, 403)
