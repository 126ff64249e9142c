"""Rooms and the draw of seats; the draw can be recomputed by anybody from its seed."""

from collections.abc import Mapping, Sequence

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.kernel.errors import Conflict, Invalid
from engine.personnel.id_number import masked
from engine.personnel.recruitment.campaigns import Campaign
from engine.personnel.recruitment.exam_desk import RoomPlan, SaveExamRooms
from engine.personnel.recruitment.exams import ExamRoom, Seat
from engine.personnel.recruitment.registrations import Registration
from engine.personnel.recruitment.seat_draw import draw_value
from engine.personnel.recruitment.settlement import count_in
from engine.personnel.recruitment.states import RegistrationState
from forms.desk import DrawForm, RoomsForm
from webapp.binding import bind, status_of, submitted
from webapp.desk.answers import pdf
from webapp.desk.blueprint import blueprint
from webapp.desk.campaigns import found_campaign
from webapp.desk.completion import complete
from webapp.desk.sheets import DOOR_SIGN, SIGN_IN, RoomSheet, Sitter, room_sheets
from webapp.permissions import requires
from webapp.visit import actor, engine, execute, found, reading

READERS = ("exam_officer", "county_clerk", "county_head")
SPARE_ROWS = 3
SHOWN_AT_ONCE = 300
"""People up to whom the page shows all rooms; beyond, one room at a time."""
ROOMS_A_PAPER = 50
"""Setting five hundred rooms in one document would take more than a gigabyte of memory."""
SHEETS = {"sign-in": SIGN_IN, "door": DOOR_SIGN}


@blueprint.route("/campaigns/<number>/rooms", methods=["GET", "POST"])
@requires(*READERS)
def rooms(number: str) -> ResponseReturnValue:
    """The rooms before the draw; the seats after it."""
    campaign = found_campaign(number)
    with reading() as session:
        kept, taken = _rooms(session, campaign.id), _taken(session, campaign.id)
        position = next((room.position for room in kept if str(room.position) == request.args.get("room")), None)
        few = sum(taken.values()) <= SHOWN_AT_ONCE
        shown = [room.position for room in kept] if few else [position] if position else []
        sheets, parts = _sheets(session, campaign.id, *shown), _parts(kept, taken)
        example = _example(session, campaign)
        waiting = count_in(session, campaign.id, RegistrationState.CONFIRMED)
        session.expunge_all()
    rows = [{"name": room.name, "capacity": room.capacity, "address": room.address} for room in kept]
    form = bind(RoomsForm, rooms=[*rows, *({} for _ in range(SPARE_ROWS))])
    if actor().has_role("exam_officer") and submitted(form):
        _save(campaign, form)
        if not form.errors and not form.form_errors:
            flash("考场已保存，可以抽签编排座位。", "success")
            return redirect(url_for("desk.rooms", number=number))
    page = render_template(
        "desk/rooms.html", campaign=campaign, form=form, draw=DrawForm(), sheets=sheets, kept=kept, waiting=waiting,
        seats=sum(room.capacity for room in kept), example=example, taken=taken, few=few, parts=parts,
    )  # fmt: skip
    return page, status_of(form) if form.errors or form.form_errors else 200


@blueprint.post("/campaigns/<number>/draw")
@requires("exam_officer")
def draw_seats(number: str) -> ResponseReturnValue:
    """Draw the seats from a seed; done once, published at once."""
    found_campaign(number)
    form = bind(DrawForm)
    if not submitted(form):
        for _, message in form.error_list():
            flash(message, "danger")
    elif complete(number, "arrange_rooms", "arranged", form.opinion.data or "", {"seed": form.seed.data}):
        flash("座位已抽签编排，种子和结果已公布，任何人可以复算。", "success")
    return redirect(url_for("desk.rooms", number=number))


@blueprint.get("/campaigns/<number>/rooms/<kind>.pdf")
@requires(*READERS)
def room_papers(number: str, kind: str) -> ResponseReturnValue:
    """Sign-in sheets or door signs, of so many rooms a paper."""
    campaign, label = found_campaign(number), found(SHEETS.get(kind))
    part = request.args.get("part", "1")
    with reading() as session:
        parts = _parts(_rooms(session, campaign.id), _taken(session, campaign.id))
        rooms = found(dict(parts).get(part))
        sheets = _sheets(session, campaign.id, *(room.position for room in rooms))
    content = room_sheets(label, campaign.title, campaign.written_at, sheets, engine().clock.now())
    return pdf(f"{label}-{number}", content)


def _save(campaign: Campaign, form: RoomsForm) -> None:
    plans = [
        RoomPlan(row.form.name.data, row.form.capacity.data or 0, row.form.address.data or "")
        for row in form.rooms
        if row.form.name.data
    ]
    numbered = range(len(plans) + 1, len(plans) + 1 + (form.more.data or 0))
    plans += [RoomPlan(f"第{number}考场", form.seats.data or 0) for number in numbered]
    try:
        execute(SaveExamRooms(campaign.id, plans))
    except (Invalid, Conflict) as error:
        form.add_errors({"": error.message})


def _rooms(session: Session, campaign_id: int) -> list[ExamRoom]:
    query = select(ExamRoom).where(ExamRoom.campaign_id == campaign_id).order_by(ExamRoom.position)
    return list(session.scalars(query))


def _taken(session: Session, campaign_id: int) -> dict[int, int]:
    """How many sit in each room, by the room's id."""
    query = (
        select(Seat.room_id, func.count())
        .join(ExamRoom, ExamRoom.id == Seat.room_id)
        .where(ExamRoom.campaign_id == campaign_id)
    )
    return dict(session.execute(query.group_by(Seat.room_id)).all())


def _parts(rooms: Sequence[ExamRoom], taken: Mapping[int, int]) -> list[tuple[str, Sequence[ExamRoom]]]:
    """The rooms in which somebody sits, as many as one paper takes, numbered from 1."""
    used = [room for room in rooms if room.id in taken]
    starts = range(0, len(used), ROOMS_A_PAPER)
    return [(str(number), used[start : start + ROOMS_A_PAPER]) for number, start in enumerate(starts, start=1)]


def _sheets(session: Session, campaign_id: int, *positions: int) -> list[RoomSheet]:
    """Those of the rooms in which somebody sits."""
    query = (
        select(ExamRoom.id, Seat.seat, Registration.exam_number, Registration.name, Registration.id_number)
        .join(ExamRoom, ExamRoom.id == Seat.room_id)
        .join(Registration, Registration.id == Seat.registration_id)
        .where(ExamRoom.campaign_id == campaign_id, ExamRoom.position.in_(positions))
    )
    people: dict[int, list[Sitter]] = {}
    for room_id, seat, number, name, id_number in session.execute(query.order_by(Seat.seat)):
        people.setdefault(room_id, []).append(Sitter(seat, number or "", name, masked(id_number or "")))
    rooms = (room for room in _rooms(session, campaign_id) if room.id in people)
    return [RoomSheet(room.name, room.address, people[room.id]) for room in rooms]


def _example(session: Session, campaign: Campaign) -> tuple[str, str] | None:
    """One line of the draw worked out, so that people see how to check their own."""
    query = (
        select(Registration.number)
        .join(Seat, Seat.registration_id == Registration.id)
        .where(Registration.campaign_id == campaign.id)
    )
    number = session.scalar(query.order_by(Seat.draw_value).limit(1)) if campaign.draw_seed else None
    return (f"{campaign.draw_seed}:{number}", draw_value(campaign.draw_seed or "", number)) if number else None
