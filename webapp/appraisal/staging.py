"""Rows of an uploaded spreadsheet between preview and commit: encrypted, for one person, for a day."""

import json
import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from engine.kernel.errors import NotFound
from engine.kernel.process_engine import ProcessEngine
from engine.personnel.tabular import Row

KEPT = timedelta(days=1)
_TOKEN = re.compile(r"[A-Za-z0-9_-]{20,60}")


@dataclass(frozen=True, slots=True)
class Staged:
    """An upload that waits for its commit."""

    token: str
    owner_id: int | None
    purpose: str
    facts: Mapping[str, str]
    """What was filled in beside the file, such as the year."""
    rows: Sequence[Row]


def stage(
    engine: ProcessEngine, owner_id: int | None, purpose: str, facts: Mapping[str, str], rows: Sequence[Row],
    token: str = "",
) -> Staged:  # fmt: skip
    """Keeps the rows; under an earlier token they take the place of what was there."""
    folder = _folder(engine)
    _forget_old(folder, engine.clock.now())
    token = token or secrets.token_urlsafe(24)
    plain = json.dumps(
        {"owner": owner_id, "purpose": purpose, "facts": dict(facts), "rows": rows}, ensure_ascii=False
    ).encode()
    (folder / token).write_bytes(engine.store.cipher.encrypt(plain))
    return Staged(token, owner_id, purpose, facts, rows)


def staged(engine: ProcessEngine, owner_id: int | None, purpose: str, token: str) -> Staged:
    """What was kept; to others, and for another purpose, it does not exist."""
    path = _folder(engine) / token
    if not _TOKEN.fullmatch(token) or not path.exists():
        raise NotFound("上传的表格已过期，请重新上传。")
    kept = json.loads(engine.store.cipher.decrypt(path.read_bytes()))
    if kept["owner"] != owner_id or kept["purpose"] != purpose:
        raise NotFound("上传的表格已过期，请重新上传。")
    return Staged(token, owner_id, purpose, kept["facts"], kept["rows"])


def forget(engine: ProcessEngine, token: str) -> None:
    """The import is done."""
    (_folder(engine) / token).unlink(missing_ok=True)


def _folder(engine: ProcessEngine) -> Path:
    folder = engine.settings.data_folder / "ledger_imports"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _forget_old(folder: Path, now: datetime) -> None:
    oldest = (now - KEPT).timestamp()
    for path in folder.iterdir():
        if path.stat().st_mtime < oldest:
            path.unlink(missing_ok=True)
