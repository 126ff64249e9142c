"""The exam desk: rooms and the draw of seats [domain 1.8]."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.orm import Session

from engine.kernel.command import CommandContext
from engine.kernel.errors import Conflict, Invalid
from engine.personnel.authority import require_role_in_county
from engine.personnel.recruitment.announcement import campaign_of, note_campaign, require_state
from engine.personnel.recruitment.campaigns import Campaign
from engine.personnel.recruitment.exams import ExamRoom, Seat
from engine.personnel.recruitment.notices import NoticeTable, publish_notice
from engine.personnel.recruitment.outcomes import NoticeKind
from engine.personnel.recruitment.registrations import Registration
from engine.personnel.recruitment.seat_draw import DrawnSeat, Room, draw
from engine.personnel.recruitment.states import CampaignState, RegistrationState

_C = CampaignState
_R = RegistrationState


@dataclass(frozen=True, slots=True)
class RoomPlan:
    """An exam room as typed in."""

    name: str
    capacity: int
    address: str = ""


@dataclass(frozen=True, slots=True)
class SaveExamRooms:
    """Sets the rooms of the written exam, in the order in which they are filled; before the draw only."""

    campaign_id: int
    rooms: Sequence[RoomPlan]

    def execute(self, context: CommandContext) -> int:
        campaign = _desk(context, self.campaign_id)
        if campaign.drawn_at is not None:
            raise Conflict("已经抽签编排，不能再修改考场")
        names = [room.name.strip() for room in self.rooms]
        if not names or not all(names) or len(set(names)) != len(names):
            raise Invalid("请填写考场名称，且不能重复")
        if any(not 0 < room.capacity <= 500 for room in self.rooms):
            raise Invalid("每个考场的座位数应在 1 至 500 之间")
        context.session.execute(delete(ExamRoom).where(ExamRoom.campaign_id == campaign.id))
        for position, room in enumerate(self.rooms, start=1):
            context.session.add(
                ExamRoom(
                    campaign_id=campaign.id, position=position, name=room.name.strip(), capacity=room.capacity,
                    address=room.address.strip(),
                )
            )  # fmt: skip
        context.session.flush()
        note_campaign(context, campaign, "exam.rooms_saved", rooms=len(self.rooms))
        return sum(room.capacity for room in self.rooms)


@dataclass(frozen=True, slots=True)
class DrawSeats:
    """Draws rooms and seats from a seed that is published with the result; once."""

    campaign_id: int
    seed: str

    def execute(self, context: CommandContext) -> int:
        return draw_seats(context, self.campaign_id, self.seed)


def draw_seats(context: CommandContext, campaign_id: int, seed: str) -> int:
    """Seats for everybody who takes part; answers how many."""
    campaign = _desk(context, campaign_id)
    require_state(campaign, _C.TICKETS)
    if campaign.drawn_at is not None:
        raise Conflict("座位已抽签编排，结果已公布，不能重新抽签")
    if len(seed.strip()) < 4:
        raise Invalid("请填写至少 4 个字符的抽签种子，例如当天公开摇奖的号码", fields={"seed": "抽签种子过短"})
    rooms = {room.name: room for room in campaign_rooms(context, campaign_id)}
    examinees = _examinees(context.session, campaign_id)
    order = [Room(room.name, room.capacity) for room in rooms.values()]
    drawn = draw(seed.strip(), sorted(examinees), order)
    _give_seats(context, campaign, examinees, rooms, drawn)
    campaign.draw_seed, campaign.drawn_at = seed.strip(), context.now
    _publish_draw(context, campaign, drawn)
    context.session.flush()
    return len(drawn)


def campaign_rooms(context: CommandContext, campaign_id: int) -> list[ExamRoom]:
    """The rooms in the order in which they are filled."""
    query = select(ExamRoom).where(ExamRoom.campaign_id == campaign_id).order_by(ExamRoom.position)
    return list(context.session.scalars(query))


def _desk(context: CommandContext, campaign_id: int) -> Campaign:
    campaign = campaign_of(context.session, campaign_id)
    require_role_in_county(context, campaign.county_id, "exam_officer")
    return campaign


def _examinees(session: Session, campaign_id: int) -> dict[str, int]:
    """Registration ids of those who take part, by number."""
    query = select(Registration.number, Registration.id).where(
        Registration.campaign_id == campaign_id, Registration.state == _R.CONFIRMED
    )
    return {number or "": found for number, found in session.execute(query)}


def _give_seats(
    context: CommandContext,
    campaign: Campaign,
    examinees: Mapping[str, int],
    rooms: Mapping[str, ExamRoom],
    drawn: Sequence[DrawnSeat],
) -> None:
    """Seats and ticket numbers: year, campaign, room, seat; written in bulk, a draw may have 15,000 lines."""
    digits = 2 if len(rooms) < 100 else 3
    begin = f"{campaign.written_at.year}{campaign.id:04d}"
    seats, numbers = [], []
    for seat in drawn:
        room, who = rooms[seat.room], examinees[seat.number]
        seats.append({"registration_id": who, "room_id": room.id, "seat": seat.seat, "draw_value": seat.draw_value})
        numbers.append({"who": who, "given": f"{begin}{room.position:0{digits}d}{seat.seat:03d}"})
    if not drawn:
        return
    given = update(Registration).where(Registration.id == bindparam("who"))
    values = {"exam_number": bindparam("given"), "revision": Registration.revision + 1}
    context.session.execute(insert(Seat), seats)
    context.session.connection().execute(given.values(values), numbers)


def _publish_draw(context: CommandContext, campaign: Campaign, drawn: Sequence[DrawnSeat]) -> None:
    body = (
        f"抽签种子：{campaign.draw_seed}。规则：对每名考生计算文本“种子:报名序号”（UTF-8）的 SHA-256，"
        "以小写十六进制从小到大排序，按考场次序依次从 1 号座位坐起。任何人可据此复算。"
    )
    rows = [(seat.number, seat.draw_value, seat.room, seat.seat) for seat in drawn]
    table = NoticeTable(("报名序号", "SHA-256", "考场", "座位"), rows)
    publish_notice(context, campaign, NoticeKind.SEATS, table, body=body)
