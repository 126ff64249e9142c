"""What is remarkable about open items, for the rows of a list: urged, sent back, for somebody else, added by hand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, aliased

from engine.identity.users import User
from engine.kernel.actor import Actor
from engine.workflow.informing import NoteKind
from engine.workflow.items import own_queues, seen_lists
from engine.workflow.states import StepState
from engine.workflow.tables import CaseNote, Step, WorkItem
from engine.workflow.worklist import WorkRow

RETURNING = "return"
"""The decision by which diagrams send a case back for correction."""


@dataclass(frozen=True, slots=True)
class Flags:
    """The flags of one row."""

    urged_at: datetime | None = None
    returned: bool = False
    """Somebody sent it back to here, to be corrected."""
    corrected: bool = False
    """It was sent back from here before and has come again."""
    on_behalf_of: str = ""
    """The principal whose deputy the reader is."""
    origin: str = ""
    """How it was added by hand, an `Origin`; empty: as the diagram says."""


def flags_of(session: Session, actor: Actor, now: datetime, rows: Sequence[WorkRow]) -> dict[int, Flags]:
    """The flags by work item; a page costs the same few queries however long the list and the cases are."""
    if not rows:
        return {}
    urged, ways = _urged(session, rows), _ways(session, rows)
    principals = _principals(session, actor, now)
    return {
        row.work_item_id: Flags(
            _since(urged.get(row.instance_id), row.arrived_at), *ways.get(row.work_item_id, (False, False)),
            principals.get(row.queue or "", ""), row.origin,
        )
        for row in rows
    }  # fmt: skip


def _since(urged: datetime | None, arrived: datetime) -> datetime | None:
    return urged if urged is not None and urged >= arrived else None


def _urged(session: Session, rows: Sequence[WorkRow]) -> Mapping[int, datetime]:
    cases = {row.instance_id for row in rows}
    query = select(CaseNote.instance_id, func.max(CaseNote.at)).where(
        CaseNote.instance_id.in_(cases), CaseNote.kind == NoteKind.URGE
    )
    return dict(session.execute(query.group_by(CaseNote.instance_id)).all())


def _ways(session: Session, rows: Sequence[WorkRow]) -> Mapping[int, tuple[bool, bool]]:
    """Item -> (the step before sent the case back to here, an earlier visit of this node sent it back)."""
    before, earlier = aliased(Step), aliased(Step)
    back = or_(before.state == StepState.SENT_BACK, before.decision == RETURNING)
    came = (
        select(back)
        .where(before.instance_id == Step.instance_id, before.completed_at <= Step.opened_at, before.id != Step.id)
        .order_by(before.completed_at.desc(), before.id.desc())
        .limit(1)
    )
    went = select(func.count()).where(
        earlier.instance_id == Step.instance_id, earlier.node_id == Step.node_id, earlier.id < Step.id,
        or_(earlier.state == StepState.SENT_BACK, earlier.decision == RETURNING),
    )  # fmt: skip
    query = (
        select(WorkItem.id, came.scalar_subquery(), went.scalar_subquery())
        .join(Step, Step.id == WorkItem.step_id)
        .where(WorkItem.id.in_([row.work_item_id for row in rows]))
    )
    return {id_: (bool(returned), bool(visits)) for id_, returned, visits in session.execute(query)}


def _principals(session: Session, actor: Actor, now: datetime) -> Mapping[str, str]:
    """Lists that are not the reader's own -> the name of the person he reads them for."""
    mine = own_queues(session, actor, now)
    lists = {each.queue: each.principal_id for each in seen_lists(session, actor, now)
             if each.principal_id is not None and mine.get(each.queue, each.principal_id) is not None}  # fmt: skip
    if not lists:
        return {}
    names = dict(session.execute(select(User.id, User.name).where(User.id.in_(set(lists.values())))).all())
    return {queue: names[id_] for queue, id_ in lists.items()}
