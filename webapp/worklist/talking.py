"""Talking about a case (沟通) with files, and the files that come with its course: attachments and signatures."""

from collections.abc import Callable, Container, Sequence

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from engine.delegates.case_files import CommentOnCase, files_of_comments, participants, signatures_of_case
from engine.kernel.errors import NotFound
from engine.personnel.files import StoredFile, read_file
from engine.workflow.case_trace import sees_whole, visible_instance
from engine.workflow.tables import ProcessInstance
from forms.operations import CommentForm
from webapp.binding import beside_fields, bind, status_of, submitted
from webapp.desk.answers import download
from webapp.permissions import officers
from webapp.resume import local_path
from webapp.visit import actor, engine, execute, reading
from webapp.worklist.blueprint import blueprint
from webapp.worklist.people import Found, find_people

PREFIX = "talk"
"""Of the names of the form, which stands on pages with forms of their own."""
SANDBOX = "default-src 'none'; sandbox"
"""What a file that was uploaded may do in the browser: nothing."""


@blueprint.route("/cases/<int:instance_id>/comments", methods=["GET", "POST"])
@officers
def comment(instance_id: int) -> ResponseReturnValue:
    """Leaves words and files with the case, and tells colleagues."""
    with reading() as session:
        instance = visible_instance(session, actor(), instance_id, engine().clock.now())
    form, back = bind(CommentForm, prefix=PREFIX), local_path(request.form.get("_from"))
    if "_find" not in request.form and submitted(form):
        with beside_fields(form):
            files = tuple((str(one.filename), one.stream.read()) for one in form.uploads())
            execute(CommentOnCase(instance_id, form.text.data or "", files, tuple(form.person.data)))
        if not form.errors:
            flash("留言已保存，能看到此件的人都能看到。", "success")
            return redirect(back or url_for("worklist.case", instance_id=instance_id))
    with reading() as session:
        people = _people(session, session.get_one(ProcessInstance, instance_id), form.person.data)
    page = render_template(
        "worklist/comment.html", form=form, people=people, instance_id=instance_id, title=instance.title, back=back
    )
    return page, status_of(form)


def _people(session: Session, instance: ProcessInstance, chosen: Sequence[int]) -> Found:
    typed, near = request.form.get("_typed", "").strip()[:40], {m.organisation_id for m in actor().memberships}
    among, myself = participants(session, instance), {actor().user_id or 0}
    return find_people(
        session, instance, typed=typed, chosen=chosen, without=myself, near=near, among=among
    )


@blueprint.get("/cases/<int:instance_id>/attachments/<int:file_id>")
@officers
def attachment(instance_id: int, file_id: int) -> Response:
    """A file of a comment, to be saved."""
    return _file(instance_id, file_id, files_of_comments, "attachment")


@blueprint.get("/cases/<int:instance_id>/signatures/<int:file_id>")
@officers
def signature(instance_id: int, file_id: int) -> Response:
    """The picture of a hand-written signature."""
    return _file(instance_id, file_id, signatures_of_case, "inline")


def _file(
    instance_id: int, file_id: int, files_of: Callable[[Session, int], Container[int]], shown: str
) -> Response:
    """A file that belongs to the case, for who may see it; of a confidential case others get only their own."""
    with reading() as session:
        instance = visible_instance(session, actor(), instance_id, engine().clock.now())
        kept = session.get(StoredFile, file_id)
        own = kept is not None and kept.owner_id == actor().user_id
        if file_id not in files_of(session, instance_id) or not (own or sees_whole(session, actor(), instance)):
            raise NotFound()
        content = read_file(session, engine().settings.files_folder, engine().store.cipher, file_id)
    answer = download(content.name, content.content, content.media_type)
    if shown == "inline":
        answer.headers["Content-Disposition"] = "inline"
    answer.headers["Content-Security-Policy"] = SANDBOX
    return answer
