"""Scores from spreadsheets: what each row must hold, and what becomes of it [domain 1.8, 1.10]."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from engine.kernel.command import CommandContext
from engine.kernel.errors import Conflict, Invalid
from engine.personnel.authority import require_role_in_county
from engine.personnel.recruitment import settings
from engine.personnel.recruitment.announcement import campaign_of, note_campaign, require_state
from engine.personnel.recruitment.campaigns import Campaign
from engine.personnel.recruitment.exams import InterviewScore, WrittenScore
from engine.personnel.recruitment.registrations import Registration
from engine.personnel.recruitment.scores import check_score, interview_score
from engine.personnel.recruitment.states import CampaignState, RegistrationState
from engine.personnel.tabular import Column, ImportReport, Reading, ReadRow, Row, decimal_cell, read_rows

_C = CampaignState
_R = RegistrationState
ABSENT = "缺考"
CHEATED = "违纪"
EXAM_NUMBER = Column("exam_number", "准考证号")
WRITTEN_COLUMNS = (
    EXAM_NUMBER,
    Column("name", "姓名", required=False),
    Column("score", "笔试成绩", decimal_cell, required=False, aliases=("成绩", "卷面成绩")),
    Column("remark", "备注", required=False),
)
"""Columns of an import of written scores."""


def interview_columns(judges: int) -> tuple[Column, ...]:
    """Columns of an import of interview marks: one a judge."""
    marks = [Column(f"judge_{n}", f"考官{n}", decimal_cell, required=False) for n in range(1, judges + 1)]
    return (EXAM_NUMBER, Column("name", "姓名", required=False), *marks, Column("remark", "备注", required=False))


@dataclass(frozen=True, slots=True)
class Examinee:
    """Whose score is awaited."""

    registration_id: int
    name: str


@dataclass(frozen=True, slots=True)
class ImportWrittenScores:
    """Takes written scores from a table in one transaction; all rows or none, `preview` saves nothing."""

    campaign_id: int
    rows: Sequence[Row]
    preview: bool = False

    def execute(self, context: CommandContext) -> ImportReport:
        campaign = campaign_of(context.session, self.campaign_id)
        require_examiner(context, campaign)
        require_written_time(context, campaign)
        reading = read_rows(self.rows, WRITTEN_COLUMNS)
        _refuse_repeated(reading)
        check_written(context, campaign, reading)
        if self.preview or reading.errors:
            return reading.report(saved=False, summary=_summary(context, campaign, reading, _R.TICKET_PRINTED))
        save_written(context, campaign, reading, context.actor.user_id)
        note_campaign(context, campaign, "exam.written_imported", rows=len(reading.rows))
        return reading.report(saved=True, summary=_summary(context, campaign, reading, _R.TICKET_PRINTED))


@dataclass(frozen=True, slots=True)
class ImportInterviewScores:
    """Takes the judges' marks from a table in one transaction; all rows or none, `preview` saves nothing."""

    campaign_id: int
    rows: Sequence[Row]
    preview: bool = False

    def execute(self, context: CommandContext) -> ImportReport:
        campaign = campaign_of(context.session, self.campaign_id)
        require_examiner(context, campaign)
        require_interview_time(context, campaign)
        reading = read_rows(self.rows, interview_columns(campaign.policy[settings.JUDGES]))
        _refuse_repeated(reading)
        check_interviews(context, campaign, reading)
        if self.preview or reading.errors:
            return reading.report(saved=False, summary=_summary(context, campaign, reading, _R.RECHECK_PASS))
        save_interviews(context, campaign, reading, context.actor.user_id)
        note_campaign(context, campaign, "exam.interview_imported", rows=len(reading.rows))
        return reading.report(saved=True, summary=_summary(context, campaign, reading, _R.RECHECK_PASS))


def require_examiner(context: CommandContext, campaign: Campaign) -> None:
    """Scores are brought in by the exam organ of the county."""
    require_role_in_county(context, campaign.county_id, "exam_officer")


def require_written_time(context: CommandContext, campaign: Campaign) -> None:
    """Written scores are taken from the exam on until the shortlist."""
    require_state(campaign, _C.TICKETS, _C.WRITTEN_DONE, _C.SCORES_PUBLISHED)
    if context.now < campaign.written_at:
        raise Conflict("笔试尚未开始，不能导入成绩")


def require_interview_time(context: CommandContext, campaign: Campaign) -> None:
    """Interview marks are taken from the day of the interview on."""
    require_state(campaign, _C.RECHECK)
    if context.now < campaign.interview_at:
        raise Conflict("面试尚未开始，不能导入成绩")


def awaited_numbers(session: Session, campaign_id: int, state: RegistrationState) -> list[str]:
    """The ticket numbers of everybody whose score is awaited, in order."""
    query = select(Registration.exam_number).where(Registration.campaign_id == campaign_id, Registration.state == state)
    return [number for number in session.scalars(query.order_by(Registration.exam_number)) if number]


