"""The cases of the county, for the named readers only [domain 10.3.6]."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from flask import render_template, request
from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session
from wtforms import StringField

from engine.identity.organisations import Organisation
from engine.personnel.fault_tolerance.cases import ClearingCase, FaultCase
from engine.personnel.fault_tolerance.materials import ENDED, READERS
from engine.personnel.fault_tolerance.terms import ClearingState, ClearingWay, Conclusion, FaultState
from engine.personnel.workers import Worker
from engine.workflow.tables import ProcessInstance
from forms.base import BaseForm
from forms.choices import SelectField
from webapp.fault_tolerance.blueprint import blueprint
from webapp.permissions import requires
from webapp.visit import actor, reading

MOST = 300
KINDS = (("", "全部"), ("fault", "容错"), ("clearing", "澄清"))
Row = TypeVar("Row", FaultCase, ClearingCase)


class BoardFilter(BaseForm):
    """筛选."""

    kind = SelectField("类别", choices=KINDS, default="")
    state = SelectField(
        "状态", default="",
        choices=[("", "全部"), ("open", "办理中"), ("ended", "已结束"),
                 *((f"fault.{state.value}", f"容错·{state.label}") for state in FaultState),
                 *((f"clearing.{state.value}", f"澄清·{state.label}") for state in ClearingState)],
    )  # fmt: skip
    result = SelectField("结果", default="", choices=[("", "全部"), *Conclusion.choices(), *ClearingWay.choices()])
    street = SelectField("街道", default="", choices=[("", "全部")])
    q = StringField("姓名或编号", render_kw={"maxlength": 40})

    @property
    def given(self) -> bool:
        """Whether anything narrows the list."""
        return any(field.data for field in self)


@dataclass(frozen=True, slots=True)
class Line:
    """One case."""

    instance_id: int
    kind: str
    number: str
    person: str
    street: str
    state: str
    ended: bool
    result: str
    opened_at: datetime


@blueprint.get("/")
@requires(*READERS)
def board() -> str:
    """容错和澄清案件."""
    form = BoardFilter(request.args)
    with reading() as session:
        counties = actor().organisations(*READERS)
        streets = _streets(session, counties)
        form.street.choices = [("", "全部"), *((str(id_), name) for id_, name in streets.items())]
        faults: Sequence[FaultCase] = []
        if form.kind.data != "clearing":
            faults = session.scalars(_narrowed(FaultCase, counties, form)).all()
        clearings: Sequence[ClearingCase] = []
        if form.kind.data != "fault":
            clearings = session.scalars(_narrowed(ClearingCase, counties, form)).all()
        every: list[FaultCase | ClearingCase] = [*faults, *clearings]
        rows = [row for row in every if _wanted(row, form)]
        known = _instances(session, [str(row.number) for row in rows])
        lines = [_line(row, known, streets) for row in rows]
    lines.sort(key=lambda line: line.opened_at, reverse=True)
    return render_template("fault_tolerance/board.html", lines=lines, form=form, filtered=form.given)


def _narrowed(kind: type[Row], counties: Collection[int], form: BoardFilter) -> Select[Row]:
    query = select(kind).join(Worker, Worker.id == kind.worker_id).where(kind.county_id.in_(counties))
    if form.q.data:
        typed = form.q.data
        query = query.where(
            or_(Worker.name.startswith(typed, autoescape=True), kind.number.startswith(typed, autoescape=True))
        )
    if form.street.data and form.street.data.isdecimal():
        query = query.where(kind.street_id == int(form.street.data))
    return query.order_by(kind.id.desc()).limit(MOST)


def _wanted(row: FaultCase | ClearingCase, form: BoardFilter) -> bool:
    state, result = form.state.data or "", form.result.data or ""
    if state in ("open", "ended") and (row.state in ENDED) is not (state == "ended"):
        return False
    prefix = "fault" if isinstance(row, FaultCase) else "clearing"
    if "." in state and state != f"{prefix}.{row.state.value}":
        return False
    return not result or result == _result(row)


def _result(row: FaultCase | ClearingCase) -> str:
    if isinstance(row, FaultCase):
        return "" if row.conclusion is None else row.conclusion.value
    return "" if row.way is None or row.cleared_on is None else row.way.value


def _line(row: FaultCase | ClearingCase, known: Mapping[str, int], streets: Mapping[int, str]) -> Line:
    number, result = str(row.number), _result(row)
    fault = isinstance(row, FaultCase)
    label = "" if not result else (Conclusion(result).label if fault else ClearingWay(result).label)
    return Line(
        known[number], "容错" if fault else "澄清", number, row.worker.name, streets.get(row.street_id, ""),
        row.state.label, row.state in ENDED, label, row.opened_at,
    )  # fmt: skip


def _instances(session: Session, numbers: list[str]) -> dict[str, int]:
    query = select(ProcessInstance.business_key, ProcessInstance.id).where(
        ProcessInstance.process_key.in_(("fault_tolerance", "clearing")), ProcessInstance.business_key.in_(numbers)
    )
    return dict(session.execute(query).all())


def _streets(session: Session, counties: Collection[int]) -> dict[int, str]:
    query = select(Organisation.id, Organisation.name).where(
        Organisation.parent_id.in_(counties), Organisation.kind == "street"
    )
    return dict(session.execute(query.order_by(Organisation.id)).all())
