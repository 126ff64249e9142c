"""One work item as its page shows it: who has it, until when, what was typed so far, what was written before."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, or_, select
from sqlalchemy.orm import Session

from engine.identity.organisations import Organisation
from engine.identity.users import User
from engine.kernel.actor import Actor
from engine.kernel.errors import NotFound
from engine.workflow.items import own_queues, seen_lists
from engine.workflow.readers import reads
from engine.workflow.states import OPEN_ITEMS
from engine.workflow.tables import ProcessInstance, Step, Submission, WorkItem, WorkItemDraft

RECENT = 40
"""So many of an officer's last decisions are searched for opinions he may want to write again."""


@dataclass(frozen=True, slots=True)
class ItemView:
    """A work item with its step and its case. `handler` decided the step, whoever's item it was."""

    id: int
    step_id: int
    instance_id: int
    definition_id: int
    process_key: str
    node_id: str
    step_name: str
    state: str
    offered_to: str
    assignee_id: int | None
    assignee: str | None
    title: str
    business_key: str
    organisation_id: int
    organisation: str
    case_state: str
    arrived_at: datetime
    due_at: datetime | None
    decision: str | None
    handler: str | None
    handled_at: datetime | None
    open: bool
    may_act: bool
    on_behalf_of: str | None

    @property
    def releasable(self) -> bool:
        """Whether it was taken from a group and may be put back."""
        return self.may_act and self.assignee_id is not None and not self.offered_to.startswith("user:")


def visible_item(session: Session, actor: Actor, work_item_id: int, now: datetime) -> ItemView:
    """The item for those it was offered to, who handled it, stand in or supervise; for others it does not exist."""
    row = session.execute(_ITEM.where(WorkItem.id == work_item_id)).first()
    if row is None:
        raise NotFound()
    item, _, instance, _ = row
    queues = own_queues(session, actor, now, item.process_key, item.role)
    concerned = item.offered_to in queues or actor.user_id in {item.assignee_id, item.completed_by} - {None}
    stands_in = item.queue in queues and queues[item.queue] is not None
    if not (concerned or stands_in or reads(session, actor, instance)):
        raise NotFound()
    return _view(session, row, queues)


_ITEM = (
    select(WorkItem, Step, ProcessInstance, Organisation.name)
    .join(Step, Step.id == WorkItem.step_id)
    .join(ProcessInstance, ProcessInstance.id == WorkItem.instance_id)
    .join(Organisation, Organisation.id == ProcessInstance.organisation_id)
)


def _view(
    session: Session, row: Row[WorkItem, Step, ProcessInstance, str], queues: Mapping[str, int | None]
) -> ItemView:
    item, step, instance, place = row
    handler_id, handled_at = _handled(session, item)
    names = _names(session, [item.assignee_id, handler_id])
    is_open = item.state in OPEN_ITEMS and item.queue is not None
    principal = queues.get(item.queue or "")
    return ItemView(
        item.id, step.id, instance.id, instance.definition_id, item.process_key, item.node_id, step.name, item.state,
        item.offered_to, item.assignee_id, names.get(item.assignee_id or 0), instance.title, instance.business_key,
        instance.organisation_id, place, instance.state, item.created_at, step.due_at, step.decision,
        names.get(handler_id or 0), handled_at, is_open, is_open and item.queue in queues,
        names.get(principal or 0) if principal == item.assignee_id else None,
    )  # fmt: skip


def _handled(session: Session, item: WorkItem) -> tuple[int | None, datetime | None]:
    """Who handled the item, or the step when a colleague was quicker."""
    query = (
        select(WorkItem.completed_by, WorkItem.completed_at)
        .where(WorkItem.step_id == item.step_id, WorkItem.completed_by.is_not(None))
        .order_by((WorkItem.id == item.id).desc(), WorkItem.completed_at.desc())
    )
    row = session.execute(query.limit(1)).first()
    return (None, item.completed_at) if row is None else (row[0], row[1])


def _names(session: Session, ids: Sequence[int | None]) -> dict[int, str]:
    query = select(User.id, User.name).where(User.id.in_([id_ for id_ in ids if id_ is not None]))
    return dict(session.execute(query).all())


def draft_of(session: Session, work_item_id: int, user_id: int | None) -> Mapping[str, Any]:
    """What the person has typed so far in the item."""
    draft = None if user_id is None else session.get(WorkItemDraft, (work_item_id, user_id))
    return {} if draft is None else draft.content


def recent_opinions(
    session: Session, actor: Actor, *, process_key: str, node_id: str, limit: int = 5
) -> list[tuple[str, str]]:
    """(decision, opinion) pairs the actor wrote lately at a node, the newest first, each once."""
    query = (
        select(Submission)
        .join(WorkItem, WorkItem.id == Submission.work_item_id)
        .where(
            WorkItem.completed_by == actor.user_id, WorkItem.process_key == process_key, WorkItem.node_id == node_id,
            Submission.operation == "complete", Submission.actor_id == actor.user_id,
        )
        .order_by(WorkItem.completed_at.desc())
        .limit(RECENT)
    )
    written = [(row.decision or "", str(row.content.get("opinion", ""))) for row in session.scalars(query)]
    return list(dict.fromkeys(pair for pair in written if pair[1].strip()))[:limit]


def open_items_of(session: Session, actor: Actor, instance_id: int, now: datetime) -> list[tuple[int, str]]:
    """(work item, step name) pairs of a case that the actor may handle now."""
    query = (
        select(WorkItem.id, Step.name)
        .join(Step, Step.id == WorkItem.step_id)
        .where(WorkItem.instance_id == instance_id, or_(*(seen.items for seen in seen_lists(session, actor, now))))
        .order_by(WorkItem.id)
    )
    return list(session.execute(query))


def submitted_values(session: Session, instance_id: int, node_ids: Sequence[str]) -> list[Mapping[str, Any]]:
    """What was filled in at some nodes of a case, the newest first."""
    query = select(Submission).where(
        Submission.instance_id == instance_id, Submission.node_id.in_(node_ids),
        Submission.operation.in_(("start", "complete")),
    )  # fmt: skip
    return [row.content.get("values", {}) for row in session.scalars(query.order_by(Submission.id.desc()).limit(10))]


def signature_of(session: Session, work_item_id: int) -> int | None:
    """Id of the stored picture with which the item was signed by hand; None when it was not."""
    query = select(Submission).where(
        Submission.work_item_id == work_item_id, Submission.operation.in_(("complete", "send_back"))
    )
    last = session.scalar(query.order_by(Submission.id.desc()).limit(1))
    return None if last is None else last.content.get("signature")
