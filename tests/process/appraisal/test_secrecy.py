"""How somebody voted cannot be found out, not even with the whole database and its keys [domain 10.3].

Two copies of one county go on side by side. In both the same people vote in the same order at the same time, but they
have exchanged their ratings. If anything anywhere in the store told who rated how, the two would differ.
"""

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from sqlalchemy import select

from engine.installation import build_engine
from engine.kernel.actor import Actor
from engine.kernel.clock import FixedClock
from engine.kernel.process_engine import ProcessEngine
from engine.kernel.settings import Settings
from engine.kernel.store import Base, open_store
from engine.personnel.appraisal.ballots import BallotCount, CastBallot, CastResidentBallot, Elector, counts_of
from engine.personnel.appraisal.terms import Box, Rating
from tests.process.appraisal.town import Town

RESIDENT = Actor(user_id=None, name="访客")
GOOD, POOR = Rating.VERY_GOOD, Rating.POOR


def copy_of(settings: Settings, folder: Path) -> Settings:
    """A county of its own that is equal to this one in everything."""
    folder.mkdir()
    source = settings.database_url.removeprefix("sqlite:///")
    with sqlite3.connect(source) as one, sqlite3.connect(folder / "copy.db") as other:
        one.backup(other)
    return replace(settings, data_folder=folder, database_url=f"sqlite:///{folder / 'copy.db'}", workflow_cache=0)


def opened(settings: Settings, clock: FixedClock) -> ProcessEngine:
    return build_engine(settings, clock=clock, store=open_store(settings.database_url, settings.cipher()))


def everything(engine: ProcessEngine) -> Mapping[str, Sequence[Sequence[Any]]]:
    """Every cell of every table, encrypted ones in plain text."""
    with engine.reading() as session:
        return {
            table.name: [tuple(row) for row in session.execute(select(table).order_by(*table.primary_key)).all()]
            for table in Base.metadata.sorted_tables
        }


def test_two_counties_whose_voters_exchanged_their_ratings_are_the_same(
    town: Town, web_settings: Settings, tmp_path: Path, clock: FixedClock
) -> None:
    town.start()
    plan, tokens, rated = town.plan.id, town.tokens(2), town.case(2).id
    worlds = []
    for name, first, second in (("one", GOOD, POOR), ("other", POOR, GOOD)):
        engine = opened(copy_of(web_settings, tmp_path / name), clock)
        for who, rating in zip(town.actors[:2], (first, second), strict=True):
            engine.execute(CastBallot(plan, {rated: rating}), actor=who, idempotency_key=f"form-{who.user_id}")
        for token, rating in zip(tokens, (first, second), strict=True):
            engine.execute(CastResidentBallot(token, {rated: rating}), actor=RESIDENT, idempotency_key=token[:8])
        worlds.append(everything(engine))
        engine.store.close()
    assert worlds[0] == worlds[1]
    assert sum(len(rows) for rows in worlds[0].values()) > 100
    assert any(row for row in worlds[0]["appraisal_ballot_count"] if row[-1] == 1)


def test_who_voted_is_known_and_the_counts_are_all_there_is(town: Town) -> None:
    town.start()
    town.office.do(CastBallot(town.plan.id, {town.case(2).id: GOOD}), town.actors[0])
    voted = select(Elector.user_id).where(Elector.voted)
    assert town.office.read(lambda session: list(session.scalars(voted))) == [town.actors[0].user_id]
    counts = town.office.read(lambda session: counts_of(session, town.case(2).id, Box.PEERS))
    assert {rating: count for rating, count in counts.items() if count} == {GOOD: 1}
    columns = {column.name for column in BallotCount.__table__.columns}
    assert columns == {"case_id", "box", "rating", "count"}


def test_points_stay_unknown_while_ballots_are_cast(town: Town) -> None:
    """Whoever could read the averages between two ballots would know the second."""
    town.start()
    town.office.do(CastBallot(town.plan.id, {town.case(2).id: GOOD}), town.actors[0])
    assert (town.case(2).peer_ballots, town.case(2).peer_points) == (0, None)
