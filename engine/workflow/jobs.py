"""Jobs: timers, messages, retries and batches, done by workers under leases; each is applied once or not at all."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import ColumnElement, and_, or_, select, update

from engine.kernel.actor import SYSTEM
from engine.kernel.command import CommandContext
from engine.kernel.errors import LostRace, ShegongError
from engine.kernel.logs import trace_of
from engine.kernel.process_engine import ProcessEngine
from engine.workflow import messages
from engine.workflow.deadlines import pass_deadline, warn_of_deadline
from engine.workflow.definitions import DefinitionCache, DeployedDecisions, decision_models
from engine.workflow.delegates import BATCHES, BatchCall
from engine.workflow.digests import send_digests
from engine.workflow.housekeeping import keep_house
from engine.workflow.incidents import raise_incident, resolve_incidents
from engine.workflow.runs import Run, lock_instance, open_run
from engine.workflow.services import RETRY_DELAY, describe
from engine.workflow.states import ENDED, InstanceState, JobState
from engine.workflow.tables import Batch, Incident, Job, Message

LEASE = timedelta(minutes=2)
"""How long a worker may take for a job before another takes it again."""
_LAST_DOUBLING = 9
"""Of the delay between two tries: about an hour and a half."""
ATTEMPTS = 3

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class ClaimJobs:
    """Gives a worker the next due jobs under a lease; answers their ids."""

    worker: str
    limit: int = 10

    def execute(self, context: CommandContext) -> list[int]:
        query = select(Job.id).where(_is_due(context.now)).order_by(Job.due_at, Job.id).limit(self.limit)
        if context.session.get_bind().dialect.name == "postgresql":
            query = query.with_for_update(skip_locked=True)
        ids = list(context.session.scalars(query))
        if ids:
            lease = {"state": JobState.LEASED, "worker": self.worker, "lease_until": context.now + LEASE}
            context.session.execute(update(Job).where(Job.id.in_(ids)).values(lease))
        return ids


@dataclass(frozen=True)
class RunJob:
    """Does one leased job; its effect and its end are one transaction."""

    job_id: int
    worker: str

    def execute(self, context: CommandContext) -> None:
        query = select(Job).where(Job.id == self.job_id).with_for_update()
        job = context.session.scalar(query)
        if job is None or job.state != JobState.LEASED or job.worker != self.worker:
            return
        if job.error is not None:
            resolve_incidents(context, Incident.job_id == job.id)
        try:
            done = _HANDLERS[job.kind](context, job)
        except ShegongError as error:
            error.follow_up = None  # the failed job itself is the trace, and can be tried again
            raise
        if done:
            context.session.delete(job)


@dataclass(frozen=True)
class FailJob:
    """Notes that a job did not go through: tried again later, or an incident when its tries are used up."""

    job_id: int
    worker: str
    error: str

    def execute(self, context: CommandContext) -> None:
        job = context.session.get(Job, self.job_id, with_for_update=True)
        if job is None or job.worker != self.worker:
            return
        job.attempts += 1
        job.error, job.lease_until, job.worker = self.error, None, None
        if job.attempts < _allowed(context, job):
            job.state = JobState.READY
            job.due_at = context.now + RETRY_DELAY * 2 ** min(job.attempts - 1, _LAST_DOUBLING)
        else:
            job.state = JobState.FAILED
            raise_incident(context, job.instance_id, job.node_id or "", "job", self.error, job)


def run_due_jobs(engine: ProcessEngine, worker: str = "worker", limit: int = 20) -> int:
    """Does the jobs that are due now, each in its own transaction; answers how many it took."""
    with engine.reading() as session:  # a look that keeps no writer waiting
        if session.scalar(select(Job.id).where(_is_due(engine.clock.now())).limit(1)) is None:
            return 0
    ids = engine.execute(ClaimJobs(worker, limit), actor=SYSTEM)
    for job_id in ids:
        try:
            engine.execute(RunJob(job_id, worker), actor=SYSTEM)
        except Exception as error:  # whatever a job does wrong must become visible, not kill the worker
            _note_failure(engine, FailJob(job_id, worker, describe(error)))
    return len(ids)


def _is_due(now: datetime) -> ColumnElement[bool]:
    """Ready and due, or under a lease that is over; one that lies too far ahead was given by a clock gone wrong."""
    return or_(
        and_(Job.state == JobState.READY, Job.due_at <= now),
        and_(Job.state == JobState.LEASED, or_(Job.lease_until < now, Job.lease_until > now + 2 * LEASE)),
    )


def _note_failure(engine: ProcessEngine, failure: FailJob) -> None:
    """One job whose failure cannot even be noted must not keep the others waiting; its lease runs out."""
    try:
        engine.execute(failure, actor=SYSTEM)
    except Exception as error:
        log.error("job_failure_not_noted", job=failure.job_id, trace=trace_of(error))  # noqa: TRY400


def _allowed(context: CommandContext, job: Job) -> int:
    if job.kind != "service" or job.instance_id is None or job.node_id is None:
        return ATTEMPTS
    instance = lock_instance(context, job.instance_id)
    definition = context.service(DefinitionCache).get(context.session, instance.definition_id)
    return max(1, definition.node(job.node_id).settings.retries)


def _instance_run(context: CommandContext, job: Job) -> Run | None:
    """The run of the job's instance; None when it has ended; a suspended one keeps its jobs waiting."""
    if job.instance_id is None:
        return None
    instance = lock_instance(context, job.instance_id)
    return None if instance.state in ENDED else open_run(context, instance)


