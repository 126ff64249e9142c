"""Append-only, hash-chained history: what happened, when, by whom; a changed or missing row is found by verify."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Index, LargeBinary, String, UniqueConstraint, bindparam, insert, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine.kernel.changes import write_changes
from engine.kernel.cipher import Cipher
from engine.kernel.store import Base, BigId, Code, EncryptedJson, EncryptedText, UtcDateTime

_START = b"\0" * 32


class ChainHead:
    """Columns of a row that carries the end of a chain: how many events it has and the digest of the last."""

    history_count: Mapped[int] = mapped_column(default=0, comment="events in the chain")
    history_digest: Mapped[bytes] = mapped_column(LargeBinary, default=_START, comment="digest of the last event")


class HistoryChain(ChainHead, Base):
    """A chain that belongs to no single row of its own, such as the one of identity or of settings."""

    __tablename__ = "history_chain"
    name: Mapped[str] = mapped_column(String(64), primary_key=True)


class HistoryEvent(Base):
    """One fact; `type` reads subject.past_verb, for example work_item.completed."""

    __tablename__ = "history_event"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    chain: Mapped[str] = mapped_column(Code, comment="instance:<id> or the name of a chain")
    number: Mapped[int] = mapped_column(comment="place in the chain, from 1")
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor_id: Mapped[int | None]
    type: Mapped[str] = mapped_column(Code)
    subject: Mapped[str] = mapped_column(Code, comment="what it is about, such as work_item:12")
    facts: Mapped[Any] = mapped_column(EncryptedJson)
    digest: Mapped[bytes] = mapped_column(LargeBinary, comment="keyed digest over the previous digest and this row")

    __table_args__ = (
        UniqueConstraint("chain", "number"),
        Index("ix_history_event_subject", "subject", "id"),
        Index("ix_history_event_actor", "actor_id", "id"),
    )


@dataclass(frozen=True, slots=True)
class Fact:
    """An event not yet written."""

    chain: str
    head: ChainHead
    actor_id: int | None
    type: str
    subject: str
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ChainBreak:
    """The first place where a chain does not hold."""

    chain: str
    number: int
    event_id: int | None
    reason: str


def append(session: Session, cipher: Cipher, facts: list[Fact], now: datetime) -> None:
    """Writes what is still unwritten, then `facts` behind their chains in one statement, and moves the heads.

    Nothing may be changed in the session any more.
    """
    rows = []
    for fact in facts:
        number = fact.head.history_count + 1
        text = _text(_as_stored(fact.facts))
        digest = _digest(
            cipher, fact.head.history_digest, fact.chain, number, now, fact.actor_id, fact.type, fact.subject, text
        )
        rows.append(
            {"chain": fact.chain, "number": number, "at": now, "actor_id": fact.actor_id, "type": fact.type,
             "subject": fact.subject, "text": text, "digest": digest}
        )  # fmt: skip
        fact.head.history_count, fact.head.history_digest = number, digest
    write_changes(session)
    if rows:
        session.connection().execute(_INSERT, rows)


_TEXT = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)
_text = _TEXT.encode
"""The one way in which facts are written down: the digest is made of this text, and the row keeps it."""


def _as_stored(facts: Mapping[str, Any]) -> Mapping[str, Any]:
    """The facts as they come back from the store: keys within them become text, so that they keep their order."""
    if any(isinstance(value, (dict, list, tuple)) for value in facts.values()):
        plain: Mapping[str, Any] = json.loads(json.dumps(facts, ensure_ascii=False, default=str))
        return plain
    return facts


_INSERT = insert(HistoryEvent).values(facts=bindparam("text", type_=EncryptedText()))
"""Below the unit of work: events are many and never read back in their transaction."""


def named_chain(session: Session, name: str) -> HistoryChain:
    """The chain called `name`, locked until the transaction ends; made when it is new."""
    chain = session.get(HistoryChain, name, with_for_update=True)
    if chain is None:
        chain = HistoryChain(name=name, history_count=0, history_digest=_START)
        session.add(chain)
        session.flush()
    return chain


def verify_chain(session: Session, cipher: Cipher, chain: str, head: ChainHead) -> ChainBreak | None:
    """The first break of `chain`, or None when every row is as it was written and none is missing."""
    previous, number = _START, 0
    for row in _events(session, chain):
        number += 1
        if row.number != number:
            return ChainBreak(chain, number, row.id, "事件缺失")
        expected = _digest(
            cipher, previous, row.chain, row.number, row.at, row.actor_id, row.type, row.subject, _text(row.facts)
        )
        if expected != row.digest:
            return ChainBreak(chain, number, row.id, "事件内容被改动")
        previous = row.digest
    if (number, previous) != (head.history_count, bytes(head.history_digest)):
        return ChainBreak(chain, number + 1, None, "末尾事件缺失")
    return None


def _events(session: Session, chain: str) -> Iterator[HistoryEvent]:
    query = select(HistoryEvent).where(HistoryEvent.chain == chain).order_by(HistoryEvent.number)
    yield from session.scalars(query.execution_options(yield_per=500))


def _digest(
    cipher: Cipher,
    previous: bytes,
    chain: str,
    number: int,
    at: datetime,
    actor_id: int | None,
    type_: str,
    subject: str,
    facts: str,
) -> bytes:
    head = _text([chain, number, at.astimezone(UTC).isoformat(), actor_id, type_, subject])
    return cipher.mac(previous + f"{head[:-1]},{facts}]".encode())
