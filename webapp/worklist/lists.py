"""The worklist of a role: 待办, 已办, 我发起的, 全部."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from engine.identity.organisations import Organisation, OrganisationKind
from engine.kernel.actor import Actor
from engine.workflow.definitions import Definition, DefinitionCache
from engine.workflow.readers import SUPERVISORS
from engine.workflow.states import INSTANCE_LABELS, InstanceState
from engine.workflow.worklist import (
    COUNT_LIMIT,
    Cursor,
    Filter,
    Order,
    QueueCount,
    WorkRow,
    all_cases,
    counts,
    done_work,
    my_work,
    newest_definitions,
    search,
    started_cases,
)
from engine.workflow.worklist import Page as FoundPage
from forms.work_items import FORMS
from webapp.due import Due
from webapp.numbers import whole
from webapp.paging import Page, after_moment, encode_key
from webapp.permissions import officers, requires
from webapp.visit import actor, engine, reading
from webapp.worklist.blueprint import blueprint
from webapp.worklist.deadlines import due
from webapp.worklist.item_page import Action, actions_of
from webapp.worklist.subjects import SUBJECTS
from webapp.worklist.trace import decision_label, offered_words

SIZE = 50
MOST_FOUND = 50


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a list of work."""

    row: WorkRow
    due: Due | None
    waits_for: str
    decision: str = ""


@dataclass(frozen=True, slots=True)
class Narrowing:
    """What the list is narrowed to, as it stands in the address."""

    process: str
    node: str
    organisation: int | None
    overdue: bool
    mine: bool
    newest: bool
    typed: str

    def filter(self, now: datetime) -> Filter:
        """The same for the engine."""
        late = now if self.overdue else None
        return Filter(self.process or None, self.node or None, self.organisation, late, self.mine)


@blueprint.get("/")
@officers
def open_items() -> ResponseReturnValue:
    """What waits for the person and his groups."""
    now, asked = engine().clock.now(), _asked()
    with reading() as session:
        known = deployed(session)
        if asked.typed:
            rows: Sequence[WorkRow] = search(
                session, actor(), now, asked.typed, cases=named_cases(session, asked.typed), limit=MOST_FOUND
            )
            page = Page(rows, None, None)
        else:
            order = Order.NEWEST if asked.newest else Order.DUE
            found = my_work(
                session, actor(), now, narrow=asked.filter(now), order=order, after=_cursor(), limit=SIZE
            )
            page = _page(found)
        return render_template(
            "worklist/open.html", page=page, lines=[line_of(row, now) for row in page.rows], asked=asked,
            queues=queues_of(known, counts(session, actor(), now)), bulk=_bulk_actions(known, asked),
            places=_places(session, actor()), limit=COUNT_LIMIT,
        )  # fmt: skip


@blueprint.get("/done")
@officers
def done_items() -> ResponseReturnValue:
    """What the person has decided."""
    now, asked = engine().clock.now(), _asked()
    with reading() as session:
        page = _page(done_work(session, actor(), narrow=asked.filter(now), after=_cursor(), limit=SIZE))
        known = deployed(session)
        lines = [_decided(known, row) for row in page.rows]
        return render_template("worklist/done.html", page=page, lines=lines, asked=asked, processes=named(known))


@blueprint.get("/started")
@officers
def started() -> ResponseReturnValue:
    """The cases the person has started."""
    with reading() as session:
        page = _page(started_cases(session, actor(), after=_cursor(), limit=SIZE))
    return render_template("worklist/started.html", page=page, states=INSTANCE_LABELS)


