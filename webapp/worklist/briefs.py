"""What somebody has to know before he handles an item: why it came back, what he was asked, what was answered."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.identity.users import User
from engine.kernel.history import HistoryEvent
from engine.workflow.definitions import Definition
from engine.workflow.states import HELPERS, Origin, StepState, WorkItemState
from engine.workflow.tables import Step, Submission, WorkItem

ASKED: Mapping[str, tuple[str, str]] = {
    Origin.DELEGATED: ("delegate", "委派您答复"), Origin.BEFORE: ("add_before", "请您先签（前加签）"),
    Origin.AFTER: ("add_after", "请您加签（后加签）"), Origin.BESIDE: ("add_beside", "请您加入会签（并加签）"),
    Origin.DIAGRAM: ("transfer", "转办给您"),
}  # fmt: skip
"""How the item came to be -> the act that made it, and how it is told."""


@dataclass(frozen=True, slots=True)
class Brief:
    """One thing to know: who did what, when, and his words."""

    what: str
    who: str
    at: datetime
    text: str
    warning: bool = False


def briefs_of(session: Session, item: WorkItem, definition: Definition) -> list[Brief]:
    """What is said on top of the page to who has the item in his hands."""
    found = [_sent_back(session, item), _asked(session, item), *_answers(session, item, definition)]
    return [brief for brief in found if brief is not None]


def reopened(session: Session, item: WorkItem) -> bool:
    """Whether the step is done once more because the case went back: what was submitted then comes back."""
    query = select(Step.state).where(Step.instance_id == item.instance_id, Step.node_id == item.node_id)
    before = session.scalar(query.where(Step.id < item.step_id).order_by(Step.id.desc()).limit(1))
    own = select(Submission.id).where(Submission.work_item_id == item.id, Submission.operation == "complete")
    return before == StepState.SUPERSEDED or session.scalar(own.limit(1)) is not None


def _sent_back(session: Session, item: WorkItem) -> Brief | None:
    """Why the case was sent back to this node, until it is handled again."""
    query = select(HistoryEvent).where(
        HistoryEvent.chain == f"instance:{item.instance_id}", HistoryEvent.type == "case.sent_back"
    )
    event = session.scalar(query.order_by(HistoryEvent.number.desc()).limit(1))
    if event is None or event.subject != f"node:{item.node_id}" or event.at > item.created_at:
        return None
    since = select(Step.id).where(
        Step.instance_id == item.instance_id, Step.node_id == item.node_id, Step.id < item.step_id,
        Step.opened_at > event.at,
    )  # fmt: skip
    if session.scalar(since.limit(1)) is not None:
        return None
    after = "改好提交后直接回到他那里" if event.facts.get("direct") else "提交后逐级重新办理"
    what = f"退回给您修改，{after}"
    return Brief(what, _name(session, event.actor_id), event.at, str(event.facts.get("opinion", "")), warning=True)


def _asked(session: Session, item: WorkItem) -> Brief | None:
    """Who gave the item to its handler, and what for."""
    operation, words = ASKED.get(item.origin, ("", ""))
    if not operation or (item.origin == Origin.DIAGRAM and item.added_by is None and item.assignee_id is None):
        return None
    query = select(Submission).where(
        Submission.instance_id == item.instance_id, Submission.node_id == item.node_id,
        Submission.operation == operation, Submission.at == item.created_at,
    )  # fmt: skip
    if item.parent_id is not None:
        query = query.where(Submission.work_item_id == item.parent_id)
    row = session.scalar(query.order_by(Submission.id.desc()).limit(1))
    if row is None:
        return None
    return Brief(words, _name(session, row.actor_id), row.at, str(row.content.get("opinion", "")))


def _answers(session: Session, item: WorkItem, definition: Definition) -> Sequence[Brief]:
    """What those whom the handler has asked said."""
    query = (
        select(Submission)
        .join(WorkItem, WorkItem.id == Submission.work_item_id)
        .where(WorkItem.parent_id == item.id, WorkItem.origin.in_(sorted(HELPERS)),
               WorkItem.state == WorkItemState.COMPLETED, Submission.operation == "complete")
        .order_by(Submission.id)
    )  # fmt: skip
    decisions = definition.node(item.node_id).settings.decisions
    return [
        Brief(f"答复：{decisions.get(row.decision or '', '')}".rstrip("："), _name(session, row.actor_id), row.at,
              str(row.content.get("opinion", "")))
        for row in session.scalars(query)
    ]  # fmt: skip


def _name(session: Session, user_id: int | None) -> str:
    user = None if user_id is None else session.get(User, user_id)
    return "系统" if user is None else user.name
