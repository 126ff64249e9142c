"""Diagrams and shorthands for the tests of the approval operations."""

from sqlalchemy import select
from sqlalchemy.orm import undefer

from engine.kernel.actor import Actor
from engine.workflow.definitions import DefinitionCache
from engine.workflow.runs import DIGEST
from engine.workflow.spiff import Execution, WaitKind
from engine.workflow.states import ENDED, InstanceState, StepState
from engine.workflow.tables import (
    Incident,
    Job,
    MessageSubscription,
    ProcessInstance,
    Step,
    Submission,
    WorkItem,
)
from engine.workflow.work_items import CompleteWorkItem
from tests.store.workflow.conftest import Office
from tests.store.workflow.drawing import Drawing

ALL = "claim,return,transfer,delegate,addBefore,addAfter,addBeside,removeSigner,withdraw,copy"
DECISIONS = {"decisions": "pass:同意,reject:不同意", "operations": ALL}


def in_a_row(*nodes: str, groups: str = "county_clerk", **settings: str) -> Drawing:
    """Steps one after the other, all done by the same role."""
    drawing = Drawing("in_a_row").start()
    for node in nodes:
        drawing.user(node, groups=groups, organisation="county", **{**DECISIONS, **settings})
    return drawing.end().chain("begin", *nodes, "over")


def forked(**settings: str) -> Drawing:
    """first, then two branches a1-a2 and b1-b2, joined before last."""
    drawing = Drawing("forked").start()
    for node in ("first", "a1", "a2", "b1", "b2", "last"):
        drawing.user(node, groups="county_clerk", organisation="county", **{**DECISIONS, **settings})
    drawing.gateway("fork", "parallel").gateway("join", "parallel").end()
    drawing.chain("begin", "first", "fork", "a1", "a2", "join", "last", "over")
    return drawing.chain("fork", "b1", "b2", "join")


def item_at(office: Office, actor: Actor, node: str) -> int:
    """The one open item of somebody at a node."""
    (found,) = [row.work_item_id for row in office.todo(actor) if row.node_id == node]
    return found


def nodes_of(office: Office, actor: Actor) -> list[str]:
    return sorted(row.node_id for row in office.todo(actor))


def sign(office: Office, actor: Actor, node: str, decision: str = "pass", **values: object) -> None:
    office.do(CompleteWorkItem(item_at(office, actor, node), decision, "意见", values), actor)


def state_of(office: Office, case: int) -> tuple[str, str | None]:
    with office.engine.reading() as session:
        instance = session.get_one(ProcessInstance, case)
        return instance.state, instance.outcome


def operations_done(office: Office, case: int) -> list[str]:
    with office.engine.reading() as session:
        query = select(Submission.operation).where(Submission.instance_id == case).order_by(Submission.id)
        return list(session.scalars(query))


def check_rows(office: Office, case: int) -> None:
    """Invariant I3: an active case waits for something, an ended one for nothing; rows and tokens agree."""
    with office.engine.reading() as session:
        instance = session.get_one(ProcessInstance, case, options=[undefer(ProcessInstance.marking)])
        steps = session.scalars(select(Step).where(Step.instance_id == case)).all()
        items = session.scalars(select(WorkItem).where(WorkItem.instance_id == case)).all()
        jobs = session.scalars(select(Job).where(Job.instance_id == case)).all()
        waiting = session.scalars(select(MessageSubscription).where(MessageSubscription.instance_id == case)).all()
        incidents = session.scalars(
            select(Incident).where(Incident.instance_id == case, Incident.resolved_at.is_(None))
        ).all()
        open_steps = [step for step in steps if step.state == StepState.OPEN]
        queued = [item for item in items if item.queue is not None]
        if instance.state in ENDED:
            assert not (open_steps or queued or waiting or [job for job in jobs if job.kind != "message"])
            return
        assert open_steps or jobs or waiting or incidents
        for step in open_steps:
            assert [item for item in queued if item.step_id == step.id], f"{step.node_id} lies with nobody"
        open_ids = {step.id for step in open_steps}
        assert all(item.step_id in open_ids for item in queued)
        assert all(item.completed_at is not None for item in items if item.step_id not in open_ids)
        tokens = [step.token for step in open_steps]
        assert len(tokens) == len(set(tokens))
        if instance.state == InstanceState.ACTIVE:
            assert sorted(tokens) == sorted(_tokens(office, instance))


def _tokens(office: Office, instance: ProcessInstance) -> list[str]:
    """What the stored marking waits for people at."""
    with office.engine.reading() as session:
        definition = office.engine.service(DefinitionCache).get(session, instance.definition_id)
    execution = Execution.restore(definition.process, instance.marking[DIGEST:], definition.environment)
    return [wait.token for wait in execution.waits() if wait.kind is WaitKind.USER]
