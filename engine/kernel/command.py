"""A command is one sentence of the product; its context is everything it may touch."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Protocol, TypeVar, cast

from sqlalchemy.orm import Session

from engine.kernel.actor import Actor
from engine.kernel.cipher import Cipher
from engine.kernel.clock import Clock, local_date
from engine.kernel.history import ChainHead, Fact, append, named_chain
from engine.kernel.settings import Settings

S = TypeVar("S")
R_co = TypeVar("R_co", covariant=True)


class Command(Protocol[R_co]):
    """A frozen value; authorises inside itself and touches the database only."""

    def execute(self, context: "CommandContext") -> R_co: ...


Services = Mapping[type[Any], Any]


@dataclass
class CommandContext:
    """One run of one command: session, actor, time and what the installation offers."""

    session: Session
    actor: Actor
    now: datetime
    clock: Clock
    cipher: Cipher
    settings: Settings
    services: Services
    case_decide: Callable[..., Any] | None = None
    """The decision tables of the case at hand; None outside of a case."""
    _facts: list[Fact] = field(default_factory=list)
    _before_commit: list[Callable[[], None]] = field(default_factory=list)
    _after_commit: list[Callable[[], None]] = field(default_factory=list)
    _after_rollback: list[Callable[[], object]] = field(default_factory=list)

    @property
    def today(self) -> date:
        """The date in China."""
        return local_date(self.now)

    def service(self, kind: type[S]) -> S:
        """A part of the installation by its type, such as the cache of definitions."""
        return cast(S, self.services[kind])

    def record(
        self, type_: str, subject: str, *, chain: str = "registry", head: ChainHead | None = None, **facts: Any
    ) -> None:
        """Notes a fact for the history; it is written with the commit, behind `head` or the chain of that name."""
        if head is None:
            head = named_chain(self.session, chain)
        self._facts.append(Fact(chain, head, self.actor.user_id, type_, subject, facts))

    @contextmanager
    def deciding_with(self, decide: Callable[..., Any]) -> Iterator[None]:
        """While work is done for a case, the tables of the version that the case began with decide."""
        before, self.case_decide = self.case_decide, decide
        try:
            yield
        finally:
            self.case_decide = before

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """Part of the work that may fail by itself: its rows and facts go, the rest stays."""
        noted: tuple[list[Any], ...] = (self._facts, self._before_commit, self._after_commit)
        kept, undone_from = [len(notes) for notes in noted], len(self._after_rollback)
        try:
            with self.session.begin_nested():
                yield
        except BaseException:
            for notes, length in zip(noted, kept, strict=True):
                del notes[length:]
            self._undo(undone_from)
            raise

    def before_commit(self, action: Callable[[], None]) -> None:
        """Work that closes the transaction, such as writing the state of touched instances once."""
        self._before_commit.append(action)

    def after_commit(self, action: Callable[[], None]) -> None:
        """Something outside the database that must follow a success only."""
        self._after_commit.append(action)

    def after_rollback(self, action: Callable[[], object]) -> None:
        """Something outside the database that must go when the command fails, or the savepoint it was noted in."""
        self._after_rollback.append(action)

    def close(self) -> None:
        """Runs the closing work and writes the history; called by the transaction just before it commits."""
        while self._before_commit:
            self._before_commit.pop(0)()
        facts, self._facts = self._facts, []
        append(self.session, self.cipher, facts, self.now)

    def committed(self) -> None:
        for action in self._after_commit:
            action()

    def rolled_back(self) -> None:
        self._undo(0)

    def _undo(self, start: int) -> None:
        undone, self._after_rollback[start:] = self._after_rollback[start:], []
        for action in undone:
            action()
