"""The database's way from version to version; proved equal to the tables by a test."""

from pathlib import Path
from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.engine import Connection

from engine.kernel.errors import ShegongError
from engine.kernel.store import Base, Store

_FOLDER = Path(__file__).parent


class DatabaseNotReady(ShegongError):
    """数据库还没有建立，或者不是当前版本：请先运行 python -m engine migrate（演示环境用 make run）。"""

    code = "database_not_ready"


def migrate(store: Store) -> None:
    """Brings the database to the newest version; does nothing when it is there."""
    with store.engine.connect() as connection:
        command.upgrade(_config(connection), "head")


def require_current(store: Store) -> None:
    """What runs on a database asks this first: it is there and at the newest version. Raises DatabaseNotReady."""
    with store.engine.connect() as connection:
        newest = ScriptDirectory.from_config(_config(connection)).get_current_head()
        if MigrationContext.configure(connection).get_current_revision() != newest:
            raise DatabaseNotReady


def differences(store: Store) -> list[Any]:
    """What the tables of the code and those of the database do not have in common."""
    with store.engine.connect() as connection:
        return list(compare_metadata(MigrationContext.configure(connection), Base.metadata))


def write_revision(store: Store, message: str, number: str) -> None:
    """For developers: writes the next revision from the difference between the tables and the database."""
    with store.engine.connect() as connection:
        command.revision(_config(connection), message, autogenerate=True, rev_id=number)


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_FOLDER))
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    config.attributes["connection"] = connection
    return config
