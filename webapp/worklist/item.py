"""One work item: read, decide, claim, put back, send back, keep what was typed."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine.kernel.errors import Invalid
from engine.workflow.item_trace import visible_item
from engine.workflow.work_items import ClaimWorkItem, ReleaseWorkItem, SaveWorkItemDraft, SendBack
from webapp.binding import status_of
from webapp.permissions import officers
from webapp.resume import resuming
from webapp.visit import actor, engine, execute, reading
from webapp.worklist.blueprint import blueprint
from webapp.worklist.flow import Overtaken, complete, go_on, place_in_run, upcoming
from webapp.worklist.item_page import ItemPage, item_page
from webapp.worklist.line_forms import grow

CONFLICT = 409
LARGEST_DRAFT = 300
"""Fields of a draft; no form of a step has nearly so many."""


@blueprint.route("/items/<int:work_item_id>", methods=["GET", "POST"])
@officers
def item(work_item_id: int) -> ResponseReturnValue:
    """The page of a work item, and its decision."""
    with reading() as session:
        page = item_page(session, work_item_id, typed=request.method == "POST")
        if request.method == "GET" or resuming() or grow(page.form):
            return _show(page)
        if not page.view.open:
            return _overtaken(page, "此件已不在待办中，您的操作没有生效。")
        if not page.form.validate():
            return _show(page)
    try:
        done = complete(page.view, page.form, page.seen)
    except Overtaken as error:
        return _overtaken(page, str(error))
    if not done:
        return _show(page)
    label = page.settings.decisions.get(page.form.decision.data or "", "已办理")
    return go_on(page.view, f"{label}：{page.view.title}（{page.view.business_key}）")


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


@blueprint.post("/items/<int:work_item_id>/send-back")
@officers
def send_back(work_item_id: int) -> ResponseReturnValue:
    """Sends the case back to a node it has passed."""
    target, opinion = request.form.get("target", "")[:64], request.form.get("opinion", "")[:1000]
    try:
        execute(SendBack(work_item_id, target, opinion))
    except Invalid as error:
        with reading() as session:
            page = item_page(session, work_item_id, typed=True)
            page.form.add_errors(error.fields or {"": error.message})
            return _show(page)
    flash("已退回。", "success")
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
    return render_template("worklist/item.html", page=page), status_of(page.form)


def _overtaken(page: ItemPage, message: str) -> ResponseReturnValue:
    with reading() as session:
        found = upcoming(session, page.view)
    return render_template("worklist/overtaken.html", page=page, message=message, next=found), CONFLICT


