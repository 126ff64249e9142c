"""The admission ticket: printing it confirms that the applicant takes part."""

from datetime import timedelta
from urllib.parse import quote

from flask import Response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from engine.delegates.recruitment.commands import PrintTicket
from engine.kernel.errors import Conflict, NotFound
from engine.personnel.documents.tickets import Ticket, ticket_pdf
from engine.personnel.files import read_file
from engine.personnel.recruitment.registrations import AttachmentKind, Registration
from engine.personnel.recruitment.states import RegistrationState
from webapp.applicant import cases
from webapp.applicant.applications import seat_of
from webapp.applicant.blueprint import blueprint
from webapp.permissions import signed_in
from webapp.rendering import cn_date, cn_time
from webapp.visit import actor, engine, execute, reading

_R = RegistrationState


@blueprint.get("/applications/<int:registration_id>/ticket")
@signed_in
def ticket(registration_id: int) -> ResponseReturnValue:
    """Seat, time and rules; the first printing is noted."""
    with reading() as session:
        registration = cases.own_registration(session, actor(), registration_id)
        if registration.state not in (_R.CONFIRMED, _R.TICKET_PRINTED) and registration.ticket_printed_at is None:
            raise Conflict(_not_yet(registration))
        return render_template(
            "applicant/ticket.html", registration=registration, campaign=registration.campaign,
            seat=seat_of(session, registration), now=engine().clock.now(),
        )  # fmt: skip


@blueprint.post("/applications/<int:registration_id>/ticket/printing")
@signed_in
def print_ticket(registration_id: int) -> ResponseReturnValue:
    """Confirms and goes on to the file."""
    execute(PrintTicket(registration_id))
    return redirect(url_for("applicant.ticket_file", registration_id=registration_id))


@blueprint.get("/applications/<int:registration_id>/ticket.pdf")
@signed_in
def ticket_file(registration_id: int) -> Response:
    """The ticket to print."""
    now = engine().clock.now()
    with reading() as session:
        registration = cases.own_registration(session, actor(), registration_id)
        if registration.ticket_printed_at is None:
            raise Conflict("请先在准考证页面确认打印。")
        made = ticket_pdf(_ticket(session, registration), now)
    answer = Response(made, mimetype="application/pdf")
    name = quote(f"准考证-{registration.exam_number}.pdf")
    answer.headers["Content-Disposition"] = f"attachment; filename=\"ticket.pdf\"; filename*=UTF-8''{name}"
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _ticket(session: Session, registration: Registration) -> Ticket:
    seat, post, campaign = seat_of(session, registration), registration.post, registration.campaign
    if seat is None or post is None:
        raise NotFound("还没有编排座位，请等待通知。")
    ends = campaign.written_at + timedelta(minutes=campaign.written_minutes)
    return Ticket(
        title=f"{campaign.title}笔试",
        exam_number=registration.exam_number or "",
        name=registration.name,
        sex="" if registration.sex is None else registration.sex.label,
        id_number=registration.id_number or "",
        post=f"{post.code} {post.name}",
        room=seat.room.name,
        seat=str(seat.seat),
        address=seat.room.address or "见考点公告",
        subject="社会工作综合能力",
        time=f"{cn_date(campaign.written_at)} {cn_time(campaign.written_at)}—{cn_time(ends)}",
        photo=_photo(session, registration),
    )


def _photo(session: Session, registration: Registration) -> bytes:
    found = next((one for one in registration.attachments if one.kind is AttachmentKind.PHOTO), None)
    if found is None:
        raise NotFound("报名表里没有照片，请联系招聘单位补交照片后再打印。")
    return read_file(session, engine().settings.files_folder, engine().store.cipher, found.file_id).content


def _not_yet(registration: Registration) -> str:
    opens = registration.campaign.tickets_from
    return f"现在还不能打印准考证。初审通过后，请在 {cn_date(opens)} {cn_time(opens)} 以后打印。"
