"""What somebody may do with a work item or a case now, with the labels of the buttons; the commands check again."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.kernel.actor import Actor
from engine.kernel.clock import Clock
from engine.kernel.errors import NotFound
from engine.workflow.choosing import later_nodes
from engine.workflow.definitions import DefinitionCache
from engine.workflow.diagram import CompletionKind, Operation, Settings
from engine.workflow.instances import administers
from engine.workflow.items import allows, own_queues
from engine.workflow.readers import reads
from engine.workflow.states import (
    ENDED,
    HELPERS,
    OPEN_ITEMS,
    UNDECIDED_ITEMS,
    InstanceState,
    Origin,
    StepState,
    WorkItemState,
)
from engine.workflow.tables import ProcessInstance, Step, Submission, WorkItem, WorkItemDraft

LABELS: Mapping[str, str] = {
    "decide": "办理", "answer": "答复", "claim": "认领", "release": "退回认领池", "return": "退回", "transfer": "转办",
    "delegate": "委派", "addBefore": "前加签", "addAfter": "后加签", "addBeside": "并加签", "removeSigner": "减签",
    "withdraw": "撤回", "copy": "抄送",
    "comment": "沟通", "urge": "催办", "choose": "自选办理人", "withdrawInstance": "撤销", "terminate": "终止",
    "suspend": "挂起", "resume": "激活", "jump": "跳转",
}  # fmt: skip
ACT_LABELS: Mapping[str, str] = {
    "start": "提交", "complete": "办理", "send_back": "退回", "withdraw": "撤回",
    "transfer": "转办", "delegate": "委派",
    "add_before": "前加签", "add_after": "后加签", "add_beside": "并加签", "remove": "减签", "skip": "自动通过",
}  # fmt: skip
"""Operation of a Submission -> its name on timelines and prints."""
BY_HANDLER = (
    Operation.RETURN, Operation.TRANSFER, Operation.DELEGATE, Operation.ADD_BEFORE, Operation.ADD_AFTER,
    Operation.ADD_BESIDE, Operation.COPY,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Offered:
    """One operation that may be offered as a button. `items` are those that `removeSigner` may take out."""

    id: str
    label: str
    items: tuple[int, ...] = ()


def available_operations(
    session: Session, definitions: DefinitionCache, actor: Actor, work_item_id: int, clock: Clock
) -> list[Offered]:
    """The operations on a work item for this actor, in the order of the buttons."""
    row = session.execute(_ITEM.where(WorkItem.id == work_item_id)).first()
    if row is None:
        raise NotFound()
    item, step, case = row
    settings = definitions.get(session, case.definition_id).node(item.node_id).settings
    if case.state != InstanceState.ACTIVE:
        return []
    found: list[str] = []
    if item.queue in own_queues(session, actor, clock.now(), item.process_key, item.role) and item.state in OPEN_ITEMS:
        found += _of_handler(item, settings)
    if item.completed_by == actor.user_id and item.state == WorkItemState.COMPLETED and item.completed_by:
        found += ["withdraw"] if allows(settings, Operation.WITHDRAW) else []
    offered = [Offered(id_, LABELS[id_]) for id_ in found]
    removable = _removable(session, actor, step, case, settings)
    return offered + ([Offered("removeSigner", LABELS["removeSigner"], removable)] if removable else [])


_ITEM = (
    select(WorkItem, Step, ProcessInstance)
    .join(Step, Step.id == WorkItem.step_id)
    .join(ProcessInstance, ProcessInstance.id == WorkItem.instance_id)
)


def _of_handler(item: WorkItem, settings: Settings) -> list[str]:
    asked = item.origin == Origin.DELEGATED
    found = ["answer" if asked else "decide"]
    if item.state == WorkItemState.OFFERED and allows(settings, Operation.CLAIM):
        found.append("claim")
    if item.state == WorkItemState.CLAIMED and not item.offered_to.startswith("user:"):
        found.append("release")
    return found + [
        each.value for each in BY_HANDLER if allows(settings, each) and not _pointless(each, item, settings)
    ]


def _pointless(operation: Operation, item: WorkItem, settings: Settings) -> bool:
    if operation is Operation.RETURN:
        return item.origin == Origin.DELEGATED
    if operation is Operation.ADD_AFTER:
        return item.origin in HELPERS
    if operation is Operation.ADD_BESIDE:
        return settings.completion_rule.kind is CompletionKind.ANY or item.parent_id is not None
    return False


def _removable(
    session: Session, actor: Actor, step: Step, case: ProcessInstance, settings: Settings
) -> tuple[int, ...]:
    if step.state != StepState.OPEN or actor.user_id is None:
        return ()
    query = select(WorkItem).where(WorkItem.step_id == step.id, WorkItem.state.in_(sorted(UNDECIDED_ITEMS)))
    items = session.scalars(query.order_by(WorkItem.id)).all()
    if len(items) > 1 and administers(session, actor, case):
        return tuple(item.id for item in items)
    if not allows(settings, Operation.REMOVE):
        return ()
    return tuple(item.id for item in items if item.added_by == actor.user_id and item.origin != Origin.DIAGRAM)


def case_operations(
    session: Session, definitions: DefinitionCache, actor: Actor, instance: ProcessInstance
) -> list[Offered]:
    """The operations on a whole case for an actor who may see it, in the order of the buttons."""
    properties = definitions.get(session, instance.definition_id).properties
    if instance.state in ENDED:
        return [Offered("comment", LABELS["comment"])]

    def held(property_name: str) -> bool:
        return administers(session, actor, instance, properties.get(property_name, "").split(","))

    active = instance.state == InstanceState.ACTIVE
    allowed = {
        "comment": True,
        "urge": active and _waits(session, actor, instance),
        "choose": active and _chooses(session, definitions, actor, instance),
        "withdrawInstance": active and _withdrawable(session, definitions, actor, instance),
        "terminate": held("terminators"),
        "suspend": active and held("suspenders"),
        "resume": not active and held("suspenders"),
        "jump": active and held("jumpers"),
    }
    return [Offered(id_, LABELS[id_]) for id_, allow in allowed.items() if allow]


def _waits(session: Session, actor: Actor, instance: ProcessInstance) -> bool:
    if actor.user_id is not None and actor.user_id == instance.initiator_id:
        return True
    handled = select(WorkItem.id).where(WorkItem.instance_id == instance.id, WorkItem.completed_by == actor.user_id)
    if actor.user_id is not None and session.scalar(handled.limit(1)) is not None:
        return True
    return reads(session, actor, instance)


def _chooses(session: Session, definitions: DefinitionCache, actor: Actor, instance: ProcessInstance) -> bool:
    if actor.user_id is None or actor.user_id != instance.initiator_id:
        return False
    return bool(later_nodes(session, definitions.get(session, instance.definition_id), instance))


def _withdrawable(session: Session, definitions: DefinitionCache, actor: Actor, instance: ProcessInstance) -> bool:
    if actor.user_id is None or actor.user_id != instance.initiator_id:
        return False
    definition = definitions.get(session, instance.definition_id)
    nodes = session.scalars(select(Step.node_id).where(Step.instance_id == instance.id, Step.state == StepState.OPEN))
    return any(definition.node(node_id).settings.withdrawable for node_id in nodes)


def prefill(session: Session, work_item_id: int, user_id: int | None) -> Mapping[str, object]:
    """What an item's form begins with: what the person has typed, else what was submitted at its last visit.

    In a countersign or a multi-instance step only what the person himself submitted, never a colleague's.
    """
    draft = None if user_id is None else session.get(WorkItemDraft, (work_item_id, user_id))
    if draft is not None:
        return dict(draft.content)
    item = session.get_one(WorkItem, work_item_id)
    alone = session.scalars(select(WorkItem.id).where(WorkItem.step_id == item.step_id)).all() == [item.id]
    query = select(Submission).where(
        Submission.instance_id == item.instance_id, Submission.node_id == item.node_id,
        Submission.operation == "complete",
    )  # fmt: skip
    for submission in session.scalars(query.order_by(Submission.id.desc())):
        if submission.actor_id == user_id or alone:
            content = submission.content
            return {**content.get("values", {}), "opinion": content.get("opinion", "")}
    return {}
