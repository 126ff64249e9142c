"""Fixtures of all tests: a clock, keys, and databases. Whoever asks for `store` runs on SQLite and on PostgreSQL."""

import os
import uuid
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import hypothesis
import pytest
from argon2 import PasswordHasher

from engine.identity.organisations import OrganisationKind, add_organisation
from engine.identity.users import RoleMembership, User
from engine.installation import build_engine
from engine.kernel.cipher import Cipher
from engine.kernel.clock import CHINA, FixedClock
from engine.kernel.process_engine import ProcessEngine
from engine.kernel.settings import Settings
from engine.kernel.store import Store, open_store
from tests.databases import PostgresDatabase, PostgresServer, SqliteTemplate
from tests.visitor import PASSWORD

hypothesis.settings.register_profile(
    "unhurried", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("unhurried")
MASTER_KEY = bytes(range(32))
DATABASES = ("sqlite", "postgresql")
EVERYTHING = os.environ.get("SHEGONG_TESTS") == "all"
"""`make test-all`: every story on every database, restored and live."""
MAIN_STORIES = {
    "test_whole_recruitment.py", "test_post_requests.py", "test_first_review.py", "test_whole_year.py",
    "test_person.py", "test_material.py",
}  # fmt: skip
"""Process stories that `make test` plays on PostgreSQL too; the others it plays on SQLite."""
PAIRS = {("sqlite", 0), ("postgresql", 100)}
"""How `make test` pairs the databases with the size of the cache of live cases."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leaves to `make test-all` what says the same a second time."""
    left = [] if EVERYTHING else [item for item in items if _says_it_again(item)]
    if left:
        config.hook.pytest_deselected(items=left)
        items[:] = [item for item in items if item not in set(left)]


def _says_it_again(item: pytest.Item) -> bool:
    chosen = getattr(item, "callspec", None)
    params = {} if chosen is None else chosen.params
    database, cache = params.get("database_url"), params.get("cache_size")
    if "process" in item.path.parts and database == "postgresql":
        return item.path.name not in MAIN_STORIES
    paired = cache is None or database is None or (database, cache) in PAIRS
    return not paired and item.path.name != "test_cost.py"  # which is about live cases only


@pytest.fixture
def clock() -> FixedClock:
    """Monday 2026-11-23 09:00 in China, a working day."""
    return FixedClock(datetime(2026, 11, 23, 9, 0, tzinfo=CHINA))


@pytest.fixture
def settings_for(tmp_path: Path) -> Callable[[str], Settings]:
    """Settings of an installation on the database at an address; it lives as long as the test."""
    return lambda url: Settings(data_folder=tmp_path / "data", database_url=url, master_key=MASTER_KEY)


@pytest.fixture
def settings(settings_for: Callable[[str], Settings], database_url: str) -> Settings:
    """Settings of an installation, on both databases in turn."""
    return settings_for(database_url)


@pytest.fixture
def cipher() -> Cipher:
    """The cipher that `settings` makes too."""
    return Settings(data_folder=Path(), database_url="", master_key=MASTER_KEY).cipher()


@pytest.fixture(scope="session")
def postgres_server(request: pytest.FixtureRequest) -> Iterator[PostgresServer]:
    """The PostgreSQL of this test session."""
    server = PostgresServer(getattr(request.config, "workerinput", {}).get("testrunuid", uuid.uuid4().hex))
    yield server
    server.stop()


@pytest.fixture(scope="session")
def postgres_database(postgres_server: PostgresServer, worker_id: str) -> PostgresDatabase:
    """The database of this worker."""
    return PostgresDatabase(postgres_server.create(f"test_{worker_id}"))


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> SqliteTemplate:
    """The tables, ready to be copied."""
    return SqliteTemplate(tmp_path_factory.mktemp("sqlite"))


@pytest.fixture
def sqlite_url(sqlite_template: SqliteTemplate, tmp_path: Path) -> str:
    """Address of a SQLite database with empty tables."""
    return sqlite_template.copy_to(tmp_path / "test.db")


@pytest.fixture
def postgresql_url(postgres_database: PostgresDatabase) -> Iterator[str]:
    """Address of a PostgreSQL database with empty tables."""
    yield postgres_database.prepare()
    postgres_database.empty()


@pytest.fixture(params=DATABASES)
def database_url(request: pytest.FixtureRequest) -> str:
    """Address of a database with empty tables, once for each kind."""
    return str(request.getfixturevalue(f"{request.param}_url"))


@pytest.fixture
def store(database_url: str, cipher: Cipher) -> Iterator[Store]:
    """An open store with empty tables, on both databases in turn."""
    store = open_store(database_url, cipher)
    yield store
    store.close()


@pytest.fixture(params=DATABASES)
def bare_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Address of a database without any table, for migrations."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'bare.db'}"
        return
    server: PostgresServer = request.getfixturevalue("postgres_server")
    name = f"bare_{uuid.uuid4().hex}"
    yield server.create(name).render_as_string(hide_password=False)
    server.drop(name)


@pytest.fixture(scope="session")
def password_hash() -> str:
    """Of a password that everybody in tests has; the hash says itself how little work it takes to check."""
    return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)


@pytest.fixture
def web_settings(settings_for: Callable[[str], Settings], sqlite_url: str) -> Settings:
    return settings_for(sqlite_url)


@pytest.fixture
def web_store(sqlite_url: str, web_settings: Settings) -> Iterator[Store]:
    store = open_store(sqlite_url, web_settings.cipher())
    yield store
    store.close()


@pytest.fixture
def web_engine(web_settings: Settings, web_store: Store, clock: FixedClock) -> ProcessEngine:
    """The engine behind the pages, on SQLite."""
    return build_engine(web_settings, clock=clock, store=web_store)


@pytest.fixture
def county(web_store: Store) -> int:
    """A county of one unit."""
    with web_store.session() as session, session.begin():
        return add_organisation(session, OrganisationKind.COUNTY, "320000", "云台县委社会工作部").id


@pytest.fixture
def new_user(web_store: Store, clock: FixedClock, password_hash: str) -> Callable[..., int]:
    """Makes an account: new_user("wang", "王芳", ("county_clerk", county))."""

    def make(login: str, name: str, *memberships: tuple[str, int]) -> int:
        with web_store.session() as session, session.begin():
            user = User(login=login, name=name, password_hash=password_hash, created_at=clock.now())
            session.add(user)
            session.flush()
            session.add_all(
                RoleMembership(user_id=user.id, role=role, organisation_id=organisation)
                for role, organisation in memberships
            )
            return user.id

    return make
