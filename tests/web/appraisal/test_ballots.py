"""Who voted is known, how is not; a paper counts once, and only while the ballots are open."""

import re
from datetime import timedelta

from flask import Flask
from sqlalchemy import select

from engine.kernel.history import HistoryEvent
from engine.kernel.store import Base
from engine.personnel.appraisal.ballots import BallotCount, Elector, IssueTokens
from engine.personnel.appraisal.terms import Rating
from tests.visitor import SignIn, Visitor
from tests.web.appraisal.conftest import Year

FIELD = re.compile(r'name="rating-(\d+)"')


def token(year: Year) -> str:
    community = year.story.county.communities[0]
    ((_, issued),) = year.story.do(IssueTokens(year.plan.id, community, 1), "street_clerk")
    return issued


def votes(page: str, rating: str = "good") -> dict[str, str]:
    """The same rating for everybody on the paper."""
    return {f"rating-{case_id}": rating for case_id in set(FIELD.findall(page))}


def counts(year: Year) -> list[tuple[int, str, str, int]]:
    query = select(BallotCount).where(BallotCount.count > 0)
    rows = year.story.read(lambda session: list(session.scalars(query)))
    return sorted((row.case_id, row.box.value, row.rating.value, row.count) for row in rows)


def test_a_resident_votes_once_with_the_code_on_the_paper(year: Year, app: Flask) -> None:
    address, resident = f"/appraisal/vote/{token(year)}", Visitor(app)
    assert resident.get(address).status_code == 200
    ballot = votes(resident.page)
    assert len(ballot) == 13
    assert resident.post(address, ballot).status_code == 302
    assert {(box, rating, count) for _, box, rating, count in counts(year)} == {("residents", "good", 1)}
    assert resident.get(address).status_code == 410
    assert "您已经投过票" in resident.page


def test_a_code_nobody_issued_opens_nothing(app: Flask) -> None:
    assert Visitor(app).get("/appraisal/vote/unknown").status_code == 404


def test_an_empty_paper_is_not_used_up(year: Year, app: Flask) -> None:
    address, resident = f"/appraisal/vote/{token(year)}", Visitor(app)
    answer = resident.post(address, {}, page=address)
    assert answer.status_code == 422
    assert "请至少评价一位" in resident.page
    assert resident.post(address, votes(resident.page)).status_code == 302


def test_ballots_are_not_taken_after_their_end(year: Year, app: Flask) -> None:
    address, resident = f"/appraisal/vote/{token(year)}", Visitor(app)
    resident.get(address)
    ballot = votes(resident.page)
    year.clock.move_to(year.plan.ballots_close_at + timedelta(minutes=1))
    assert resident.post(address, ballot).status_code == 410
    assert counts(year) == []


def test_a_colleague_rates_the_others_and_not_himself(year: Year, sign_in: SignIn) -> None:
    worker = sign_in("community_worker")
    address = f"/appraisal/ballots/{year.plan.id}"
    worker.get(address)
    own = str(year.case_of("community_worker").id)
    assert own not in FIELD.findall(worker.page)
    assert worker.post(address, {**votes(worker.page), f"rating-{own}": "very_good"}).status_code == 302
    assert all(case_id != int(own) for case_id, *_ in counts(year))
    assert worker.get(address).status_code == 410


def test_somebody_of_another_street_has_no_paper(year: Year, sign_in: SignIn) -> None:
    assert sign_in("worker005").get(f"/appraisal/ballots/{year.plan.id}").status_code == 404


def test_nothing_in_the_store_ties_a_ballot_to_a_voter(year: Year, sign_in: SignIn) -> None:
    """Two voters who differ: only the marks on the roll tell them apart, and every box of the community is written."""
    columns = {column.name for column in BallotCount.__table__.columns}
    assert columns == {"case_id", "box", "rating", "count"}
    roll = {column.name for column in Elector.__table__.columns}
    assert not [name for name in roll if "at" in name.split("_") or "rating" in name]
    pointing = [table.name for table in Base.metadata.tables.values()
                if any(key.column.table.name == "appraisal_ballot_count" for key in table.foreign_keys)]  # fmt: skip
    assert pointing == []
    address = f"/appraisal/ballots/{year.plan.id}"
    for login, rating in (("community_worker", "very_good"), ("resident_delegate", "poor")):
        visitor = sign_in(login)
        visitor.get(address)
        visitor.post(address, votes(visitor.page, rating))
    voted = select(Elector).where(Elector.voted)
    assert len(year.story.read(lambda session: list(session.scalars(voted)))) == 2


def test_the_history_says_that_somebody_voted_and_nothing_of_his_vote(year: Year, sign_in: SignIn) -> None:
    worker = sign_in("community_worker")
    worker.get(f"/appraisal/ballots/{year.plan.id}")
    worker.post(f"/appraisal/ballots/{year.plan.id}", votes(worker.page))
    entries = year.story.read(lambda session: list(session.scalars(select(HistoryEvent))))
    cast = [entry for entry in entries if entry.type == "appraisal.ballot_cast"]
    assert len(cast) == 1
    assert not any(rating.value in str(vars(cast[0])) for rating in (Rating.VERY_GOOD, Rating.FAIR, Rating.POOR))


def test_codes_are_printed_by_the_clerk_of_the_street_only(year: Year, sign_in: SignIn) -> None:
    address = f"/appraisal/plans/{year.plan.number}/tokens"
    assert sign_in("street_clerk2").get(address).status_code == 404
    assert sign_in("county_clerk").get(address).status_code == 403
    clerk = sign_in("street_clerk")
    answer = clerk.post(address, {"community": str(year.story.county.communities[0]), "amount": "3"}, page=address)
    assert answer.status_code == 200
    assert clerk.page.count("data:image/png") == 3
    assert clerk.post(address, {"community": "999", "amount": "3"}, page=address).status_code == 422