def check_written(context: CommandContext, campaign: Campaign, reading: Reading) -> None:
    """Refuses rows of strangers and rows without a lawful score."""
    _match_people(reading, _people(context.session, campaign.id, _R.TICKET_PRINTED, reading))
    wrong = {error.row for error in reading.errors}
    for row in reading.rows:
        _check_written(reading, row, already_wrong=row.number in wrong)


def check_interviews(context: CommandContext, campaign: Campaign, reading: Reading) -> None:
    """Refuses rows of strangers and rows with a missing or unlawful mark; gives the others their score."""
    judges, dropped = campaign.policy[settings.JUDGES], campaign.policy[settings.JUDGES_DROPPED]
    _match_people(reading, _people(context.session, campaign.id, _R.RECHECK_PASS, reading))
    for row in reading.rows:
        _check_interview(reading, row, judges, dropped)


def save_written(
    context: CommandContext, campaign: Campaign, reading: Reading, by: int | None, import_id: int | None = None
) -> None:
    """One new score for each row; with an `import_id` they count from the moment that import is done."""
    people = _people(context.session, campaign.id, _R.TICKET_PRINTED, reading)
    facts = {"imported_by": by, "imported_at": context.now, "import_id": import_id}
    found = [_written(people[row.values["exam_number"]], row) | facts for row in reading.rows]
    context.session.execute(insert(WrittenScore), found)


def save_interviews(
    context: CommandContext, campaign: Campaign, reading: Reading, by: int | None, import_id: int | None = None
) -> None:
    """One new set of marks for each row; with an `import_id` they count from the moment that import is done."""
    people = _people(context.session, campaign.id, _R.RECHECK_PASS, reading)
    facts = {"imported_by": by, "imported_at": context.now, "import_id": import_id}
    found = [_interview(people[row.values["exam_number"]], row) | facts for row in reading.rows]
    context.session.execute(insert(InterviewScore), found)


def _people(session: Session, campaign_id: int, state: RegistrationState, reading: Reading) -> dict[str, Examinee]:
    """Those of the rows who are awaited, by ticket number."""
    numbers = sorted({row.values["exam_number"] for row in reading.rows if row.values["exam_number"]})
    people: dict[str, Examinee] = {}
    for start in range(0, len(numbers), 500):
        query = select(Registration.exam_number, Registration.id, Registration.name).where(
            Registration.campaign_id == campaign_id, Registration.state == state,
            Registration.exam_number.in_(numbers[start : start + 500]),
        )  # fmt: skip
        people |= {number: Examinee(found, name) for number, found, name in session.execute(query) if number}
    return people


def _match_people(reading: Reading, people: Mapping[str, Examinee]) -> None:
    for row in reading.rows:
        number = row.values["exam_number"]
        if number is None:
            continue
        if number not in people:
            reading.refuse(row, "准考证号", f"“{number}”不在本次考试名单中")
        elif row.values["name"] not in (None, people[number].name):
            reading.refuse(row, "姓名", f"与报名姓名“{people[number].name}”不一致")


def _refuse_repeated(reading: Reading) -> None:
    seen: dict[str, int] = {}
    for row in reading.rows:
        number = row.values["exam_number"]
        if number in seen:
            reading.refuse(row, "准考证号", f"与第 {seen[number]} 行重复")
        elif number is not None:
            seen[number] = row.number


def _check_written(reading: Reading, row: ReadRow, *, already_wrong: bool) -> None:
    remark, score = row.values["remark"], row.values["score"]
    if remark in (ABSENT, CHEATED):
        if remark == ABSENT and score is not None and score != 0:
            reading.refuse(row, "备注", "标注缺考，但填有成绩，请核对")
        return
    if score is None:
        if not already_wrong:
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


def _written(examinee: Examinee, row: ReadRow) -> dict[str, Any]:
    absent, cheated = row.values["remark"] == ABSENT, row.values["remark"] == CHEATED
    return {
        "registration_id": examinee.registration_id, "paper": None if absent else row.values["score"],
        "absent": absent, "cheated": cheated, "remark": (row.values["remark"] or "")[:200],
    }  # fmt: skip


def _interview(examinee: Examinee, row: ReadRow) -> dict[str, Any]:
    marks: list[Any] = row.values.get("marks", [])
    return {
        "registration_id": examinee.registration_id, "marks": [str(mark) for mark in marks],
        "score": row.values.get("score"), "absent": row.values["remark"] == ABSENT,
    }  # fmt: skip


def _summary(context: CommandContext, campaign: Campaign, reading: Reading, state: RegistrationState) -> str:
    present = {row.values["exam_number"] for row in reading.rows}
    missing = [number for number in awaited_numbers(context.session, campaign.id, state) if number not in present]
    text = f"共 {len(reading.rows)} 行，错误 {len(reading.errors)} 处"
    return text if not missing else f"{text}；名单中还有 {len(missing)} 人不在表内，例如 {missing[0]}"