def _postponed(run: Run, job: Job) -> bool:
    if run.instance.state != InstanceState.SUSPENDED:
        return False
    job.state, job.lease_until, job.worker = JobState.READY, None, None
    job.due_at = run.context.now + timedelta(minutes=10)
    return True


def _timer(context: CommandContext, job: Job) -> bool:
    run = _instance_run(context, job)
    if run is None or job.token is None or run.waits(job.token) is None:
        return True
    if _postponed(run, job):
        return False
    run.record("timer.fired", f"node:{job.node_id}")
    run.fire_timer(job.token)
    still = run.waits(job.token)
    if still is None or still.due_at is None:
        return True
    job.state, job.due_at, job.lease_until, job.worker = JobState.READY, still.due_at, None, None
    return False


def _service(context: CommandContext, job: Job) -> bool:
    run = _instance_run(context, job)
    wait = None if run is None else run.waits(job.token)
    if run is None or wait is None:
        return True
    if _postponed(run, job):
        return False
    run.retry_service(wait)
    return True


def _message(context: CommandContext, job: Job) -> bool:
    """Takes a published message to its receiver; without one it stays in the buffer until somebody waits for it."""
    message = context.session.get(Message, job.payload["message"])
    if message is None:
        return True
    found = messages.receiver(context, message.name, message.correlation_key)
    if found is None or not messages.still_there(context, message):
        return True
    run = open_run(context, lock_instance(context, found.instance_id))
    if _postponed(run, job):
        return False
    if run.waits(found.token) is None:
        raise LostRace()  # the receiver moved on before its row was locked: look again for one
    run.record("message.correlated", f"node:{found.node_id}", message=message.name)
    payload = messages.payload_of(message)
    context.session.delete(message)
    context.session.flush()  # gone before the case moves on and waits for the next message of this name
    run.deliver(found.token, payload)
    return True


def _batch(context: CommandContext, job: Job) -> bool:
    batch = context.session.get_one(Batch, job.payload["batch"], with_for_update=True)
    instance = None if batch.instance_id is None else lock_instance(context, batch.instance_id)
    if instance is not None and instance.state in ENDED:
        return True
    if instance is not None and _postponed(open_run(context, instance), job):
        return False
    tables = _tables(context, None if instance is None else instance.definition_id)
    items = job.payload["items"]
    call = BatchCall(context, instance, items, batch.data, tables.decide,
                     lambda name, key, payload, ttl: messages.publish(context, name, key, payload, ttl))  # fmt: skip
    with context.deciding_with(tables.decide):
        BATCHES[batch.kind](call)
    batch.done += len(items)
    if batch.done >= batch.total:
        batch.ended_at = context.now
        if instance is not None and batch.token is not None:
            run = open_run(context, instance)
            run.record("batch.completed", f"batch:{batch.id}", items=batch.total)
            run.complete_job(batch.token, {})
    return True


def _tables(context: CommandContext, definition_id: int | None) -> DeployedDecisions:
    if definition_id is None:
        return DeployedDecisions(decision_models(context.session, 0), context.clock)
    return context.service(DefinitionCache).get(context.session, definition_id).tables


def _deadline(context: CommandContext, job: Job) -> bool:
    run = _instance_run(context, job)
    if run is None:
        return True
    if _postponed(run, job):
        return False
    pass_deadline(run, job.token)
    return True


def _warning(context: CommandContext, job: Job) -> bool:
    run = _instance_run(context, job)
    if run is not None:
        warn_of_deadline(run, job.token)
    return True


_HANDLERS = {
    "timer": _timer,
    "service": _service,
    "message": _message,
    "batch": _batch,
    "deadline": _deadline,
    "warning": _warning,
    "housekeeping": keep_house,
    "digest": send_digests,
}
