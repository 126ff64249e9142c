"""Completing an item and going on to the next, for the item page and for desks with pages of their own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from engine.delegates.case_files import keep_signature
from engine.kernel.command import Command, CommandContext
from engine.kernel.errors import Conflict, Forbidden, Invalid, NotFound, RuleViolation
from engine.workflow.item_trace import ItemView, visible_item
from engine.workflow.signers import AddSignersAfter
from engine.workflow.work_items import ClaimWorkItem, CompleteWorkItem
from engine.workflow.worklist import Filter, Next, next_item, place_of
from forms.work_items.base import WorkItemForm
from webapp.numbers import whole
from webapp.resume import local_path
from webapp.visit import actor, engine, execute, reading
from webapp.worklist.subjects import SUBJECTS

TRIES = 5
"""So many items that colleagues take at the same moment are passed over before the list is shown."""


@dataclass(frozen=True)
class DecideItem:
    """Completes an item, together with what the step writes into the domain, in one transaction."""

    completion: CompleteWorkItem
    effect: Command[None] | None = None
    behind: Sequence[int] = ()
    """People who sign behind this decision (后加签)."""
    signature: bytes | None = None
    """The picture of the hand-written signature."""

    def execute(self, context: CommandContext) -> None:
        if self.effect is not None:
            self.effect.execute(context)
        done = self.completion
        if self.signature is not None:
            done = replace(done, signature=keep_signature(context, self.signature))
        if self.behind:
            AddSignersAfter(
                done.work_item_id, tuple(self.behind), done.decision, done.opinion, done.values,
                signature=done.signature, handlers=done.handlers,
            ).execute(context)  # fmt: skip
        else:
            done.execute(context)


@dataclass(frozen=True)
class Besides:
    """What goes with a decision: who handles later steps, who signs behind it, how it is signed."""

    handlers: Mapping[str, Sequence[int]] = field(default_factory=dict)
    behind: Sequence[int] = ()
    signature: bytes | None = None


class Overtaken(Exception):
    """Somebody else decided the item, or the case moved on; the page says who and when."""


def complete(
    view: ItemView, form: WorkItemForm, kept_with: Mapping[str, Any] | None = None, besides: Besides | None = None
) -> bool:
    """Completes the item with what the form says; False with the reasons beside the fields.

    `kept_with` is kept with the form's values.
    """
    more = besides or Besides()
    effect = SUBJECTS[view.process_key].effect(view.business_key, form) if view.process_key in SUBJECTS else None
    decision, opinion = form.decision.data or None, form.opinion.data or ""
    kept = {**form.values(), **(kept_with or {})}
    try:
        completion = CompleteWorkItem(view.id, decision, opinion, kept, more.handlers)
        execute(DecideItem(completion, effect, more.behind, more.signature))
    except Invalid as error:
        form.add_errors(error.fields or {"": error.message})
    except RuleViolation as error:
        form.add_errors({"": f"{error.cited}。"})
    except Conflict as error:
        if error.winner is not None or not still_open(view.id):
            raise Overtaken(error.message) from error
        form.add_errors({"": error.message})
    except Forbidden as error:
        if not more.behind:
            raise
        form.add_errors({"": error.message})
    return not form.errors


def still_open(work_item_id: int) -> bool:
    """Whether the item waits in one of the actor's lists."""
    with reading() as session:
        try:
            return visible_item(session, actor(), work_item_id, engine().clock.now()).may_act
        except NotFound:
            return False


def upcoming(session: Session, view: ItemView, after_id: int | None = None) -> Next:
    """What comes after the item, or after `after_id`, in the item's queue."""
    narrow = Filter(process_key=view.process_key, node_id=view.node_id)
    last = after_id or view.id
    after = place_of(session, last)
    return next_item(session, actor(), engine().clock.now(), narrow=narrow, after=after, skip=last)


def go_on(view: ItemView, done: str) -> ResponseReturnValue:
    """To where the form came from, else to the next item of the queue, which is taken so that nobody else opens it."""
    flash(done, "success")
    back = local_path(request.form.get("_back"))
    if back:
        return redirect(back)
    found = _take_next(view) if request.form.get("_go_on") else None
    if found is None:
        return redirect(url_for("worklist.open_items", process=view.process_key, node=view.node_id))
    return redirect(url_for("worklist.item", work_item_id=found, n=place_in_run() + 1))


def place_in_run() -> int:
    """The how-manieth item in a row this is."""
    return min(request.values.get("n", 1, type=whole), 99_999)


def _take_next(view: ItemView) -> int | None:
    last = view.id
    for _ in range(TRIES):
        with reading() as session:
            found = upcoming(session, view, last).work_item_id
        if found is None or found == view.id or _take(found):
            return found if found != view.id else None
        last = found
    return None


def _take(work_item_id: int) -> bool:
    """Claims an item of a group; what is the actor's own already stays so."""
    try:
        engine().execute(ClaimWorkItem(work_item_id), actor=actor())
    except Conflict:
        return still_open(work_item_id)
    except (Forbidden, NotFound):
        return False
    return True
