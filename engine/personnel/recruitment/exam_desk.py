"""The exam desk: rooms, the draw of seats, imported scores [domain 1.8, 1.10]."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import delete, select

from engine.kernel.command import CommandContext
from engine.kernel.errors import Conflict, Invalid
from engine.personnel.authority import require_role_in_county
from engine.personnel.recruitment import settings
from engine.personnel.recruitment.announcement import campaign_of, note_campaign, require_state
from engine.personnel.recruitment.campaigns import Campaign
from engine.personnel.recruitment.exams import ExamRoom, InterviewScore, Seat, WrittenScore
from engine.personnel.recruitment.notices import NoticeTable, publish_notice
from engine.personnel.recruitment.outcomes import NoticeKind
from engine.personnel.recruitment.registrations import Registration
from engine.personnel.recruitment.scores import check_score, interview_score
from engine.personnel.recruitment.seat_draw import DrawnSeat, Room, draw
from engine.personnel.recruitment.settlement import registrations_in
from engine.personnel.recruitment.states import CampaignState, RegistrationState
from engine.personnel.tabular import Column, ImportReport, Reading, ReadRow, Row, decimal_cell, read_rows

_C = CampaignState
_R = RegistrationState
ABSENT = "缺考"
CHEATED = "违纪"
WRITTEN_COLUMNS = (
    Column("exam_number", "准考证号"),
    Column("name", "姓名", required=False),
    Column("score", "笔试成绩", decimal_cell, required=False, aliases=("成绩", "卷面成绩")),
    Column("remark", "备注", required=False),
)
"""Columns of an import of written scores."""


def interview_columns(judges: int) -> tuple[Column, ...]:
    """Columns of an import of interview marks: one a judge."""
    marks = [Column(f"judge_{n}", f"考官{n}", decimal_cell, required=False) for n in range(1, judges + 1)]
    return (
        Column("exam_number", "准考证号"), Column("name", "姓名", required=False), *marks,
        Column("remark", "备注", required=False),
    )  # fmt: skip


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
    examinees = {entry.number or "": entry for entry in registrations_in(context.session, campaign_id, _R.CONFIRMED)}
    order = [Room(room.name, room.capacity) for room in rooms.values()]
    drawn = draw(seed.strip(), sorted(examinees), order)
    for seat in drawn:
        _give_seat(context, examinees[seat.number], rooms[seat.room], seat)
    campaign.draw_seed, campaign.drawn_at = seed.strip(), context.now
    _publish_draw(context, campaign, drawn)
    context.session.flush()
    return len(drawn)


@dataclass(frozen=True, slots=True)
class ImportWrittenScores:
    """Takes written scores from a spreadsheet; all rows or none, `preview` saves nothing."""

    campaign_id: int
    rows: Sequence[Row]
    preview: bool = False

    def execute(self, context: CommandContext) -> ImportReport:
        campaign = _desk(context, self.campaign_id)
        require_state(campaign, _C.TICKETS, _C.WRITTEN_DONE, _C.SCORES_PUBLISHED)
        if context.now < campaign.written_at:
            raise Conflict("笔试尚未开始，不能导入成绩")
        people = _people(context, campaign.id, _R.TICKET_PRINTED)
        reading = read_rows(self.rows, WRITTEN_COLUMNS)
        _match_people(reading, people)
        for row in reading.rows:
            _check_written(reading, row)
        if self.preview or reading.errors:
            return reading.report(saved=False, summary=_summary(reading, people))
        for row in reading.rows:
            context.session.add(_written(context, people[row.values["exam_number"]], row))
        context.session.flush()
        note_campaign(context, campaign, "exam.written_imported", rows=len(reading.rows))
        return reading.report(saved=True, summary=_summary(reading, people))


@dataclass(frozen=True, slots=True)
class ImportInterviewScores:
    """Takes the judges' marks from a spreadsheet; all rows or none, `preview` saves nothing."""

    campaign_id: int
    rows: Sequence[Row]
    preview: bool = False

    def execute(self, context: CommandContext) -> ImportReport:
        campaign = _desk(context, self.campaign_id)
        require_state(campaign, _C.RECHECK)
        if context.now < campaign.interview_at:
            raise Conflict("面试尚未开始，不能导入成绩")
        judges, dropped = campaign.policy[settings.JUDGES], campaign.policy[settings.JUDGES_DROPPED]
        people = _people(context, campaign.id, _R.RECHECK_PASS)
        reading = read_rows(self.rows, interview_columns(judges))
        _match_people(reading, people)
        for row in reading.rows:
            _check_interview(reading, row, judges, dropped)
        if self.preview or reading.errors:
            return reading.report(saved=False, summary=_summary(reading, people))
        for row in reading.rows:
            context.session.add(_interview(context, people[row.values["exam_number"]], row))
        context.session.flush()
        note_campaign(context, campaign, "exam.interview_imported", rows=len(reading.rows))
        return reading.report(saved=True, summary=_summary(reading, people))


