"""Incidents: what cannot move without a person, always visible and always retryable."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, select

from engine.identity.administration import serves
from engine.kernel.command import CommandContext
from engine.kernel.errors import Conflict, Forbidden, NotFound
from engine.workflow.notifications import notify_administrators
from engine.workflow.states import JobState
from engine.workflow.tables import Incident, Job, ProcessInstance


@dataclass(frozen=True)
class RaiseIncident:
    """Notes that an instance could not go on at a node; one open incident a node is enough."""

    instance_id: int | None
    node_id: str
    kind: str
    message: str

    def execute(self, context: CommandContext) -> None:
        raise_incident(context, self.instance_id, self.node_id, self.kind, self.message)


def raise_incident(
    context: CommandContext, instance_id: int | None, node_id: str, kind: str, message: str, job: Job | None = None
) -> None:
    """An open incident at the node, unless there is one already."""
    query = select(Incident.id).where(
        Incident.instance_id == instance_id, Incident.node_id == node_id, Incident.kind == kind,
        Incident.resolved_at.is_(None),
    )  # fmt: skip
    if context.session.scalar(query.limit(1)) is not None:
        return
    incident = Incident(
        instance_id=instance_id, job_id=job.id if job else None, node_id=node_id, kind=kind, message=message,
        raised_at=context.now,
    )  # fmt: skip
    context.session.add(incident)
    context.session.flush()
    context.record("incident.raised", f"incident:{incident.id}", chain="incidents", node=node_id, message=message)
    instance = None if instance_id is None else context.session.get(ProcessInstance, instance_id)
    case = "" if instance is None else f"（{instance.business_key}）"
    body = f"有事项停在异常处，等待处理{case}。同时发生的其他异常请在异常列表中查看。"
    notify_administrators(context, None if instance is None else instance.organisation_id, "流程异常", body)


def resolve_incidents(context: CommandContext, which: ColumnElement[bool]) -> None:
    """Closes the open incidents that are over: their job goes through now, their case has ended or moved on."""
    query = select(Incident).where(Incident.resolved_at.is_(None), which)
    for incident in context.session.scalars(query):
        incident.resolved_at, incident.resolved_by = context.now, context.actor.user_id
        context.record("incident.resolved", f"incident:{incident.id}", chain="incidents")


@dataclass(frozen=True)
class RetryIncident:
    """Lets the failed work be tried again at once; a process administrator at or above the case decides."""

    incident_id: int

    def execute(self, context: CommandContext) -> None:
        if not (context.actor.is_system or context.actor.has_role("process_admin")):
            raise Forbidden("只有流程管理员可以重试异常。")
        incident = context.session.get(Incident, self.incident_id)
        if incident is None or not self._serves(context, incident):
            raise NotFound("该异常不存在，或不在您管理的范围内。")
        if incident.resolved_at is not None:
            raise Conflict("该异常已经处理完毕。")
        job = None if incident.job_id is None else context.session.get(Job, incident.job_id)
        if job is not None:
            job.state, job.attempts, job.due_at = JobState.READY, 0, context.now
        else:
            incident.resolved_at, incident.resolved_by = context.now, context.actor.user_id
        context.record("incident.retried", f"incident:{incident.id}", chain="incidents")

    def _serves(self, context: CommandContext, incident: Incident) -> bool:
        if incident.instance_id is None:
            return True
        instance = context.session.get_one(ProcessInstance, incident.instance_id)
        return serves(context.session, context.actor, instance.organisation_id, "process_admin")
