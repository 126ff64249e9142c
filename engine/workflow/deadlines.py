"""Deadlines of steps: a warning before, and what happens after (`afterDeadline`)."""

from sqlalchemy import select

from engine.identity.organisations import ancestors
from engine.identity.users import holders
from engine.workflow.assignment import Offer, group_queue, resolve_organisation
from engine.workflow.copies import send_node_copies
from engine.workflow.diagram import AfterDeadline
from engine.workflow.notifications import handlers_of, notify
from engine.workflow.runs import Run
from engine.workflow.states import OPEN_ITEMS, Origin, StepState
from engine.workflow.steps import close_items, work_item
from engine.workflow.tables import Step, WorkItem


def warn_of_deadline(run: Run, token: str | None) -> None:
    """Reminds the handlers before the due date."""
    step = _open_step(run, token)
    if step is not None:
        _remind(run, step, "deadline_warning", "即将到期")


def pass_deadline(run: Run, token: str | None) -> None:
    """The due date is over: reminds, escalates or decides, as the node says."""
    step = _open_step(run, token)
    if step is None:
        return
    deadline = run.definition.node(step.node_id).settings.deadline
    run.record("step.overdue", f"step:{step.id}", node=step.node_id)
    if deadline is None or deadline.after is AfterDeadline.REMIND:
        _remind(run, step, "deadline_passed", "已超期")
    elif deadline.after is AfterDeadline.ESCALATE:
        _escalate(run, step, deadline.target)
    else:
        _decide(run, step, deadline.target)


def _open_step(run: Run, token: str | None) -> Step | None:
    query = select(Step).where(Step.instance_id == run.instance.id, Step.token == token, Step.state == StepState.OPEN)
    return run.context.session.scalar(query)


def _items(run: Run, step: Step) -> list[WorkItem]:
    query = select(WorkItem).where(WorkItem.step_id == step.id, WorkItem.state.in_(OPEN_ITEMS))
    return list(run.context.session.scalars(query))


def _remind(run: Run, step: Step, template: str, word: str) -> None:
    people = handlers_of(run.context, _items(run, step))
    title = f"{word}：{step.name}"
    body = f"“{run.instance.title}”的“{step.name}”{word}，请尽快办理。"
    notify(run.context, people, template, title, body, run.instance.id)


def _escalate(run: Run, step: Step, role: str) -> None:
    """Offers the step also to the nearest holders of a role, from the node's organisation upwards; one decides."""
    settings = run.definition.node(step.node_id).settings
    variables = run.variables(step.token)
    place = resolve_organisation(run.context.session, run.instance, settings.organisation, variables)
    upwards = [o.id for o in ancestors(run.context.session, place)]
    nearest = next((id_ for id_ in upwards if holders(run.context.session, role, id_)), place)
    offer = Offer(group_queue(role, nearest))
    item = work_item(run.context, run.instance, step, offer)
    item.origin = Origin.ESCALATED
    run.context.session.add(item)
    run.context.session.flush()
    run.record("step.escalated", f"step:{step.id}", role=role)
    _remind(run, step, "escalated", "超期升级")


def _decide(run: Run, step: Step, decision: str) -> None:
    """The system decides in the handler's place, as the diagram says."""
    step.state, step.completed_at, step.decision = StepState.COMPLETED, run.context.now, decision
    close_items(run.context, [step.id])
    run.record("step.decided_by_deadline", f"step:{step.id}", decision=decision)
    send_node_copies(run, step)
    run.complete_step(step.token, {"decision": decision})
