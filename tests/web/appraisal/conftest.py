"""A county whose first street has begun its appraisal, made once a session and copied for each test."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.delegates.appraisal.commands import StartGuide, StartPlan
from engine.installation import build_engine
from engine.kernel.actor import SYSTEM
from engine.kernel.clock import CHINA, FixedClock
from engine.kernel.process_engine import ProcessEngine
from engine.kernel.settings import Settings
from engine.kernel.store import open_store
from engine.personnel.appraisal.cases import AppraisalCase, AppraisalPlan
from engine.workflow.jobs import run_due_jobs
from engine.workflow.tables import ProcessInstance, WorkItem
from seed.appraisal import OpenAccounts
from seed.county import County, MakeCounty
from seed.people import Crowd
from seed.reference import load_reference
from seed.staff import AddStaff
from seed.story import Story
from tests.databases import SqliteTemplate
from tests.pages import pages

START = datetime(2026, 11, 23, 9, 0, tzinfo=CHINA)
YEAR = 2026
KEY = bytes(range(32))


@dataclass
class Year:
    """The county of one test."""

    engine: ProcessEngine
    clock: FixedClock
    story: Story

    @property
    def plan(self) -> AppraisalPlan:
        return self.story.read(lambda session: session.scalars(select(AppraisalPlan)).one())

    def case_of(self, login: str) -> AppraisalCase:
        """The appraisal of somebody with an account."""
        user_id = self.story.county.officers[login]

        def load(session: Session) -> AppraisalCase:
            cases = session.scalars(select(AppraisalCase).where(AppraisalCase.year == YEAR))
            return next(one for one in cases if one.worker.user_id == user_id)

        return self.story.read(load)

    def item(self, number: str, node_id: str) -> int:
        """The open work item of a case at a node."""
        query = (
            select(WorkItem.id)
            .join(ProcessInstance, ProcessInstance.id == WorkItem.instance_id)
            .where(ProcessInstance.business_key == number, WorkItem.node_id == node_id, WorkItem.queue.is_not(None))
        )
        return self.story.read(lambda session: session.scalars(query).one())

    def work(self) -> None:
        while run_due_jobs(self.engine, limit=200):
            pass


def settings_in(folder: Path) -> Settings:
    return Settings(data_folder=folder, database_url=f"sqlite:///{folder / 'shegong.db'}", master_key=KEY)


@pytest.fixture(scope="session")
def begun(
    tmp_path_factory: pytest.TempPathFactory, sqlite_template: SqliteTemplate, password_hash: str
) -> tuple[Path, County]:
    """Guide published, plan of the first street begun."""
    folder = tmp_path_factory.mktemp("appraisal")
    sqlite_template.copy_to(folder / "shegong.db")
    settings, clock = settings_in(folder), FixedClock(START)
    store = open_store(settings.database_url, settings.cipher())
    engine = build_engine(settings, clock=clock, store=store)
    load_reference(engine)
    county = engine.execute(MakeCounty(password_hash), actor=SYSTEM)
    engine.execute(AddStaff(county, Crowd()), actor=SYSTEM)
    engine.execute(OpenAccounts(county, password_hash), actor=SYSTEM)
    _begin(Year(engine, clock, Story(engine, clock, county)))
    store.close()
    return folder, county


def _begin(year: Year) -> None:
    story = year.story
    instance = story.do(StartGuide(story.county.county, YEAR), "county_clerk")
    number = story.read(lambda session: session.get_one(ProcessInstance, instance).business_key)
    story.act("county_clerk", number, "draft_guide", "submit")
    story.act("county_head", number, "head_approval", "approve", "同意")
    story.do(StartPlan(story.county.streets[0], YEAR), "street_clerk")
    year.work()


@pytest.fixture
def year(begun: tuple[Path, County], tmp_path: Path) -> Iterator[Year]:
    """The county of this test."""
    folder, county = begun
    shutil.copytree(folder, tmp_path / "county")
    settings, clock = settings_in(tmp_path / "county"), FixedClock(START)
    store = open_store(settings.database_url, settings.cipher())
    engine = build_engine(settings, clock=clock, store=store)
    yield Year(engine, clock, Story(engine, clock, county))
    store.close()


@pytest.fixture
def app(year: Year) -> Flask:
    """The whole product in that county."""
    return pages(year.engine)
