"""Operations on a whole case: 催办, 撤销, 终止, 挂起, 激活 and 跳转 with a preview, for those who may."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.kernel.errors import Conflict, Forbidden, Invalid
from engine.workflow.case_trace import visible_instance
from engine.workflow.choosing import INITIATOR, choices, chosen_handlers, later_nodes
from engine.workflow.control import TARGETS, JumpPreview, PreviewJump
from engine.workflow.definitions import Definition, DefinitionCache
from engine.workflow.operations import LABELS, case_operations
from engine.workflow.states import INSTANCE_LABELS, StepState
from engine.workflow.tables import Job, MessageSubscription, ProcessInstance, Step
from forms.base import BaseForm
from webapp.binding import bind, status_of
from webapp.errors import status_of as status_of_error
from webapp.permissions import officers
from webapp.resume import resuming
from webapp.visit import actor, engine, execute, found, reading
from webapp.worklist.blueprint import blueprint
from webapp.worklist.case_acts import CASE_ACTS, CaseAct, cancelled_by


@blueprint.route("/cases/<int:instance_id>/operations/<operation>", methods=["GET", "POST"])
@officers
def operate_case(instance_id: int, operation: str) -> ResponseReturnValue:
    """Asks what the operation needs, and does it."""
    act = found(CASE_ACTS.get(operation))
    with reading() as session:
        instance = visible_instance(session, actor(), instance_id, engine().clock.now())
        if operation not in {id_ for id_, _ in offered_on_case(session, instance)}:
            raise Forbidden(_not_offered(instance, operation))
        form = bind(act.form)
        if operation == "jump":
            _offer_places(session, instance, form)
        if operation == "choose":
            _offer_people(session, instance, form)
    preview, status = None, 0
    if request.method == "POST" and not resuming() and form.validate():
        try:
            if operation == "jump" and "_confirm" not in request.form:
                preview = _preview(instance_id, form)
            else:
                flash(act.done(execute(act.command(instance_id, form))), "success")
                return redirect(url_for("worklist.case", instance_id=instance_id))
        except Invalid as error:
            form.add_errors(error.fields or {"": error.message})
        except (Conflict, Forbidden) as error:
            form.add_errors({"": error.message})
            status = status_of_error(error)
    return _show(instance, operation, act, form, preview), status or status_of(form)


def offered_on_case(session: Session, instance: ProcessInstance) -> Sequence[tuple[str, str]]:
    """(operation, label) of what the actor may do with the case beside talking about it."""
    offered = case_operations(session, engine().service(DefinitionCache), actor(), instance)
    return [(each.id, each.label) for each in offered if each.id in CASE_ACTS]


def _not_offered(instance: ProcessInstance, operation: str) -> str:
    return f"此件{INSTANCE_LABELS[instance.state]}，您现在不能{LABELS[operation]}。需要的，请联系流程管理员。"


def _show(
    instance: ProcessInstance, operation: str, act: CaseAct, form: BaseForm, preview: JumpPreview | None
) -> str:
    return render_template(
        "worklist/case_operation.html", instance=instance, act=act, form=form, preview=preview,
        jumping=operation == "jump",
    )  # fmt: skip


def _preview(instance_id: int, form: Any) -> JumpPreview:
    return engine().execute(PreviewJump(instance_id, form.target.data, cancelled_by(form)), actor=actor())


def _offer_places(session: Session, instance: ProcessInstance, form: Any) -> None:
    """Where the case may be put, steps first; and what it waits for now, all of it ticked at first."""
    definition = engine().service(DefinitionCache).get(session, instance.definition_id)
    nodes = [node for node in definition.process.nodes.values() if node.kind in TARGETS and not node.event_sub_process]
    nodes.sort(key=lambda node: node.kind != "userTask")
    form.target.choices = [("", "请选择"), *((node.id, _place(node.kind, node.label)) for node in nodes)]
    form.cancel.choices = list(_waiting(session, instance, definition).items())
    if request.method == "GET":
        form.cancel.data = [node_id for node_id, _ in form.cancel.choices]


def _offer_people(session: Session, instance: ProcessInstance, form: Any) -> None:
    """The candidates of each later step that the initiator may choose from; who was named is ticked at first."""
    definition = engine().service(DefinitionCache).get(session, instance.definition_id)
    later = {node.id for node in later_nodes(session, definition, instance)}
    form.handlers.choices = [
        (f"{choice.node_id}:{user_id}", f"{choice.name}：{name}")
        for choice in choices(session, definition, instance, INITIATOR, {}) if choice.node_id in later
        for user_id, name in choice.people
    ]  # fmt: skip
    if request.method == "GET":
        form.handlers.data = [f"{node_id}:{user_id}" for node_id, user_id in chosen_handlers(session, instance.id)]


def _place(kind: str, label: str) -> str:
    return f"{label}（结束）" if kind == "endEvent" else label if kind == "userTask" else f"{label}（自动）"


def _waiting(session: Session, instance: ProcessInstance, definition: Definition) -> Mapping[str, str]:
    """Nodes at which the case stands; timers at the edge of a step go with it."""
    steps = select(Step.node_id).where(Step.instance_id == instance.id, Step.state == StepState.OPEN)
    messages = select(MessageSubscription.node_id).where(MessageSubscription.instance_id == instance.id)
    jobs = select(Job.node_id).where(
        Job.instance_id == instance.id, Job.token.is_not(None), Job.kind.not_in(("deadline", "warning"))
    )
    ids = [node_id for query in (steps, messages, jobs) for node_id in session.scalars(query) if node_id is not None]
    nodes = [definition.process.nodes[node_id] for node_id in dict.fromkeys(ids) if node_id in definition.process.nodes]
    return {node.id: node.label for node in nodes if not node.attached_to and node.kind != "startEvent"}
