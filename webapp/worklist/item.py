"""One work item: read, decide, claim, put back, keep what was typed."""

from collections.abc import Sequence
from dataclasses import replace

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine.workflow.diagram import Operation
from engine.workflow.going_back import MayWithdraw
from engine.workflow.item_trace import visible_item
from engine.workflow.states import Origin
from engine.workflow.work_items import ClaimWorkItem, ReleaseWorkItem, SaveWorkItemDraft
from webapp.binding import beside_fields, status_of
from webapp.numbers import whole
from webapp.permissions import officers
from webapp.resume import resuming
from webapp.visit import actor, engine, execute, reading
from webapp.worklist.blueprint import blueprint
from webapp.worklist.flow import Besides, Overtaken, complete, go_on, place_in_run, upcoming
from webapp.worklist.item_page import ItemPage, item_page
from webapp.worklist.line_forms import grow
from webapp.worklist.people import people_named
from webapp.worklist.signing import posted_signature

CONFLICT = 409
LARGEST_DRAFT = 300
"""Fields of a draft; no form of a step has nearly so many."""


@blueprint.route("/items/<int:work_item_id>", methods=["GET", "POST"])
@officers
def item(work_item_id: int) -> ResponseReturnValue:
    """The page of a work item, and its decision."""
    with reading() as session:
        page = item_page(session, work_item_id, typed=request.method == "POST")
        if request.method == "GET" or resuming() or "_find" in request.form or grow(page.form):
            return _show(page)
    return _decide(page)


def _decide(page: ItemPage) -> ResponseReturnValue:
    """Completes the item as the page was sent, and goes on."""
    if not page.view.open:
        return _overtaken(page, "此件已不在待办中，您的操作没有生效。")
    sound, besides = page.form.validate(), _besides(page)
    try:
        done = sound and not page.form.errors and complete(page.view, page.form, page.seen, besides)
    except Overtaken as error:
        return _overtaken(page, str(error))
    return go_on(page.view, _done(page, besides)) if done else _show(page)


def _done(page: ItemPage, besides: Besides) -> str:
    """What is said after the decision: its effect."""
    view = page.view
    if page.origin == Origin.DELEGATED:
        return f"已答复，此件回到交办人：{view.title}（{view.business_key}）"
    label = page.settings.decisions.get(page.form.decision.data or "", "已办理")
    done = f"{label}：{view.title}（{view.business_key}）"
    if not besides.behind:
        undo = "，需要改的可以在“已办”中撤回" if Operation.WITHDRAW in page.settings.operations else ""
        return done + undo
    with reading() as session:
        return f"{done}，已请{people_named(session, besides.behind)}后加签"


def _besides(page: ItemPage) -> Besides:
    """What goes with the decision, as it was posted; what is missing stands above the form."""
    nodes = [choice.node_id for choice in page.choices]
    handlers = {node: request.form.getlist(f"handlers-{node}", type=whole) for node in nodes}
    behind: Sequence[int] = ()
    if "_behind" in request.form:
        behind = list(dict.fromkeys(request.form.getlist("person", type=whole)))
        if not behind:
            page.form.add_errors({"": "请选择后加签的人员；不需要加签的，请点“不加签”。"})
    signature = None
    with beside_fields(page.form):
        signature = posted_signature(page.settings, page.origin)
    return Besides({node: people for node, people in handlers.items() if people}, behind, signature)


@blueprint.get("/items/<int:work_item_id>/next")
@officers
def next_item(work_item_id: int) -> ResponseReturnValue:
    """Passes the item over."""
    with reading() as session:
        view = visible_item(session, actor(), work_item_id, engine().clock.now())
        found = upcoming(session, view).work_item_id
    if found is None:
        return redirect(url_for("worklist.open_items", process=view.process_key, node=view.node_id))
    return redirect(url_for("worklist.item", work_item_id=found, n=place_in_run() + 1))


@blueprint.post("/items/<int:work_item_id>/claim")
@officers
def claim(work_item_id: int) -> ResponseReturnValue:
    """Takes the item from the group."""
    execute(ClaimWorkItem(work_item_id))
    flash("已认领，同组其他人员不会再看到此件。", "success")
    return redirect(url_for("worklist.item", work_item_id=work_item_id, n=place_in_run()))


@blueprint.post("/items/<int:work_item_id>/release")
@officers
def release(work_item_id: int) -> ResponseReturnValue:
    """Puts the item back to the group."""
    execute(ReleaseWorkItem(work_item_id))
    flash("已退回认领池，同组人员可以认领办理。", "success")
    return redirect(url_for("worklist.open_items"))


@blueprint.post("/items/<int:work_item_id>/draft")
@officers
def draft(work_item_id: int) -> ResponseReturnValue:
    """Keeps what was typed so far."""
    names = [name for name in request.form if not name.startswith("_") and name not in {"decision", "n"}]
    content = {name: request.form.getlist(name) for name in names[:LARGEST_DRAFT]}
    engine().execute(SaveWorkItemDraft(work_item_id, content), actor=actor())
    return "", 204


def _show(page: ItemPage) -> ResponseReturnValue:
    if "withdraw" in page.offered and not engine().execute(MayWithdraw(page.view.id), actor=actor()):
        page = replace(page, offered={id_: each for id_, each in page.offered.items() if id_ != "withdraw"})
    return render_template("worklist/item.html", page=page), status_of(page.form)


def _overtaken(page: ItemPage, message: str) -> ResponseReturnValue:
    with reading() as session:
        found = upcoming(session, page.view)
    return render_template("worklist/overtaken.html", page=page, message=message, next=found), CONFLICT


