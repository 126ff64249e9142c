"""Putting an installation in place: tables, reference data, and the demo county where there is nothing yet."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from sqlalchemy import event, select
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry

from engine import build_engine
from engine.identity.organisations import Organisation
from engine.identity.passwords import hash_password
from engine.kernel.actor import SYSTEM
from engine.kernel.clock import Clock, FixedClock, SystemClock, local_date
from engine.kernel.migrations import migrate
from engine.kernel.settings import Settings
from engine.kernel.store import Store, open_store
from seed.appraisal import AppraisalYear
from seed.county import COUNTY, PASSWORD, MakeCounty
from seed.demo import EARLIEST, Demo, write_spreadsheets
from seed.desks import arrange_desks
from seed.exits import Exits
from seed.fault_tolerance import FaultTolerance
from seed.mail import tell_the_county
from seed.people import Crowd
from seed.reference import load_reference
from seed.secondment import Secondments
from seed.staff import AddStaff
from seed.story import Days, Story

Tell = Callable[[str], None]


def install(settings: Settings, *, demo: bool, tell: Tell, clock: Clock | None = None) -> bool:
    """Brings an installation up to date; answers whether it holds the demo county.

    A new SQLite database is made beside its place and moved there when it is complete, so that an interrupted
    loading leaves nothing half done.
    """
    clock = clock or SystemClock()
    target = _sqlite_file(settings)
    if target is None or target.exists():
        return _fill(settings, demo=demo, tell=tell, clock=clock, quick=False)
    draft = target.with_name(f"{target.stem}.loading.db")
    _remove(draft)
    drafting = replace(settings, database_url=f"sqlite:///{draft}")
    filled = _fill(drafting, demo=demo, tell=tell, clock=clock, quick=True)
    draft.rename(target)
    _remove(draft)
    return filled


def _fill(settings: Settings, *, demo: bool, tell: Tell, clock: Clock, quick: bool) -> bool:
    store = open_store(settings.database_url, settings.cipher())
    if quick:
        event.listen(store.engine, "connect", _careless)
    try:
        migrate(store)
        load_reference(build_engine(settings, clock=clock, store=store))
        if demo and _is_empty(store):
            _load_demo(settings, store, clock, tell)
        return _holds_demo(store)
    finally:
        if quick:
            _settle(store)
        store.close()


def _load_demo(settings: Settings, store: Store, clock: Clock, tell: Tell) -> None:
    now = clock.now()
    past = FixedClock(now + timedelta(days=EARLIEST - 7))
    engine = build_engine(settings, clock=past, store=store)
    days = Days(local_date(now))
    tell(f"正在建立演示县（{COUNTY}）……")
    password_hash = hash_password(PASSWORD)
    county = engine.execute(MakeCounty(password_hash), actor=SYSTEM)
    crowd = Crowd()
    engine.execute(AddStaff(county, crowd), actor=SYSTEM)
    folder = settings.data_folder / "demo"
    folder.mkdir(parents=True, exist_ok=True)
    story = Story(engine, past, county)
    recruitments = Demo(story, days, now, crowd, folder, password_hash).schedule()
    AppraisalYear(story, days, password_hash).schedule()
    Secondments(story, days).schedule()
    Exits(story, days).schedule()
    FaultTolerance(story, days).schedule()
    story.play(now, lambda number, total: _progress(tell, number, total))
    arrange_desks(story)
    tell_the_county(story)
    write_spreadsheets(recruitments, folder)
    tell("演示数据已就绪。")


def _progress(tell: Tell, number: int, total: int) -> None:
    if number % 25 == 0 or number == total:
        tell(f"正在演练过去半年的招聘：{100 * number // total}%")


def _is_empty(store: Store) -> bool:
    with store.reading() as session:
        return session.scalar(select(Organisation.id).limit(1)) is None


def _holds_demo(store: Store) -> bool:
    with store.reading() as session:
        query = select(Organisation.id).where(Organisation.name.startswith(COUNTY))
        return session.scalar(query.limit(1)) is not None


def _sqlite_file(settings: Settings) -> Path | None:
    prefix = "sqlite:///"
    return Path(settings.database_url.removeprefix(prefix)) if settings.database_url.startswith(prefix) else None


def _careless(connection: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
    """A database that is thrown away when anything happens to it need not wait for the disk."""
    cursor = connection.cursor()
    cursor.execute("PRAGMA synchronous=OFF")
    cursor.close()


def _settle(store: Store) -> None:
    """Everything goes from the log into the database file, which can then be moved alone."""
    with store.engine.connect() as connection:
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")


def _remove(file: Path) -> None:
    for name in (file.name, f"{file.name}-wal", f"{file.name}-shm"):
        file.with_name(name).unlink(missing_ok=True)
