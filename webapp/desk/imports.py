"""Imports of the desk: upload, preview with what is wrong in which cell, mend it in place, commit."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine.kernel.command import Command
from engine.kernel.errors import Conflict, Invalid
from engine.personnel.recruitment import settings
from engine.personnel.recruitment.campaigns import Campaign
from engine.personnel.recruitment.exam_desk import (
    WRITTEN_COLUMNS,
    ImportInterviewScores,
    ImportWrittenScores,
    interview_columns,
)
from engine.personnel.recruitment.post_import import POST_COLUMNS, ImportPostTable
from engine.personnel.recruitment.results import latest_interviews, latest_written
from engine.personnel.spreadsheets import SheetToWrite, read_sheet, write_workbook
from engine.personnel.tabular import Column, ImportReport, Row
from forms.desk import FixForm, SheetForm
from webapp.binding import bind, status_of, submitted
from webapp.desk.answers import workbook
from webapp.desk.blueprint import blueprint
from webapp.desk.campaigns import found_campaign
from webapp.desk.completion import finish_step
from webapp.desk.expected import template_rows
from webapp.desk.overview import open_item
from webapp.desk.staging import Staged, forget, stage, staged
from webapp.limits import limited
from webapp.numbers import whole
from webapp.permissions import requires
from webapp.visit import actor, engine, execute, found, reading

ROLES = ("exam_officer", "county_clerk", "county_head")
SHOWN = 200
"""Rows of a preview; rows with errors come first."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One of the spreadsheets that the desk takes."""

    label: str
    columns: Callable[[Campaign], Sequence[Column]]
    command: Callable[[int, Sequence[Row], bool], Command[ImportReport]]
    node_id: str
    """Step that is done with the import; empty when the step goes on."""
    decision: str
    done: str


@dataclass(frozen=True, slots=True)
class PreviewRow:
    """A row of the preview: its number in the spreadsheet, its cells, the cells that are wrong."""

    number: int
    cells: Sequence[tuple[int, str, str]]
    """(place, text, what is wrong)."""
    messages: Sequence[str] = field(default=())


def _judged(campaign: Campaign) -> Sequence[Column]:
    return interview_columns(campaign.policy[settings.JUDGES])


KINDS: Mapping[str, Kind] = {
    "posts": Kind("岗位表", lambda _: POST_COLUMNS, ImportPostTable, "", "", "岗位表已导入"),
    "written": Kind(
        "笔试成绩", lambda _: WRITTEN_COLUMNS, ImportWrittenScores, "import_written", "imported", "笔试成绩已导入"
    ),
    "interview": Kind(
        "面试成绩", _judged, ImportInterviewScores, "import_interview", "imported", "面试成绩已导入"
    ),
}


@blueprint.route("/campaigns/<number>/import/<kind>", methods=["GET", "POST"])
@requires(*ROLES)
@limited("import", most=60, per=timedelta(hours=1))
def import_sheet(number: str, kind: str) -> ResponseReturnValue:
    """Choose a spreadsheet; it is read, checked, and shown before anything is saved."""
    campaign, what = found_campaign(number), found(KINDS.get(kind))
    form = bind(SheetForm)
    if submitted(form):
        try:
            rows = read_sheet(form.file.data.stream.read())
            kept = stage(engine(), actor().user_id, _purpose(number, kind), rows)
            _report(campaign, what, kept)
        except (Invalid, Conflict) as error:
            form.add_errors({"file": error.message})
        else:
            return redirect(url_for("desk.preview", number=number, kind=kind, token=kept.token))
    page = render_template(
        "desk/import.html", campaign=campaign, kind=kind, what=what, form=form, imported=_imported(campaign, what, kind)
    )
    return page, status_of(form)


@blueprint.post("/campaigns/<number>/import/<kind>/finish")
@requires("exam_officer")
def finish_import(number: str, kind: str) -> ResponseReturnValue:
    """The step is done with what has been imported before."""
    found_campaign(number)
    what = found(KINDS.get(kind))
    return finish_step(number, found(what.node_id or None), what.decision, what.done)


@blueprint.get("/campaigns/<number>/import/<kind>/template")
@requires(*ROLES)
def import_template(number: str, kind: str) -> ResponseReturnValue:
    """An empty workbook with the right headings, and with the people where they are known."""
    campaign, what = found_campaign(number), found(KINDS.get(kind))
    columns = what.columns(campaign)
    sheet = SheetToWrite(what.label, [column.heading for column in columns], template_rows(campaign, kind, columns))
    return workbook(f"{what.label}模板-{number}", write_workbook([sheet]))


