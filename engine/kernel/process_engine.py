"""ProcessEngine.execute: the one transaction of the product."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, TypeVar, cast

import structlog
from sqlalchemy import LargeBinary, String, insert, select
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Mapped, Session, mapped_column
from sqlalchemy.orm.exc import StaleDataError

from engine.kernel.actor import SYSTEM, Actor
from engine.kernel.clock import Clock
from engine.kernel.command import Command, CommandContext, Services
from engine.kernel.errors import Conflict, Forbidden, LostRace, OutcomeUnknown, ShegongError
from engine.kernel.logs import trace_of
from engine.kernel.settings import Settings
from engine.kernel.store import Base, PlainJson, Store, UtcDateTime, connection_lost

R = TypeVar("R")
S = TypeVar("S")

log = structlog.get_logger(__name__)

ATTEMPTS = 5
"""How often a command is run from the start when it loses a race."""


class CommandReceipt(Base):
    """Proof that a request with an idempotency key had its effect, and what it answered."""

    __tablename__ = "command_receipt"
    key: Mapped[str] = mapped_column(String(128), primary_key=True)
    actor_id: Mapped[int | None]
    command: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(UtcDateTime, comment="old receipts are removed by the housekeeping")
    answer: Mapped[Any] = mapped_column(PlainJson, nullable=True)
    content: Mapped[bytes | None] = mapped_column(
        LargeBinary, comment="keyed digest of what was asked; empty = unknown"
    )


_INSERT_RECEIPT = insert(CommandReceipt)


class _AlreadyDone(Exception):
    def __init__(self, answer: Any) -> None:
        self.answer = answer


class ProcessEngine:
    """Runs commands; holds the store, the clock and the services of one installation."""

    def __init__(self, settings: Settings, store: Store, clock: Clock, services: Services) -> None:
        self.settings = settings
        self.store = store
        self.clock = clock
        self.services = services
        self.on_commit: Callable[[], None] = lambda: None
        """Rung after each commit, so that a worker in the same process need not wait."""

    def execute(self, command: Command[R], *, actor: Actor, idempotency_key: str | None = None) -> R:
        """Runs `command` in one transaction; again from the start when it lost a race.

        With an `idempotency_key` a repetition has no second effect and gets the first answer
        (only plain answers - numbers, texts, lists of them - are kept; others come back as None).
        The same key with another content is refused (Conflict); what a command's `repr` leaves out is not compared.
        """
        for attempt in range(1, ATTEMPTS + 1):
            try:
                return self._attempt(command, actor, idempotency_key)
            except _AlreadyDone as done:
                return cast(R, done.answer)
            except (LostRace, DBAPIError, StaleDataError) as error:
                if not _worth_repeating(error):
                    raise
                if attempt == ATTEMPTS and isinstance(error, IntegrityError):
                    raise
                if attempt == ATTEMPTS:
                    raise LostRace() from error
        raise LostRace()

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session for queries."""
        with self.store.reading() as session:
            yield session

    def service(self, kind: type[S]) -> S:
        return cast(S, self.services[kind])

    def _attempt(self, command: Command[R], actor: Actor, key: str | None) -> R:
        with self.store.session() as session:
            context = CommandContext(
                session, actor, self.clock.now(), self.clock, self.store.cipher, self.settings, self.services
            )
            try:
                if key is not None:
                    _claim_key(session, key, context, command)
                result = command.execute(context)
                context.close()
                if key is not None and result is not None:
                    _keep_answer(session, key, result)
                _commit(session, repeatable=key is not None)
            except BaseException as error:
                session.rollback()
                context.rolled_back()
                self._follow_up(error)
                raise
        context.committed()
        self.on_commit()
        return result

    def _follow_up(self, error: BaseException) -> None:
        """A failure that must leave a trace (an incident) brings the command that writes it."""
        if isinstance(error, ShegongError) and error.follow_up is not None:
            try:
                self.execute(error.follow_up, actor=SYSTEM)
            except Exception as second:  # the first failure is what the caller must hear of
                log.error("follow_up_failed", kind=type(second).__name__, trace=trace_of(second))  # noqa: TRY400


def _commit(session: Session, *, repeatable: bool) -> None:
    """Commits; when the connection breaks meanwhile, only a command with a key may be run again."""
    session.flush()
    try:
        session.commit()
    except DBAPIError as error:
        if error.connection_invalidated and not repeatable:
            raise OutcomeUnknown() from error
        raise


def _claim_key(session: Session, key: str, context: CommandContext, command: Any) -> None:
    """The unique key makes the second of two equal requests fail at once, also when both run at the same time."""
    actor_id, kind = context.actor.user_id, type(command).__name__
    content = _fingerprint(context, command)
    row = {"key": key, "actor_id": actor_id, "command": kind, "at": context.now, "content": content}
    try:
        session.connection().execute(_INSERT_RECEIPT, row)
    except IntegrityError:
        session.rollback()
        earlier = session.get(CommandReceipt, key)
        if earlier is None:
            raise LostRace() from None
        if (earlier.actor_id, earlier.command) != (actor_id, kind):
            raise Forbidden() from None
        if None not in (content, earlier.content) and content != earlier.content:
            raise Conflict("此页面的内容已经提交过一次，这次的修改没有生效。请刷新页面后重新填写。") from None
        raise _AlreadyDone(earlier.answer) from None


def _fingerprint(context: CommandContext, command: Any) -> bytes | None:
    """What tells two commands apart; None where their text differs from process to process."""
    text = repr(command)
    if " object at 0x" in text or "set({" in text:
        return None
    return context.cipher.mac(text.encode())


def _keep_answer(session: Session, key: str, answer: Any) -> None:
    if isinstance(answer, (int, str, bool, list)):
        receipt = session.execute(select(CommandReceipt).where(CommandReceipt.key == key)).scalar_one()
        receipt.answer = answer
        session.flush()


def _worth_repeating(error: Exception) -> bool:
    """Lost races, unique clashes, lock time-outs, cut connections; a broken constraint is none."""
    if isinstance(error, (LostRace, StaleDataError)) or connection_lost(error):
        return True
    text = str(error.orig).lower() if isinstance(error, DBAPIError) else ""
    return any(word in text for word in ("unique", "locked", "deadlock", "serialize", "duplicate key"))
