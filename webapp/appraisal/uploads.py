"""Ledgers from spreadsheets: upload, check, mend wrong cells in place, save all rows or none."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine.kernel.command import Command
from engine.kernel.errors import Conflict, Invalid
from engine.personnel.appraisal import ledger_sheets
from engine.personnel.appraisal.ledger_sheets import (
    ImportAllRound,
    ImportEarlierSheet,
    ImportLeave,
    ImportTraining,
)
from engine.personnel.spreadsheets import SheetToWrite, read_sheet, write_workbook
from engine.personnel.tabular import Column, ImportReport, Row
from forms.appraisal import EarlierSheetForm, LedgerSheetForm, MendForm
from webapp.appraisal.blueprint import blueprint
from webapp.appraisal.places import roll_of, units_of
from webapp.appraisal.staging import Staged, forget, stage, staged
from webapp.binding import beside_fields, bind, status_of, submitted
from webapp.desk.answers import workbook
from webapp.limits import limited
from webapp.numbers import whole
from webapp.permissions import requires
from webapp.visit import actor, engine, execute, found, reading

SHOWN = 200
"""Rows of a preview; rows with errors come first."""
Facts = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Ledger:
    """One of the spreadsheets."""

    label: str
    role: str
    columns: Sequence[Column]
    command: Callable[[int, Facts, Sequence[Row], bool], Command[ImportReport]]
    back: str
    """The page it belongs to."""
    hint: str
    form: type[LedgerSheetForm] = LedgerSheetForm


def _earlier(place: int, facts: Facts, rows: Sequence[Row], preview: bool) -> ImportEarlierSheet:
    return ImportEarlierSheet(place, int(facts.get("year") or 0), facts.get("source", ""), rows, preview)


LEDGERS: Mapping[str, Ledger] = {
    "earlier": Ledger(
        "以前年度考核结果", "county_clerk", ledger_sheets.EARLIER_COLUMNS, _earlier, "appraisal.board",
        "等次填优秀、合格、基本合格、不合格或不定等次；得分可以不填。", EarlierSheetForm,
    ),
    "training": Ledger(
        "培训登记", "street_clerk", ledger_sheets.TRAINING_COLUMNS,
        lambda place, _, rows, preview: ImportTraining(place, rows, preview), "appraisal.ledger",
        "天数为 0.5 的倍数；一人参加几次培训的，一次一行。",
    ),
    "leave": Ledger(
        "请假登记", "street_clerk", ledger_sheets.LEAVE_COLUMNS,
        lambda place, _, rows, preview: ImportLeave(place, rows, preview), "appraisal.ledger",
        "类别填病假、事假或产假、陪产假；旷工在旷工台账登记。",
    ),
    "all-round": Ledger(
        "全科社工证登记", "county_clerk", ledger_sheets.ALL_ROUND_COLUMNS,
        lambda place, _, rows, preview: ImportAllRound(place, rows, preview), "appraisal.all_round",
        "有效期按本县政策参数计算。",
    ),
}  # fmt: skip
ROLES = ("county_clerk", "street_clerk")


@dataclass(frozen=True, slots=True)
class ShownRow:
    """A row of the preview: its number in the spreadsheet, its cells with what is wrong, and the rest of the errors."""

    number: int
    cells: Sequence[tuple[int, str, str]]
    messages: Sequence[str]


@blueprint.route("/import/<kind>", methods=["GET", "POST"])
@requires(*ROLES)
@limited("import", most=60, per=timedelta(hours=1))
def upload(kind: str) -> ResponseReturnValue:
    """Choose a spreadsheet; it is read and shown before anything is saved."""
    what, place, name = _asked(kind)
    form = bind(what.form)
    if submitted(form):
        with beside_fields(form):
            try:
                rows = read_sheet(form.file.data.stream.read())
                kept = stage(engine(), actor().user_id, f"{kind}/{place}", _facts(form), rows)
                _report(what, place, kept)
                return redirect(url_for("appraisal.check_upload", kind=kind, token=kept.token))
            except (Invalid, Conflict) as error:
                if isinstance(error, Invalid) and set(error.fields) & set(form.data):
                    raise
                form.add_errors({"file": error.message})
    page = render_template("appraisal/upload.html", form=form, what=what, kind=kind, place=name)
    return page, status_of(form)


@blueprint.get("/import/<kind>/template")
@requires(*ROLES)
def upload_template(kind: str) -> ResponseReturnValue:
    """A workbook with the headings and everybody of the place."""
    what, place, name = _asked(kind)
    with reading() as session:
        rows = [(number, person, *[""] * (len(what.columns) - 2)) for number, person in roll_of(session, place)]
    sheet = SheetToWrite(what.label, [column.heading for column in what.columns], rows)
    return workbook(f"{what.label}模板-{name}", write_workbook([sheet]))


@blueprint.route("/import/<kind>/<token>", methods=["GET", "POST"])
@requires(*ROLES)
def check_upload(kind: str, token: str) -> ResponseReturnValue:
    """What the import would do; wrong cells are mended here, or the file is uploaded again."""
    what, place, name = _asked(kind)
    kept = staged(engine(), actor().user_id, f"{kind}/{place}", token)
    form = bind(MendForm)
    if submitted(form):
        kept = stage(engine(), kept.owner_id, kept.purpose, kept.facts, _mended(kept.rows), token)
    try:
        report = _report(what, place, kept)
    except (Invalid, Conflict) as error:
        flash(error.message, "danger")
        return redirect(url_for("appraisal.upload", kind=kind))
    page = render_template(
        "appraisal/check_upload.html", form=form, what=what, kind=kind, place=name, token=token, report=report,
        headings=kept.rows[0], rows=_shown(kept.rows, report), more=max(0, len(kept.rows) - 1 - SHOWN),
    )  # fmt: skip
    return page, 422 if report.errors and request.method == "POST" else 200


@blueprint.post("/import/<kind>/<token>/commit")
@requires(*ROLES)
def commit_upload(kind: str, token: str) -> ResponseReturnValue:
    """All rows or none, in one transaction."""
    what, place, _ = _asked(kind)
    kept = staged(engine(), actor().user_id, f"{kind}/{place}", token)
    report = execute(what.command(place, kept.facts, kept.rows, False))
    if report is not None and report.errors:
        return redirect(url_for("appraisal.check_upload", kind=kind, token=token))
    forget(engine(), token)
    flash(f"{what.label}已导入，共 {len(kept.rows) - 1} 行。", "success")
    return redirect(url_for(what.back))


def _asked(kind: str) -> tuple[Ledger, int, str]:
    """The ledger, and the unit in whose name the actor fills it."""
    what = found(LEDGERS.get(kind))
    with reading() as session:
        units = units_of(session, actor(), what.role)
    place, name = found(next(iter(units), None))
    return what, place, name


def _facts(form: LedgerSheetForm) -> dict[str, str]:
    return {name: str(value or "") for name, value in form.data.items() if name in ("year", "source")}


def _report(what: Ledger, place: int, kept: Staged) -> ImportReport:
    """The errors of the rows; nothing is saved."""
    return engine().execute(what.command(place, kept.facts, kept.rows, True), actor=actor())


def _mended(rows: Sequence[Row]) -> list[list[str]]:
    """The rows with the cells that came back: inputs `cell-<row>-<place>`."""
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


def _shown(rows: Sequence[Row], report: ImportReport) -> list[ShownRow]:
    """Rows with errors first, then the rest up to the page's size."""
    headings = [str(cell).strip() for cell in rows[0]]
    wrong: dict[int, dict[str, str]] = {}
    for error in report.errors:
        wrong.setdefault(error.row, {})[error.column] = error.message
    numbers = sorted(range(2, len(rows) + 1), key=lambda number: number not in wrong)
    return [_row(number, rows[number - 1], headings, wrong.get(number, {})) for number in numbers[:SHOWN]]


def _row(number: int, cells: Row, headings: Sequence[str], wrong: Mapping[str, str]) -> ShownRow:
    shown = [
        (place, str(cell), wrong.get(headings[place] if place < len(headings) else "", ""))
        for place, cell in enumerate(cells)
    ]
    rest = [f"{column}：{text}" for column, text in wrong.items() if column not in headings]
    return ShownRow(number, shown, rest)
