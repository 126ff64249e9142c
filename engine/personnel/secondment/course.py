"""What happens to a secondment from the request to the file."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, select

from engine.kernel.command import CommandContext
from engine.kernel.errors import Conflict, Invalid, NotFound, RuleViolation
from engine.personnel.calendar import WorkCalendar
from engine.personnel.policy import policy_at
from engine.personnel.secondment import eligibility, rules
from engine.personnel.secondment.rules import Spell
from engine.personnel.secondment.secondments import Secondment, SecondmentExtension
from engine.personnel.secondment.states import ON_LOAN, ExtensionState, Performance, SecondmentState
from engine.personnel.settings import SECONDMENT_EXTENSION, SECONDMENT_MONTHS
from engine.personnel.workers import Worker

_S = SecondmentState


@dataclass(frozen=True, slots=True)
class Wish:
    """What a street asks for."""

    worker_id: int
    borrower_id: int
    office: str
    duties: str
    reason: str
    starts_on: date
    ends_on: date

    @property
    def period(self) -> Spell:
        return Spell(self.starts_on, self.ends_on)


@dataclass(frozen=True, slots=True)
class Return:
    """What the borrower writes when the worker goes back (鉴定、交接)."""

    returned_on: date
    performance: Performance
    evaluation: str
    handover: str


def create_secondment(context: CommandContext, street_id: int, wish: Wish) -> Secondment:
    """A request, checked against every rule; the worker is one of the street's."""
    _require_texts(office=wish.office, duties=wish.duties, reason=wish.reason)
    worker = context.session.get(Worker, wish.worker_id, with_for_update=True)
    if worker is None or worker.street_id != street_id:
        raise NotFound()
    if wish.starts_on < context.today:
        raise Invalid(fields={"starts_on": "开始日期不能早于今天"})
    eligibility.check_borrowing(context, worker, wish.borrower_id, wish.period)
    row = Secondment(
        county_id=worker.county_id, street_id=street_id, community_id=worker.community_id,
        borrower_id=wish.borrower_id, office=wish.office.strip(), worker_id=worker.id, state=_S.DRAFT,
        duties=wish.duties.strip(), reason=wish.reason.strip(), starts_on=wish.starts_on, ends_on=wish.ends_on,
        created_by=context.actor.user_id, created_at=context.now,
    )  # fmt: skip
    context.session.add(row)
    context.session.flush()
    row.number = f"JD{context.today.year}{row.id:05d}"
    _note(context, row, "secondment.requested", worker=worker.id, starts_on=row.starts_on, ends_on=row.ends_on)
    return row


def move(context: CommandContext, row: Secondment, state: SecondmentState, opinion: str = "") -> None:
    """The next state; a refusal or cancellation keeps its reason."""
    row.state = state
    row.opinion = opinion or row.opinion
    _note(context, row, "secondment.moved", state=state.value)


def approve(context: CommandContext, row: Secondment) -> None:
    """The county's consent: everything is checked again, and the notice gets its number [N 9.3].

    Somebody approved late begins on the day of the approval; the last day stays.
    """
    if row.ends_on < context.today:
        raise RuleViolation("借调期已过，不能再批准；请不予批准并写明理由", clause="9.4")
    context.session.refresh(row.worker, with_for_update=True)
    row.starts_on = max(row.starts_on, context.today)
    eligibility.check_borrowing(context, row.worker, row.borrower_id, Spell(row.starts_on, row.ends_on), row.id)
    row.notice_year, row.approved_at = context.today.year, context.now
    row.notice_serial = _next_serial(context, row.county_id, row.notice_year)
    move(context, row, _S.APPROVED)


def begin(context: CommandContext, row: Secondment) -> None:
    """The first day."""
    move(context, row, _S.ACTIVE)


def remind(context: CommandContext, row: Secondment) -> int:
    """Soon over; answers the days that are left."""
    if row.state is _S.ACTIVE:
        move(context, row, _S.DUE_SOON)
    return (row.ends_on - context.today).days


def check_early_return(context: CommandContext, row: Secondment, reason: str) -> None:
    """Refuses where nobody is away or no reason is given."""
    _require_texts(reason=reason)
    if row.state not in ON_LOAN or row.early_reason or context.today >= row.ends_on:
        raise Conflict(f"当前状态为“{row.state.label}”，不需要办理提前返岗")


def note_early_return(context: CommandContext, row: Secondment, reason: str) -> None:
    """Why the worker goes back before the last day."""
    row.early_reason = reason
    _note(context, row, "secondment.ended_early")


def note_overdue(context: CommandContext, row: Secondment, calendar: WorkCalendar) -> int:
    """Counts the working days since the last day; 0 while it has not passed. Over five is a violation [domain 4]."""
    if context.today <= row.ends_on:
        return 0
    row.overdue_workdays = calendar.workdays_between(row.ends_on, context.today)
    row.violation = row.overdue_workdays > rules.OVERDUE_WORKDAYS
    move(context, row, _S.OVERDUE)
    return row.overdue_workdays