@blueprint.get("/all")
@requires(*SUPERVISORS)
def all_of_them() -> ResponseReturnValue:
    """All cases at and below the organisations that the person supervises."""
    asked, state = _asked(), request.args.get("state", "")
    with reading() as session:
        found = all_cases(
            session, actor(), state=state if state in set(InstanceState) else None, process_key=asked.process or None,
            organisation_id=asked.organisation, typed=asked.typed,
            cases=named_cases(session, asked.typed) if asked.typed else (), after=_cursor(), limit=SIZE,
        )  # fmt: skip
        return render_template(
            "worklist/all.html", page=_page(found), asked=asked, state=state, states=INSTANCE_LABELS,
            processes=named(deployed(session)), places=_places(session, actor()),
        )  # fmt: skip


def line_of(row: WorkRow, now: datetime) -> Line:
    """A row with its remaining time in words."""
    return Line(row, due(row.due_at, now), row.assignee or offered_words(row.offered_to))


def named_cases(session: Session, typed: str) -> list[tuple[str, str]]:
    """(process, case number) of the cases whose subject's name begins with what was typed."""
    return [(key, number) for key, kind in SUBJECTS.items() for number in kind.find(session, typed, MOST_FOUND)]


def queues_of(known: Mapping[str, Definition], found: Sequence[QueueCount]) -> Mapping[str, Sequence[QueueCount]]:
    """The counts by the process's name."""
    grouped: dict[str, list[QueueCount]] = {}
    for count in found:
        name = known[count.process_key].name if count.process_key in known else count.process_key
        grouped.setdefault(name, []).append(count)
    return grouped


def deployed(session: Session) -> dict[str, Definition]:
    """The newest version of every process."""
    cache = engine().service(DefinitionCache)
    return {key: cache.get(session, id_) for key, id_ in newest_definitions(session).items()}


def named(known: Mapping[str, Definition]) -> dict[str, str]:
    """Process -> name, for filters."""
    return {key: definition.name for key, definition in known.items()}


def _decided(known: Mapping[str, Definition], row: WorkRow) -> Line:
    definition = known.get(row.process_key)
    words = decision_label(definition, row.node_id, row.decision) if definition else row.decision or ""
    return Line(row, None, "", words)


def _bulk_actions(known: Mapping[str, Definition], asked: Narrowing) -> Sequence[Action]:
    """Decisions that may be taken for many items of the chosen node at once."""
    definition = known.get(asked.process) if asked.node else None
    node = definition.process.nodes.get(asked.node) if definition else None
    if node is None:
        return ()
    form_class = FORMS.get(node.settings.form_id)
    return actions_of(node.settings) if form_class is not None and form_class.bulk else ()


def _places(session: Session, person: Actor) -> list[tuple[int, str]]:
    """Counties and streets at and below the person's units, for the filter."""
    held = session.scalars(
        select(Organisation.path).where(Organisation.id.in_({m.organisation_id for m in person.memberships}))
    ).all()
    kinds = (OrganisationKind.COUNTY.value, OrganisationKind.STREET.value)
    query = select(Organisation.id, Organisation.name).where(
        or_(*(Organisation.path.startswith(path) for path in held)), Organisation.kind.in_(kinds)
    )
    return list(session.execute(query.order_by(Organisation.path).limit(300))) if held else []


def _asked() -> Narrowing:
    given = request.args
    return Narrowing(
        given.get("process", "")[:64], given.get("node", "")[:64], given.get("organisation", type=whole),
        given.get("overdue") == "1", given.get("mine") == "1", given.get("sort") == "newest",
        given.get("q", "").strip()[:40],
    )  # fmt: skip


def _cursor() -> Cursor | None:
    moment, number = after_moment()
    return None if moment is None else Cursor(moment, number)


def _page(found: FoundPage) -> Page[Any]:
    """The engine's page as the pager shows it."""
    values = {**request.args.to_dict(), **(request.view_args or {})}
    here = request.endpoint or ""
    values.pop("after", None)
    following = None
    if found.next is not None:
        following = url_for(here, **values, after=encode_key([found.next.at.isoformat(), found.next.id]))
    return Page(found.rows, following, url_for(here, **values) if "after" in request.args else None)
