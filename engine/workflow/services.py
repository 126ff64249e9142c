"""Service tasks: run in the transaction that reaches them; what fails becomes a job, what is large a batch."""

from collections.abc import Mapping
from datetime import timedelta

import structlog

from engine.decision import DecisionError, FeelError, Value
from engine.kernel.command import CommandContext
from engine.kernel.errors import Conflict, Invalid, RuleViolation, ShegongError
from engine.kernel.logs import trace_of
from engine.kernel.store import connection_lost
from engine.workflow import messages
from engine.workflow.definitions import Definition
from engine.workflow.delegates import DELEGATES, Pending, ServiceCall
from engine.workflow.spiff import ExecutionError, Wait
from engine.workflow.tables import Batch, Job, ProcessInstance

log = structlog.get_logger(__name__)

_SPEAKING = (ShegongError, DecisionError, FeelError, ExecutionError)
RETRY_DELAY = timedelta(seconds=10)
"""Time until a failed job is tried again; doubles with each attempt."""


def call_delegate(
    context: CommandContext,
    instance: ProcessInstance,
    definition: Definition,
    wait: Wait,
    variables: Mapping[str, Value],
) -> Mapping[str, Value] | Pending | None:
    """Runs the delegate of a service task in a savepoint, so that its failure leaves nothing half-done."""
    settings = definition.node(wait.node_id).settings
    call = ServiceCall(
        context, instance, wait.node_id, variables, settings.headers, definition.tables.decide,
        lambda name, key, payload, ttl: messages.publish(context, name, key, payload, ttl),
    )  # fmt: skip
    with context.savepoint(), context.deciding_with(definition.tables.decide):
        return DELEGATES[settings.job_type](call)


def is_for_the_person(error: Exception, context: CommandContext) -> bool:
    """Whether his act is refused instead of kept for a retry: he can mend it himself, or nothing can be kept now."""
    if connection_lost(error) or not context.session.is_active:
        return True
    return isinstance(error, (Invalid, RuleViolation, Conflict)) and not context.actor.is_system


def retry_job(context: CommandContext, instance_id: int, wait: Wait, error: Exception) -> Job:
    """The job that tries a failed service task again."""
    log.warning("delegate_failed", instance=instance_id, node=wait.node_id, kind=type(error).__name__,
                trace=trace_of(error))  # fmt: skip
    return Job(
        kind="service", instance_id=instance_id, token=wait.token, node_id=wait.node_id, payload={},
        due_at=context.now + RETRY_DELAY, attempts=1, error=describe(error),
    )  # fmt: skip


def describe(error: BaseException) -> str:
    """What went wrong, for administrators: our own words, of other errors kind and place, since they quote values."""
    if isinstance(error, _SPEAKING):
        return f"{type(error).__name__}: {error}"[:500]
    place = (trace_of(error) or ["?"])[-1].rpartition("/")[2]
    return f"{type(error).__name__} ({place})"


def start_batch(context: CommandContext, pending: Pending, instance_id: int | None, wait: Wait | None) -> Batch:
    """The batch with one job a chunk; the jobs go with the wait of its service task."""
    token, node_id = (None, None) if wait is None else (wait.token, wait.node_id)
    batch = Batch(
        kind=pending.kind, instance_id=instance_id, token=token, data=dict(pending.data), total=len(pending.items),
        started_at=context.now, done=0,
    )  # fmt: skip
    context.session.add(batch)
    context.session.flush()
    items = list(pending.items)
    context.session.add_all(
        Job(kind="batch", instance_id=instance_id, token=token, node_id=node_id,
            payload={"batch": batch.id, "items": items[i : i + pending.chunk]}, due_at=context.now, attempts=0)
        for i in range(0, len(items), pending.chunk)
    )  # fmt: skip
    return batch
