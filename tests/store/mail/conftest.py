"""The small office of the workflow tests with mail switched on, and a mail server of thirty lines."""

import socketserver
import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import cast

import pytest

from engine.identity.users import User
from engine.kernel.actor import SYSTEM, Actor
from engine.kernel.clock import FixedClock
from engine.kernel.command import CommandContext
from engine.kernel.mail_settings import MailSecurity, MailSettings, MailWay
from engine.kernel.process_engine import ProcessEngine
from engine.kernel.settings import Settings
from engine.kernel.store import Store, open_store
from engine.mail.carrier import carry_mail
from engine.workflow.calendars import PlainCalendar
from engine.workflow.definitions import DefinitionCache
from engine.workflow.mailing import tell_people
from engine.workflow.runs import LiveCache
from tests.store.mail.certificates import server_side
from tests.store.workflow.conftest import Office


class GiveAddress:
    """Test data: somebody's confirmed mail address."""

    def __init__(self, user_id: int, address: str | None) -> None:
        self.user_id, self.address = user_id, address

    def execute(self, context: CommandContext) -> None:
        context.session.get_one(User, self.user_id).email = self.address


class PostOffice(Office):
    """An office whose mail lies in a folder."""

    def mail_person(self, name: str, role: str = "county_clerk", address: str | None = "wang@example.invalid") -> Actor:
        who = self.person(name, role)
        self.engine.execute(GiveAddress(who.user_id or 0, address), actor=SYSTEM)
        return who

    def tell(self) -> None:
        while tell_people(self.engine):
            pass

    def letters(self) -> list[EmailMessage]:
        """What has left by now, in order."""
        while carry_mail(self.engine):
            pass
        folder = self.engine.settings.mail.folder
        files = sorted(folder.glob("*.eml"), key=lambda file: file.name) if folder.exists() else []
        return [cast(EmailMessage, message_from_bytes(file.read_bytes(), policy=policy.SMTP)) for file in files]


def open_office(store: Store, settings: Settings, clock: FixedClock) -> PostOffice:
    services = {DefinitionCache: DefinitionCache(clock, PlainCalendar()), LiveCache: LiveCache(100)}
    return PostOffice(ProcessEngine(settings, store, clock, services), clock)


def with_mail(settings: Settings, folder: Path) -> Settings:
    return replace(settings, mail=MailSettings(
        MailWay.FOLDER, "https://shegong.example.invalid", "shegong@example.invalid", folder / "mail"
    ))  # fmt: skip


@pytest.fixture
def office(
    sqlite_url: str, settings_for: Callable[[str], Settings], clock: FixedClock, tmp_path: Path
) -> Iterator[PostOffice]:
    settings = with_mail(settings_for(sqlite_url), tmp_path)
    store = open_store(sqlite_url, settings.cipher())
    yield open_office(store, settings, clock)
    store.close()


@pytest.fixture
def both(store: Store, settings: Settings, clock: FixedClock, tmp_path: Path) -> PostOffice:
    """The same on both databases in turn."""
    return open_office(store, with_mail(settings, tmp_path), clock)


class _Talk(socketserver.StreamRequestHandler):
    """One connection in the words of RFC 5321, as far as a sender needs them."""

    server: "MailServer"

    def handle(self) -> None:
        if self.server.encrypted and self.server.certificate:
            self._encrypt(server_side(self.server.certificate))
        self._say("220 test")
        while line := self.rfile.readline().decode().strip():
            word = line.split(" ")[0].split(":")[0].upper()
            if word == "RCPT" and self.server.refusals:
                self._say(self.server.refusals.pop(0))
            elif word == "DATA":
                self._say("354 go on")
                self._take()
            elif word == "STARTTLS" and self.server.certificate:
                self._say("220 go ahead")
                self._encrypt(server_side(self.server.certificate))
            else:
                self._say(self._answers().get(word, "250 fine"))

    def _answers(self) -> dict[str, str]:
        offered = ["SMTPUTF8"]
        if isinstance(self.connection, ssl.SSLSocket):
            offered.append("AUTH PLAIN")
        elif self.server.certificate:
            offered.append("STARTTLS")
        lines = [f"250-{word}" for word in offered[:-1]] + [f"250 {offered[-1]}"]
        signed_in = "235 welcome" if isinstance(self.connection, ssl.SSLSocket) else "538 not in the clear"
        return {"EHLO": "\r\n".join(["250-test", *lines]), "AUTH": signed_in, "QUIT": "221 bye"}

    def _encrypt(self, context: ssl.SSLContext) -> None:
        self.connection = self.request = context.wrap_socket(self.connection, server_side=True)
        super().setup()

    def finish(self) -> None:
        super().finish()
        self.connection.close()

    def _take(self) -> None:
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            lines.append(line)
        self.server.taken.append(cast(EmailMessage, message_from_bytes(b"".join(lines), policy=policy.SMTP)))
        self._say("250 taken")

    def _say(self, words: str) -> None:
        self.wfile.write(f"{words}\r\n".encode())


class MailServer(socketserver.ThreadingTCPServer):
    """Takes mail on a free port of this machine; answers the next recipients with `refusals` first.

    With a `certificate` it offers STARTTLS; `encrypted` speaks TLS from the first byte.
    """

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Talk)
        self.certificate: Path | None = None
        self.encrypted = False
        self.taken: list[EmailMessage] = []
        self.refusals: list[str] = []

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that does not trust the certificate hangs up; the test looks at the client."""

    @property
    def settings(self) -> MailSettings:
        return MailSettings(
            MailWay.SMTP, "https://shegong.example.invalid", "shegong@example.invalid", host="127.0.0.1",
            port=self.server_address[1], security=MailSecurity.NONE,
        )  # fmt: skip


@pytest.fixture
def mail_server() -> Iterator[MailServer]:
    with MailServer() as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        yield server
        server.shutdown()
