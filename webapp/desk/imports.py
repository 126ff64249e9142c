"""Imports of the desk: upload, check with progress, mend wrong cells in place, save with progress."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from engine.delegates.recruitment.imports import AT_ONCE, CommitSheet, GiveUpSheet, MendSheet, UploadSheet, kind_of
from engine.kernel.errors import Conflict, Invalid
from engine.personnel.recruitment import sheet_imports
from engine.personnel.recruitment.campaigns import Campaign
from engine.personnel.recruitment.results import latest_interviews, latest_written
from engine.personnel.recruitment.score_sheets import EXAM_NUMBER, awaited_numbers
from engine.personnel.recruitment.sheet_imports import ImportState, SheetImport, SheetView
from engine.personnel.recruitment.states import RegistrationState
from engine.personnel.spreadsheets import SheetToWrite, read_sheet, write_workbook
from engine.personnel.tabular import Column
from forms.desk import SheetForm
from webapp.binding import bind, status_of, submitted
from webapp.desk.answers import workbook
from webapp.desk.blueprint import blueprint
from webapp.desk.campaigns import SHEET_LABELS, found_campaign
from webapp.desk.completion import finish_step
from webapp.desk.expected import template_rows
from webapp.desk.overview import open_item
from webapp.limits import limited
from webapp.numbers import whole
from webapp.permissions import requires
from webapp.visit import actor, engine, execute, found, reading

ROLES = ("exam_officer", "county_clerk", "county_head")
PATIENCE = timedelta(minutes=2)
"""Without progress for so long, the page says that something is wrong."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """How a spreadsheet of the desk is called, and the step that is done with it."""

    label: str
    node_id: str
    """Empty when no step waits for it."""
    awaited: RegistrationState | None
    """Whose scores it brings."""
    scores: Callable[[Session, int], Mapping[int, object]] | None = None
    decision: str = "imported"

    @property
    def done(self) -> str:
        return f"{self.label}已导入"


SHEETS: Mapping[str, Sheet] = {
    "posts": Sheet(SHEET_LABELS["posts"], "", None),
    "written": Sheet(SHEET_LABELS["written"], "import_written", RegistrationState.TICKET_PRINTED, latest_written),
    "interview": Sheet(
        SHEET_LABELS["interview"], "import_interview", RegistrationState.RECHECK_PASS, latest_interviews
    ),
}


@dataclass(frozen=True, slots=True)
class PreviewRow:
    """A row of the preview: its number in the spreadsheet, its cells, the cells that are wrong."""

    number: int
    cells: Sequence[tuple[int, str, str]]
    """(place, text, what is wrong)."""
    messages: Sequence[str] = field(default=())


@blueprint.route("/campaigns/<number>/import/<kind>", methods=["GET", "POST"])
@requires(*ROLES)
@limited("import", most=60, per=timedelta(hours=1))
def import_sheet(number: str, kind: str) -> ResponseReturnValue:
    """Choose a spreadsheet; it is read, checked, and shown before anything is saved."""
    campaign, what = found_campaign(number), found(SHEETS.get(kind))
    form = bind(SheetForm)
    if submitted(form):
        try:
            rows = read_sheet(form.file.data.stream.read())
            import_id = execute(UploadSheet(campaign.id, kind, rows))
        except (Invalid, Conflict) as error:
            form.add_errors({"file": error.message})
        else:
            return redirect(url_for("desk.preview", number=number, kind=kind, import_id=import_id))
    with reading() as session:
        waiting = [row for row in _mine(session, campaign) if row.kind == kind]
        session.expunge_all()
    page = render_template(
        "desk/import.html", campaign=campaign, kind=kind, what=what, form=form, waiting=waiting,
        columns=_columns(campaign, kind), imported=_imported(campaign, what),
    )  # fmt: skip
    return page, status_of(form)


@blueprint.post("/campaigns/<number>/import/<kind>/finish")
@requires("exam_officer")
def finish_import(number: str, kind: str) -> ResponseReturnValue:
    """The step is done with what has been imported before."""
    found_campaign(number)
    what = found(SHEETS.get(kind))
    return finish_step(number, found(what.node_id or None), what.decision, what.done)


@blueprint.get("/campaigns/<number>/import/<kind>/template")
@requires(*ROLES)
def import_template(number: str, kind: str) -> ResponseReturnValue:
    """An empty workbook with the right headings, and with the people where they are known."""
    campaign, what = found_campaign(number), found(SHEETS.get(kind))
    columns = _columns(campaign, kind)
    sheet = SheetToWrite(what.label, [column.heading for column in columns], template_rows(campaign, kind, columns))
    return workbook(f"{what.label}模板-{number}", write_workbook([sheet]))


@blueprint.route("/campaigns/<number>/import/<kind>/<int:import_id>", methods=["GET", "POST"])
@requires(*ROLES)
def preview(number: str, kind: str, import_id: int) -> ResponseReturnValue:
    """How far the import is; once checked, what it would do, with wrong cells to be mended here."""
    campaign, what = found_campaign(number), found(SHEETS.get(kind))
    view = _view(campaign, kind, import_id)
    if request.method == "POST":
        try:
            execute(MendSheet(import_id, _mended()))
        except Conflict as error:
            flash(error.message, "warning")
        view = _view(campaign, kind, import_id)
    if view.working:
        page = render_template("desk/import_progress.html", **_progress(campaign, kind, what, view))
    elif view.state is ImportState.CHECKED:
        page = render_template(
            "desk/preview.html", campaign=campaign, kind=kind, what=what, view=view, rows=_preview_rows(view),
            missing=_missing(campaign, what, view), at_once=view.total <= AT_ONCE,
        )  # fmt: skip
    else:
        page = render_template(
            "desk/import_done.html", campaign=campaign, kind=kind, what=what, view=view,
            imported=_imported(campaign, what),
        )  # fmt: skip
    return page, 422 if view.wrong and request.method == "POST" else 200


@blueprint.get("/campaigns/<number>/import/<kind>/<int:import_id>/progress")
@requires(*ROLES)
def import_progress(number: str, kind: str, import_id: int) -> ResponseReturnValue:
    """The counts alone, asked for by the page every second; when the work is over the page is loaded anew."""
    campaign, what = found_campaign(number), found(SHEETS.get(kind))
    view = _view(campaign, kind, import_id)
    answer = Response(render_template("desk/_import_counts.html", **_progress(campaign, kind, what, view)))
    if not view.working:
        answer.headers["HX-Refresh"] = "true"
    return answer


@blueprint.post("/campaigns/<number>/import/<kind>/<int:import_id>/commit")
@requires(*ROLES)
def commit_import(number: str, kind: str, import_id: int) -> ResponseReturnValue:
    """All rows or none; the step is done with it when the officer says so and the table is short."""
    campaign, what = found_campaign(number), found(SHEETS.get(kind))
    page = url_for("desk.preview", number=number, kind=kind, import_id=import_id)
    view = _view(campaign, kind, import_id)
    try:
        execute(CommitSheet(import_id))
    except (Conflict, Invalid) as error:
        flash(error.message, "danger")
        return redirect(page)
    if _view(campaign, kind, import_id).state is not ImportState.DONE:
        return redirect(page)
    flash(f"{what.done}，共 {view.total} 行。", "success")
    if what.node_id and request.form.get("finish"):
        return finish_step(number, what.node_id, what.decision, what.done)
    return redirect(url_for("desk.campaign", number=number))


@blueprint.post("/campaigns/<number>/import/<kind>/<int:import_id>/give-up")
@requires(*ROLES)
def give_up_import(number: str, kind: str, import_id: int) -> ResponseReturnValue:
    """Nothing of the upload stays."""
    campaign = found_campaign(number)
    _view(campaign, kind, import_id)
    try:
        execute(GiveUpSheet(import_id))
    except Conflict as error:
        flash(error.message, "warning")
        return redirect(url_for("desk.preview", number=number, kind=kind, import_id=import_id))
    flash("已放弃本次导入，什么都没有保存。", "success")
    return redirect(url_for("desk.import_sheet", number=number, kind=kind))


def _mine(session: Session, campaign: Campaign) -> list[SheetImport]:
    return sheet_imports.open_imports(session, campaign.id, actor().user_id)


def _columns(campaign: Campaign, kind: str) -> Sequence[Column]:
    return kind_of(kind).columns(campaign)


def _view(campaign: Campaign, kind: str, import_id: int) -> SheetView:
    """The actor's own import; to others, and under another campaign, it does not exist."""
    with reading() as session:
        row = found(session.get(SheetImport, import_id))
        if (row.campaign_id, row.kind, row.owner_id) != (campaign.id, kind, actor().user_id):
            found(None)
        return sheet_imports.view_of(session, row)


