"""How mail leaves the installation: by SMTP, into a folder of .eml files, or not at all."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path


class MailWay(StrEnum):
    """Where mail goes."""

    OFF = "off"
    FOLDER = "folder"
    SMTP = "smtp"


class MailSecurity(StrEnum):
    """How the connection to the SMTP server is protected."""

    STARTTLS = "starttls"
    SSL = "ssl"
    NONE = "none"


PORTS = {MailSecurity.STARTTLS: 587, MailSecurity.SSL: 465, MailSecurity.NONE: 25}
_HERE = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True)
class MailSettings:
    """Server, sender and the address that links begin with; the password is kept in memory alone."""

    way: MailWay = MailWay.OFF
    base_url: str = "http://127.0.0.1:8000"
    """Where people find the site; links in mail begin with it."""
    sender: str = "shegong@localhost"
    folder: Path = Path("mail")
    """Where .eml files go when there is no server."""
    host: str = ""
    port: int = PORTS[MailSecurity.STARTTLS]
    security: MailSecurity = MailSecurity.STARTTLS
    user: str = ""
    password: str = field(default="", repr=False)

    @property
    def on(self) -> bool:
        return self.way is not MailWay.OFF

    @property
    def domain(self) -> str:
        """What is behind the @ of the sender; Message-IDs end with it."""
        return self.sender.rpartition("@")[2] or "localhost"


def mail_settings(values: Mapping[str, str], folder: Path, *, production: bool) -> MailSettings:
    """From SHEGONG_BASE_URL and SHEGONG_SMTP_*; without a server a demo writes files and production sends nothing."""
    host = values.get("SHEGONG_SMTP_HOST", "")
    security = MailSecurity(values.get("SHEGONG_SMTP_SECURITY", MailSecurity.STARTTLS))
    if production and host and security is MailSecurity.NONE and host not in _HERE:
        raise ValueError("SHEGONG_SMTP_SECURITY must be starttls or ssl in production")
    without = MailWay.OFF if production else MailWay.FOLDER
    return MailSettings(
        way=MailWay.SMTP if host else without,
        base_url=_base_url(values, production=production and bool(host)),
        sender=values.get("SHEGONG_SMTP_FROM") or "shegong@example.invalid",
        folder=folder / "mail",
        host=host,
        port=int(values.get("SHEGONG_SMTP_PORT") or PORTS[security]),
        security=security,
        user=values.get("SHEGONG_SMTP_USER", ""),
        password=_password(values),
    )


def _base_url(values: Mapping[str, str], *, production: bool) -> str:
    given = values.get("SHEGONG_BASE_URL", "").rstrip("/")
    if production and not given.startswith("https://"):
        raise ValueError("SHEGONG_BASE_URL must be the https address of the site when mail is sent")
    return given or MailSettings.base_url


def _password(values: Mapping[str, str]) -> str:
    """From the environment, or better from a file that only the service may read."""
    file = values.get("SHEGONG_SMTP_PASSWORD_FILE")
    return Path(file).read_text(encoding="utf-8").strip() if file else values.get("SHEGONG_SMTP_PASSWORD", "")
