"""Completing a step of the campaign from a page of the desk."""

from collections.abc import Mapping
from typing import Any

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue

from engine.kernel.errors import Conflict, Invalid, RuleViolation
from engine.workflow.work_items import CompleteWorkItem
from webapp.desk.overview import open_item
from webapp.visit import actor, engine, execute, reading


def finish_step(
    number: str, node_id: str, decision: str, done: str, opinion: str = "", values: Mapping[str, Any] | None = None
) -> ResponseReturnValue:
    """Completes the step and goes back to the campaign; what forbids it is shown there."""
    if complete(number, node_id, decision, opinion, values):
        flash(f"{done}，已转入下一环节。", "success")
    return redirect(url_for("desk.campaign", number=number))


def complete(
    number: str, node_id: str, decision: str, opinion: str = "", values: Mapping[str, Any] | None = None
) -> bool:
    """Completes the step if it waits for the actor; otherwise, and when a rule forbids it, says why."""
    with reading() as session:
        item = open_item(session, actor(), number, node_id, engine().clock.now())
    if item is None:
        flash("该环节现在不在您这里办理，可能已由他人办结。", "warning")
        return False
    try:
        execute(CompleteWorkItem(item, decision, opinion, values or {}))
    except (Invalid, Conflict) as error:
        flash(error.message, "danger")
        return False
    except RuleViolation as error:
        flash(error.cited, "danger")
        return False
    return True
