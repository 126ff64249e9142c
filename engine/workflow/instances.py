"""Process instances: start, withdraw, terminate, and moving a timer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.decision import Value
from engine.identity.organisations import Organisation
from engine.kernel.actor import Actor
from engine.kernel.command import CommandContext
from engine.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from engine.workflow.choosing import INITIATOR, choose_handlers
from engine.workflow.definitions import Definition, DefinitionCache
from engine.workflow.readers import is_confidential, reads
from engine.workflow.runs import Run, lock_instance, new_run, open_run
from engine.workflow.states import InstanceState, StepState
from engine.workflow.tables import Job, ProcessInstance, Step, Submission


@dataclass(frozen=True)
class StartProcess:
    """Starts a case. Who may is the process property `starters`: roles at the case's organisation.

    Answers the id of the instance.
    """

    process_key: str
    business_key: str
    organisation_id: int
    title: str
    variables: Mapping[str, Value] = field(default_factory=dict)
    values: Mapping[str, Any] = field(default_factory=dict)
    """What was filled in the start form; kept as the first submission."""
    handlers: Mapping[str, Sequence[int]] = field(default_factory=dict)
    """Handlers chosen for later nodes (自选): node -> user ids, where that node is `chosenBy` the initiator."""

    def execute(self, context: CommandContext) -> int:
        definition = context.service(DefinitionCache).latest(context.session, self.process_key)
        starters = definition.properties.get("starters", "")
        roles = [role.strip() for role in starters.split(",") if role.strip()]
        if not (context.actor.is_system or context.actor.has_role(*roles, organisation_id=self.organisation_id)):
            raise Forbidden(f"您不能发起“{definition.name}”。")
        self._refuse_second(context.session)
        return start(
            context, definition, self.business_key, self.organisation_id, self.title, self.variables, self.values,
            self.handlers,
        ).instance.id  # fmt: skip

    def _refuse_second(self, session: Session) -> None:
        query = select(ProcessInstance.id).where(
            ProcessInstance.process_key == self.process_key, ProcessInstance.business_key == self.business_key
        )
        if session.scalar(query) is not None:
            raise Conflict(f"编号“{self.business_key}”的事项已经发起过，请在已有事项中办理。")


def start(
    context: CommandContext,
    definition: Definition,
    business_key: str,
    organisation_id: int,
    title: str,
    variables: Mapping[str, Value],
    values: Mapping[str, Any] | None = None,
    handlers: Mapping[str, Sequence[int]] | None = None,
) -> Run:
    """Starts an instance for a caller that has authorised it.

    Every instance has the variables `initiator` (user id), `organisation` (id) and `businessKey`.
    """
    instance = ProcessInstance(
        definition_id=definition.id, process_key=definition.key, business_key=business_key, title=title,
        organisation_id=organisation_id, initiator_id=context.actor.user_id, state=InstanceState.ACTIVE,
        started_at=context.now, marking=b"", history_count=0, history_digest=b"\0" * 32,
    )  # fmt: skip
    context.session.add(instance)
    context.session.flush()
    basics: dict[str, Value] = {
        "initiator": context.actor.user_id, "organisation": organisation_id, "businessKey": business_key,
    }  # fmt: skip
    run = new_run(context, instance, definition, {**basics, **variables})
    run.record("process_instance.started", f"process_instance:{instance.id}", process=definition.key,
               version=definition.version)  # fmt: skip
    if values is not None:
        context.session.add(
            Submission(instance_id=instance.id, work_item_id=None, node_id="", actor_id=context.actor.user_id,
                       at=context.now, operation="start", content={"opinion": "", "values": dict(values)})
        )  # fmt: skip
    if handlers:
        choose_handlers(run, handlers, INITIATOR, None)
    run.begin()
    return run


def find_instance(session: Session, process_key: str, business_key: str) -> ProcessInstance:
    """The case of that process and key."""
    query = select(ProcessInstance).where(
        ProcessInstance.process_key == process_key, ProcessInstance.business_key == business_key
    )
    instance = session.scalar(query)
    if instance is None:
        raise NotFound()
    return instance


@dataclass(frozen=True)
class WithdrawInstance:
    """The initiator takes his case back while a step that is open allows it (`withdrawable`)."""

    instance_id: int
    reason: str = ""

    def execute(self, context: CommandContext) -> None:
        instance = lock_instance(context, self.instance_id)
        if instance.initiator_id is None or instance.initiator_id != context.actor.user_id:
            raise NotFound()
        if instance.state == InstanceState.SUSPENDED:
            raise Conflict("此件已挂起，恢复后才能撤回。")
        run = open_run(context, instance)
        nodes = [run.definition.node(step.node_id) for step in open_steps_of(context, instance)]
        if not any(node.settings.withdrawable for node in nodes):
            raise Conflict("当前环节已不能撤回。如需退出，请联系办理单位。")
        run.record("process_instance.withdrawn", f"process_instance:{instance.id}", reason=self.reason)
        run.end(InstanceState.WITHDRAWN, "申请人撤回")


@dataclass(frozen=True)
class TerminateInstance:
    """An authorised person ends a case with a reason; the history stays.

    Allowed to process administrators and to the roles of the process property `terminators`, at or above the case.
    """

    instance_id: int
    reason: str

    def execute(self, context: CommandContext) -> None:
        if not self.reason.strip():
            raise Invalid(fields={"reason": "请填写终止的理由。"})
        instance = lock_instance(context, self.instance_id)
        run = open_run(context, instance)
        require_authority(context, instance, run.definition, "terminators")
        end_instance(run, InstanceState.TERMINATED, self.reason)


def end_instance(run: Run, state: InstanceState, reason: str) -> None:
    """Ends a case for a caller that has authorised it."""
    run.record("process_instance.stopped", f"process_instance:{run.instance.id}", state=state, reason=reason)
    run.end(state, reason[:60])


@dataclass(frozen=True)
class AdjustTimer:
    """An officer brings a waiting timer forward or extends it, with a reason; only where the node is `adjustable`."""

    instance_id: int
    node_id: str
    due_at: datetime
    reason: str

    def execute(self, context: CommandContext) -> None:
        if not self.reason.strip():
            raise Invalid(fields={"reason": "请填写调整时间的理由。"})
        instance = lock_instance(context, self.instance_id)
        run = open_run(context, instance)
        require_authority(context, instance, run.definition, "adjusters")
        if not run.definition.node(self.node_id).settings.adjustable:
            raise Forbidden("此环节的时间不能调整。")
        adjust_timer(run, self.node_id, self.due_at, self.reason)


def adjust_timer(run: Run, node_id: str, due_at: datetime, reason: str) -> None:
    """Moves the waiting timer of a node for a caller that has authorised it."""
    query = select(Job).where(Job.instance_id == run.instance.id, Job.node_id == node_id, Job.kind == "timer")
    job = run.context.session.scalar(query.with_for_update())
    if job is None:
        raise Conflict("该时间节点现在没有在等待，不能调整。")
    run.record("timer.adjusted", f"node:{node_id}", before=job.due_at.isoformat(), after=due_at.isoformat(),
               reason=reason)  # fmt: skip
    job.due_at = due_at
    if job.token is not None:
        run.move_timer(job.token, node_id, due_at)


def require_authority(
    context: CommandContext, instance: ProcessInstance, definition: Definition, property_name: str
) -> None:
    """The actor holds one of the property's roles, or administers the case; a confidential case does not even exist
    for others."""
    named = definition.properties.get(property_name, "").split(",")
    if context.actor.is_system or administers(context.session, context.actor, instance, named):
        return
    raise NotFound() if is_confidential(context.session, instance) else Forbidden()


def administers(session: Session, actor: Actor, instance: ProcessInstance, named: Sequence[str] = ()) -> bool:
    """Whether the actor holds one of the `named` roles or process_admin at the case's organisation or above it.

    A process administrator who may not read a confidential case has nothing to say in it.
    """
    roles = [*named]
    if not is_confidential(session, instance) or reads(session, actor, instance):
        roles.append("process_admin")
    return holds_above(session, actor, instance.organisation_id, roles)


def holds_above(session: Session, actor: Actor, organisation_id: int, roles: Sequence[str]) -> bool:
    """Whether the actor holds one of `roles` at the organisation or at one above it."""
    lineage = session.get_one(Organisation, organisation_id).lineage
    return any(actor.has_role(*(r.strip() for r in roles if r.strip()), organisation_id=id_) for id_ in lineage)


def open_steps_of(context: CommandContext, instance: ProcessInstance) -> list[Step]:
    """The steps of an instance that are open now."""
    query = select(Step).where(Step.instance_id == instance.id, Step.state == StepState.OPEN)
    return list(context.session.scalars(query))
