"""States of the workflow's things and the transitions that are allowed; everything else is refused."""

from collections.abc import Mapping
from enum import StrEnum

from engine.kernel.errors import Conflict


class InstanceState(StrEnum):
    """State of a process instance (one case)."""

    ACTIVE = "active"
    SUSPENDED = "suspended"
    COMPLETED = "completed"
    WITHDRAWN = "withdrawn"
    CANCELLED = "cancelled"
    TERMINATED = "terminated"


class StepState(StrEnum):
    """State of a step (one visit of a user task)."""

    OPEN = "open"
    COMPLETED = "completed"
    SENT_BACK = "sent_back"
    SUPERSEDED = "superseded"
    CANCELLED = "cancelled"


class WorkItemState(StrEnum):
    """State of a work item (the step as offered to one person or one candidate group)."""

    OFFERED = "offered"
    CLAIMED = "claimed"
    WAITING = "waiting"
    COMPLETED = "completed"
    SENT_BACK = "sent_back"
    TRANSFERRED = "transferred"
    REMOVED = "removed"
    WITHDRAWN = "withdrawn"
    CLOSED = "closed"


class Origin(StrEnum):
    """How a work item came to be."""

    DIAGRAM = ""
    ESCALATED = "escalated"
    DELEGATED = "delegated"
    BEFORE = "before"
    AFTER = "after"
    BESIDE = "beside"


class JobState(StrEnum):
    """State of a job; a finished job is deleted, its effect stands in the history."""

    READY = "ready"
    LEASED = "leased"
    FAILED = "failed"
    SUSPENDED = "suspended"


INSTANCE_LABELS: Mapping[str, str] = {
    InstanceState.ACTIVE: "办理中",
    InstanceState.SUSPENDED: "已挂起",
    InstanceState.COMPLETED: "已办结",
    InstanceState.WITHDRAWN: "已撤回",
    InstanceState.CANCELLED: "已撤销",
    InstanceState.TERMINATED: "已终止",
}
STEP_LABELS: Mapping[str, str] = {
    StepState.OPEN: "办理中",
    StepState.COMPLETED: "已完成",
    StepState.SENT_BACK: "已退回",
    StepState.SUPERSEDED: "已失效",
    StepState.CANCELLED: "已取消",
}
WORK_ITEM_LABELS: Mapping[str, str] = {
    WorkItemState.OFFERED: "待认领",
    WorkItemState.CLAIMED: "办理中",
    WorkItemState.WAITING: "等待前一人",
    WorkItemState.COMPLETED: "已办",
    WorkItemState.SENT_BACK: "已退回",
    WorkItemState.TRANSFERRED: "已转办",
    WorkItemState.REMOVED: "已减签",
    WorkItemState.WITHDRAWN: "已撤回",
    WorkItemState.CLOSED: "已关闭",
}

ORIGIN_LABELS: Mapping[str, str] = {
    Origin.DIAGRAM: "",
    Origin.ESCALATED: "超期升级",
    Origin.DELEGATED: "委派",
    Origin.BEFORE: "前加签",
    Origin.AFTER: "后加签",
    Origin.BESIDE: "并加签",
}

ENDED = frozenset({InstanceState.COMPLETED, InstanceState.WITHDRAWN, InstanceState.CANCELLED, InstanceState.TERMINATED})
OPEN_ITEMS = frozenset({WorkItemState.OFFERED, WorkItemState.CLAIMED})
UNDECIDED_ITEMS = OPEN_ITEMS | {WorkItemState.WAITING}
HELPERS = frozenset({Origin.DELEGATED, Origin.BEFORE})
"""Items whose end gives the case back to the item that asked for them; they do not count as signatures."""


def _from_open(after: WorkItemState, *more: WorkItemState) -> Mapping[WorkItemState, WorkItemState]:
    return dict.fromkeys((WorkItemState.OFFERED, WorkItemState.CLAIMED, *more), after)


WORK_ITEM_TRANSITIONS: Mapping[str, Mapping[WorkItemState, WorkItemState]] = {
    "claim": {WorkItemState.OFFERED: WorkItemState.CLAIMED},
    "release": {WorkItemState.CLAIMED: WorkItemState.OFFERED},
    "complete": _from_open(WorkItemState.COMPLETED),
    "send_back": _from_open(WorkItemState.SENT_BACK),
    "transfer": _from_open(WorkItemState.TRANSFERRED),
    "hand_over": _from_open(WorkItemState.TRANSFERRED, WorkItemState.WAITING),
    "delegate": _from_open(WorkItemState.WAITING),
    "add_before": _from_open(WorkItemState.WAITING),
    "resume": {WorkItemState.WAITING: WorkItemState.CLAIMED},
    "add_beside": {state: state for state in OPEN_ITEMS},
    "draft": {state: state for state in OPEN_ITEMS},
    "copy": {state: state for state in OPEN_ITEMS},
    "remove": _from_open(WorkItemState.REMOVED, WorkItemState.WAITING),
    "withdraw": {WorkItemState.COMPLETED: WorkItemState.WITHDRAWN},
    "retake": {WorkItemState.COMPLETED: WorkItemState.CLAIMED},
    "put_back_in_line": _from_open(WorkItemState.WAITING),
    "activate": {WorkItemState.WAITING: WorkItemState.OFFERED},
    "close": _from_open(WorkItemState.CLOSED, WorkItemState.WAITING),
}
"""Operation -> state before -> state after, for work items."""


def next_state(operation: str, state: str) -> WorkItemState:
    """The state after `operation`, or Conflict when the item is not in a state that allows it."""
    try:
        return WORK_ITEM_TRANSITIONS[operation][WorkItemState(state)]
    except KeyError:
        raise Conflict("该事项当前状态不能进行此操作，请刷新页面查看最新情况。") from None
