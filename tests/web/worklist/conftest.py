"""A county at work, played once a session and copied for each test, and its officers with browsers."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

import pytest
from flask import Flask

from engine.installation import build_engine
from engine.kernel.clock import FixedClock
from engine.kernel.settings import Settings
from engine.kernel.store import open_store
from seed.applicants import Applicant
from seed.county import County
from seed.people import Crowd
from seed.story import Story
from tests.databases import SqliteTemplate
from tests.pages import pages
from tests.web.worklist.stage import START, Stage, make_stage

KEY = bytes(range(32))


@dataclass
class Played:
    """What was played before the first test."""

    folder: Path
    clock: FixedClock
    county: County
    crowd: Crowd
    applicants: list[Applicant]
    campaign: str


def settings_in(folder: Path) -> Settings:
    return Settings(data_folder=folder, database_url=f"sqlite:///{folder / 'shegong.db'}", master_key=KEY)


@pytest.fixture(scope="session")
def played(tmp_path_factory: pytest.TempPathFactory, sqlite_template: SqliteTemplate, password_hash: str) -> Played:
    """Registration is open, three people have registered, one request waits at the street and one at the county."""
    folder = tmp_path_factory.mktemp("county")
    sqlite_template.copy_to(folder / "shegong.db")
    settings, clock = settings_in(folder), FixedClock(START)
    store = open_store(settings.database_url, settings.cipher())
    stage = make_stage(build_engine(settings, clock=clock, store=store), clock, password_hash)
    stage.open_registration()
    for _ in range(3):
        stage.registers()
    store.close()
    return Played(folder, clock, stage.story.county, stage.crowd, stage.applicants, stage.campaign)


@pytest.fixture
def stage(played: Played, tmp_path: Path, password_hash: str) -> Iterator[Stage]:
    """The county of this test."""
    shutil.copytree(played.folder, tmp_path / "county")
    settings, clock = settings_in(tmp_path / "county"), FixedClock(played.clock.now())
    store = open_store(settings.database_url, settings.cipher())
    engine = build_engine(settings, clock=clock, store=store)
    story = Story(engine, clock, played.county)
    crowd = Crowd(random=Random(7), _made=500)
    yield Stage(engine, clock, story, password_hash, crowd, list(played.applicants), played.campaign)
    store.close()


@pytest.fixture
def app(stage: Stage) -> Flask:
    """The whole product in that county."""
    return pages(stage.engine)
