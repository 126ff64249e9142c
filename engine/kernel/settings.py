"""Settings of one installation: a frozen value built once from the environment."""

import base64
import hashlib
import hmac
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from engine.kernel.cipher import AesGcmCipher
from engine.kernel.mail_settings import MailSettings, mail_settings


@dataclass(frozen=True)
class Settings:
    """Where data lies, which keys protect it, and how the installation behaves."""

    data_folder: Path
    """Database and files of the installation; never inside the web root."""
    database_url: str
    """SQLAlchemy address of the database: SQLite file or PostgreSQL through psycopg."""
    master_key: bytes
    """32 bytes; encryption and session keys are derived from it."""
    production: bool = False
    """Production refuses default secrets, debug and plain http."""
    workflow_cache: int = 512
    """How many live instances an engine keeps in memory."""
    mail: MailSettings = field(default_factory=MailSettings)
    read_notifications_days: int = 180
    """How long a notification that was read is kept."""

    @property
    def files_folder(self) -> Path:
        return self.data_folder / "files"

    def derived_key(self, purpose: str) -> bytes:
        """A 32-byte key for one purpose."""
        return hmac.new(self.master_key, purpose.encode(), hashlib.sha256).digest()

    def cipher(self) -> AesGcmCipher:
        return AesGcmCipher({1: self.derived_key("fields-1")}, active=1, index_key=self.derived_key("index"))


def settings_from_environment(environment: Mapping[str, str] | None = None) -> Settings:
    """Settings from SHEGONG_* variables; a demo installation makes its own key file on first start."""
    values = os.environ if environment is None else environment
    folder = Path(values.get("SHEGONG_DATA", "data")).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    production = values.get("SHEGONG_ENV", "demo") == "production"
    return Settings(
        data_folder=folder,
        database_url=values.get("SHEGONG_DATABASE", f"sqlite:///{folder / 'shegong.db'}"),
        master_key=_master_key(values, folder, production),
        production=production,
        mail=mail_settings(values, folder, production=production),
        read_notifications_days=int(values.get("SHEGONG_READ_NOTIFICATIONS_DAYS", "180")),
    )


def _master_key(values: Mapping[str, str], folder: Path, production: bool) -> bytes:
    given = values.get("SHEGONG_MASTER_KEY")
    if given:
        key = base64.b64decode(given)
        if len(key) != 32:
            raise ValueError("SHEGONG_MASTER_KEY must be 32 bytes in base64")
        return key
    if production:
        raise ValueError("SHEGONG_MASTER_KEY is required in production")
    path = folder / "master.key"
    if not path.exists():
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(base64.b64encode(secrets.token_bytes(32)))
    return base64.b64decode(path.read_bytes())
