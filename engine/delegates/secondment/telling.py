"""Who hears of a secondment."""

from engine.delegates.signatures import signed
from engine.personnel.secondment.secondments import Secondment
from engine.workflow.delegates import ServiceCall
from engine.workflow.notifications import notify, notify_role

TEMPLATE = "secondment"


def tell_all(call: ServiceCall, row: Secondment, title: str, body: str) -> None:
    """Worker, community and street."""
    if row.worker.user_id is not None:
        notify(call.context, [row.worker.user_id], TEMPLATE, title, body, call.instance.id)
    tell_role(call, "community_secretary", row.community_id, title, body)
    tell_role(call, "street_clerk", row.street_id, title, body)


def tell_role(call: ServiceCall, role: str, organisation_id: int, title: str, body: str) -> None:
    """The holders of a role."""
    notify_role(call.context, role, organisation_id, TEMPLATE, title, body, call.instance.id)


def last_opinion(call: ServiceCall, *node_ids: str) -> str:
    """The words of the latest decision among these steps."""
    decision = signed(call, *node_ids)
    return "" if decision is None else decision.opinion


def named(row: Secondment) -> str:
    """Name and place of the worker, for titles."""
    return f"{row.worker.name}（{row.community.name}）"
