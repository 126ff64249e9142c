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
    CANCELLED = "cancelled"


class WorkItemState(StrEnum):
    """State of a work item (the step as offered to one person or one candidate group)."""

    OFFERED = "offered"
    CLAIMED = "claimed"
    WAITING = "waiting"
    COMPLETED = "completed"
    CLOSED = "closed"


class JobState(StrEnum):
    """State of a job; a finished job is deleted, its effect stands in the history."""

    READY = "ready"
    LEASED = "leased"
    FAILED = "failed"


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
    StepState.CANCELLED: "已取消",
}
WORK_ITEM_LABELS: Mapping[str, str] = {
    WorkItemState.OFFERED: "待认领",
    WorkItemState.CLAIMED: "办理中",
    WorkItemState.WAITING: "等待前一人",
    WorkItemState.COMPLETED: "已办",
    WorkItemState.CLOSED: "已关闭",
}

ENDED = frozenset({InstanceState.COMPLETED, InstanceState.WITHDRAWN, InstanceState.CANCELLED, InstanceState.TERMINATED})
OPEN_ITEMS = frozenset({WorkItemState.OFFERED, WorkItemState.CLAIMED})

WORK_ITEM_TRANSITIONS: Mapping[str, Mapping[WorkItemState, WorkItemState]] = {
    "claim": {WorkItemState.OFFERED: WorkItemState.CLAIMED},
    "release": {WorkItemState.CLAIMED: WorkItemState.OFFERED},
    "complete": {
        WorkItemState.OFFERED: WorkItemState.COMPLETED,
        WorkItemState.CLAIMED: WorkItemState.COMPLETED,
    },
    "send_back": {
        WorkItemState.OFFERED: WorkItemState.COMPLETED,
        WorkItemState.CLAIMED: WorkItemState.COMPLETED,
    },
    "activate": {WorkItemState.WAITING: WorkItemState.OFFERED},
    "close": {
        WorkItemState.OFFERED: WorkItemState.CLOSED,
        WorkItemState.CLAIMED: WorkItemState.CLOSED,
        WorkItemState.WAITING: WorkItemState.CLOSED,
    },
}
"""Operation -> state before -> state after, for work items."""


def next_state(operation: str, state: str) -> WorkItemState:
    """The state after `operation`, or Conflict when the item is not in a state that allows it."""
    try:
        return WORK_ITEM_TRANSITIONS[operation][WorkItemState(state)]
    except KeyError:
        raise Conflict("该事项当前状态不能进行此操作，请刷新页面查看最新情况。") from None
