"""Seals: once a day the list of cases is sealed in a chain of its own, so that a case removed with its whole history is
noticed."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import String, cast, func, select
from sqlalchemy.orm import Session

from engine.kernel.cipher import Cipher
from engine.kernel.command import CommandContext
from engine.kernel.history import ChainBreak, HistoryEvent
from engine.workflow.tables import ProcessInstance

CHAIN, SEALED = "seals", "cases.sealed"
SETTLED = timedelta(hours=1)
"""A case younger than this may still share its number's neighbourhood with one that is not yet committed."""


def seal_cases(context: CommandContext) -> None:
    """Seals the cases begun since the last seal; nothing happens when there are none."""
    after = _last(context.session)
    old_enough = ProcessInstance.started_at <= context.now - SETTLED
    newest = context.session.scalar(select(func.max(ProcessInstance.id)).where(old_enough))
    if newest is None or newest <= after:
        return
    number, digest = _digest(context.session, context.cipher, after, newest)
    context.record(SEALED, CHAIN, chain=CHAIN, after=after, up_to=newest, number=number, digest=digest)


def missing_cases(session: Session, cipher: Cipher) -> list[ChainBreak]:
    """Seals that do not fit the cases any more, and events whose case is gone."""
    return [*_broken_seals(session, cipher), *_orphans(session)]


def _broken_seals(session: Session, cipher: Cipher) -> Iterator[ChainBreak]:
    for event in _seals(session):
        facts = event.facts
        number, digest = _digest(session, cipher, facts["after"], facts["up_to"])
        if digest != facts["digest"]:
            span = f"编号{facts['after'] + 1}至{facts['up_to']}的事项"
            reason = f"{span}封存时有{facts['number']}件，现有{number}件，有事项被移除或替换"
            yield ChainBreak(CHAIN, event.number, event.id, reason)


def _orphans(session: Session) -> Iterator[ChainBreak]:
    known = select(("instance:" + cast(ProcessInstance.id, String)).label("chain"))
    lost = (
        select(HistoryEvent.chain, func.min(HistoryEvent.id))
        .where(HistoryEvent.chain.startswith("instance:"), HistoryEvent.chain.not_in(known))
        .group_by(HistoryEvent.chain)
    )
    for chain, event_id in session.execute(lost):
        yield ChainBreak(chain, 1, event_id, "事项本身已被移除")


def _seals(session: Session) -> Sequence[HistoryEvent]:
    query = select(HistoryEvent).where(HistoryEvent.chain == CHAIN, HistoryEvent.type == SEALED)
    return session.scalars(query.order_by(HistoryEvent.number)).all()


def _last(session: Session) -> int:
    query = select(HistoryEvent).where(HistoryEvent.chain == CHAIN).order_by(HistoryEvent.number.desc())
    last = session.scalar(query.limit(1))
    return 0 if last is None else int(last.facts["up_to"])


def _digest(session: Session, cipher: Cipher, after: int, up_to: int) -> tuple[int, str]:
    """How many cases lie in the span, and a keyed digest of what never changes in them."""
    query = select(
        ProcessInstance.id, ProcessInstance.process_key, ProcessInstance.business_key, ProcessInstance.started_at
    ).where(ProcessInstance.id > after, ProcessInstance.id <= up_to)
    rows: Sequence[Any] = session.execute(query.order_by(ProcessInstance.id)).all()
    text = "\n".join(f"{row.id}|{row.process_key}|{row.business_key}|{row.started_at.isoformat()}" for row in rows)
    return len(rows), cipher.mac(text.encode()).hex()