def record_return(context: CommandContext, row: Secondment, back: Return, calendar: WorkCalendar) -> None:
    """Evaluation and handover; the community still has to say that the worker is back."""
    check_return(context, row, back)
    row.returned_on, row.performance = back.returned_on, back.performance
    row.evaluation, row.handover = back.evaluation.strip(), back.handover.strip()
    late = back.returned_on > row.ends_on
    row.overdue_workdays = calendar.workdays_between(row.ends_on, back.returned_on) if late else 0
    row.violation = row.overdue_workdays > rules.OVERDUE_WORKDAYS
    _note(context, row, "secondment.return_recorded", returned_on=back.returned_on)


def check_return(context: CommandContext, row: Secondment, back: Return) -> None:
    """Refuses a day that has not come or lies before the beginning, and empty texts."""
    if not row.starts_on <= back.returned_on <= context.today:
        raise Invalid(fields={"returned_on": f"返岗日期应在 {row.starts_on} 至今天之间"})
    _require_texts(evaluation=back.evaluation, handover=back.handover)


def dispute_return(context: CommandContext, row: Secondment) -> None:
    """The community says that the worker is not back."""
    row.returned_on = None
    _note(context, row, "secondment.return_disputed")


def close(context: CommandContext, row: Secondment) -> None:
    """Back in the community; filed."""
    early = row.returned_on is not None and row.returned_on < row.ends_on
    move(context, row, _S.EARLY_RETURNED if early else _S.RETURNED)


def stop(context: CommandContext, row: Secondment, reason: str) -> None:
    """The case was ended from outside its course: what had not begun is cancelled, who was away is back today."""
    row.opinion = row.opinion or reason
    if row.state not in ON_LOAN:
        move(context, row, _S.CANCELLED)
        return
    row.returned_on, row.early_reason = context.today, row.early_reason or reason
    close(context, row)


def ask_extension(context: CommandContext, row: Secondment, ends_on: date, reason: str) -> SecondmentExtension:
    """A first period that was shorter may be made longer once, within six months in all [domain 4]."""
    _require_texts(reason=reason)
    if not policy_at(context.session, row.county_id, context.today)[SECONDMENT_EXTENSION]:
        raise RuleViolation("本县规定借调不得延期", clause="9.4")
    if any(entry.state is not ExtensionState.REFUSED for entry in row.extensions):
        raise RuleViolation("借调只能延期一次", clause="9.4")
    _check_extension(context, row, ends_on)
    entry = SecondmentExtension(
        secondment_id=row.id, state=ExtensionState.ASKED, before=row.ends_on, ends_on=ends_on, reason=reason.strip(),
        created_at=context.now,
    )  # fmt: skip
    context.session.add(entry)
    context.session.flush()
    entry.number = f"JDYQ{context.today.year}{entry.id:05d}"
    return entry


def grant_extension(context: CommandContext, entry: SecondmentExtension) -> None:
    """The county's consent moves the last day."""
    row = entry.secondment
    _check_extension(context, row, entry.ends_on)
    row.ends_on, entry.state = entry.ends_on, ExtensionState.GRANTED
    move(context, row, _S.ACTIVE)


def refuse_extension(entry: SecondmentExtension, opinion: str) -> None:
    """The last day stays."""
    entry.state, entry.opinion = ExtensionState.REFUSED, opinion


def _check_extension(context: CommandContext, row: Secondment, ends_on: date) -> None:
    if row.state not in (_S.ACTIVE, _S.DUE_SOON) or row.early_reason or context.today >= row.ends_on:
        raise Conflict("只有借调期满以前可以延期")
    if ends_on <= row.ends_on:
        raise Invalid(fields={"ends_on": f"延期后的结束日期应晚于 {row.ends_on}"})
    months = policy_at(context.session, row.county_id, context.today)[SECONDMENT_MONTHS]
    rules.check_period(Spell(row.starts_on, ends_on), months)
    eligibility.check_dates(context, row.worker, Spell(row.starts_on, ends_on), row.id)


def _next_serial(context: CommandContext, county_id: int, year: int) -> int:
    query = select(func.max(Secondment.notice_serial)).where(
        Secondment.county_id == county_id, Secondment.notice_year == year
    )
    return (context.session.scalar(query) or 0) + 1


def _require_texts(**texts: str) -> None:
    missing = {name: "请填写" for name, value in texts.items() if not value.strip()}
    if missing:
        raise Invalid(fields=missing)


def _note(context: CommandContext, row: Secondment, type_: str, **facts: Any) -> None:
    context.record(type_, f"secondment:{row.id}", chain=f"secondment:{row.county_id}", **facts)
