"""Operations on a work item beyond deciding: a page with a form for each, offered as the node's settings allow."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.identity.users import User
from engine.kernel.errors import Conflict, Forbidden, Invalid, ShegongError
from engine.workflow.definitions import DefinitionCache
from engine.workflow.going_back import ReturnTargets, WithdrawAct
from engine.workflow.informing import MarkItemRead
from engine.workflow.item_trace import ItemView, visible_item
from engine.workflow.operations import LABELS, Offered, available_operations
from engine.workflow.states import ORIGIN_LABELS, Origin
from engine.workflow.tables import ProcessInstance, WorkItem
from forms.base import BaseForm
from webapp.binding import bind, status_of
from webapp.errors import status_of as status_of_error
from webapp.permissions import officers
from webapp.resume import resuming
from webapp.visit import actor, engine, execute, found, reading
from webapp.worklist.blueprint import blueprint
from webapp.worklist.item_acts import ITEM_ACTS, ItemAct
from webapp.worklist.people import Found, find_people, people_named, unfit
from webapp.worklist.trace import offered_words


@dataclass(frozen=True, slots=True)
class OperationPage:
    """The page of one operation on an item."""

    view: ItemView
    operation: str
    act: ItemAct
    form: BaseForm
    people: Found | None


@blueprint.route("/items/<int:work_item_id>/operations/<operation>", methods=["GET", "POST"])
@officers
def operate(work_item_id: int, operation: str) -> ResponseReturnValue:
    """Asks what the operation needs, and does it."""
    act = found(ITEM_ACTS.get(operation))
    with reading() as session:
        view = visible_item(session, actor(), work_item_id, engine().clock.now())
        offered = offered_on(session, work_item_id)
    if operation not in offered:
        raise Forbidden(_not_offered(view, operation))
    form = bind(act.form)
    _offer_choices(form, work_item_id, offered[operation])
    if request.method == "POST" and not resuming() and "_find" not in request.form and form.validate():
        answer = _perform(view, act, form)
        if answer is not None:
            return answer
    return _show(view, operation, act, form)


@blueprint.post("/items/<int:work_item_id>/read")
@officers
def mark_read(work_item_id: int) -> ResponseReturnValue:
    """The page has been opened by who has to handle the item (已阅)."""
    engine().execute(MarkItemRead(work_item_id), actor=actor())
    return "", 204


def offered_on(session: Session, work_item_id: int) -> Mapping[str, Offered]:
    """What the actor may do with the item now: operation -> its button."""
    cache = engine().service(DefinitionCache)
    found_ = available_operations(session, cache, actor(), work_item_id, engine().clock)
    return {each.id: each for each in found_}


def _not_offered(view: ItemView, operation: str) -> str:
    label = LABELS[operation]
    if view.case_state != "active":
        return f"此件已挂起或已结束，现在不能{label}。"
    if not view.may_act and operation != "withdraw":
        return f"此件现在不在您手上，不能{label}。"
    return f"“{view.step_name}”环节不允许{label}。"


def _offer_choices(form: Any, work_item_id: int, offered: Offered) -> None:
    """Fills the selections of the form: passed nodes, signers."""
    if "target" in form:
        targets = engine().execute(ReturnTargets(work_item_id), actor=actor())
        if not targets:
            raise Conflict("此件还没有走过别的环节，没有可以退回的地方。")
        form["target"].choices = [(target.node_id, target.name) for target in targets]
    if "signer" in form:
        form["signer"].choices = _signers(offered.items)


def _signers(item_ids: tuple[int, ...]) -> list[tuple[str, str]]:
    query = select(WorkItem, User.name).outerjoin(User, User.id == WorkItem.assignee_id)
    with reading() as session:
        return [
            (str(item.id), f"{name or offered_words(item.offered_to)}"
             + (f"（{ORIGIN_LABELS[Origin(item.origin)]}）" if item.origin else ""))
            for item, name in session.execute(query.where(WorkItem.id.in_(item_ids)).order_by(WorkItem.id))
        ]  # fmt: skip


def _perform(view: ItemView, act: ItemAct, form: BaseForm) -> ResponseReturnValue | None:
    """Does it and goes on; None when the form has to be shown again, with the reason and everything typed."""
    command = act.command(view.id, form)
    try:
        execute(command)
    except Invalid as error:
        form.add_errors(error.fields or {"": error.message})
        return None
    except (Conflict, Forbidden) as error:
        form.add_errors({"": error.message})
        return _show(view, "", act, form, error)
    with reading() as session:
        names = people_named(session, form["person"].data) if "person" in form else ""
    flash(act.done(names, form), "success")
    return redirect(_afterwards(view, act, command))


def _afterwards(view: ItemView, act: ItemAct, command: object) -> str:
    """Back to the item while it is still in one's hands, else to the list."""
    if not act.stays:
        return url_for("worklist.open_items")
    if not isinstance(command, WithdrawAct):
        return url_for("worklist.item", work_item_id=view.id)
    with reading() as session:  # an act that is taken back may go on as another item
        query = select(WorkItem.id).where(
            WorkItem.instance_id == view.instance_id, WorkItem.node_id == view.node_id, WorkItem.queue.is_not(None),
            WorkItem.assignee_id == actor().user_id,
        )  # fmt: skip
        again = session.scalar(query.order_by(WorkItem.id.desc()).limit(1))
    return url_for("worklist.item", work_item_id=again or view.id)


def _show(
    view: ItemView, operation: str, act: ItemAct, form: BaseForm, error: ShegongError | None = None
) -> ResponseReturnValue:
    people = _people(view, form, giving=act is not ITEM_ACTS["copy"]) if "person" in form else None
    page = OperationPage(view, operation, act, form, people)
    status = status_of_error(error) if error is not None else status_of(form)
    return render_template("worklist/operation.html", page=page), status


def _people(view: ItemView, form: BaseForm, *, giving: bool) -> Found:
    """Who may be chosen; when the step itself is given, nobody who has it or is kept from it."""
    typed = request.form.get("_typed", "").strip()[:40]
    with reading() as session:
        instance = session.get_one(ProcessInstance, view.instance_id)
        near = {membership.organisation_id for membership in actor().memberships}
        settings = engine().service(DefinitionCache).get(session, view.definition_id).node(view.node_id).settings
        barred = unfit(session, session.get_one(WorkItem, view.id), settings) if giving else frozenset[int]()
        without = {actor().user_id or 0, *barred} - set(form["person"].data)
        return find_people(session, instance, typed=typed, chosen=form["person"].data, without=without, near=near)
