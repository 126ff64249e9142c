"""The form of a step as its handler finds it: his draft, else what he submitted before, else its first values."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from flask import request
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from engine.kernel.clock import local_date
from engine.workflow.diagram import Settings
from engine.workflow.operations import prefill
from engine.workflow.states import Origin
from engine.workflow.tables import Submission, WorkItem
from forms.work_items import FORMS
from forms.work_items.base import WorkItemForm
from webapp.binding import bind
from webapp.visit import actor, engine
from webapp.worklist.briefs import reopened
from webapp.worklist.subjects.kind import SubjectKind


def settings_for(settings: Settings, origin: str) -> Settings:
    """The node's settings as they hold for this item: who is only asked fills in no form of the step, and who is asked
    for an answer decides nothing."""
    if origin == Origin.DELEGATED:
        return replace(settings, form_id="", decisions={}, opinion_required=frozenset(), field_rights={})
    if origin == Origin.BEFORE:
        return replace(settings, form_id="", field_rights={})
    return settings


def form_of(
    session: Session, item: WorkItem, settings: Settings, kind: SubjectKind | None, subject: Any,
    draft: Mapping[str, Any],
) -> WorkItemForm:  # fmt: skip
    """The form of the item: posted, drafted, submitted before, or with its first values."""
    form_class = FORMS.get(settings.form_id, WorkItemForm)
    first = {} if kind is None else kind.prefill(subject, settings.form_id)
    if draft and request.method == "GET":
        pairs = [(name, value) for name, values in draft.items() for value in values]
        form = form_class(MultiDict(pairs), meta={"today": local_date(engine().clock.now())})
    else:
        form = bind(form_class, **first)
        if request.method == "GET":
            form.begin_with(submitted_before(session, item))
    if kind is not None:
        kind.choices(session, subject, form)
    if item.origin == Origin.DELEGATED:
        form.opinion.label.text = "答复意见"
    form.offer(settings.decisions, settings.opinion_required)
    form.restrict(settings.field_rights)
    return form


def submitted_before(session: Session, item: WorkItem) -> Mapping[str, Any]:
    """What the form begins with when the step is done again, or is signed behind somebody who has filled it in."""
    if item.origin == Origin.AFTER and item.parent_id is not None:
        query = select(Submission).where(
            Submission.work_item_id == item.parent_id, Submission.operation == "complete"
        )
        row = session.scalar(query.order_by(Submission.id.desc()).limit(1))
        return {} if row is None else row.content.get("values", {})
    return prefill(session, item.id, actor().user_id) if reopened(session, item) else {}
