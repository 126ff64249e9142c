"""Spreadsheets that fill the ledgers of the appraisal: earlier results, training, leave, all-round certificates.

Each is checked whole and then kept whole: with one wrong cell nothing is saved.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import select

from engine.identity.organisations import Organisation
from engine.kernel.command import CommandContext
from engine.kernel.errors import Invalid
from engine.personnel.all_round import AllRoundCertificate, CertifyAllRound
from engine.personnel.appraisal.cases import AppraisalCase
from engine.personnel.appraisal.earlier import EarlierResult, ImportEarlierResults, check_earlier
from engine.personnel.appraisal.ledgers import RecordLeave, RecordTraining
from engine.personnel.appraisal.terms import AbsenceKind, AppraisalGrade
from engine.personnel.authority import require_role
from engine.personnel.tabular import Column, ImportReport, Reading, ReadRow, Row, decimal_cell, read_rows
from engine.personnel.workers import Worker

UNRATED = "不定等次"
LEAVE_KINDS = {kind.label: kind for kind in AbsenceKind if kind is not AbsenceKind.UNEXCUSED}
MOST_TRAINING, MOST_LEAVE = Decimal(60), Decimal(300)
_HALF = Decimal("0.5")


def _date(text: str) -> date:
    """A day as people write it: 2026-05-01, 2026/5/1, 2026.5.1."""
    parts = text.split(" ", maxsplit=1)[0].replace("/", "-").replace(".", "-").split("-")
    try:
        return date(*(int(part) for part in parts if part.isascii()))
    except (TypeError, ValueError):
        raise Invalid(f"“{text}”不是日期，应写成 2026-05-01 的样子") from None


def _grade(text: str) -> AppraisalGrade | None:
    if text == UNRATED:
        return None
    found = next((grade for grade in AppraisalGrade if grade.label == text), None)
    if found is None:
        raise Invalid("等次只能是优秀、合格、基本合格、不合格（第 9.7 条），或者不定等次")
    return found


def _score(text: str) -> Decimal:
    score = decimal_cell(text)
    if not 0 <= score <= 100:
        raise Invalid("得分应为 0 至 100")
    return score


def _days(most: Decimal) -> Callable[[str], Decimal]:
    def read(text: str) -> Decimal:
        days = decimal_cell(text)
        if not 0 < days <= most or days % _HALF != 0:
            raise Invalid(f"天数应为 0.5 的倍数，最多 {most} 天")
        return days

    return read


def _kind(text: str) -> AbsenceKind:
    if text not in LEAVE_KINDS:
        raise Invalid(f"类别应为{'、'.join(LEAVE_KINDS)}；旷工请在旷工台账登记")
    return LEAVE_KINDS[text]


_PERSON = (Column("number", "编号"), Column("name", "姓名"))
EARLIER_COLUMNS = (*_PERSON, Column("grade", "等次", _grade), Column("score", "得分", _score, required=False))
TRAINING_COLUMNS = (
    *_PERSON, Column("held_on", "培训日期", _date), Column("days", "天数", _days(MOST_TRAINING)),
    Column("title", "培训名称"),
)  # fmt: skip
LEAVE_COLUMNS = (
    *_PERSON, Column("kind", "类别", _kind), Column("starts_on", "开始日期", _date),
    Column("days", "工作日天数", _days(MOST_LEAVE)), Column("note", "说明", required=False),
)  # fmt: skip
ALL_ROUND_COLUMNS = (
    *_PERSON, Column("certified_on", "发证日期", _date), Column("certificate", "证书编号", required=False),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ImportTraining:
    """A street's training of many people at once [N 6.4]."""

    street_id: int
    rows: Sequence[Row]
    preview: bool = False

    def execute(self, context: CommandContext) -> ImportReport:
        require_role(context, self.street_id, "street_clerk")
        reading = read_rows(self.rows, TRAINING_COLUMNS)
        people = _people(context, reading, self.street_id)
        _refuse_future(context, reading, "held_on", "培训日期")
        _refuse_twice(reading, ("number", "held_on", "title"), "培训名称", "同一人同一培训重复")
        if self.preview or reading.errors:
            return reading.report(saved=False, summary=_summary(reading))
        for row in reading.rows:
            entry = row.values
            RecordTraining(people[entry["number"]].id, entry["held_on"], entry["days"], entry["title"]).execute(context)
        return reading.report(saved=True, summary=_summary(reading))


@dataclass(frozen=True, slots=True)
class ImportLeave:
    """A street's leave of many people at once; unexcused absence has a ledger of its own."""

    street_id: int
    rows: Sequence[Row]
    preview: bool = False

    def execute(self, context: CommandContext) -> ImportReport:
        require_role(context, self.street_id, "street_clerk")
        reading = read_rows(self.rows, LEAVE_COLUMNS)
        people = _people(context, reading, self.street_id)
        _refuse_future(context, reading, "starts_on", "开始日期")
        _refuse_twice(reading, ("number", "kind", "starts_on"), "开始日期", "同一人同一天的请假重复")
        if self.preview or reading.errors:
            return reading.report(saved=False, summary=_summary(reading))
        for row in reading.rows:
            entry = row.values
            RecordLeave(
                people[entry["number"]].id, entry["kind"], entry["starts_on"], entry["days"], entry["note"] or ""
            ).execute(context)
        return reading.report(saved=True, summary=_summary(reading))


