"""Steps: one visit of a user task, the work items it is offered by, and when it is decided."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from sqlalchemy import select, update

from engine.decision import FeelError, Value, compile_expression
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
) -> list[Step]:  # fmt: skip
    """Opens a step with its work items for each visit (token, node, variables there).

    A step that goes on where an `earlier` one (by token) was interrupted keeps its signers and valid approvals.
    """
    calendar = context.service(DefinitionCache).calendar
    steps = [_step(context, calendar, instance, visit) for visit in visits]
    context.session.add_all(steps)
    for step, (_, node, variables) in zip(steps, visits, strict=True):
        if earlier and step.token in earlier:
            continue_step(context, earlier[step.token], step, node.settings, step.due_at or NEVER)
        else:
            _offer(context, instance, step, node, variables)
        if step.due_at is not None and node.settings.deadline is not None:
            context.session.add_all(_deadline_jobs(calendar, step, step.due_at, node.settings.deadline))
    return steps


def _offer(
    context: CommandContext, instance: ProcessInstance, step: Step, node: Node, variables: Mapping[str, Value]
) -> None:
    with context.session.no_autoflush:  # one flush writes step and items together
        offers = _offers(context, instance, node, variables)
    ordered = node.settings.completion_rule.kind is CompletionKind.ORDERED
    context.session.add_all(
        work_item(context, instance, step, offer, position, waiting=ordered and position > 0)
        for position, offer in enumerate(offers)
    )


def _offers(
    context: CommandContext, instance: ProcessInstance, node: Node, variables: Mapping[str, Value]
) -> list[Offer]:
    """To whom the step is offered; when the diagram names nobody, an administrator has it and an incident tells why."""
    try:
        return resolve_offers(context.session, instance, node, variables)
    except (NobodyResponsible, FeelError) as error:
        raise_incident(context, instance.id, node.id, "assignment", str(error))
        return [fallback_offer(context.session, instance)]


def work_item(
    context: CommandContext, instance: ProcessInstance, step: Step, offer: Offer, position: int, *, waiting: bool
) -> WorkItem:
    """A work item of `step` for `offer`."""
    state = WorkItemState.CLAIMED if offer.user_id is not None else WorkItemState.OFFERED
    return WorkItem(
        step=step, instance_id=instance.id, process_key=instance.process_key, node_id=step.node_id,
        queue=None if waiting else offer.queue, offered_to=offer.queue, assignee_id=offer.user_id,
        state=WorkItemState.WAITING if waiting else state,
        created_at=context.now, due_order=step.due_at or NEVER, position=position, weight=offer.weight,
        origin=Origin.DIAGRAM,
    )  # fmt: skip


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


def _step(
    context: CommandContext, calendar: WorkingCalendar, instance: ProcessInstance,
    visit: tuple[str, Node, Mapping[str, Value]],
) -> Step:  # fmt: skip
    token, node, variables = visit
    deadline = node.settings.deadline
    due_at = _computed_due(context, instance, node, variables)
    if due_at is None and deadline is not None:
        due_at = due_of(calendar, deadline, context.now)
    return Step(
        instance_id=instance.id, token=token, node_id=node.id, name=node.name, state=StepState.OPEN,
        opened_at=context.now, due_at=due_at, calendar_version=None if due_at is None else calendar.version,
    )  # fmt: skip


def _computed_due(
    context: CommandContext, instance: ProcessInstance, node: Node, variables: Mapping[str, Value]
) -> datetime | None:
    """The moment that `zeebe:taskSchedule dueDate` gives; an expression that gives none is an incident."""
    text = node.settings.due_date
    if not text:
        return None
    try:
        moment = compile_expression(text.removeprefix("=").strip()).evaluate(variables, strict=True)
    except FeelError as error:
        raise_incident(context, instance.id, node.id, "deadline", str(error))
        return None
    if isinstance(moment, datetime):
        return moment
    raise_incident(context, instance.id, node.id, "deadline", "期限表达式的结果不是日期和时间。")
    return None


def due_of(calendar: WorkingCalendar, deadline: Deadline, start: datetime) -> datetime:
    """The due date of a deadline that starts now."""
    if deadline.unit is DeadlineUnit.WORKDAYS:
        return calendar.add_workdays(start, deadline.amount)
    return start + timedelta(hours=deadline.amount)


def _deadline_jobs(calendar: WorkingCalendar, step: Step, due_at: datetime, deadline: Deadline) -> list[Job]:
    jobs = [_deadline_job(step, "deadline", due_at)]
    if deadline.warn_before and deadline.amount > deadline.warn_before:
        early = Deadline(deadline.amount - deadline.warn_before, deadline.unit)
        warned_at = due_of(calendar, early, step.opened_at)
        if warned_at < due_at:
            jobs.append(_deadline_job(step, "warning", warned_at))
    return jobs


def _deadline_job(step: Step, kind: str, due_at: datetime) -> Job:
    return Job(kind=kind, instance_id=step.instance_id, node_id=step.node_id, token=step.token, payload={},
               due_at=due_at, attempts=0)  # fmt: skip
