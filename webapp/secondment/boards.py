"""The ledger of secondments and the monthly return, zero returns included [domain 4]."""

from datetime import date, datetime, timedelta

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine.kernel.clock import local_date
from engine.kernel.command import CommandContext
from engine.kernel.errors import Invalid
from engine.personnel.secondment.queries import StreetMonth, board, monthly_return
from engine.personnel.secondment.returns import ReportMonth, returns_of
from engine.personnel.spreadsheets import SheetToWrite, write_workbook
from webapp.desk.answers import workbook
from webapp.limits import limited
from webapp.numbers import whole
from webapp.permissions import requires
from webapp.secondment.blueprint import blueprint
from webapp.secondment.places import READERS, streets_of
from webapp.visit import actor, engine, execute, reading

KINDS = {"current": "借调中", "overdue": "逾期未返岗", "pending": "审批中和待借出", "history": "全部"}
SUMMARY = ("街道", "上月结转", "本月新借", "本月返岗", "月末在借", "其中逾期", "备注")
NAMES = (
    "街道", "姓名", "社区", "借用科室", "批准文号", "开始日期", "结束日期", "返岗日期", "状态", "逾期工作日", "违规",
)  # fmt: skip


class NoteReturn:
    """Notes in the history who took the monthly return out."""

    def __init__(self, month: date, people: int) -> None:
        self.month, self.people = month, people

    def execute(self, context: CommandContext) -> None:
        context.record("secondment.return_exported", f"month:{self.month:%Y-%m}", people=self.people)


@blueprint.get("/", endpoint="board")
@requires(*READERS)
def show_board() -> str:
    """Who is away now, who is late, what waits, and the history, by street."""
    kind = request.args.get("kind", "current")
    kind, today = kind if kind in KINDS else "current", _today()
    with reading() as session:
        streets = streets_of(session, actor())
        chosen = request.args.get("street", type=whole)
        places = [chosen] if chosen in streets else list(streets)
        rows = board(session, places, kind, today)
        counts = {name: len(board(session, list(streets), name, today)) for name in ("current", "overdue", "pending")}
    return render_template(
        "secondment/board.html", rows=rows, kind=kind, kinds=KINDS, streets=streets, street=chosen, counts=counts,
    )  # fmt: skip


@blueprint.get("/monthly")
@requires(*READERS)
def monthly() -> str:
    """The monthly return; a street without anybody reports zero."""
    month, today = _month(), _today()
    lines, reported = _lines(month), _reported(month)
    own = actor().organisations("street_clerk") if month < today.replace(day=1) else frozenset()
    owing = [(x.street_id, x.street) for x in lines if x.street_id in own and x.street_id not in reported]
    return render_template(
        "secondment/monthly.html", month=month, lines=lines, latest=today.replace(day=1), reported=reported,
        owing=owing,
        earlier=(month - timedelta(days=1)).replace(day=1), later=(month + timedelta(days=32)).replace(day=1),
    )  # fmt: skip


@blueprint.post("/monthly/report")
@requires("street_clerk")
def report() -> ResponseReturnValue:
    """报送月报: the street's numbers of a month that is over."""
    month = _month()
    execute(ReportMonth(request.form.get("street", 0, type=whole), month))
    flash(f"{month:%Y-%m} 借调月报已报送。", "success")
    return redirect(url_for("secondment.monthly", month=f"{month:%Y-%m}"))


@blueprint.post("/monthly")
@requires(*READERS)
@limited("export", most=30, per=timedelta(hours=1))
def export() -> ResponseReturnValue:
    """The monthly return as a workbook."""
    month = _month()
    lines = _lines(month)
    people = [
        (line.street, one.worker, one.community, one.office, one.document_number, one.starts_on, one.ends_on,
         one.returned_on, one.state.label, one.overdue_workdays or "", "是" if one.violation else "")
        for line in lines for one in line.people
    ]  # fmt: skip
    execute(NoteReturn(month, len(people)))
    sums = [(*_sums(line), "零报告" if line.zero else "") for line in lines]
    sheets = [SheetToWrite("借调月报", SUMMARY, sums), SheetToWrite("借调人员", NAMES, people)]
    return workbook(f"借调月报-{month:%Y-%m}", write_workbook(sheets))


def _sums(line: StreetMonth) -> tuple[str | int, ...]:
    return line.street, line.before, line.begun, line.ended, line.away, line.overdue


def _lines(month: date) -> list[StreetMonth]:
    with reading() as session:
        return monthly_return(session, list(streets_of(session, actor())), month, _today())


def _reported(month: date) -> dict[int, datetime]:
    """Street -> when it handed in the return of the month."""
    with reading() as session:
        handed_in = returns_of(session, list(streets_of(session, actor())), month)
        return {row.street_id: row.reported_at for row in handed_in}


def _month() -> date:
    """The month asked for, this one by default; none that has not begun."""
    typed = request.values.get("month", "")[:7]
    try:
        month = date.fromisoformat(f"{typed}-01") if typed else _today().replace(day=1)
    except ValueError:
        raise Invalid("月份应写成 2026-11 的样子") from None
    return min(month, _today().replace(day=1))


def _today() -> date:
    return local_date(engine().clock.now())
