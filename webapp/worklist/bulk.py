"""One act on many items: claim, put back, or the same decision with the same opinion; each its own transaction."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from engine.kernel.command import Command
from engine.kernel.errors import Invalid, ShegongError
from engine.workflow.definitions import DefinitionCache
from engine.workflow.diagram import Settings
from engine.workflow.item_trace import ItemView, visible_item
from engine.workflow.work_items import ClaimWorkItem, CompleteWorkItem, ReleaseWorkItem
from forms.work_items import FORMS
from webapp.numbers import whole
from webapp.permissions import officers
from webapp.resume import local_path, resuming
from webapp.visit import actor, engine, reading
from webapp.worklist.blueprint import blueprint

MOST = 100
"""Items of one bulk act; each is a transaction of its own."""
DONE = {"claim": "已认领", "release": "已退回认领池"}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one item."""

    work_item_id: int
    title: str
    business_key: str
    message: str
    done: bool


@blueprint.post("/bulk")
@officers
def bulk() -> ResponseReturnValue:
    """Does the act for every chosen item and lists what became of each."""
    back = local_path(request.form.get("_back")) or url_for("worklist.open_items")
    chosen = _chosen()
    act, opinion = request.form.get("act", "")[:80], request.form.get("opinion", "").strip()[:1000]
    if resuming() or not chosen:
        flash("请先勾选要办理的事项。", "warning")
        return redirect(back)
    outcomes = [_perform(id_, act, opinion) for id_ in chosen]
    done = sum(outcome.done for outcome in outcomes)
    return render_template("worklist/bulk.html", outcomes=outcomes, done=done, back=back, opinion=opinion)


def _chosen() -> Sequence[int]:
    return list(dict.fromkeys(request.form.getlist("item", type=whole)[:MOST]))


def _perform(work_item_id: int, act: str, opinion: str) -> Outcome:
    title, number = "", ""
    try:
        with reading() as session:
            view = visible_item(session, actor(), work_item_id, engine().clock.now())
            title, number = view.title, view.business_key
            settings = _settings(session, view)
            command = _command(view.id, settings, act, opinion)
        engine().execute(command, actor=actor(), idempotency_key=_key(work_item_id, act))
    except ShegongError as error:
        return Outcome(work_item_id, title, number, error.message, done=False)
    words = DONE.get(act) or settings.decisions.get(act.removeprefix("decide:"), "已办理")
    return Outcome(work_item_id, title, number, words, done=True)


def _settings(session: Session, view: ItemView) -> Settings:
    definition = engine().service(DefinitionCache).get(session, view.definition_id)
    return definition.node(view.node_id).settings


def _command(work_item_id: int, settings: Settings, act: str, opinion: str) -> Command[None]:
    if act == "claim":
        return ClaimWorkItem(work_item_id)
    if act == "release":
        return ReleaseWorkItem(work_item_id)
    decision = act.removeprefix("decide:")
    form = FORMS.get(settings.form_id)
    if form is None or not form.bulk or decision == act:
        raise Invalid("此环节需要逐件填写，不能批量办理。")
    return CompleteWorkItem(work_item_id, decision, opinion)


def _key(work_item_id: int, act: str) -> str | None:
    """One key an item, from the key of the page that was sent."""
    typed = request.form.get("_key", "")[:64]
    scope = f"{actor().user_id}|bulk|{typed}|{act}|{work_item_id}"
    return hashlib.sha256(scope.encode()).hexdigest() if typed else None