def campaign_rooms(context: CommandContext, campaign_id: int) -> list[ExamRoom]:
    """The rooms in the order in which they are filled."""
    query = select(ExamRoom).where(ExamRoom.campaign_id == campaign_id).order_by(ExamRoom.position)
    return list(context.session.scalars(query))


def _desk(context: CommandContext, campaign_id: int) -> Campaign:
    campaign = campaign_of(context.session, campaign_id)
    require_role_in_county(context, campaign.county_id, "exam_officer")
    return campaign


def _give_seat(context: CommandContext, registration: Registration, room: ExamRoom, seat: DrawnSeat) -> None:
    year = registration.campaign.written_at.year
    registration.exam_number = f"{year}{registration.campaign_id:04d}{room.position:02d}{seat.seat:03d}"
    context.session.add(
        Seat(registration_id=registration.id, room_id=room.id, seat=seat.seat, draw_value=seat.draw_value)
    )


def _publish_draw(context: CommandContext, campaign: Campaign, drawn: Sequence[DrawnSeat]) -> None:
    body = (
        f"抽签种子：{campaign.draw_seed}。规则：对每名考生计算文本“种子:报名序号”（UTF-8）的 SHA-256，"
        "以小写十六进制从小到大排序，按考场次序依次从 1 号座位坐起。任何人可据此复算。"
    )
    rows = [(seat.number, seat.draw_value, seat.room, seat.seat) for seat in drawn]
    table = NoticeTable(("报名序号", "SHA-256", "考场", "座位"), rows)
    publish_notice(context, campaign, NoticeKind.SEATS, table, body=body)


def _people(context: CommandContext, campaign_id: int, state: RegistrationState) -> dict[str, Registration]:
    return {entry.exam_number or "": entry for entry in registrations_in(context.session, campaign_id, state)}


def _match_people(reading: Reading, people: Mapping[str, Registration]) -> None:
    seen: dict[str, int] = {}
    for row in reading.rows:
        number = row.values["exam_number"]
        if number is None:
            continue
        if number not in people:
            reading.refuse(row, "准考证号", f"“{number}”不在本次考试名单中")
        elif number in seen:
            reading.refuse(row, "准考证号", f"与第 {seen[number]} 行重复")
        elif row.values["name"] not in (None, people[number].name):
            reading.refuse(row, "姓名", f"与报名姓名“{people[number].name}”不一致")
        seen.setdefault(number, row.number)


def _check_written(reading: Reading, row: ReadRow) -> None:
    remark, score = row.values["remark"], row.values["score"]
    if remark in (ABSENT, CHEATED):
        if remark == ABSENT and score is not None and score != 0:
            reading.refuse(row, "备注", "标注缺考，但填有成绩，请核对")
        return
    if score is None:
        if not any(error.row == row.number for error in reading.errors):
            reading.refuse(row, "笔试成绩", "没有成绩；缺考的请在“备注”中填“缺考”")
        return
    try:
        row.values["score"] = check_score(score, "笔试成绩")
    except Invalid as error:
        reading.refuse(row, "笔试成绩", error.message)


def _check_interview(reading: Reading, row: ReadRow, judges: int, dropped: int) -> None:
    if row.values["remark"] == ABSENT:
        return
    marks: list[Decimal] = []
    for number in range(1, judges + 1):
        mark = row.values[f"judge_{number}"]
        if mark is None:
            reading.refuse(row, f"考官{number}", "没有评分；缺考的请在“备注”中填“缺考”")
            return
        try:
            marks.append(check_score(mark, "考官评分"))
        except Invalid as error:
            reading.refuse(row, f"考官{number}", error.message)
            return
    row.values["marks"] = marks
    row.values["score"] = interview_score(marks, dropped)


def _written(context: CommandContext, registration: Registration, row: ReadRow) -> WrittenScore:
    absent, cheated = row.values["remark"] == ABSENT, row.values["remark"] == CHEATED
    return WrittenScore(
        registration_id=registration.id, paper=None if absent else row.values["score"], absent=absent,
        cheated=cheated, remark=(row.values["remark"] or "")[:200], imported_by=context.actor.user_id,
        imported_at=context.now,
    )  # fmt: skip


def _interview(context: CommandContext, registration: Registration, row: ReadRow) -> InterviewScore:
    marks: list[Any] = row.values.get("marks", [])
    return InterviewScore(
        registration_id=registration.id, marks=[str(mark) for mark in marks], score=row.values.get("score"),
        absent=row.values["remark"] == ABSENT, imported_by=context.actor.user_id, imported_at=context.now,
    )  # fmt: skip


def _summary(reading: Reading, people: Mapping[str, Registration]) -> str:
    present = {row.values["exam_number"] for row in reading.rows}
    missing = sorted(set(people) - present)
    text = f"共 {len(reading.rows)} 行，错误 {len(reading.errors)} 处"
    return text if not missing else f"{text}；名单中还有 {len(missing)} 人不在表内，例如 {missing[0]}"
