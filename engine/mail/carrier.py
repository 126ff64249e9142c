"""The carrier: takes letters to the server, in a thread of its own, so that a slow server stops nothing else."""

import threading

import structlog
from sqlalchemy import select

from engine.kernel.actor import SYSTEM
from engine.kernel.logs import trace_of
from engine.kernel.process_engine import ProcessEngine
from engine.mail.letters import message_of
from engine.mail.outbox import NoteFailed, NoteSent, OutboxMail, Outgoing, PutBack, TakeMail, is_due
from engine.mail.transports import MailRefused, MailUndelivered, Send, ServerAway, connected

ROUND = 10
PAUSE = 2.0
"""Seconds between two looks into the outbox."""

log = structlog.get_logger(__name__)


def carry_mail(engine: ProcessEngine, worker: str = "worker") -> int:
    """Sends what is due, one round; answers how many letters the server took."""
    with engine.reading() as session:  # a look that keeps no writer waiting
        if session.scalar(select(OutboxMail.id).where(is_due(engine.clock.now())).limit(1)) is None:
            return 0
    letters = engine.execute(TakeMail(worker, ROUND), actor=SYSTEM)
    try:
        with connected(engine.settings.mail) as send:
            return sum([_carry(engine, worker, letter, send) for letter in letters])
    except (ServerAway, OSError) as error:
        reason = str(error) if isinstance(error, ServerAway) else f"邮件文件夹不能写入（{type(error).__name__}）"
        engine.execute(PutBack(worker, reason), actor=SYSTEM)
        log.warning("mail_server_away", reason=reason, letters=len(letters))
        return 0


def message_id(engine: ProcessEngine, key: str) -> str:
    """The same for every try of a letter, and no secret: nothing follows from it."""
    return f"<{engine.store.cipher.mac(f'mail:{key}'.encode()).hex()[:32]}@{engine.settings.mail.domain}>"


def _carry(engine: ProcessEngine, worker: str, outgoing: Outgoing, send: Send) -> bool:
    try:
        send(message_of(
            outgoing.letter, message_id=message_id(engine, outgoing.key), sender=engine.settings.mail.sender,
            at=outgoing.posted_at,
        ))  # fmt: skip
    except MailRefused as error:
        engine.execute(NoteFailed(outgoing.mail_id, worker, str(error), final=True), actor=SYSTEM)
    except MailUndelivered as error:
        engine.execute(NoteFailed(outgoing.mail_id, worker, str(error)), actor=SYSTEM)
    except (ServerAway, OSError):
        raise
    except Exception as error:  # one letter that cannot even be written must not stop the others
        log.error("letter_not_written", kind=type(error).__name__, trace=trace_of(error))  # noqa: TRY400
        reason = f"邮件无法生成（{type(error).__name__}）"
        engine.execute(NoteFailed(outgoing.mail_id, worker, reason, final=True), actor=SYSTEM)
    else:
        engine.execute(NoteSent(outgoing.mail_id, worker), actor=SYSTEM)
        return True
    return False


class Carrier:
    """A loop over the outbox, until it is stopped."""

    def __init__(self, engine: ProcessEngine, name: str) -> None:
        self.engine = engine
        self.name = name
        self._stop = threading.Event()

    def start(self) -> None:
        """Runs in a thread that ends with the process."""
        threading.Thread(target=self.run, name="mail", daemon=True).start()

    def run(self) -> None:
        while not self._stop.is_set():
            try:
                while carry_mail(self.engine, self.name) and not self._stop.is_set():
                    pass
            except Exception as error:  # the database may be away for a moment
                log.error("mail_round_failed", kind=type(error).__name__, trace=trace_of(error))  # noqa: TRY400
            self._stop.wait(PAUSE)

    def stop(self) -> None:
        self._stop.set()
