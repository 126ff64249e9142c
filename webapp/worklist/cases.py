"""A case as a whole: its course, its diagram, its files, its paper form, and how it is ended early."""

from collections.abc import Mapping
from datetime import timedelta

from flask import Response, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from engine.identity.organisations import Organisation
from engine.identity.users import User
from engine.kernel.errors import Invalid, NotFound
from engine.personnel.files import read_file
from engine.workflow.case_trace import diagram_marks, diagram_xml, visible_instance
from engine.workflow.definitions import Definition, DefinitionCache
from engine.workflow.instances import TerminateInstance, holds_above
from engine.workflow.item_trace import open_items_of
from engine.workflow.states import ENDED, INSTANCE_LABELS
from engine.workflow.tables import ProcessInstance
from webapp.limits import limited
from webapp.permissions import officers
from webapp.visit import actor, engine, execute, reading
from webapp.worklist.blueprint import blueprint
from webapp.worklist.item_page import load_subject
from webapp.worklist.subjects import SUBJECTS
from webapp.worklist.subjects.registration import RevealField
from webapp.worklist.trace import events_of, signatures_of

SANDBOX = "default-src 'none'; sandbox"
"""What a file that was uploaded may do in the browser: nothing."""


@blueprint.get("/cases/<int:instance_id>")
@officers
def case(instance_id: int) -> ResponseReturnValue:
    """The course of a case for those who have to do with it."""
    now = engine().clock.now()
    with reading() as session:
        instance = visible_instance(session, actor(), instance_id, now)
        definition = _definition(session, instance)
        return render_template(
            "worklist/case.html", instance=instance, definition=definition, **_facts(session, instance),
            events=events_of(session, instance_id, definition, actor()), marks=diagram_marks(session, instance),
            mine=open_items_of(session, actor(), instance_id, now), **_subject(session, instance),
            may_end=_may_end(session, instance, definition), errors=(),
        )  # fmt: skip


@blueprint.get("/cases/<int:instance_id>/diagram.bpmn")
@officers
def diagram(instance_id: int) -> ResponseReturnValue:
    """The drawing the case runs by."""
    with reading() as session:
        instance = visible_instance(session, actor(), instance_id, engine().clock.now())
        answer = make_response(diagram_xml(session, instance.definition_id))
    answer.headers["Content-Type"] = "application/xml; charset=utf-8"
    return answer


@blueprint.get("/cases/<int:instance_id>/print")
@officers
def paper(instance_id: int) -> ResponseReturnValue:
    """The case as the paper form (审批表), to be printed."""
    with reading() as session:
        instance = visible_instance(session, actor(), instance_id, engine().clock.now())
        definition = _definition(session, instance)
        return render_template(
            "worklist/paper.html", instance=instance, definition=definition, **_facts(session, instance),
            signatures=list(signatures_of(session, instance_id, definition, actor())), **_subject(session, instance),
        )  # fmt: skip


@blueprint.get("/cases/<int:instance_id>/files/<int:file_id>")
@officers
def file(instance_id: int, file_id: int) -> ResponseReturnValue:
    """A file of the case: a picture to be looked at, anything else to be saved."""
    with reading() as session:
        instance = visible_instance(session, actor(), instance_id, engine().clock.now())
        kind = SUBJECTS.get(instance.process_key)
        if kind is None or file_id not in kind.files(session, instance.business_key):
            raise NotFound()
        content = read_file(session, engine().settings.files_folder, engine().store.cipher, file_id)
    answer = Response(content.content, mimetype=content.media_type)
    shown = "inline" if content.media_type.startswith("image/") else "attachment"
    answer.headers["Content-Disposition"] = shown
    answer.headers["Content-Security-Policy"] = SANDBOX
    return answer


@blueprint.post("/cases/<int:instance_id>/reveal/<field>")
@officers
@limited("reveal", most=300, per=timedelta(hours=1))
def reveal(instance_id: int, field: str) -> ResponseReturnValue:
    """A masked field in full; who looked at it is noted."""
    return render_template("worklist/revealed.html", value=execute(RevealField(instance_id, field)))


@blueprint.post("/cases/<int:instance_id>/terminate")
@officers
def terminate(instance_id: int) -> ResponseReturnValue:
    """Ends the case with a reason."""
    with reading() as session:
        visible_instance(session, actor(), instance_id, engine().clock.now())
    try:
        execute(TerminateInstance(instance_id, request.form.get("reason", "").strip()[:500]))
    except Invalid as error:
        flash(error.message, "danger")
    else:
        flash("此事项已终止，理由已记入办理过程。", "success")
    return redirect(url_for("worklist.case", instance_id=instance_id))


def _definition(session: Session, instance: ProcessInstance) -> Definition:
    return engine().service(DefinitionCache).get(session, instance.definition_id)


def _facts(session: Session, instance: ProcessInstance) -> Mapping[str, object]:
    place = session.get_one(Organisation, instance.organisation_id)
    initiator = session.get(User, instance.initiator_id) if instance.initiator_id else None
    return {
        "place": place.name, "initiator": initiator.name if initiator else "系统",
        "state": INSTANCE_LABELS[instance.state], "ended": instance.state in ENDED,
    }  # fmt: skip


def _subject(session: Session, instance: ProcessInstance) -> Mapping[str, object]:
    kind = SUBJECTS.get(instance.process_key)
    subject = None if kind is None else load_subject(session, instance.business_key, "", kind)
    return {"kind": kind, "subject": subject}


def _may_end(session: Session, instance: ProcessInstance, definition: Definition) -> bool:
    roles = ["process_admin", *definition.properties.get("terminators", "").split(",")]
    return instance.state not in ENDED and holds_above(session, actor(), instance.organisation_id, roles)
