"""What was signed in the user tasks of a case, for the service tasks that carry it out."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import and_, or_, select

from engine.workflow.delegates import ServiceCall
from engine.workflow.states import HELPERS, WorkItemState
from engine.workflow.tables import Submission, WorkItem


@dataclass(frozen=True, slots=True)
class Signed:
    """What one person filled in and signed in a user task."""

    actor_id: int | None
    decision: str | None
    opinion: str
    values: Mapping[str, Any]


def signed(call: ServiceCall, *node_ids: str) -> Signed | None:
    """The latest submission in one of the user tasks; None when a deadline decided instead of a person."""
    rows = _submissions(call, node_ids, 1)
    return _signed(rows[0]) if rows else None


def signed_by_all(call: ServiceCall, node_id: str, people: int) -> list[Signed]:
    """The latest submissions of a countersigned user task, one a person, the newest first."""
    by_person = {row.actor_id: row for row in reversed(_submissions(call, (node_id,), people))}
    return [_signed(row) for row in by_person.values()]


def _submissions(call: ServiceCall, node_ids: tuple[str, ...], limit: int) -> list[Submission]:
    """Decisions only: not what was handed over, not the words of who was only asked, not what was taken back."""
    counts = or_(
        Submission.work_item_id.is_(None),
        and_(WorkItem.origin.not_in(sorted(HELPERS)), WorkItem.state == WorkItemState.COMPLETED),
    )
    query = (
        select(Submission)
        .outerjoin(WorkItem, WorkItem.id == Submission.work_item_id)
        .where(Submission.instance_id == call.instance.id, Submission.node_id.in_(node_ids),
               Submission.operation == "complete", counts)
        .order_by(Submission.id.desc())
        .limit(limit)
    )  # fmt: skip
    return list(call.context.session.scalars(query))


def _signed(row: Submission) -> Signed:
    return Signed(row.actor_id, row.decision, row.content["opinion"], row.content["values"])


def date_of(value: Any) -> date:
    """A date as a form writes it: a date or ISO text."""
    return value if isinstance(value, date) else date.fromisoformat(str(value))
