"""Messages: published in a transaction, kept until their receiver waits for them or their time is over.

A message never enters another instance in the publisher's transaction: a job takes it there. So two instances that
write to each other cannot lock each other out, and each delivery is applied exactly once.
"""

import hashlib
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.decision import Value
from engine.decision.values import clean
from engine.kernel.command import CommandContext
from engine.kernel.errors import Invalid
from engine.workflow.delegates import MESSAGE_LIFE
from engine.workflow.spiff import Wait
from engine.workflow.stored_values import decode, encode
from engine.workflow.tables import Job, Message, MessageSubscription

LONGEST_KEY = 128


def publish(
    context: CommandContext, name: str, key: str, payload: Mapping[str, Value], ttl: timedelta = MESSAGE_LIFE
) -> None:
    """Publishes a message; `payload` becomes variables of the receiver. Raises ValueError for what is no plain data."""
    if len(key) > LONGEST_KEY:
        raise Invalid(f"消息关联值超过 {LONGEST_KEY} 个字符，不能发送。")
    message = Message(
        name=name, correlation_key=key, payload=_stored(payload), published_at=context.now, expires_at=context.now + ttl
    )
    context.session.add(message)
    context.session.flush()
    context.session.add(Job(kind="message", payload={"message": message.id}, due_at=context.now, attempts=0))


def publish_all(
    context: CommandContext, name: str, payloads: Mapping[str, Mapping[str, Value]], ttl: timedelta = MESSAGE_LIFE
) -> None:
    """Publishes one message per key in two statements."""
    rows = [
        Message(name=name, correlation_key=key, payload=_stored(payload), published_at=context.now,
                expires_at=context.now + ttl)
        for key, payload in payloads.items()
    ]  # fmt: skip
    context.session.add_all(rows)
    context.session.flush()
    context.session.add_all(
        Job(kind="message", payload={"message": row.id}, due_at=context.now, attempts=0) for row in rows
    )


def _stored(payload: Mapping[str, Value]) -> Any:
    return encode(clean(payload))


def payload_of(message: Message) -> dict[str, Value]:
    """What was published, numbers and dates as such."""
    return {name: decode(value) for name, value in message.payload.items()}


def take_buffered(context: CommandContext, name: str, key: str) -> dict[str, Value] | None:
    """The payload of the oldest message that waits for a receiver like this; the message is used up."""
    _serialise(context.session, name, key)
    query = (
        select(Message)
        .where(Message.name == name, Message.correlation_key == key, Message.expires_at > context.now)
        .order_by(Message.id)
        .limit(1)
    )
    message = context.session.scalar(query)
    if message is None:
        return None
    context.session.delete(message)
    return payload_of(message)


def still_there(context: CommandContext, message: Message) -> bool:
    """Whether nobody has used the message up and its time is not over; asked after `receiver`, which waits its turn."""
    query = select(Message.id).where(Message.id == message.id, Message.expires_at > context.now)
    return context.session.scalar(query) is not None


def receiver(context: CommandContext, name: str, key: str) -> MessageSubscription | None:
    """The oldest waiting place for such a message."""
    _serialise(context.session, name, key)
    query = select(MessageSubscription).where(
        MessageSubscription.name == name, MessageSubscription.correlation_key == key
    )
    return context.session.scalar(query.order_by(MessageSubscription.id).limit(1))


def subscription(instance_id: int, wait: Wait) -> MessageSubscription:
    """The row of a waiting place."""
    return MessageSubscription(
        instance_id=instance_id, token=wait.token, node_id=wait.node_id, name=wait.message_name,
        correlation_key=str(wait.correlation_key),
    )  # fmt: skip


def _serialise(session: Session, name: str, key: str) -> None:
    """Publisher and receiver of one key pass one after the other, so that neither overlooks the other.

    SQLite has one writer anyway.
    """
    if session.get_bind().dialect.name == "postgresql":
        number = int.from_bytes(hashlib.sha256(f"{name}\0{key}".encode()).digest()[:8], "big", signed=True)
        session.execute(select(func.pg_advisory_xact_lock(number)))
