"""The way from nothing to the newest version leads exactly to the tables of the code."""

from pathlib import Path

from engine.installation import build_engine
from engine.kernel.cipher import Cipher
from engine.kernel.migrations import differences, migrate
from engine.kernel.settings import Settings
from engine.kernel.store import open_store


def test_migrations_make_the_tables_of_the_code(bare_database_url: str, tmp_path: Path, cipher: Cipher) -> None:
    store = open_store(bare_database_url, cipher)
    build_engine(Settings(tmp_path, bare_database_url, bytes(range(32))), store=store)
    migrate(store)
    migrate(store)
    assert differences(store) == []
    store.close()