@dataclass(frozen=True, slots=True)
class ImportAllRound:
    """The county's list of who has passed the test of all-round workers [N 8.2]."""

    county_id: int
    rows: Sequence[Row]
    preview: bool = False

    def execute(self, context: CommandContext) -> ImportReport:
        require_role(context, self.county_id, "county_clerk")
        reading = read_rows(self.rows, ALL_ROUND_COLUMNS)
        people = _people(context, reading, self.county_id)
        _refuse_future(context, reading, "certified_on", "发证日期")
        _refuse_twice(reading, ("number", "certified_on"), "发证日期", "同一人同一天的证书重复")
        self._refuse_known(context, reading, people)
        if self.preview or reading.errors:
            return reading.report(saved=False, summary=_summary(reading))
        for row in reading.rows:
            entry = row.values
            CertifyAllRound(
                people[entry["number"]].id, entry["certified_on"], entry["certificate"] or ""
            ).execute(context)
        return reading.report(saved=True, summary=_summary(reading))

    def _refuse_known(self, context: CommandContext, reading: Reading, people: Mapping[str, Worker]) -> None:
        ids = [one.id for one in people.values()]
        query = select(AllRoundCertificate.worker_id, AllRoundCertificate.certified_on)
        found = context.session.execute(query.where(AllRoundCertificate.worker_id.in_(ids)))
        known = {(worker_id, day) for worker_id, day in found}
        for row in reading.rows:
            person = people.get(row.values["number"])
            if person is not None and (person.id, row.values["certified_on"]) in known:
                reading.refuse(row, "发证日期", "这张证书已经登记")


@dataclass(frozen=True, slots=True)
class ImportEarlierSheet:
    """A county's results of an earlier year, with the document they come from [N 9.7]."""

    county_id: int
    year: int
    source: str
    rows: Sequence[Row]
    preview: bool = False

    def execute(self, context: CommandContext) -> ImportReport:
        require_role(context, self.county_id, "county_clerk")
        check_earlier(context, self.county_id, self.year, self.source)
        reading = read_rows(self.rows, EARLIER_COLUMNS)
        people = _people(context, reading, self.county_id)
        _refuse_twice(reading, ("number",), "编号", "同一人重复")
        self._refuse_known(context, reading, people)
        if self.preview or reading.errors:
            return reading.report(saved=False, summary=_summary(reading))
        results = [
            EarlierResult(people[row.values["number"]].id, row.values["grade"], row.values["score"])
            for row in reading.rows
        ]
        ImportEarlierResults(self.county_id, self.year, self.source, results).execute(context)
        return reading.report(saved=True, summary=_summary(reading))

    def _refuse_known(self, context: CommandContext, reading: Reading, people: Mapping[str, Worker]) -> None:
        query = select(AppraisalCase.worker_id).where(
            AppraisalCase.year == self.year, AppraisalCase.worker_id.in_([one.id for one in people.values()])
        )
        known = set(context.session.scalars(query))
        for row in reading.rows:
            person = people.get(row.values["number"])
            if person is not None and person.id in known:
                reading.refuse(row, "编号", f"{person.name} {self.year} 年度已有考核结果")


def _people(context: CommandContext, reading: Reading, place_id: int) -> dict[str, Worker]:
    """The workers of the place by number; an unknown number, or one that belongs to another name, is refused."""
    place = context.session.get_one(Organisation, place_id)
    numbers = {row.values["number"] for row in reading.rows if row.values["number"]}
    query = select(Worker).where(Worker.number.in_(numbers), Worker.active)
    within = Worker.county_id == place.id if place.kind == "county" else Worker.street_id == place.id
    people = {one.number or "": one for one in context.session.scalars(query.where(within))}
    for row in reading.rows:
        _refuse_stranger(reading, row, people, place.name)
    return people


def _refuse_stranger(reading: Reading, row: ReadRow, people: Mapping[str, Worker], place: str) -> None:
    number, name = row.values["number"], row.values["name"]
    if number and number not in people:
        reading.refuse(row, "编号", f"{place}的在岗名册中没有这个编号")
    elif number and name and people[number].name != name:
        reading.refuse(row, "姓名", f"名册中 {number} 是{people[number].name}")


def _refuse_future(context: CommandContext, reading: Reading, key: str, column: str) -> None:
    for row in reading.rows:
        day = row.values[key]
        if day is not None and day > context.today:
            reading.refuse(row, column, "日期不能晚于今天")


def _refuse_twice(reading: Reading, keys: Sequence[str], column: str, message: str) -> None:
    seen: set[tuple[object, ...]] = set()
    for row in reading.rows:
        identity = tuple(row.values[key] for key in keys)
        if None not in identity and identity in seen:
            reading.refuse(row, column, message)
        seen.add(identity)


def _summary(reading: Reading) -> str:
    return f"共 {len(reading.rows)} 行"
