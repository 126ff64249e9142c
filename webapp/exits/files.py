"""Evidence of an exit by kind, and its papers as they were issued; for those who handle the exit."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from engine.delegates.exits.commands import EXIT
from engine.kernel.errors import NotFound
from engine.personnel.case_files import CaseFile, FilePurpose, Material, files_of
from engine.personnel.decisions import DecisionTables
from engine.personnel.exits.cases import ExitCase, exit_numbered
from engine.personnel.exits.evidence import (
    DEFENCE,
    GATHERING,
    AddExitEvidence,
    RemoveExitEvidence,
    own_files,
)
from engine.personnel.exits.grounds import ground_rule
from engine.personnel.exits.records import CollectRecords, records_exist
from engine.personnel.exits.terms import EvidenceKind, ExitState
from engine.personnel.files import read_file
from engine.workflow.case_trace import visible_instance
from engine.workflow.instances import find_instance
from forms.exits import EvidenceFileForm
from webapp.binding import bind, reasons_above, status_of, submitted
from webapp.exits.blueprint import blueprint
from webapp.limits import limited
from webapp.permissions import requires, signed_in
from webapp.visit import actor, engine, execute, found, reading

READERS = ("street_clerk", "street_leader", "county_clerk", "county_head")
SANDBOX = "default-src 'none'; sandbox"
"""What a file that was uploaded may do in the browser: nothing."""
LABELS: Mapping[str, str] = {kind.value: kind.label for kind in EvidenceKind} | {DEFENCE: "本人陈述申辩材料"}


@dataclass(frozen=True, slots=True)
class FileRow:
    """A file of an exit."""

    id: int
    label: str
    kind: str
    number: str
    paper: bool
    added_at: datetime
    size: int


@dataclass(frozen=True, slots=True)
class Wanted:
    """A kind of evidence that the ground asks for, and whether a file of it is there."""

    label: str
    required: bool
    filed: bool


def rows_of(files: Sequence[CaseFile]) -> Sequence[FileRow]:
    """The files as lists show them."""
    return [
        FileRow(file.id, file.label, LABELS.get(file.kind, ""), file.number, file.purpose is FilePurpose.PAPER,
                file.added_at, file.file.size)
        for file in files
    ]  # fmt: skip


def wanted_by(case: ExitCase, filed: set[str]) -> Sequence[Wanted]:
    """What the ground asks for; of the kinds that are not required, one is enough."""
    rule = ground_rule(engine().service(DecisionTables).decide, case.ground)
    kinds = [(kind, True) for kind in rule.required] + [(kind, False) for kind in rule.one_of]
    return [Wanted(kind.label, required, kind.value in filed) for kind, required in kinds]


@blueprint.route("/<number>/evidence", methods=["GET", "POST"])
@requires("street_clerk")
@limited("upload", most=120, per=timedelta(hours=1))
def evidence(number: str) -> ResponseReturnValue:
    """证据材料: what the ground asks for, what is there, and handing in more."""
    with reading() as session:
        case = found(session.scalar(_of_street(number)))
        files = files_of(session, case.files, FilePurpose.MATERIAL)
        page = {
            "number": number, "name": case.worker.name, "ground": case.ground.label, "rows": rows_of(files),
            "wanted": wanted_by(case, {file.kind for file in files}), "open": case.state in GATHERING,
            "removable": case.state is ExitState.VERIFYING, "records": records_exist(session, case),
        }  # fmt: skip
    form = bind(EvidenceFileForm)
    if submitted(form) and _added(form, number):
        flash("证据已上传并加密保存。", "success")
        return redirect(url_for("exits.evidence", number=number))
    return render_template("exits/evidence.html", form=form, **page), status_of(form)


@blueprint.post("/<number>/evidence/records")
@requires("street_clerk")
def collect_records(number: str) -> ResponseReturnValue:
    """What the system itself knows goes into the evidence."""
    execute(CollectRecords(number))
    flash("系统记录已作为证据附上。", "success")
    return redirect(url_for("exits.evidence", number=number))


@blueprint.post("/<number>/evidence/<int:file_id>/remove")
@requires("street_clerk")
def remove_evidence(number: str, file_id: int) -> ResponseReturnValue:
    """Takes a wrong file out."""
    execute(RemoveExitEvidence(number, file_id))
    flash("文件已删除。", "success")
    return redirect(url_for("exits.evidence", number=number))


@blueprint.get("/<number>/files/<int:file_id>")
@signed_in
def file(number: str, file_id: int) -> Response:
    """One file: for who handles the case all of them, for the person his own and what was served on him."""
    with reading() as session:
        case = exit_numbered(session, number)
        known = {each.id: each for each in _open_files(session, case)}
        content = read_file(
            session, engine().settings.files_folder, engine().store.cipher, found(known.get(file_id)).file_id
        )
    suffix = "pdf" if content.media_type == "application/pdf" else "jpg"
    answer = Response(content.content, mimetype=content.media_type)
    answer.headers["Content-Disposition"] = f"attachment; filename={number}-{file_id}.{suffix}"
    answer.headers["Content-Security-Policy"] = SANDBOX
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _open_files(session: Session, case: ExitCase) -> Sequence[CaseFile]:
    person = actor()
    if person.user_id is not None and person.user_id == case.worker.user_id:
        return own_files(session, person, case)
    try:
        instance = find_instance(session, EXIT, case.number)
        visible_instance(session, person, instance.id, engine().clock.now())
    except NotFound:
        if not person.has_role(*READERS, organisation_id=case.street_id):
            raise
    return files_of(session, case.files)


def _of_street(number: str) -> Select[ExitCase]:
    places = actor().organisations("street_clerk")
    return select(ExitCase).where(ExitCase.number == number, ExitCase.street_id.in_(places))


def _added(form: EvidenceFileForm, number: str) -> bool:
    material = Material(form.label.data or "", form.file.data.stream.read())
    with reasons_above(form):
        execute(AddExitEvidence(number, EvidenceKind(form.kind.data), material))
    return not (form.errors or form.form_errors)