def _progress(campaign: Campaign, kind: str, what: Sheet, view: SheetView) -> dict[str, object]:
    now: datetime = engine().clock.now()
    saving = view.state is ImportState.SAVING
    return {
        "campaign": campaign, "kind": kind, "what": what, "view": view, "saving": saving,
        "count": view.saved if saving else view.checked, "stuck": now - view.moved_at > PATIENCE,
    }  # fmt: skip


def _imported(campaign: Campaign, what: Sheet) -> int:
    """How many people have a score already, while the step waits for the actor; 0 otherwise."""
    if what.scores is None:
        return 0
    with reading() as session:
        if open_item(session, actor(), campaign.number, what.node_id, engine().clock.now()) is None:
            return 0
        return len(what.scores(session, campaign.id))


def _missing(campaign: Campaign, what: Sheet, view: SheetView) -> list[str]:
    """Ticket numbers of those who are awaited and do not stand in the table, once its rows are right."""
    if what.awaited is None or view.wrong:
        return []
    with reading() as session:
        row = session.get_one(SheetImport, view.id)
        there = sheet_imports.keys_in(session, row, EXAM_NUMBER)
        return [number for number in awaited_numbers(session, campaign.id, what.awaited) if number not in there]


def _mended() -> dict[tuple[int, int], str]:
    """The cells that came back from the preview: inputs `cell-<row>-<place>`."""
    mended: dict[tuple[int, int], str] = {}
    for name, text in request.form.items():
        parts = name.split("-")
        if parts[0] != "cell" or len(parts) != 3:
            continue
        try:
            mended[whole(parts[1]), whole(parts[2])] = text.strip()[:500]
        except ValueError:
            continue
    return mended


def _preview_rows(view: SheetView) -> list[PreviewRow]:
    wrong: dict[int, dict[str, str]] = {}
    for error in view.errors:
        wrong.setdefault(error.row, {})[error.column] = error.message
    return [_preview_row(number, cells, view.headings, wrong.get(number, {})) for number, cells in view.rows]


def _preview_row(number: int, cells: Sequence[str], headings: Sequence[str], wrong: Mapping[str, str]) -> PreviewRow:
    shown = [
        (place, str(cell), wrong.get(headings[place] if place < len(headings) else "", ""))
        for place, cell in enumerate(cells)
    ]
    placed = set(headings)
    return PreviewRow(number, shown, [f"{column}：{text}" for column, text in wrong.items() if column not in placed])