@blueprint.route("/campaigns/<number>/import/<kind>/<token>", methods=["GET", "POST"])
@requires(*ROLES)
def preview(number: str, kind: str, token: str) -> ResponseReturnValue:
    """What the import would do; wrong cells are mended here, or the whole file is uploaded again."""
    campaign, what = found_campaign(number), found(KINDS.get(kind))
    kept = staged(engine(), actor().user_id, _purpose(number, kind), token)
    if request.method == "POST":
        kept = stage(engine(), kept.owner_id, kept.purpose, _mended(kept.rows), token)
    try:
        report = _report(campaign, what, kept)
    except (Invalid, Conflict) as error:
        flash(error.message, "danger")
        return redirect(url_for("desk.import_sheet", number=number, kind=kind))
    page = render_template(
        "desk/preview.html", campaign=campaign, kind=kind, what=what, token=token, report=report,
        headings=kept.rows[0], rows=_preview_rows(kept.rows, report), more=max(0, len(kept.rows) - 1 - SHOWN),
        form=FixForm(token=token), finishes=bool(what.node_id),
    )  # fmt: skip
    return page, 422 if report.errors and request.method == "POST" else 200


@blueprint.post("/campaigns/<number>/import/<kind>/<token>/commit")
@requires(*ROLES)
def commit_import(number: str, kind: str, token: str) -> ResponseReturnValue:
    """All rows or none, in one transaction; the step is done with it when the officer says so."""
    campaign, what = found_campaign(number), found(KINDS.get(kind))
    kept = staged(engine(), actor().user_id, _purpose(number, kind), token)
    report = execute(what.command(campaign.id, kept.rows, False))
    if report is not None and report.errors:
        return redirect(url_for("desk.preview", number=number, kind=kind, token=token))
    forget(engine(), token)
    flash(f"{what.done}，共 {len(kept.rows) - 1} 行。", "success")
    if what.node_id and request.form.get("finish"):
        return finish_step(number, what.node_id, what.decision, what.done)
    return redirect(url_for("desk.campaign", number=number))


def _imported(campaign: Campaign, what: Kind, kind: str) -> int:
    """How many people have a score already, while the step waits for the actor; 0 otherwise."""
    if not what.node_id:
        return 0
    with reading() as session:
        if open_item(session, actor(), campaign.number, what.node_id, engine().clock.now()) is None:
            return 0
        scores = latest_written(session, campaign.id) if kind == "written" else latest_interviews(session, campaign.id)
        return len(scores)


def _report(campaign: Campaign, what: Kind, kept: Staged) -> ImportReport:
    """The errors of the rows; nothing is saved."""
    return engine().execute(what.command(campaign.id, kept.rows, True), actor=actor())


def _purpose(number: str, kind: str) -> str:
    return f"{number}/{kind}"


def _mended(rows: Sequence[Row]) -> list[list[str]]:
    """The rows with the cells that came back from the preview: inputs `cell-<row>-<place>`."""
    mended = [list(row) for row in rows]
    for name, text in request.form.items():
        parts = name.split("-")
        if parts[0] != "cell" or len(parts) != 3:
            continue
        try:
            row, place = whole(parts[1]) - 1, whole(parts[2])
        except ValueError:
            continue
        if 1 <= row < len(mended) and place < len(mended[row]):
            mended[row][place] = text.strip()[:500]
    return mended


def _preview_rows(rows: Sequence[Row], report: ImportReport) -> list[PreviewRow]:
    """Rows with errors first, then the rest up to the page's size."""
    headings = [str(cell).strip() for cell in rows[0]]
    wrong: dict[int, dict[str, str]] = {}
    for error in report.errors:
        wrong.setdefault(error.row, {})[error.column] = error.message
    numbers = sorted(range(2, len(rows) + 1), key=lambda number: number not in wrong)
    return [_preview_row(number, rows[number - 1], headings, wrong.get(number, {})) for number in numbers[:SHOWN]]


def _preview_row(number: int, cells: Row, headings: Sequence[str], wrong: Mapping[str, str]) -> PreviewRow:
    shown = [
        (place, str(cell), wrong.get(headings[place] if place < len(headings) else "", ""))
        for place, cell in enumerate(cells)
    ]
    placed = set(headings)
    return PreviewRow(number, shown, [f"{column}：{text}" for column, text in wrong.items() if column not in placed])
