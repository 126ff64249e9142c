"""The cases of the county, for the named readers only [domain 10.3]."""

from dataclasses import dataclass
from datetime import datetime

from flask import render_template
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.personnel.fault_tolerance.cases import ClearingCase, FaultCase
from engine.workflow.tables import ProcessInstance
from webapp.fault_tolerance.blueprint import blueprint
from webapp.fault_tolerance.places import READERS
from webapp.permissions import requires
from webapp.visit import actor, reading

MOST = 200


@dataclass(frozen=True, slots=True)
class Line:
    """One case."""

    instance_id: int
    kind: str
    number: str
    person: str
    state: str
    result: str
    opened_at: datetime


@blueprint.get("/")
@requires(*READERS)
def board() -> str:
    """容错和澄清案件."""
    with reading() as session:
        counties = actor().organisations(*READERS)
        faults = session.scalars(
            select(FaultCase).where(FaultCase.county_id.in_(counties)).order_by(FaultCase.id.desc()).limit(MOST)
        ).all()
        clearings = session.scalars(
            select(ClearingCase).where(ClearingCase.county_id.in_(counties)).order_by(ClearingCase.id.desc()).limit(MOST)
        ).all()
        numbers = [str(row.number) for row in faults] + [str(row.number) for row in clearings]
        known = _instances(session, numbers)
        lines = [_fault(row, known) for row in faults] + [_clearing(row, known) for row in clearings]
    lines.sort(key=lambda line: line.opened_at, reverse=True)
    return render_template("fault_tolerance/board.html", lines=lines)


def _instances(session: Session, numbers: list[str]) -> dict[str, int]:
    query = select(ProcessInstance.business_key, ProcessInstance.id).where(
        ProcessInstance.process_key.in_(("fault_tolerance", "clearing")), ProcessInstance.business_key.in_(numbers)
    )
    return dict(session.execute(query).all())


def _fault(row: FaultCase, known: dict[str, int]) -> Line:
    number, result = str(row.number), row.conclusion.label if row.conclusion else ""
    return Line(known[number], "容错", number, row.worker.name, row.state.label, result, row.opened_at)


def _clearing(row: ClearingCase, known: dict[str, int]) -> Line:
    number, result = str(row.number), row.way.label if row.way else ""
    return Line(known[number], "澄清", number, row.worker.name, row.state.label, result, row.opened_at)
