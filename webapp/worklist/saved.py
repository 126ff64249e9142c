"""Saved filters (常用筛选): kept, listed with their counts, renamed, forgotten."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from engine.kernel.errors import ShegongError
from engine.workflow.saved_filters import MOST, DeleteFilter, FilterRow, RenameFilter, SaveFilter, my_filters
from engine.workflow.worklist import open_total, search_total
from forms.worklists import FilterNameForm
from webapp.binding import bind, submitted
from webapp.permissions import officers
from webapp.resume import local_path
from webapp.visit import actor, engine, execute, reading
from webapp.worklist.blueprint import blueprint
from webapp.worklist.naming import named_cases
from webapp.worklist.narrowing import Narrowing, narrowing_of

OPEN = "open"
VIEWS: Mapping[str, tuple[str, str]] = {
    OPEN: ("worklist.open_items", "待办"),
    "done": ("worklist.done_items", "已办"),
    "started": ("worklist.started", "我发起的"),
    "all": ("worklist.all_of_them", "全部事项"),
}
"""Lists that filters can be kept of: endpoint and name."""


@dataclass(frozen=True, slots=True)
class Saved:
    """A filter in the left column; lists of what waits are counted."""

    id: int
    name: str
    view: str
    href: str
    count: int | None
    current: bool


def saved_filters(session: Session, now: datetime, view: str = "", asked: Narrowing | None = None) -> Sequence[Saved]:
    """The person's filters with live counts; `view` and `asked` say which one is shown."""
    found = []
    for row in my_filters(session, actor()):
        if row.view in VIEWS:
            wanted = narrowing_of(row.asked)
            href = url_for(VIEWS[row.view][0], **wanted.address())
            found.append(
                Saved(row.id, row.name, VIEWS[row.view][1], href, _count(session, now, row, wanted),
                      (row.view, wanted) == (view, asked))
            )  # fmt: skip
    return found


def _count(session: Session, now: datetime, row: FilterRow, wanted: Narrowing) -> int | None:
    """What waits; lists of the past only grow, so that their number says nothing."""
    if row.view != OPEN:
        return None
    if not wanted.typed:
        return open_total(session, actor(), now, wanted.filter(now))
    named = named_cases(session, wanted.typed)
    return search_total(session, actor(), now, wanted.typed, cases=named, narrow=wanted.filter(now))


@blueprint.route("/filters", methods=["GET", "POST"])
@officers
def filters() -> ResponseReturnValue:
    """The person's filters, to rename and to forget; a new one is sent here from its list."""
    if request.method == "POST":
        return _keep()
    with reading() as session:
        rows = saved_filters(session, engine().clock.now())
    return render_template("worklist/filters.html", filters=rows, most=MOST)


def _keep() -> ResponseReturnValue:
    view = request.form.get("view", "")
    if view not in VIEWS:
        view = OPEN
    asked = narrowing_of(request.form).address()
    back = url_for(VIEWS[view][0], **asked)
    form = bind(FilterNameForm)
    if submitted(form) and _tried(SaveFilter(form.name.data or "", view, asked)):
        flash(f"已保存常用筛选“{form.name.data}”，在左侧点它就能再看。", "success")
    elif form.errors:
        flash("没有保存：" + form.name.errors[0], "warning")
    return redirect(back)


@blueprint.post("/filters/<int:filter_id>/rename")
@officers
def rename_filter(filter_id: int) -> ResponseReturnValue:
    """Another name."""
    form = bind(FilterNameForm)
    if submitted(form) and _tried(RenameFilter(filter_id, form.name.data or "")):
        flash("名称已改。", "success")
    elif form.errors:
        flash("没有改名：" + form.name.errors[0], "warning")
    return redirect(url_for("worklist.filters"))


@blueprint.post("/filters/<int:filter_id>/delete")
@officers
def delete_filter(filter_id: int) -> ResponseReturnValue:
    """Forgotten; the list itself is as it was."""
    execute(DeleteFilter(filter_id))
    flash("常用筛选已删除，事项没有变化。", "success")
    return redirect(local_path(request.form.get("_back")) or url_for("worklist.filters"))


def _tried(command: SaveFilter | RenameFilter) -> bool:
    """Whether it worked; what was typed wrong is said above the page, what is a stranger's is not there."""
    try:
        execute(command)
    except ShegongError as error:
        if error.code == "not_found":
            raise
        flash(error.message, "warning")
        return False
    return True
