"""When a step is decided: signatures, those added behind them, weights, and whose turn it is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from engine.decision import Value, clean
from engine.kernel.command import CommandContext
from engine.workflow.copies import send_node_copies
from engine.workflow.diagram import CompletionKind, Settings
from engine.workflow.items import OpenItem, open_again
from engine.workflow.states import HELPERS, UNDECIDED_ITEMS, Origin, StepState, WorkItemState, next_state
from engine.workflow.steps import close_items, step_outcome
from engine.workflow.tables import Submission, WorkItem

DONE = "done"
"""Stands for the decision of a node that offers none."""


@dataclass(frozen=True)
class Outcome:
    """How a step has been decided; `decision` is None where the node offers none."""

    decision: str | None


def signatures(items: Sequence[WorkItem]) -> list[WorkItem]:
    """The items that count under the completion rule, in their order; one that came by escalation decides alone."""
    return [item for item in items if _counts(item) and item.parent_id is None and item.origin != Origin.ESCALATED]


def _counts(item: WorkItem) -> bool:
    return item.state in UNDECIDED_ITEMS or item.state == WorkItemState.COMPLETED


def standing(item: WorkItem, items: Sequence[WorkItem], approving: frozenset[str]) -> str | None:
    """What a signature says: None while it, or somebody added behind it, is still to decide."""
    if item.state != WorkItemState.COMPLETED:
        return None
    decision = item.decision or next(iter(approving), DONE)
    if approving and decision not in approving:
        return decision
    behind = [standing(each, items, approving) for each in _behind(item, items)]
    refusals = [each for each in behind if each is not None and approving and each not in approving]
    if refusals:
        return refusals[0]
    return None if None in behind else decision


def _behind(item: WorkItem, items: Sequence[WorkItem]) -> list[WorkItem]:
    return [each for each in items if each.parent_id == item.id and each.origin == Origin.AFTER
            and _counts(each)]  # fmt: skip


def settle_step(context: CommandContext, taken: OpenItem, values: Mapping[str, Any]) -> bool:
    """Completes the step when its rule is fulfilled, else lets the next in line begin; answers whether it is done."""
    outcome = _outcome(taken.settings, taken.siblings)
    if outcome is None:
        _advance_line(context, taken)
        return False
    step = taken.step
    step.state, step.completed_at, step.decision = StepState.COMPLETED, context.now, outcome.decision
    if len(taken.siblings) > 1:
        values = {**_written(context, taken), **values}
        close_items(context, [step.id])
    send_node_copies(taken.run, step)
    variables = {**values, **({} if outcome.decision is None else {"decision": outcome.decision})}
    taken.run.complete_step(step.token, wanted(taken.settings, variables))
    return True


def _outcome(settings: Settings, items: Sequence[WorkItem]) -> Outcome | None:
    approving, counted = settings.approving_decisions, signatures(items)
    raised = [standing(item, items, approving) for item in items if item.origin == Origin.ESCALATED and _counts(item)]
    if any(raised):
        return _named(next(filter(None, raised)), settings)
    stands = [standing(item, items, approving) for item in counted]
    if settings.completion_rule.kind is CompletionKind.ANY:
        first = next((each for each in stands if each is not None), None)
        return None if first is None else _named(first, settings)
    agreed = step_outcome(settings.completion_rule, approving or frozenset({DONE}), stands,
                          [item.weight for item in counted])  # fmt: skip
    if agreed is None:
        return None
    fitting = [each for each in stands if each is not None and (each in approving or not approving) is agreed]
    return _named(fitting[-1 if agreed else 0] if fitting else DONE, settings)


def _named(decision: str, settings: Settings) -> Outcome:
    return Outcome(None if decision == DONE and not settings.decisions else decision)


def _advance_line(context: CommandContext, taken: OpenItem) -> None:
    """The next of an ordered countersign has his turn; a decided "any one" waits for those added behind it alone."""
    rule, items = taken.settings.completion_rule.kind, taken.siblings
    counted = signatures(items)
    if rule is CompletionKind.ANY and any(item.state == WorkItemState.COMPLETED for item in counted):
        for item in counted:
            if item.state != WorkItemState.COMPLETED:
                _close(context, item)
    if rule is CompletionKind.ORDERED:
        turn = next((i for i in counted if standing(i, items, taken.settings.approving_decisions) is None), None)
        if turn is not None and turn.state == WorkItemState.WAITING and not helpers_of(turn, items):
            open_again(turn)


def _close(context: CommandContext, item: WorkItem) -> None:
    item.state, item.queue, item.completed_at = next_state("close", item.state), None, context.now


def helpers_of(item: WorkItem, items: Sequence[WorkItem]) -> list[WorkItem]:
    """The undecided items that were asked for before this one may go on."""
    return [i for i in items if i.parent_id == item.id and i.origin in HELPERS and i.state in UNDECIDED_ITEMS]


def give_back(taken: OpenItem) -> None:
    """After a helper's answer the item that asked is its handler's turn again."""
    parent = next((each for each in taken.siblings if each.id == taken.item.parent_id), None)
    if parent is not None and parent.state == WorkItemState.WAITING and not helpers_of(parent, taken.siblings):
        open_again(parent)
        taken.run.record("work_item.resumed", f"work_item:{parent.id}")


def _written(context: CommandContext, taken: OpenItem) -> dict[str, Any]:
    """What the signers of the step filled in, the later over the earlier."""
    signed = [item.id for item in taken.siblings if item.state == WorkItemState.COMPLETED
              and item.origin not in HELPERS]  # fmt: skip
    query = select(Submission).where(Submission.work_item_id.in_(signed)).order_by(Submission.id)
    written: dict[str, Any] = {}
    for submission in context.session.scalars(query):
        written |= submission.content.get("values", {})
    return written


def wanted(settings: Settings, variables: Mapping[str, Any]) -> dict[str, Value]:
    """What leaves the step: everything that was filled in, unless output mappings say that only part of it can."""
    if settings.outputs:
        sources = " ".join(mapping.source for mapping in settings.outputs)
        variables = {name: value for name, value in variables.items() if name in sources}
    return {name: clean(value) for name, value in variables.items()}
