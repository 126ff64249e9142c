"""The worklist of a role: 待办, 已办, 我发起的, 全部."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from engine.kernel.clock import local_date
from engine.workflow.bulk_runs import MOST, unfinished_run
from engine.workflow.case_progress import present_steps, withdrawable
from engine.workflow.definitions import DefinitionCache
from engine.workflow.deputies import DeputyRow, stands_in_for
from engine.workflow.flags import Flags, flags_of
from engine.workflow.readers import SUPERVISORS
from engine.workflow.states import INSTANCE_LABELS, ORIGIN_LABELS
from engine.workflow.worklist import (
    COUNT_LIMIT,
    QueueCount,
    WorkRow,
    all_cases,
    counts,
    done_work,
    my_work,
    process_names,
    search,
    started_cases,
)
from engine.workflow.worklist import Page as FoundPage
from webapp.due import Due
from webapp.paging import Page, encode_key
from webapp.permissions import officers, requires
from webapp.visit import actor, engine, reading
from webapp.worklist.blueprint import blueprint
from webapp.worklist.bulk_buttons import buttons_for
from webapp.worklist.deadlines import due
from webapp.worklist.naming import MOST_FOUND, named_cases, present_words
from webapp.worklist.narrowing import Narrowing, asked_here, cursor, places_of
from webapp.worklist.saved import Saved, saved_filters
from webapp.worklist.trace import decision_label, offered_words

SIZE = 50


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a list of work."""

    row: WorkRow
    due: Due | None
    waits_for: str
    decision: str = ""
    flags: Flags = field(default_factory=Flags)
    withdrawable: bool = False


@dataclass(frozen=True, slots=True)
class ProcessCount:
    """A process in the left column, with its steps."""

    key: str
    name: str
    steps: Sequence[QueueCount]

    @property
    def total(self) -> int:
        return min(sum(step.count for step in self.steps), COUNT_LIMIT + 1)


@dataclass(frozen=True, slots=True)
class Column:
    """What stands beside every list: processes with counts, saved filters; and what has to be said above it."""

    processes: Sequence[ProcessCount]
    filters: Sequence[Saved]
    deputy_for: Sequence[DeputyRow]
    unfinished: int | None
    view: str
    asked: Narrowing
    limit: int = COUNT_LIMIT

    @property
    def narrowed(self) -> Mapping[str, str]:
        """What may be kept as a filter."""
        return self.asked.address()


def column(session: Session, view: str, asked: Narrowing, names: Mapping[str, str]) -> Column:
    """The left column of a list."""
    now = engine().clock.now()
    return Column(
        process_counts(names, counts(session, actor(), now)), saved_filters(session, now, view, asked),
        stands_in_for(session, actor(), local_date(now)), unfinished_run(session, actor()), view, asked,
    )  # fmt: skip


@blueprint.get("/")
@officers
def open_items() -> ResponseReturnValue:
    """What waits for the person and his groups."""
    now, asked = engine().clock.now(), asked_here()
    with reading() as session:
        names = process_names(session)
        page = _open_page(session, now, asked)
        flags = flags_of(session, actor(), now, page.rows)
        lines = [line_of(row, now, flags[row.work_item_id]) for row in page.rows]
        return render_template(
            "worklist/open.html", page=page, lines=lines, asked=asked, column=column(session, "open", asked, names),
            buttons=buttons_for(session, asked), places=places_of(session, actor()), most=MOST, processes=names,
            origins=ORIGIN_LABELS,
        )  # fmt: skip


@blueprint.get("/done")
@officers
def done_items() -> ResponseReturnValue:
    """What the person has decided."""
    now, asked = engine().clock.now(), asked_here()
    with reading() as session:
        found = done_work(
            session, actor(), narrow=asked.filter(now), typed=asked.typed, cases=_named(session, asked),
            after=cursor(), limit=SIZE,
        )  # fmt: skip
        names = process_names(session)
        still = withdrawable(session, engine().service(DefinitionCache), found.rows)
        lines = [_decided(session, row, row.work_item_id in still) for row in found.rows]
        return render_template(
            "worklist/done.html", page=_page(found), lines=lines, asked=asked, processes=names,
            column=column(session, "done", asked, names),
        )  # fmt: skip


