"""The command behind each entry of a bulk run, made just before it is executed."""

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from engine.kernel.clock import local_date
from engine.kernel.command import Command
from engine.kernel.errors import Invalid
from engine.workflow.bulk_returns import SendBackAlong, Way
from engine.workflow.bulk_runs import EntryRow, RunRow
from engine.workflow.definitions import DefinitionCache
from engine.workflow.handing_over import HandOverItem, TransferWorkItem
from engine.workflow.informing import UrgeCase
from engine.workflow.item_trace import visible_item
from engine.workflow.states import Origin
from engine.workflow.tables import WorkItem
from engine.workflow.work_items import ClaimWorkItem, CompleteWorkItem, ReleaseWorkItem
from forms.work_items import FORMS
from forms.work_items.base import WorkItemForm
from webapp.visit import actor, engine
from webapp.worklist.bulk_plan import LABELS, TOO_MUCH, Act
from webapp.worklist.flow import DecideItem
from webapp.worklist.item_page import load_subject
from webapp.worklist.subjects import SUBJECTS


def command_of(session: Session, run: RunRow, entry: EntryRow) -> tuple[Command[Any], str]:
    """(command, what is said when it is done). Raises Invalid when the step wants more than an opinion."""
    make = MAKERS.get(run.act)
    if make is not None:
        return make(run, entry), LABELS[run.act]
    item = entry.work_item_id or 0
    if entry.choice in set(Way):
        return SendBackAlong(item, Way(entry.choice), run.text), LABELS[Act.RETURN]
    return _decide(session, item, entry.choice, run.text)


MAKERS: Mapping[str, Callable[[RunRow, EntryRow], Command[Any]]] = {
    Act.URGE: lambda run, entry: UrgeCase(entry.instance_id, run.text),
    Act.CLAIM: lambda _run, entry: ClaimWorkItem(entry.work_item_id or 0),
    Act.RELEASE: lambda _run, entry: ReleaseWorkItem(entry.work_item_id or 0),
    Act.TRANSFER: lambda run, entry: TransferWorkItem(
        entry.work_item_id or 0, run.to_user_id or 0, run.text, quiet=run.total > 1
    ),
    Act.HAND_OVER: lambda run, entry: HandOverItem(
        entry.work_item_id or 0, run.from_user_id or 0, run.to_user_id or 0, run.text
    ),
}
"""Acts that ask nothing of the step."""


def _decide(session: Session, work_item_id: int, decision: str, opinion: str) -> tuple[Command[Any], str]:
    """The decision as the page of the item would send it: its form checks it, its process writes what belongs to it."""
    view = visible_item(session, actor(), work_item_id, engine().clock.now())
    settings = engine().service(DefinitionCache).get(session, view.definition_id).node(view.node_id).settings
    helping = session.get_one(WorkItem, work_item_id).origin == Origin.BEFORE
    form_class = WorkItemForm if helping else FORMS.get(settings.form_id, WorkItemForm)
    typed = MultiDict([("decision", decision), ("opinion", opinion)])
    form = form_class(typed, meta={"today": local_date(engine().clock.now())})
    form.offer(settings.decisions, settings.opinion_required)
    if not form.validate():
        raise Invalid(next((message for _, message in form.error_list()), TOO_MUCH))
    kind, values = SUBJECTS.get(view.process_key), form.values()
    effect = None if kind is None or helping else kind.effect(view.business_key, form)
    if kind is not None and form.keeps_seen and view.may_act:
        values["seen"] = dict(kind.seen(load_subject(session, view.business_key, settings.form_id, kind)))
    label = settings.decisions.get(decision, "已办理")
    return DecideItem(CompleteWorkItem(work_item_id, decision or None, opinion, values), effect), label
