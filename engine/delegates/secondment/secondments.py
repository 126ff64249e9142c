"""Service tasks of a secondment from consent to file [N 9.3, domain 4]."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta

from engine.decision import Value
from engine.delegates.secondment.telling import last_opinion, named, tell_all, tell_role
from engine.delegates.signatures import date_of, signed
from engine.kernel.clock import CHINA
from engine.kernel.errors import Invalid
from engine.personnel.holidays import work_calendar
from engine.personnel.secondment import course
from engine.personnel.secondment.course import Return
from engine.personnel.secondment.rules import FIRST_REMINDER_DAYS, LAST_REMINDER_DAYS
from engine.personnel.secondment.secondments import Secondment, secondment_numbered
from engine.personnel.secondment.states import Performance, SecondmentState
from engine.workflow.delegates import ServiceCall, delegate

OFFICES_OPEN = time(9, 0)
DECIDING = ("worker_consent", "street_committee", "county_review", "county_approval")


def secondment_of(call: ServiceCall) -> Secondment:
    """The secondment whose case this is."""
    return secondment_numbered(call.context.session, call.instance.business_key)


@delegate("secondment.record_stage")
def record_stage(call: ServiceCall) -> None:
    """The request has passed somebody; the header `state` says whom."""
    course.move(call.context, secondment_of(call), SecondmentState(call.headers["state"]))


@delegate("secondment.refuse")
def refuse(call: ServiceCall) -> None:
    """Somebody said no; everybody learns why."""
    row, opinion = secondment_of(call), last_opinion(call, *DECIDING)
    course.move(call.context, row, SecondmentState.REJECTED, opinion)
    tell_all(call, row, f"借调未获同意：{named(row)}", opinion)


@delegate("secondment.approve")
def approve(call: ServiceCall) -> Mapping[str, Value]:
    """The notice is issued."""
    row = secondment_of(call)
    course.approve(call.context, row)
    title = f"借调通知 {row.document_number}"
    tell_all(call, row, title, f"{named(row)}：{row.starts_on} 至 {row.ends_on}，{row.office}。")
    return {"startsAt": _morning(row.starts_on)}


@delegate("secondment.begin")
def begin(call: ServiceCall) -> Mapping[str, Value]:
    """The first day."""
    row = secondment_of(call)
    course.begin(call.context, row)
    return _dates(row)


@delegate("secondment.remind")
def remind(call: ServiceCall) -> None:
    """Fifteen and three days before the last day; nothing when that was so from the beginning."""
    row = secondment_of(call)
    left = course.remind(call.context, row)
    body = f"{named(row)}借调至 {row.ends_on}，还有 {left} 天，请准备交接和鉴定，按时返岗。"
    tell_all(call, row, "借调即将到期", body)


@delegate("secondment.note_extension")
def note_extension(call: ServiceCall) -> Mapping[str, Value]:
    """The new last day counts from here."""
    return _dates(secondment_of(call))


@delegate("secondment.note_early_return")
def note_early_return(call: ServiceCall) -> None:
    """The worker goes back before the last day."""
    row = secondment_of(call)
    tell_all(call, row, "提前结束借调", f"{named(row)}：{row.early_reason}")


@delegate("secondment.report_overdue")
def report_overdue(call: ServiceCall) -> None:
    """Every day after the last one the county hears that the worker is not back."""
    row = secondment_of(call)
    days = course.note_overdue(call.context, row, work_calendar(call.context.session))
    if call.context.today <= row.ends_on:
        return
    mark = "，已标记违规" if row.violation else ""
    body = f"{named(row)}借调应于 {row.ends_on} 结束，逾期 {days} 个工作日未返岗{mark}（第9条）。"
    for role in ("county_clerk", "county_head"):
        tell_role(call, role, row.county_id, "借调逾期未返岗", body)
    tell_role(call, "street_clerk", row.street_id, "借调逾期未返岗", body)


@delegate("secondment.record_return")
def record_return(call: ServiceCall) -> None:
    """What the borrower wrote in the evaluation."""
    written = signed(call, "return_to_post")
    if written is None:
        raise Invalid("请填写返岗交接和鉴定")
    values = written.values
    back = Return(
        date_of(values["returned_on"]), Performance(values["performance"]), str(values["evaluation"]),
        str(values["handover"]),
    )  # fmt: skip
    course.record_return(call.context, secondment_of(call), back, work_calendar(call.context.session))


@delegate("secondment.dispute_return")
def dispute_return(call: ServiceCall) -> None:
    """The community has not seen the worker yet."""
    row = secondment_of(call)
    course.dispute_return(call.context, row)
    tell_role(call, "street_clerk", row.street_id, "社区未确认返岗", last_opinion(call, "confirm_return"))


@delegate("secondment.close")
def close(call: ServiceCall) -> None:
    """Back in the community; the case goes to the file [N 9.5]."""
    row = secondment_of(call)
    course.close(call.context, row)
    tell_role(call, "county_clerk", row.county_id, "借调人员已返岗", f"{named(row)}：{row.state.label}。")


def _dates(row: Secondment) -> Mapping[str, Value]:
    """When the running secondment has to be remembered."""
    return {
        "remindFirstAt": _morning(row.ends_on - timedelta(days=FIRST_REMINDER_DAYS)),
        "remindLastAt": _morning(row.ends_on - timedelta(days=LAST_REMINDER_DAYS)),
        "endsAt": _morning(row.ends_on),
    }


def _morning(day: date) -> datetime:
    return datetime.combine(day, OFFICES_OPEN, CHINA)
