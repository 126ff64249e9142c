"""Steps: one visit of a user task, the work items it is offered by, and when it is decided."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from sqlalchemy import select, update

from engine.decision import FeelError, Value
from engine.kernel.command import CommandContext
from engine.workflow.assignment import NobodyResponsible, Offer, fallback_offer, resolve_offers
from engine.workflow.calendars import WorkingCalendar
from engine.workflow.definitions import DefinitionCache
from engine.workflow.diagram import CompletionKind, CompletionRule, Deadline, DeadlineUnit, Node
from engine.workflow.incidents import raise_incident
from engine.workflow.states import StepState, WorkItemState
from engine.workflow.tables import Job, ProcessInstance, Step, WorkItem

NEVER = datetime(9999, 1, 1, tzinfo=UTC)
"""Stands for no due date, so that lists sort by one column."""


def open_steps(
    context: CommandContext, instance: ProcessInstance, visits: Sequence[tuple[str, Node, Mapping[str, Value]]]
) -> list[Step]:
    """Opens a step with its work items for each visit (token, node, variables there)."""
    calendar = context.service(DefinitionCache).calendar
    steps = [_step(context, calendar, instance, token, node) for token, node, _ in visits]
    context.session.add_all(steps)
    for step, (_, node, variables) in zip(steps, visits, strict=True):
        with context.session.no_autoflush:  # one flush writes step and items together
            offers = _offers(context, instance, node, variables)
        ordered = node.settings.completion_rule.kind is CompletionKind.ORDERED
        context.session.add_all(
            work_item(context, instance, step, offer, position, waiting=ordered and position > 0)
            for position, offer in enumerate(offers)
        )
        if step.due_at is not None and node.settings.deadline is not None:
            context.session.add_all(_deadline_jobs(calendar, step, step.due_at, node.settings.deadline))
    return steps


def _offers(
    context: CommandContext, instance: ProcessInstance, node: Node, variables: Mapping[str, Value]
) -> list[Offer]:
    """To whom the step is offered; when the diagram names nobody, an administrator has it and an incident tells why."""
    try:
        return resolve_offers(context.session, instance, node.settings, variables)
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
        created_at=context.now, due_order=step.due_at or NEVER, position=position,
    )  # fmt: skip


def close_steps(context: CommandContext, instance_id: int, tokens: Sequence[str], state: StepState) -> None:
    """Closes the open steps of tokens that are gone, and everything that was offered for them."""
    query = select(Step).where(Step.instance_id == instance_id, Step.token.in_(tokens), Step.state == StepState.OPEN)
    steps = list(context.session.scalars(query))
    for step in steps:
        step.state, step.completed_at = state, context.now
    if steps:
        close_items(context, [step.id for step in steps])


def close_items(context: CommandContext, step_ids: Sequence[int]) -> None:
    """Closes the work items that are still open in these steps."""
    context.session.execute(
        update(WorkItem)
        .where(WorkItem.step_id.in_(step_ids), WorkItem.completed_at.is_(None))
        .values(state=WorkItemState.CLOSED, queue=None, completed_at=context.now)
        .execution_options(synchronize_session="fetch")
    )


def step_outcome(rule: CompletionRule, approving: frozenset[str], decisions: Sequence[str | None]) -> bool | None:
    """Whether the step is agreed (True), refused (False) or still open (None).

    `decisions` holds one entry a work item, None while it is open. It stops early once nothing can change it.
    """
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
    context: CommandContext, calendar: WorkingCalendar, instance: ProcessInstance, token: str, node: Node
) -> Step:
    deadline = node.settings.deadline
    return Step(
        instance_id=instance.id, token=token, node_id=node.id, name=node.name, state=StepState.OPEN,
        opened_at=context.now, due_at=None if deadline is None else due_of(calendar, deadline, context.now),
        calendar_version=None if deadline is None else calendar.version,
    )  # fmt: skip


def due_of(calendar: WorkingCalendar, deadline: Deadline, start: datetime) -> datetime:
    """The due date of a deadline that starts now."""
    if deadline.unit is DeadlineUnit.WORKDAYS:
        return calendar.add_workdays(start, deadline.amount)
    return start + timedelta(hours=deadline.amount)


def _deadline_jobs(calendar: WorkingCalendar, step: Step, due_at: datetime, deadline: Deadline) -> list[Job]:
    jobs = [_deadline_job(step, "deadline", due_at)]
    if deadline.warn_before and deadline.amount > deadline.warn_before:
        early = Deadline(deadline.amount - deadline.warn_before, deadline.unit)
        jobs.append(_deadline_job(step, "warning", due_of(calendar, early, step.opened_at)))
    return jobs


def _deadline_job(step: Step, kind: str, due_at: datetime) -> Job:
    return Job(kind=kind, instance_id=step.instance_id, node_id=step.node_id, token=step.token, payload={},
               due_at=due_at, attempts=0)  # fmt: skip
