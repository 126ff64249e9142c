"""Steps: one visit of a user task, the work items it is offered by, and when it is decided."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import insert, select, update

from engine.decision import FeelError, Value, compile_expression
from engine.kernel.clock import CHINA, Clock, local_clock
from engine.kernel.command import CommandContext
from engine.workflow.assignment import NobodyResponsible, Offer, fallback_offer, handlers_of_offer, resolve_offers
from engine.workflow.calendars import WorkingCalendar
from engine.workflow.continuations import Earlier, continue_step
from engine.workflow.definitions import DefinitionCache
from engine.workflow.diagram import CompletionKind, CompletionRule, Deadline, DeadlineUnit, Node
from engine.workflow.incidents import raise_incident
from engine.workflow.states import Origin, StepState, WorkItemState
from engine.workflow.tables import Job, ProcessInstance, Step, Submission, WorkItem

NEVER = datetime(9999, 1, 1, tzinfo=UTC)
"""Stands for no due date, so that lists sort by one column."""


def open_steps(
    context: CommandContext, instance: ProcessInstance, visits: Sequence[tuple[str, Node, Mapping[str, Value]]],
    earlier: Mapping[str, Earlier] | None = None,
) -> None:  # fmt: skip
    """Opens a step with its work items for each visit (token, node, variables there).

    A step that goes on where an `earlier` one (by token) was interrupted keeps its signers and valid approvals.
    """
    calendar = context.service(DefinitionCache).calendar
    for token, node, variables in visits:
        due_at = _due(context, calendar, instance, node, variables)
        row = _step_row(context, calendar, instance, token, node, due_at)
        if earlier and token in earlier:
            continue_step(context, earlier[token], Step(**row), node.settings, due_at or NEVER)
        else:
            _offer(context, instance, row, node, variables)
        if due_at is not None and node.settings.deadline is not None:
            context.session.add_all(_deadline_jobs(context, calendar, row, due_at, node.settings.deadline))


_NEW_STEP, _NEW_ITEMS = insert(Step).returning(Step.id), insert(WorkItem)
"""Below the unit of work: rows that the command which makes them does not touch again."""


def _offer(
    context: CommandContext, instance: ProcessInstance, row: Mapping[str, Any], node: Node,
    variables: Mapping[str, Value],
) -> None:  # fmt: skip
    with context.session.no_autoflush:
        offers = _offers(context, instance, node, variables)
    connection = context.session.connection()
    step_id = connection.execute(_NEW_STEP, row).scalar_one()
    ordered = node.settings.completion_rule.kind is CompletionKind.ORDERED
    items = [
        _item_row(context, instance, step_id, node.id, row["due_at"], offer, position, ordered and position > 0)
        for position, offer in enumerate(offers)
    ]
    connection.execute(_NEW_ITEMS, items)


def _offers(
    context: CommandContext, instance: ProcessInstance, node: Node, variables: Mapping[str, Value]
) -> list[Offer]:
    """To whom the step is offered; when the diagram names nobody, an administrator has it and an incident tells why."""
    try:
        return resolve_offers(context.session, instance, node, variables)
    except (NobodyResponsible, FeelError) as error:
        raise_incident(context, instance.id, node.id, "assignment", str(error))
        waiting = error.meanwhile if isinstance(error, NobodyResponsible) else ()
        return [*waiting, fallback_offer(context.session, instance)]


def work_item(context: CommandContext, instance: ProcessInstance, step: Step, offer: Offer) -> WorkItem:
    """A work item of `step` for `offer`, to be added to the session."""
    return WorkItem(**_item_row(context, instance, step.id, step.node_id, step.due_at, offer, 0, False))


def _item_row(
    context: CommandContext, instance: ProcessInstance, step_id: int, node_id: str, due_at: datetime | None,
    offer: Offer, position: int, waiting: bool,
) -> dict[str, Any]:  # fmt: skip
    state = WorkItemState.CLAIMED if offer.user_id is not None else WorkItemState.OFFERED
    return {
        "step_id": step_id, "instance_id": instance.id, "process_key": instance.process_key, "node_id": node_id,
        "queue": None if waiting else offer.queue, "offered_to": offer.queue, "assignee_id": offer.user_id,
        "role": offer.role,
        "state": WorkItemState.WAITING if waiting else state, "created_at": context.now,
        "due_order": due_at or NEVER, "position": position, "weight": offer.weight, "origin": Origin.DIAGRAM,
    }  # fmt: skip


def close_steps(context: CommandContext, instance_id: int, tokens: Sequence[str], state: StepState) -> None:
    """Closes the open steps of tokens that are gone, and everything that was offered for them."""
    query = select(Step).where(Step.instance_id == instance_id, Step.token.in_(tokens), Step.state == StepState.OPEN)
    steps = list(context.session.scalars(query))
    for step in steps:
        step.state, step.completed_at = state, context.now
    if steps:
        close_items(context, [step.id for step in steps])


def supersede_steps(context: CommandContext, instance_id: int, completed_nodes: Sequence[str]) -> None:
    """Completed steps whose completion counts no more, because the case went back behind them."""
    query = select(Step).where(
        Step.instance_id == instance_id, Step.state == StepState.COMPLETED, Step.node_id.not_in(completed_nodes)
    )
    for step in context.session.scalars(query):
        step.state = StepState.SUPERSEDED


def skip_step(
    context: CommandContext, instance: ProcessInstance, node: Node, token: str, variables: Mapping[str, Value],
    approver: int,
) -> str | None:  # fmt: skip
    """Notes a step that nobody has to do, because one of its handlers approved the step before (`sameApprover`).

    Answers the approving decision, "" where the node offers none; None when the step has to be done after all.
    """
    if node.settings.completion_rule.kind is not CompletionKind.ANY:
        return None
    try:
        offers = resolve_offers(context.session, instance, node, variables)
    except (NobodyResponsible, FeelError):
        return None
    if not any(approver in handlers_of_offer(context.session, offer) for offer in offers):
        return None
    decision = next((d for d in node.settings.decisions if d in node.settings.approving_decisions), "")
    step = Step(instance_id=instance.id, token=token, node_id=node.id, name=node.name, state=StepState.COMPLETED,
                opened_at=context.now, completed_at=context.now, decision=decision or None)  # fmt: skip
    told = {"opinion": "与前一环节办理人相同，自动通过", "values": {}}
    context.session.add_all([step, Submission(
        instance_id=instance.id, node_id=node.id, actor_id=None, on_behalf_of=approver, at=context.now,
        operation="skip", decision=decision or None, content=told,
    )])  # fmt: skip
    return decision


def close_items(context: CommandContext, step_ids: Sequence[int]) -> None:
    """Closes the work items that are still open in these steps."""
    context.session.execute(
        update(WorkItem)
        .where(WorkItem.step_id.in_(step_ids), WorkItem.completed_at.is_(None))
        .values(state=WorkItemState.CLOSED, queue=None, completed_at=context.now)
        .execution_options(synchronize_session="fetch")
    )


def step_outcome(
    rule: CompletionRule, approving: frozenset[str], decisions: Sequence[str | None], weights: Sequence[int] = ()
) -> bool | None:
    """Whether the step is agreed (True), refused (False) or still open (None).

    `decisions` holds one entry a signature, None while it is open; `weights` counts under VOTE alone. It stops early
    once nothing can change it.
    """
    if rule.kind is CompletionKind.VOTE and weights:
        decisions = [each for each, weight in zip(decisions, weights, strict=True) for _ in range(weight)]
    done = [decision for decision in decisions if decision is not None]
    agreed = sum(decision in approving for decision in done)
    open_count = len(decisions) - len(done)
    if rule.kind is CompletionKind.ANY:
        return None if not done else agreed > 0
    if rule.kind in (CompletionKind.ALL, CompletionKind.ORDERED):
        if agreed < len(done):
            return False
        return True if open_count == 0 else None
    needed = rule.threshold * len(decisions)
    if agreed >= needed:
        return True
    return False if agreed + open_count < needed else None


def _step_row(
    context: CommandContext, calendar: WorkingCalendar, instance: ProcessInstance, token: str, node: Node,
    due_at: datetime | None,
) -> dict[str, Any]:  # fmt: skip
    return {
        "instance_id": instance.id, "token": token, "node_id": node.id, "name": node.name, "state": StepState.OPEN,
        "opened_at": context.now, "due_at": due_at,
        "calendar_version": None if due_at is None else calendar.version,
    }  # fmt: skip


def _due(
    context: CommandContext, calendar: WorkingCalendar, instance: ProcessInstance, node: Node,
    variables: Mapping[str, Value],
) -> datetime | None:  # fmt: skip
    due_at = _computed_due(context, instance, node, variables)
    if due_at is None and node.settings.deadline is not None:
        return due_of(calendar, node.settings.deadline, context.now)
    return due_at


def _computed_due(
    context: CommandContext, instance: ProcessInstance, node: Node, variables: Mapping[str, Value]
) -> datetime | None:
    """The moment that `zeebe:taskSchedule dueDate` gives, as ISO text or by FEEL; what gives none is an incident."""
    text = node.settings.due_date.strip()
    if not text:
        return None
    try:
        moment = _moment(text, variables, context.clock)
    except FeelError as error:
        raise_incident(context, instance.id, node.id, "deadline", str(error))
        return None
    if isinstance(moment, datetime):
        return moment if moment.tzinfo else moment.replace(tzinfo=CHINA)
    raise_incident(context, instance.id, node.id, "deadline", "期限表达式的结果不是日期和时间。")
    return None


def _moment(text: str, variables: Mapping[str, Value], clock: Clock) -> Value:
    value: Value = text
    if text.startswith("="):
        value = compile_expression(text[1:].strip()).evaluate(variables, strict=True, clock=local_clock(clock))
    if isinstance(value, str):
        value = compile_expression("date and time(text)").evaluate({"text": value}, strict=True)
    return value


def due_of(calendar: WorkingCalendar, deadline: Deadline, start: datetime) -> datetime:
    """The due date of a deadline that starts now."""
    if deadline.unit is DeadlineUnit.WORKDAYS:
        return calendar.add_workdays(start, deadline.amount)
    return start + timedelta(hours=deadline.amount)


def _deadline_jobs(
    context: CommandContext, calendar: WorkingCalendar, row: Mapping[str, Any], due_at: datetime, deadline: Deadline
) -> list[Job]:
    jobs = [_deadline_job(row, "deadline", due_at)]
    if deadline.warn_before and deadline.amount > deadline.warn_before:
        early = Deadline(deadline.amount - deadline.warn_before, deadline.unit)
        warned_at = due_of(calendar, early, context.now)
        if warned_at < due_at:
            jobs.append(_deadline_job(row, "warning", warned_at))
    return jobs


def _deadline_job(row: Mapping[str, Any], kind: str, due_at: datetime) -> Job:
    return Job(kind=kind, instance_id=row["instance_id"], node_id=row["node_id"], token=row["token"], payload={},
               due_at=due_at, attempts=0)  # fmt: skip
