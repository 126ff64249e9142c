"""Everything that the page of one work item shows, gathered in one reading."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import current_app, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from wtforms import Field

from engine.kernel.clock import local_date
from engine.personnel.decisions import DecisionTables
from engine.workflow.case_trace import DiagramMarks, diagram_marks, sees_whole
from engine.workflow.choosing import Choice, choices
from engine.workflow.definitions import DefinitionCache
from engine.workflow.diagram import Settings
from engine.workflow.item_trace import ItemView, draft_of, recent_opinions, submitted_values, visible_item
from engine.workflow.operations import Offered
from engine.workflow.states import HELPERS, ORIGIN_LABELS, Origin
from engine.workflow.tables import ProcessInstance, WorkItem
from engine.workflow.worklist import Next
from forms.operations import AddSignersForm, CommentForm
from forms.work_items.base import WorkItemForm
from webapp.due import Due
from webapp.numbers import whole
from webapp.visit import actor, engine
from webapp.worklist.briefs import Brief, briefs_of
from webapp.worklist.case_operations import offered_on_case
from webapp.worklist.deadlines import due
from webapp.worklist.filling import form_of, settings_for
from webapp.worklist.flow import place_in_run, upcoming
from webapp.worklist.item_acts import ITEM_ACTS
from webapp.worklist.operations import offered_on
from webapp.worklist.people import Found, find_people, unfit
from webapp.worklist.phrases import Phrase, phrases_for
from webapp.worklist.subjects import SUBJECTS
from webapp.worklist.subjects.kind import Asked, SubjectKind
from webapp.worklist.talking import PREFIX as TALK
from webapp.worklist.trace import Event, events_of, node_notes, steps_drawn

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
    offered: Mapping[str, Offered]
    """What the actor may do besides deciding."""
    briefs: Sequence[Brief]
    choices: Sequence[Choice]
    """Later steps whose handlers are chosen here (自选)."""
    behind: Found | None
    """The people to sign behind this decision, while 后加签 is being filled in."""
    origin: str
    unread: bool
    """The page has to tell that its handler has opened it."""
    case_operations: Sequence[tuple[str, str]]
    nodes: Sequence[tuple[str, str]]
    """Steps of the drawing, for the list beside it."""
    talk: CommentForm

    @property
    def notes(self) -> Mapping[str, Sequence[str]]:
        """What the drawing tells of each node."""
        return node_notes(self.events)

    @property
    def origin_label(self) -> str:
        return ORIGIN_LABELS[Origin(self.origin)]

    @property
    def operations(self) -> Sequence[tuple[str, str]]:
        """(operation, label) of the buttons that lead to a form of their own."""
        return [(each.id, each.label) for each in self.offered.values() if each.id in ITEM_ACTS]

    @property
    def may_add_behind(self) -> bool:
        return "addAfter" in self.offered

    @property
    def behind_field(self) -> Field:
        """The choice of people who sign behind the decision."""
        return AddSignersForm().person

    @property
    def helping(self) -> bool:
        """Whether somebody else has asked for the handler's word and decides himself."""
        return self.origin in HELPERS

    @property
    def seen(self) -> Mapping[str, Any]:
        """What is judged, to be kept with the decision where the step wants it."""
        keeps = self.kind is not None and self.form.keeps_seen
        return {"seen": dict(self.kind.seen(self.subject))} if self.kind is not None and keeps else {}

    @property
    def desk_url(self) -> str | None:
        """Where the step is worked on, when it has a page of its own."""
        endpoint = self.kind.desk if self.kind is not None and self.form.desk and not self.helping else ""
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
    item = session.get_one(WorkItem, work_item_id)
    definition = engine().service(DefinitionCache).get(session, view.definition_id)
    settings = settings_for(definition.node(view.node_id).settings, item.origin)
    kind = SUBJECTS.get(view.process_key)
    before = _seen_before(session, view)
    subject = None if kind is None else load_subject(session, view.business_key, settings.form_id, kind, before)
    draft = {} if typed or not view.may_act else draft_of(session, view.id, actor().user_id)
    form = form_of(session, item, settings, kind, subject, draft)
    recent = recent_opinions(session, actor(), process_key=view.process_key, node_id=view.node_id)
    offered = offered_on(session, view.id)
    instance = session.get_one(ProcessInstance, view.instance_id)
    return ItemPage(
        view, settings, definition.name, due(view.due_at, now), form, bool(draft), kind, subject,
        tuple(actions_of(settings, item.origin)), phrases_for(settings.decisions, recent),
        events_of(session, view.instance_id, definition, actor()), marks_of(session, view.instance_id),
        upcoming(session, view), place_in_run(), offered,
        briefs_of(session, item, definition) if view.may_act else (),
        () if item.origin in HELPERS or not view.may_act else choices(session, definition, instance, view.node_id, {}),
        _behind(session, instance, item, settings) if "addAfter" in offered and asks_behind() else None, item.origin,
        view.may_act and item.read_at is None,
        _for_the_case(session, instance, view), steps_drawn(definition), CommentForm(prefix=TALK),
    )  # fmt: skip


def _for_the_case(session: Session, instance: ProcessInstance, view: ItemView) -> Sequence[tuple[str, str]]:
    """Operations on the whole case that stand with the item; the grave ones stand with the case."""
    wanted = {"withdrawInstance", "resume"} | (set() if view.may_act else {"urge"})
    return [(id_, label) for id_, label in offered_on_case(session, instance) if id_ in wanted]


def asks_behind() -> bool:
    """Whether the page shows, or was sent with, the choice of people who sign behind the decision (后加签)."""
    return request.args.get("with") == "addAfter" or "_behind" in request.form


def _behind(session: Session, instance: ProcessInstance, item: WorkItem, settings: Settings) -> Found:
    typed, chosen = request.form.get("_typed", "").strip()[:40], request.form.getlist("person", type=whole)
    near = {membership.organisation_id for membership in actor().memberships}
    without = {actor().user_id or 0, *unfit(session, item, settings)} - set(chosen)
    return find_people(session, instance, typed=typed, chosen=chosen, without=without, near=near)


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


def actions_of(settings: Settings, origin: str = Origin.DIAGRAM) -> list[Action]:
    """The decisions as buttons; the first one is the primary one, with the keys a and r."""
    found: list[Action] = []
    taken: set[str] = set()
    only = "答复" if origin == Origin.DELEGATED else "办理完成"
    for place, (decision, label) in enumerate((settings.decisions or {"": only}).items()):
        good, back = place == 0 or decision in GOOD, decision in BACK
        tone = "primary" if place == 0 else "outline-primary" if good or back else "danger"
        key = "a" if place == 0 else "r" if back and "r" not in taken else ""
        taken.add(key)
        found.append(Action(decision, label, tone, key, decision in settings.opinion_required))
    return found


def marks_of(session: Session, instance_id: int) -> DiagramMarks:
    """Which nodes of the case are done and which hold it."""
    return diagram_marks(session, session.get_one(ProcessInstance, instance_id))

