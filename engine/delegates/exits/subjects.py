"""What a service task of an exit is about, and telling the people concerned."""

from collections.abc import Mapping
from typing import Any

from engine.delegates.signatures import date_of, signed
from engine.kernel.errors import Invalid
from engine.personnel.exits.cases import ExitCase, exit_numbered
from engine.personnel.exits.procedure import Served
from engine.personnel.exits.terms import Service
from engine.workflow.delegates import ServiceCall
from engine.workflow.notifications import notify, notify_role


def exit_of(call: ServiceCall) -> ExitCase:
    """The exit whose case this is."""
    return exit_numbered(call.context.session, call.instance.business_key)


def values_of(call: ServiceCall, *node_ids: str) -> Mapping[str, Any]:
    """What was filled in last in one of the steps."""
    found = signed(call, *node_ids)
    return {} if found is None else found.values


def opinion_of(call: ServiceCall, *node_ids: str) -> str:
    """What was written last in one of the steps."""
    found = signed(call, *node_ids)
    return "" if found is None else found.opinion


def served_of(values: Mapping[str, Any]) -> Served:
    """A paper as a form keeps it."""
    if not values.get("served_on"):
        raise Invalid(fields={"served_on": "请填写送达日期"})
    return Served(
        date_of(values["served_on"]), Service(values.get("way") or Service.SIGNED), str(values.get("proof") or "")
    )  # fmt: skip


def tell_street(call: ServiceCall, title: str, body: str) -> None:
    """The clerks of the street."""
    case = exit_of(call)
    notify_role(call.context, "street_clerk", case.street_id, "exit", title, body, call.instance.id)


def tell_person(call: ServiceCall, title: str, body: str) -> None:
    """The person himself, where he has an account."""
    user_id = exit_of(call).worker.user_id
    if user_id is not None:
        notify(call.context, [user_id], "exit", title, body, None)
