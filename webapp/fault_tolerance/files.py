"""Files of a case: handing in material, opening a file; each only for those who may [N 10; domain 10.3.6]."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage

from engine.delegates.fault_tolerance.commands import AddFaultMaterial
from engine.kernel.errors import NotFound
from engine.personnel.case_files import CaseFile, FilePurpose, Material
from engine.personnel.fault_tolerance.cases import ClearingCase, FaultCase, case_numbered
from engine.personnel.fault_tolerance.materials import concerns, may_add, open_files, reads
from engine.personnel.files import read_file
from forms.work_items.fault_tolerance import MaterialForm
from webapp.binding import bind, reasons_above, status_of, submitted
from webapp.fault_tolerance.blueprint import blueprint
from webapp.limits import limited
from webapp.permissions import officers
from webapp.visit import actor, engine, execute, found, reading

SANDBOX = "default-src 'none'; sandbox"
"""What a file that was uploaded may do in the browser: nothing."""


@dataclass(frozen=True, slots=True)
class FileRow:
    """A file that the person may open."""

    id: int
    label: str
    number: str
    paper: bool
    added_at: datetime
    size: int
    digest: str


def rows_of(session: Session, row: FaultCase | ClearingCase) -> Sequence[FileRow]:
    """The files of a case that the person who looks may open."""
    return [_row(file) for file in open_files(session, actor(), row)]


def _row(file: CaseFile) -> FileRow:
    paper = file.purpose is FilePurpose.PAPER
    return FileRow(file.id, file.label, file.number, paper, file.added_at, file.file.size, file.file.sha256)


@blueprint.route("/<number>/materials", methods=["GET", "POST"])
@officers
@limited("upload", most=120, per=timedelta(hours=1))
def materials(number: str) -> ResponseReturnValue:
    """案件材料: what is there, and handing in more."""
    with reading() as session:
        row = _mine(session, number)
        rows, open_, state = rows_of(session, row), may_add(actor(), row), row.state.label
        wanted = row.material_request if isinstance(row, FaultCase) else None
    form = bind(MaterialForm)
    if submitted(form) and _added(form, number):
        flash("材料已上传并加密封存。", "success")
        return redirect(url_for("fault_tolerance.materials", number=number))
    page = render_template(
        "fault_tolerance/materials.html", form=form, number=number, rows=rows, open=open_, state=state, wanted=wanted
    )
    return page, status_of(form)


@blueprint.get("/<number>/files/<int:file_id>")
@officers
def file(number: str, file_id: int) -> Response:
    """One file; papers exactly as they were issued."""
    with reading() as session:
        known = {each.id: each for each in open_files(session, actor(), _mine(session, number))}
        chosen = found(known.get(file_id))
        content = read_file(session, engine().settings.files_folder, engine().store.cipher, chosen.file_id)
        suffix = "pdf" if content.media_type == "application/pdf" else "jpg"
    answer = Response(content.content, mimetype=content.media_type)
    answer.headers["Content-Disposition"] = f"attachment; filename={number}-{file_id}.{suffix}"
    answer.headers["Content-Security-Policy"] = SANDBOX
    answer.headers["Cache-Control"] = "no-store"
    return answer


def uploaded(label: str, storage: FileStorage | None) -> tuple[Material, ...]:
    """What a form's field holds, as material; nothing when no file was chosen."""
    return () if storage is None else (Material(label, storage.stream.read()),)


def _mine(session: Session, number: str) -> FaultCase | ClearingCase:
    row = case_numbered(session, number)
    if not (reads(actor(), row) or concerns(actor(), row)):
        raise NotFound()
    return row


def _added(form: MaterialForm, number: str) -> bool:
    with reasons_above(form):
        execute(AddFaultMaterial(number, Material(form.label.data or "", form.file.data.stream.read())))
    return not (form.errors or form.form_errors)
