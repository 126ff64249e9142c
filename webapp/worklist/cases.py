"""A case as a whole: its course, its diagram, its files, and its paper form."""

from collections.abc import Mapping
from datetime import timedelta

from flask import Response, make_response, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from engine.identity.organisations import Organisation
from engine.identity.users import User
from engine.kernel.errors import NotFound
from engine.personnel.documents.approval_sheets import ApprovalSheet, SheetOpinion, approval_sheet_pdf
from engine.personnel.files import read_file
from engine.workflow.case_trace import diagram_marks, diagram_xml, visible_instance
from engine.workflow.definitions import Definition, DefinitionCache
from engine.workflow.item_trace import open_items_of
from engine.workflow.states import ENDED, INSTANCE_LABELS
from engine.workflow.tables import ProcessInstance
from forms.operations import CommentForm
from webapp.desk.answers import pdf
from webapp.limits import limited
from webapp.permissions import officers
from webapp.rendering import cn_date, cn_datetime
from webapp.visit import actor, engine, execute, reading
from webapp.worklist.blocks import blocks_of
from webapp.worklist.blueprint import blueprint
from webapp.worklist.case_operations import offered_on_case
from webapp.worklist.item_page import load_subject
from webapp.worklist.subjects import SUBJECTS
from webapp.worklist.subjects.registration import RevealField
from webapp.worklist.talking import PREFIX as TALK
from webapp.worklist.talking import SANDBOX
from webapp.worklist.trace import Signature, events_of, node_notes, signatures_of, steps_drawn


@blueprint.get("/cases/<int:instance_id>")
@officers
def case(instance_id: int) -> ResponseReturnValue:
    """The course of a case for those who have to do with it."""
    now = engine().clock.now()
    with reading() as session:
        instance = visible_instance(session, actor(), instance_id, now)
        definition = _definition(session, instance)
        events = events_of(session, instance_id, definition, actor())
        return render_template(
            "worklist/case.html", instance=instance, definition=definition, **_facts(session, instance),
            events=events, marks=diagram_marks(session, instance), told=node_notes(events),
            nodes=steps_drawn(definition), mine=open_items_of(session, actor(), instance_id, now),
            **_subject(session, instance), operations=offered_on_case(session, instance), talk=CommentForm(prefix=TALK),
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


@blueprint.get("/cases/<int:instance_id>/sheet.pdf")
@officers
@limited("export", most=120, per=timedelta(hours=1), methods=("GET",))
def sheet(instance_id: int) -> ResponseReturnValue:
    """The paper form (审批表) as PDF, with the signatures by hand."""
    with reading() as session:
        instance = visible_instance(session, actor(), instance_id, engine().clock.now())
        definition = _definition(session, instance)
        facts = _facts(session, instance)
        signed = [_signed(session, one) for one in signatures_of(session, instance_id, definition, actor())]
        shown = render_template("worklist/sheet.html", instance=instance, **_subject(session, instance))
        made = ApprovalSheet(
            f"{definition.name}审批表", instance.business_key, str(facts["place"]), cn_date(instance.started_at),
            str(facts["state"]), instance.outcome or "", blocks_of(shown), signed, cn_datetime(engine().clock.now()),
        )  # fmt: skip
    answer = pdf(f"审批表-{instance.business_key}", approval_sheet_pdf(made, engine().clock.now()))
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _signed(session: Session, one: Signature) -> SheetOpinion:
    picture = b""
    if one.picture is not None:
        folder, cipher = engine().settings.files_folder, engine().store.cipher
        picture = read_file(session, folder, cipher, one.picture).content
    return SheetOpinion(one.step, one.decision, one.opinion, one.name, cn_datetime(one.at), picture)


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
