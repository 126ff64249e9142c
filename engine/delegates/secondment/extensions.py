"""Service tasks of an extension [domain 4]."""

from engine.delegates.secondment.messages import ToSecondment
from engine.delegates.secondment.telling import last_opinion, named, tell_all
from engine.personnel.secondment import course
from engine.personnel.secondment.secondments import SecondmentExtension, extension_numbered
from engine.workflow.delegates import ServiceCall, delegate

DECIDING = ("extension_consent", "extension_street", "extension_county")


@delegate("secondment.grant_extension")
def grant_extension(call: ServiceCall) -> None:
    """The last day moves, and the running secondment waits for the new one."""
    entry = _extension_of(call)
    course.grant_extension(call.context, entry)
    row = entry.secondment
    call.publish(ToSecondment.EXTENDED, str(row.number))
    tell_all(call, row, f"借调延期已批准：{named(row)}", f"借调延至 {row.ends_on}。")


@delegate("secondment.refuse_extension")
def refuse_extension(call: ServiceCall) -> None:
    """The last day stays, and everybody learns why."""
    entry, opinion = _extension_of(call), last_opinion(call, *DECIDING)
    course.refuse_extension(entry, opinion)
    tell_all(call, entry.secondment, f"借调延期未获同意：{named(entry.secondment)}", opinion)


def _extension_of(call: ServiceCall) -> SecondmentExtension:
    return extension_numbered(call.context.session, call.instance.business_key)
