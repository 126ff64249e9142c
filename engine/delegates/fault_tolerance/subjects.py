"""What a service task is about: the row of the case, what was signed, and whom to tell."""

from datetime import date

from engine.delegates.signatures import Signed, date_of, signed
from engine.kernel.errors import Conflict, Invalid
from engine.personnel.fault_tolerance.cases import (
    ClearingCase,
    FaultCase,
    clearing_numbered,
    fault_numbered,
)
from engine.workflow.delegates import ServiceCall
from engine.workflow.notifications import notify


def fault_of(call: ServiceCall) -> FaultCase:
    """The fault-tolerance case whose instance this is."""
    return fault_numbered(call.context.session, call.instance.business_key)


def clearing_of(call: ServiceCall) -> ClearingCase:
    """The clearing case whose instance this is."""
    return clearing_numbered(call.context.session, call.instance.business_key)


def last_signed(call: ServiceCall, *node_ids: str) -> Signed:
    """The latest submission in one of the user tasks."""
    found = signed(call, *node_ids)
    if found is None:
        raise Conflict("没有找到该环节的办理记录")
    return found


def text_of(entry: Signed, field: str) -> str:
    """A text that was filled in, empty when it was not."""
    return str(entry.values.get(field) or "")


def day_of(entry: Signed, field: str) -> date:
    """A date that was filled in."""
    value = entry.values.get(field)
    if not value:
        raise Invalid(fields={field: "请填写日期"})
    return date_of(value)


def tell_initiator(call: ServiceCall, title: str, body: str) -> None:
    """A message without names or facts: they stand in the case."""
    if call.instance.initiator_id is not None:
        notify(call.context, [call.instance.initiator_id], "fault_tolerance", title, body, call.instance.id)
