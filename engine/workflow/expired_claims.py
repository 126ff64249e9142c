"""Items that somebody claimed as a deputy, when his period is over: they go back to the list they came from."""

from sqlalchemy import String, cast, exists, select

from engine.identity.substitutions import deputised, principal_for
from engine.identity.users import RoleMembership
from engine.kernel.command import CommandContext
from engine.workflow.runs import lock_instance
from engine.workflow.states import UNDECIDED_ITEMS, WorkItemState
from engine.workflow.tables import WorkItem
from engine.workflow.work_items import release

_ROLE_HELD = exists().where(
    RoleMembership.user_id == WorkItem.assignee_id,
    RoleMembership.role + "@" + cast(RoleMembership.organisation_id, String) == WorkItem.offered_to,
)


def give_back_claims(context: CommandContext, user_id: int | None = None) -> int:
    """Frees what was taken from a group by somebody who neither belongs to it nor stands in for a member today.

    With `user_id` only his. Answers how many items went back.
    """
    query = select(WorkItem).where(
        WorkItem.state.in_(sorted(UNDECIDED_ITEMS)), WorkItem.assignee_id.is_not(None),
        WorkItem.offered_to.contains("@"), ~_ROLE_HELD,
    )  # fmt: skip
    if user_id is not None:
        query = query.where(WorkItem.assignee_id == user_id)
    items = context.session.scalars(query.order_by(WorkItem.instance_id, WorkItem.id)).all()
    return sum(_give_back(context, item) for item in items if not _stands_in(context, item))


def _stands_in(context: CommandContext, item: WorkItem) -> bool:
    role, _, place = item.offered_to.partition("@")
    stands = deputised(context.session, item.assignee_id or 0, context.today)
    return principal_for(stands, item.process_key, None, (role, int(place))) is not None


def _give_back(context: CommandContext, item: WorkItem) -> bool:
    instance = lock_instance(context, item.instance_id)
    if item.state == WorkItemState.WAITING:
        item.assignee_id = None
    else:
        release(item)
    context.record("work_item.returned", f"work_item:{item.id}", chain=f"instance:{instance.id}", head=instance)
    return True
