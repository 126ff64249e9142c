"""Letters leave once, wait while the server is away, and tell why they did not go through."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from engine.kernel.actor import SYSTEM, Actor
from engine.kernel.command import CommandContext
from engine.kernel.errors import Forbidden
from engine.kernel.mail_settings import MailSecurity
from engine.kernel.process_engine import ProcessEngine
from engine.mail.carrier import carry_mail
from engine.mail.letters import Letter
from engine.mail.outbox import ATTEMPTS, LEASE, MailState, NoteSent, OutboxMail, TakeMail, post
from engine.workflow.housekeeping import Housekeeping
from tests.store.mail.certificates import self_signed
from tests.store.mail.conftest import MailServer, PostOffice


class Post:
    """Somebody writes a letter; with `fails` the transaction does not commit."""

    def __init__(self, who: Actor, key: str = "a", *, fails: bool = False) -> None:
        self.user_id, self.key, self.fails = who.user_id or 0, key, fails

    def execute(self, context: CommandContext) -> None:
        letter = Letter("wang@example.invalid", f"标题{self.key}", "内容")
        post(context, letter, user_id=self.user_id, kind="urged", key=self.key)
        if self.fails:
            raise Forbidden()


class DiesBeforeTheNote(ProcessEngine):
    """The process is killed after the server has taken a letter and before that is noted."""

    def execute(self, command: Any, **more: Any) -> Any:
        if isinstance(command, NoteSent):
            raise KeyboardInterrupt
        return super().execute(command, **more)


def rows(office: PostOffice) -> list[OutboxMail]:
    with office.engine.reading() as session:
        return list(session.scalars(select(OutboxMail).order_by(OutboxMail.id)))


def over_smtp(office: PostOffice, server: MailServer) -> ProcessEngine:
    """The same installation with a mail server."""
    engine = office.engine
    return ProcessEngine(replace(engine.settings, mail=server.settings), engine.store, engine.clock, engine.services)


def test_a_letter_leaves_only_when_what_it_tells_of_was_committed(office: PostOffice) -> None:
    who = office.mail_person("王敏")
    with pytest.raises(Forbidden):
        office.do(Post(who, "undone", fails=True), SYSTEM)
    office.do(Post(who, "done"), SYSTEM)
    assert [letter["Subject"] for letter in office.letters()] == ["标题done"]
    assert (rows(office)[0].state, rows(office)[0].sent_at) == (MailState.SENT, office.clock.now())


def test_a_server_takes_each_letter_once(both: PostOffice, mail_server: MailServer) -> None:
    who, engine = both.mail_person("王敏"), over_smtp(both, mail_server)
    for number in range(12):
        both.do(Post(who, f"k{number}"), SYSTEM)
    while carry_mail(engine):
        pass
    assert carry_mail(engine) == 0
    assert [message["Subject"] for message in mail_server.taken] == [f"标题k{number}" for number in range(12)]
    assert len({message["Message-ID"] for message in mail_server.taken}) == 12


def test_a_letter_of_a_killed_worker_is_sent_again_under_the_same_message_id(
    both: PostOffice, mail_server: MailServer
) -> None:
    """The one moment where a letter may arrive twice: the server took it, and the note of that was lost."""
    who, engine = both.mail_person("王敏"), over_smtp(both, mail_server)
    both.do(Post(who), SYSTEM)
    with pytest.raises(KeyboardInterrupt):
        carry_mail(DiesBeforeTheNote(engine.settings, engine.store, engine.clock, engine.services), "first")
    assert carry_mail(engine, "second") == 0  # the lease of the first still holds
    both.clock.advance(LEASE + timedelta(seconds=1))
    assert carry_mail(engine, "second") == 1
    assert len({message["Message-ID"] for message in mail_server.taken}) == 1
    both.do(NoteSent(rows(both)[0].id, "first"), SYSTEM)  # who comes back late changes nothing
    assert (rows(both)[0].state, rows(both)[0].attempts) == (MailState.SENT, 1)


def test_in_the_folder_a_repeated_letter_is_the_same_file(office: PostOffice) -> None:
    who = office.mail_person("王敏")
    office.do(Post(who), SYSTEM)
    assert len(office.letters()) == 1
    with office.engine.store.session() as session, session.begin():
        row = session.scalars(select(OutboxMail)).one()
        row.state, row.sent_at = MailState.WAITING, None
    assert len(office.letters()) == 1


def test_a_server_that_is_away_costs_no_try(office: PostOffice, mail_server: MailServer) -> None:
    who, engine = office.mail_person("王敏"), over_smtp(office, mail_server)
    nowhere = replace(engine.settings, mail=replace(mail_server.settings, host="127.0.0.1", port=1))
    away = ProcessEngine(nowhere, engine.store, engine.clock, engine.services)
    office.do(Post(who), SYSTEM)
    assert carry_mail(away) == 0
    (row,) = rows(office)
    assert (row.state, row.attempts) == (MailState.WAITING, 0)
    assert "连接不上邮件服务器" in (row.error or "")
    assert carry_mail(engine) == 0  # not at once again
    office.clock.advance(timedelta(minutes=3))
    assert carry_mail(engine) == 1


def test_nothing_goes_in_the_clear_when_the_server_offers_no_encryption(
    office: PostOffice, mail_server: MailServer
) -> None:
    who, engine = office.mail_person("王敏"), office.engine
    wary = replace(engine.settings, mail=replace(mail_server.settings, security=MailSecurity.STARTTLS))
    office.do(Post(who), SYSTEM)
    assert carry_mail(ProcessEngine(wary, engine.store, engine.clock, engine.services)) == 0
    assert mail_server.taken == []
    assert "不支持所设的加密" in (rows(office)[0].error or "")


@pytest.mark.parametrize("security", [MailSecurity.STARTTLS, MailSecurity.SSL])
def test_a_letter_and_the_password_travel_encrypted(
    office: PostOffice, mail_server: MailServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, security: MailSecurity
) -> None:
    who, engine = office.mail_person("王敏"), office.engine
    mail_server.certificate, mail_server.encrypted = self_signed(tmp_path), security is MailSecurity.SSL
    mail = replace(mail_server.settings, security=security, user="shegong", password="a long one")
    carrier = ProcessEngine(replace(engine.settings, mail=mail), engine.store, engine.clock, engine.services)
    office.do(Post(who), SYSTEM)
    assert carry_mail(carrier) == 0  # nobody has vouched for this server
    assert "加密连接没有建立" in (rows(office)[0].error or "")
    monkeypatch.setenv("SSL_CERT_FILE", str(mail_server.certificate))
    office.clock.advance(timedelta(minutes=3))
    assert carry_mail(carrier) == 1
    assert [message["Subject"] for message in mail_server.taken] == ["标题a"]


def test_a_busy_server_is_asked_again_ever_later_and_at_last_the_letter_fails(
    office: PostOffice, mail_server: MailServer
) -> None:
    who, engine = office.mail_person("王敏"), over_smtp(office, mail_server)
    office.do(Post(who), SYSTEM)
    mail_server.refusals = ["451 later please 13912345678"] * ATTEMPTS
    delays = []
    for _ in range(ATTEMPTS):
        carry_mail(engine)
        delays.append(rows(office)[0].due_at - office.clock.now())
        office.clock.move_to(rows(office)[0].due_at)
    assert delays[:3] == [timedelta(minutes=2), timedelta(minutes=4), timedelta(minutes=8)]
    assert max(delays) == timedelta(hours=12)
    assert (rows(office)[0].state, rows(office)[0].error) == (MailState.FAILED, "邮件服务器拒收（451）")
    assert (carry_mail(engine), mail_server.taken) == (0, [])


def test_an_unknown_recipient_fails_at_once_and_stops_no_other_letter(
    office: PostOffice, mail_server: MailServer
) -> None:
    who, engine = office.mail_person("王敏"), over_smtp(office, mail_server)
    office.do(Post(who, "a"), SYSTEM)
    office.do(Post(who, "b"), SYSTEM)
    mail_server.refusals = ["550 nobody here"]
    assert carry_mail(engine) == 1
    assert [row.state for row in rows(office)] == [MailState.FAILED, MailState.SENT]


def test_only_the_carrier_takes_letters_and_old_ones_are_removed(office: PostOffice) -> None:
    who = office.mail_person("王敏")
    with pytest.raises(Forbidden):
        office.do(TakeMail("somebody", 1), who)
    office.do(Post(who), SYSTEM)
    office.letters()
    office.clock.advance(timedelta(days=31))
    office.do(Housekeeping(), SYSTEM)
    assert rows(office) == []
