"""Photo and documents of a registration: uploading, looking at, taking out."""

import hashlib
from datetime import timedelta

from flask import Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from engine.kernel.errors import Invalid, NotFound
from engine.personnel.documents.portraits import portrait
from engine.personnel.documents.scans import scan
from engine.personnel.files import FileContent, read_file
from engine.personnel.recruitment import settings
from engine.personnel.recruitment.applicant import AttachFile, RemoveAttachment
from engine.personnel.recruitment.registration_form import required_attachments
from engine.personnel.recruitment.registrations import AttachmentKind, Registration
from forms.base import BaseForm
from forms.fields import Upload
from forms.registration import DocumentForm, PhotoForm
from webapp.applicant import answers, cases
from webapp.applicant.answers import StepName
from webapp.applicant.blueprint import blueprint
from webapp.applicant.filling import editable, step_line
from webapp.binding import beside_fields, bind, status_of, submitted
from webapp.limits import limited
from webapp.permissions import signed_in
from webapp.visit import actor, engine, execute, reading

FILE_POLICY = "default-src 'none'; sandbox"


@blueprint.get("/applications/<int:registration_id>/form/materials")
@signed_in
def materials(registration_id: int) -> ResponseReturnValue:
    """Step 4: what is needed, what is there."""
    return _page(registration_id, None, None)


@blueprint.post("/applications/<int:registration_id>/files/<kind>")
@signed_in
@limited("upload", most=120, per=timedelta(hours=1))
def upload(registration_id: int, kind: str) -> ResponseReturnValue:
    """One photo or document; what was done to it is told."""
    wanted = _kind(kind)
    with reading() as session:
        editable(session, registration_id)
    form = bind(_form_for(wanted))
    if submitted(form):
        with beside_fields(form):
            flash(_keep(registration_id, wanted, form["file"].data), "success")
        if not form.errors:
            return redirect(url_for(".materials", registration_id=registration_id) + f"#{kind}")
    return _page(registration_id, wanted, form)


@blueprint.post("/applications/<int:registration_id>/files/<int:attachment_id>/removal")
@signed_in
def remove(registration_id: int, attachment_id: int) -> ResponseReturnValue:
    """Takes a document out again."""
    with reading() as session:
        editable(session, registration_id)
    execute(RemoveAttachment(registration_id, attachment_id))
    flash("材料已删除。", "success")
    return redirect(url_for(".materials", registration_id=registration_id))


@blueprint.get("/applications/<int:registration_id>/files/<int:attachment_id>")
@signed_in
def file(registration_id: int, attachment_id: int) -> Response:
    """One's own file, as an attachment that no browser runs."""
    with reading() as session:
        registration = cases.own_registration(session, actor(), registration_id)
        found = next((one for one in registration.attachments if one.id == attachment_id), None)
        if found is None:
            raise NotFound()
        store = engine()
        content = read_file(session, store.settings.files_folder, store.store.cipher, found.file_id)
    return handed_out(content)


def handed_out(content: FileContent) -> Response:
    """A stored file as an answer: attachment, its own type, no scripts, no cache."""
    answer = Response(content.content, mimetype=content.media_type)
    answer.headers.set("Content-Disposition", "attachment", filename=_safe_name(content))
    answer.headers["Content-Security-Policy"] = FILE_POLICY
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _keep(registration_id: int, kind: AttachmentKind, upload: Upload) -> str:
    """Stores the file as it may be kept; answers what the applicant is told."""
    try:
        content = upload.stream.read()
        if kind is AttachmentKind.PHOTO:
            most = _photo_limit(registration_id)
            made = portrait(content, most)
            _attach(registration_id, kind, "photo.jpg", made.content)
            return f"{made.note}。"
        _attach(registration_id, kind, upload.filename or kind.label, scan(content))
    except Invalid as error:
        raise Invalid(fields={"file": error.message}) from error
    return f"{kind.label}已上传。"


def _form_for(kind: AttachmentKind) -> type[BaseForm]:
    return PhotoForm if kind is AttachmentKind.PHOTO else DocumentForm


def _attach(registration_id: int, kind: AttachmentKind, name: str, content: bytes) -> None:
    """The same file sent twice is kept once; a second look at the page must not swallow another file."""
    digest = hashlib.sha256(content).hexdigest()
    with reading() as session:
        registration = cases.own_registration(session, actor(), registration_id)
        if any(one.kind is kind and one.file.sha256 == digest for one in registration.attachments):
            return
    engine().execute(AttachFile(registration_id, kind, name, content), actor=actor())


def _photo_limit(registration_id: int) -> int:
    with reading() as session:
        return cases.own_registration(session, actor(), registration_id).campaign.policy[settings.PHOTO_KILOBYTES]


def _page(registration_id: int, failed: AttachmentKind | None, form: BaseForm | None) -> ResponseReturnValue:
    with reading() as session:
        registration = editable(session, registration_id)
        required = required_attachments(registration)
        kinds = answers.material_kinds(registration, required)
        forms = {kind: _form_for(kind)() for kind in kinds}
        if failed is not None and form is not None:
            forms[failed] = form
        for kind, one in forms.items():
            one["file"].id = f"file-{kind.value}"
        return render_template(
            "applicant/materials.html", registration=registration, campaign=registration.campaign, kinds=kinds,
            required=required, forms=forms, failed=failed, held=_held(registration), here=StepName.MATERIALS,
            steps=step_line(registration, StepName.MATERIALS), remarks=cases.remarks(registration),
        ), 200 if form is None else status_of(form)  # fmt: skip


def _held(registration: Registration) -> dict[AttachmentKind, list[tuple[int, str, int, str]]]:
    """(id, name, bytes, type) of the files by kind."""
    held: dict[AttachmentKind, list[tuple[int, str, int, str]]] = {}
    for one in registration.attachments:
        held.setdefault(one.kind, []).append((one.id, one.file.name, one.file.size, one.file.media_type))
    return held


def _kind(kind: str) -> AttachmentKind:
    if kind not in list(AttachmentKind) or kind == AttachmentKind.WAIVER:
        raise NotFound()
    return AttachmentKind(kind)


def _safe_name(content: FileContent) -> str:
    endings = {"image/jpeg": ".jpg", "image/png": ".png", "application/pdf": ".pdf"}
    stem = content.name.rsplit(".", 1)[0] or "file"
    return stem + endings.get(content.media_type, "")