@blueprint.get("/started")
@officers
def started() -> ResponseReturnValue:
    """The cases the person has started."""
    asked = asked_here()
    with reading() as session:
        found = started_cases(
            session, actor(), state=asked.instance_state, typed=asked.typed, cases=_named(session, asked),
            after=cursor(), limit=SIZE,
        )  # fmt: skip
        names = process_names(session)
        return render_template(
            "worklist/started.html", page=_page(found), asked=asked, states=INSTANCE_LABELS,
            present=_present(session, found), column=column(session, "started", asked, names),
        )  # fmt: skip


@blueprint.get("/all")
@requires(*SUPERVISORS)
def all_of_them() -> ResponseReturnValue:
    """All cases at and below the organisations that the person supervises."""
    asked = asked_here()
    with reading() as session:
        found = all_cases(
            session, actor(), state=asked.instance_state, process_key=asked.process or None,
            organisation_id=asked.organisation, typed=asked.typed, cases=_named(session, asked), after=cursor(),
            limit=SIZE,
        )  # fmt: skip
        names = process_names(session)
        return render_template(
            "worklist/all.html", page=_page(found), asked=asked, states=INSTANCE_LABELS, processes=names,
            places=places_of(session, actor()), present=_present(session, found),
            column=column(session, "all", asked, names),
        )  # fmt: skip


def line_of(row: WorkRow, now: datetime, flags: Flags | None = None) -> Line:
    """A row with its remaining time in words."""
    return Line(row, due(row.due_at, now), row.assignee or offered_words(row.offered_to), flags=flags or Flags())


def process_counts(names: Mapping[str, str], found: Sequence[QueueCount]) -> Sequence[ProcessCount]:
    """The counts by process."""
    grouped: dict[str, list[QueueCount]] = {}
    for count in found:
        grouped.setdefault(count.process_key, []).append(count)
    return [ProcessCount(key, names.get(key, key), steps) for key, steps in grouped.items()]


def _open_page(session: Session, now: datetime, asked: Narrowing) -> Page[WorkRow]:
    narrow = asked.filter(now)
    if asked.typed:
        rows = search(session, actor(), now, asked.typed, cases=named_cases(session, asked.typed), narrow=narrow,
                      order=asked.order, limit=MOST_FOUND)  # fmt: skip
        return Page(rows, None, None)
    return _page(my_work(session, actor(), now, narrow=narrow, order=asked.order, after=cursor(), limit=SIZE))


def _named(session: Session, asked: Narrowing) -> Sequence[tuple[str, str]]:
    return named_cases(session, asked.typed) if asked.typed else ()


def _present(session: Session, found: FoundPage) -> Mapping[int, Sequence[tuple[str, str]]]:
    steps = present_steps(session, actor(), [row.instance_id for row in found.rows])
    return {case: present_words(present) for case, present in steps.items()}


def _decided(session: Session, row: WorkRow, still: bool) -> Line:
    definition = engine().service(DefinitionCache).get(session, row.definition_id)
    return Line(row, None, "", decision_label(definition, row.node_id, row.decision), withdrawable=still)


def _page(found: FoundPage) -> Page[Any]:
    """The engine's page as the pager shows it."""
    values = {**request.args.to_dict(), **(request.view_args or {})}
    here = request.endpoint or ""
    values.pop("after", None)
    following = None
    if found.next is not None:
        following = url_for(here, **values, after=encode_key([found.next.at.isoformat(), found.next.id]))
    return Page(found.rows, following, url_for(here, **values) if "after" in request.args else None)
