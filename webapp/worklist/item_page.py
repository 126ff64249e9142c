"""Everything that the page of one work item shows, gathered in one reading."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import current_app, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from engine.kernel.clock import local_date
from engine.personnel.decisions import DecisionTables
from engine.workflow.case_trace import DiagramMarks, diagram_marks, sees_whole, steps_of
from engine.workflow.definitions import DefinitionCache
from engine.workflow.diagram import Settings
from engine.workflow.item_trace import ItemView, draft_of, recent_opinions, submitted_values, visible_item
from engine.workflow.states import StepState
from engine.workflow.tables import ProcessInstance
from engine.workflow.worklist import Next
from forms.work_items import FORMS
from forms.work_items.base import WorkItemForm
from webapp.binding import bind
from webapp.due import Due
from webapp.visit import actor, engine
from webapp.worklist.deadlines import due
from webapp.worklist.flow import place_in_run, upcoming
from webapp.worklist.phrases import Phrase, phrases_for
from webapp.worklist.subjects import SUBJECTS
from webapp.worklist.subjects.kind import Asked, SubjectKind
from webapp.worklist.trace import Event, events_of

GOOD = ("pass", "approve", "accept", "submit", "resubmit", "release", "publish", "sign", "arrived", "hire", "done")
BACK = ("return", "recheck", "postpone")


@dataclass(frozen=True, slots=True)
class Action:
    """A button of the decision panel, named by its effect."""

    decision: str
    label: str
    tone: str
    key: str
    needs_opinion: bool


@dataclass(frozen=True, slots=True)
class ItemPage:
    """One work item with its case, ready to be shown."""

    view: ItemView
    settings: Settings
    process_name: str
    due: Due | None
    form: WorkItemForm
    drafted: bool
    kind: SubjectKind | None
    subject: Any
    actions: Sequence[Action]
    phrases: Sequence[Phrase]
    events: Sequence[Event]
    marks: DiagramMarks
    next: Next
    place: int
    targets: Sequence[tuple[str, str]]
    """Steps that the case may be sent back to, where the node allows it."""

    @property
    def seen(self) -> Mapping[str, Any]:
        """What is judged, to be kept with the decision where the step wants it."""
        keeps = self.kind is not None and self.form.keeps_seen
        return {"seen": dict(self.kind.seen(self.subject))} if self.kind is not None and keeps else {}

    @property
    def desk_url(self) -> str | None:
        """Where the step is worked on, when it has a page of its own."""
        endpoint = self.kind.desk if self.kind is not None and self.form.desk else ""
        if endpoint not in current_app.view_functions:
            return None
        return url_for(endpoint, number=self.view.business_key, stage=self.form.desk, item=self.view.id)

    @property
    def left(self) -> int:
        """How many wait besides this one."""
        return max(self.next.waiting - (1 if self.view.may_act else 0), 0)


def item_page(session: Session, work_item_id: int, *, typed: bool = False) -> ItemPage:
    """The page of the item; `typed`: the form as it was posted, else the draft or the first values."""
    now = engine().clock.now()
    view = visible_item(session, actor(), work_item_id, now)
    definition = engine().service(DefinitionCache).get(session, view.definition_id)
    settings = definition.node(view.node_id).settings
    kind = SUBJECTS.get(view.process_key)
    before = _seen_before(session, view)
    subject = None if kind is None else load_subject(session, view.business_key, settings.form_id, kind, before)
    draft = {} if typed or not view.may_act else draft_of(session, view.id, actor().user_id)
    form = form_of(session, settings, kind, subject, draft)
    recent = recent_opinions(session, actor(), process_key=view.process_key, node_id=view.node_id)
    return ItemPage(
        view, settings, definition.name, due(view.due_at, now), form, bool(draft), kind, subject,
        tuple(actions_of(settings)), phrases_for(settings.decisions, recent),
        events_of(session, view.instance_id, definition, actor()), marks_of(session, view.instance_id),
        upcoming(session, view), place_in_run(), _targets(session, view, settings),
    )  # fmt: skip


def _targets(session: Session, view: ItemView, settings: Settings) -> Sequence[tuple[str, str]]:
    if "return" not in settings.operations or not view.may_act:
        return ()
    passed = {step.node_id: step.name for step in steps_of(session, view.instance_id) if step.state != StepState.OPEN}
    return [(node_id, name) for node_id, name in passed.items() if node_id != view.node_id]


def load_subject(
    session: Session, business_key: str, form_id: str, kind: SubjectKind, before: Mapping[str, str] | None = None
) -> Any:
    """What the case is about, as its process shows it; `before` is what the last reviewer saw."""
    today, decide = local_date(engine().clock.now()), engine().service(DecisionTables).decide
    query = select(ProcessInstance).where(
        ProcessInstance.process_key == kind.process_key, ProcessInstance.business_key == business_key
    )
    instance = session.scalars(query).first()
    whole = instance is None or sees_whole(session, actor(), instance)
    return kind.load(session, Asked(business_key, form_id, today, decide, before or {}, whole))


def _seen_before(session: Session, view: ItemView) -> Mapping[str, str]:
    """What was seen at the last decision of this node, while the item waits for the next one."""
    if not view.open:
        return {}
    kept = submitted_values(session, view.instance_id, [view.node_id])
    return next((values["seen"] for values in kept if "seen" in values), {})


def form_of(
    session: Session, settings: Settings, kind: SubjectKind | None, subject: Any, draft: Mapping[str, Any]
) -> WorkItemForm:
    """The form of a step: posted, drafted, or with its first values."""
    form_class = FORMS.get(settings.form_id, WorkItemForm)
    first = {} if kind is None else kind.prefill(subject, settings.form_id)
    if draft and request.method == "GET":
        pairs = [(name, value) for name, values in draft.items() for value in values]
        form = form_class(MultiDict(pairs), meta={"today": local_date(engine().clock.now())})
    else:
        form = bind(form_class, **first)
    if kind is not None:
        kind.choices(session, subject, form)
    form.offer(settings.decisions, settings.opinion_required)
    return form


def actions_of(settings: Settings) -> list[Action]:
    """The decisions as buttons; the first one is the primary one, with the keys a and r."""
    found: list[Action] = []
    taken: set[str] = set()
    for place, (decision, label) in enumerate((settings.decisions or {"": "办理完成"}).items()):
        good, back = place == 0 or decision in GOOD, decision in BACK
        tone = "primary" if place == 0 else "outline-primary" if good or back else "danger"
        key = "a" if place == 0 else "r" if back and "r" not in taken else ""
        taken.add(key)
        found.append(Action(decision, label, tone, key, decision in settings.opinion_required))
    return found


def marks_of(session: Session, instance_id: int) -> DiagramMarks:
    """Which nodes of the case are done and which hold it."""
    return diagram_marks(session, session.get_one(ProcessInstance, instance_id))

