"""Boards: the county by street, a street by person, grades as a chart, who is late, and both as workbooks."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from flask import render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.identity.organisations import Organisation
from engine.kernel.clock import local_date
from engine.kernel.command import CommandContext
from engine.personnel.appraisal.guides import published_guide
from engine.personnel.appraisal.objections import ObjectionState, objections_of
from engine.personnel.appraisal.queries import PersonLine, StreetProgress, people_of, progress_of_streets, years_of
from engine.personnel.appraisal.terms import AppraisalGrade, CaseState
from engine.personnel.spreadsheets import SheetToWrite, write_workbook
from engine.workflow.tables import Batch, ProcessInstance
from webapp.appraisal.blueprint import blueprint
from webapp.appraisal.places import READERS, STREET, counties_of, may_see_street, plan_for
from webapp.desk.answers import workbook
from webapp.limits import limited
from webapp.permissions import requires
from webapp.visit import actor, engine, execute, found, reading

GRADES = tuple(reversed(AppraisalGrade))
COLOURS = ("#1f3a6e", "#5b7fb9", "#c98a1b", "#b03a2e")
STREET_COLUMNS = (
    "街道", "阶段", "应考核", "已交总结", "已评分", "已反馈", "已备案", *(grade.label for grade in GRADES), "不定等次",
    "逾期",
)  # fmt: skip
PERSON_COLUMNS = ("姓名", "社区", "岗位", "状态", "培训天数", "综合得分", "等次", "绩效系数", "是否逾期")


class NoteExport:
    """Notes in the history who took a list out."""

    def __init__(self, subject: str, rows: int) -> None:
        self.subject, self.rows = subject, rows

    def execute(self, context: CommandContext) -> None:
        context.record("appraisal.exported", self.subject, rows=self.rows)


@blueprint.get("/")
@requires(*READERS)
def board() -> str:
    """Every street of the county in one year."""
    with reading() as session:
        county, year, years = _asked(session)
        lines = progress_of_streets(session, county.id, year, engine().clock.now())
        seen = {line.street_id for line in lines if may_see_street(session, actor(), line.street_id)}
        return render_template(
            "appraisal/board.html", county=county.name, year=year, years=years, lines=lines, grades=GRADES, seen=seen,
            chart=_chart(lines), progress=_progress(session, [line.number for line in lines if line.number]),
            to_begin=sum(line.state is None for line in lines) if published_guide(session, county.id, year) else 0,
        )  # fmt: skip


@blueprint.get("/streets/<int:street_id>/<int:year>")
@requires(*READERS)
def street(street_id: int, year: int) -> str:
    """Everybody of one street in one year."""
    with reading() as session:
        return _street_page(session, street_id, year, "")


@blueprint.get("/plans/<number>")
@requires(*READERS)
def plan(number: str) -> str:
    """The same, for the plan of that number, with what is under way."""
    with reading() as session:
        asked = found(plan_for(session, actor(), number))
        return _street_page(session, asked.street_id, asked.year, asked.number)


@blueprint.post("/export/<int:year>")
@requires(*READERS)
@limited("export", most=30, per=timedelta(hours=1))
def export_county(year: int) -> ResponseReturnValue:
    """Progress and grades by street as a workbook."""
    with reading() as session:
        county, _, _ = _asked(session)
        rows = [
            _street_row(line) for line in progress_of_streets(session, county.id, year, engine().clock.now())
        ]
        subject = f"organisation:{county.id}"
    execute(NoteExport(subject, len(rows)))
    return workbook(f"年度考核进度-{year}", write_workbook([SheetToWrite("进度和等次", STREET_COLUMNS, rows)]))


@blueprint.post("/streets/<int:street_id>/<int:year>/export")
@requires(*READERS)
@limited("export", most=30, per=timedelta(hours=1))
def export_street(street_id: int, year: int) -> ResponseReturnValue:
    """The people of a street as a workbook; the export is noted."""
    with reading() as session:
        name = _street_name(session, street_id)
        rows = [_person_row(line) for line in people_of(session, street_id, year, engine().clock.now())]
    execute(NoteExport(f"organisation:{street_id}", len(rows)))
    return workbook(f"{name}-年度考核-{year}", write_workbook([SheetToWrite("考核名册", PERSON_COLUMNS, rows)]))


def _asked(session: Session) -> tuple[Organisation, int, Sequence[int]]:
    """County, year, and the years there are."""
    county_id = found(next(iter(counties_of(session, actor())), None))
    known = years_of(session, county_id)
    this_year = local_date(engine().clock.now()).year
    years = sorted({*known, this_year}, reverse=True)
    typed = request.args.get("year", "")
    year = next((year for year in years if str(year) == typed), (known or [this_year])[0])
    return session.get_one(Organisation, county_id), year, years


def _street_name(session: Session, street_id: int) -> str:
    street = session.get(Organisation, street_id)
    return found(street.name if street is not None and may_see_street(session, actor(), street_id) else None)


def _street_page(session: Session, street_id: int, year: int, number: str) -> str:
    name = _street_name(session, street_id)
    people = people_of(session, street_id, year, engine().clock.now())
    only = request.args.get("only", "")
    shown = [line for line in people if _wanted(line, only)]
    return render_template(
        "appraisal/street.html", street=name, street_id=street_id, year=year, number=number, lines=shown, only=only,
        total=len(people), late=sum(line.late for line in people), batches=_batches(session, number),
        objections=_objections(session, number),
        counts=[(state, sum(line.state is state for line in people)) for state in CaseState],
        grades=[(grade, sum(line.grade is grade for line in people)) for grade in GRADES],
    )  # fmt: skip


def _objections(session: Session, number: str) -> list[tuple[int, str, ObjectionState, datetime]]:
    """Objections to the names that are or were public, for those who verify them."""
    plan = plan_for(session, actor(), number) if number else None
    if plan is None or not actor().has_role(*STREET, organisation_id=plan.street_id):
        return []
    return [(row.id, row.case.worker.name, row.state, row.raised_at) for row in objections_of(session, plan.id)]


def _wanted(line: PersonLine, only: str) -> bool:
    if only == "late":
        return line.late
    return only not in {state.value for state in CaseState} or line.state.value == only


def _progress(session: Session, numbers: Sequence[str]) -> tuple[int, int] | None:
    """(done, total) of what is being done for everybody of the county now."""
    batches = _batches(session, *numbers)
    return (sum(done for done, _ in batches), sum(total for _, total in batches)) if batches else None


def _batches(session: Session, *numbers: str) -> list[tuple[int, int]]:
    """(done, total) of what is being done for everybody of the plans now."""
    query = (
        select(Batch.done, Batch.total)
        .join(ProcessInstance, ProcessInstance.id == Batch.instance_id)
        .where(ProcessInstance.business_key.in_(numbers), Batch.ended_at.is_(None))
    )
    return [(done, total) for done, total in session.execute(query)]


def _chart(lines: Sequence[StreetProgress]) -> dict[str, object]:
    """Grades of each street as stacked bars."""
    names = [line.street for line in lines][::-1]
    bars = {"type": "bar", "stack": "grades", "barMaxWidth": 36}
    series = [
        {**bars, "name": grade.label, "itemStyle": {"color": COLOURS[place]},
         "data": [line.grades[place] for line in lines][::-1]}
        for place, grade in enumerate(GRADES)
    ]  # fmt: skip
    unrated = {**bars, "name": "不定等次", "itemStyle": {"color": "#9aa3ad"}, "data": [x.unrated for x in lines][::-1]}
    return {
        "tooltip": {}, "legend": {"data": [*(grade.label for grade in GRADES), "不定等次"], "top": 0},
        "grid": {"left": 96, "right": 24, "top": 40, "bottom": 24}, "xAxis": {"type": "value", "minInterval": 1},
        "yAxis": {"type": "category", "data": names}, "series": [*series, unrated],
    }  # fmt: skip


def _street_row(line: StreetProgress) -> tuple[object, ...]:
    stage = "未启动" if line.state is None else line.state.label
    return (line.street, stage, line.people, line.summarised, line.scored, line.served, line.filed, *line.grades,
            line.unrated, "未启动" if line.overdue_start else line.late)  # fmt: skip


def _person_row(line: PersonLine) -> tuple[object, ...]:
    grade = line.grade.label if line.grade else "不定等次" if line.unrated else ""
    return (line.name, line.community, line.post, line.state.label, line.training_days, line.score, grade,
            line.performance, "是" if line.late else "")  # fmt: skip
