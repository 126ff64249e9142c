"""Starting a year's appraisal as a batch: cases a second, and the memory it needs at its peak."""

import resource
import time
from datetime import date, datetime
from pathlib import Path

from sqlalchemy import func, insert, select

from engine.delegates.appraisal.commands import StartGuide, StartPlan
from engine.identity.organisations import OrganisationKind, add_organisation
from engine.identity.users import RoleMembership, User, load_actor
from engine.installation import build_engine
from engine.kernel.actor import SYSTEM, Actor
from engine.kernel.clock import CHINA, FixedClock
from engine.kernel.command import CommandContext
from engine.kernel.process_engine import ProcessEngine
from engine.kernel.settings import Settings
from engine.kernel.store import open_store
from engine.personnel.appraisal.cases import AppraisalCase
from engine.personnel.appraisal.guides import guide_of_year, publish_guide
from engine.personnel.vocabulary import Education, Politics, Post, Sex, WorkerCategory
from engine.personnel.workers import Worker
from engine.workflow.jobs import run_due_jobs
from seed.reference import load_reference

START, YEAR = datetime(2026, 11, 23, 9, 0, tzinfo=CHINA), 2026
SIZES = (1_200, 10_000)
A_COMMUNITY = 12


class MakeStreet:
    """A street with so many workers in communities of a dozen, and the county's guide in force."""

    def __init__(self, workers: int) -> None:
        self.workers = workers

    def execute(self, context: CommandContext) -> tuple[int, int]:
        session = context.session
        city = add_organisation(session, OrganisationKind.CITY, "city", "江澜市")
        county = add_organisation(session, OrganisationKind.COUNTY, "county", "云汀县", city)
        street = add_organisation(session, OrganisationKind.STREET, "street", "汀兰街道", county)
        places = [
            add_organisation(session, OrganisationKind.COMMUNITY, f"c{n}", f"{n} 号社区", street).id
            for n in range(-(-self.workers // A_COMMUNITY))
        ]
        user = User(login="clerk", name="经办", active=True, created_at=context.now)
        session.add(user)
        session.flush()
        session.add(RoleMembership(user_id=user.id, role="street_clerk", organisation_id=street.id))
        session.execute(insert(Worker), [_worker(n, county.id, street.id, places) for n in range(self.workers)])
        StartGuide(county.id, YEAR).execute(context)
        guide = guide_of_year(session, county.id, YEAR)
        assert guide is not None
        publish_guide(context, guide)
        return street.id, user.id


def _worker(number: int, county: int, street: int, places: list[int]) -> dict[str, object]:
    return {
        "county_id": county, "street_id": street, "community_id": places[number // A_COMMUNITY],
        "category": WorkerCategory.RECOGNISED, "recognised_by": 2, "name": f"人员{number}", "sex": Sex.FEMALE,
        "born": date(1990, 1, 1), "id_number": str(number), "id_index": str(number), "education": Education.BACHELOR,
        "education_exception": "", "politics": Politics.MASSES, "post": Post.GENERAL, "grade": 3,
        "hired_on": date(2020, 1, 1), "community_since": date(2020, 1, 1), "active": True,
    }  # fmt: skip


def measure_appraisal(folder: Path, sizes: tuple[int, ...] = SIZES) -> None:
    """Each size in a database of its own, the small one first: the peak may not grow with the size."""
    peaks = []
    for size in sizes:
        home = folder / str(size)
        home.mkdir()
        seconds = _start(home, size)
        peaks.append(_peak())
        print(f"appraisal batch of {size:6d}    {size / seconds:8.1f} cases a second, peak {peaks[-1]:.0f} MB")
    print(f"peak, largest / smallest     {peaks[-1] / peaks[0]:8.2f}      (flat: expected <= 1.25)")


def _start(home: Path, size: int) -> float:
    settings = Settings(data_folder=home, database_url=f"sqlite:///{home / 'bench.db'}", master_key=bytes(32))
    store = open_store(settings.database_url, settings.cipher())
    store.create_all()
    engine = build_engine(settings, clock=FixedClock(START), store=store)
    load_reference(engine)
    street, clerk = engine.execute(MakeStreet(size), actor=SYSTEM)
    begun = time.perf_counter()
    engine.execute(StartPlan(street, YEAR), actor=_actor(engine, clerk))
    while run_due_jobs(engine):
        pass
    seconds = time.perf_counter() - begun
    with engine.reading() as session:
        assert session.scalar(select(func.count()).select_from(AppraisalCase)) == size
    store.close()
    return seconds


def _actor(engine: ProcessEngine, user_id: int) -> Actor:
    with engine.reading() as session:
        return load_actor(session, user_id)


def _peak() -> float:
    """The most memory this process has held, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
