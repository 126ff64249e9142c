"""What exits cost: the sheets of final pay and compensation, for those who pay and for those above them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from flask import render_template, request
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.identity.organisations import Organisation
from engine.personnel.exits.cases import ExitCase, ExitPay
from engine.personnel.exits.terms import ExitState
from engine.personnel.workers import Worker
from webapp.permissions import requires
from webapp.registry.blueprint import blueprint
from webapp.visit import actor, reading

READERS = ("finance_officer", "county_clerk", "county_head")
MOST = 200


@dataclass(frozen=True, slots=True)
class PayRow:
    """One sheet."""

    number: str
    name: str
    street: str
    ground: str
    last_day: date | None
    years: Decimal
    severance: Decimal
    in_lieu: Decimal
    wages_due: Decimal
    total: Decimal
    state: str
    closed: bool


@blueprint.get("/final-pay")
@requires(*READERS)
def final_pay() -> str:
    """The sheets of the county, the newest first; those that wait, or all."""
    only = request.args.get("only", "")
    with reading() as session:
        rows = [row for row in _rows(session) if only != "open" or not row.closed]
    return render_template("registry/final_pay.html", rows=rows, only=only, total=sum(row.total for row in rows))


def _rows(session: Session) -> Sequence[PayRow]:
    query = (
        select(ExitCase, ExitPay, Worker.name, Organisation.name)
        .join(ExitPay, ExitPay.case_id == ExitCase.id)
        .join(Worker, Worker.id == ExitCase.worker_id)
        .join(Organisation, Organisation.id == ExitCase.street_id)
        .where(ExitCase.county_id.in_(actor().organisations(*READERS)))
        .order_by(ExitCase.id.desc())
        .limit(MOST)
    )
    return [
        PayRow(case.number, name, street, case.ground.label, case.last_day, pay.years, pay.severance, pay.in_lieu,
               pay.wages_due, pay.total, case.state.label, case.state is ExitState.CLOSED)
        for case, pay, name, street in session.execute(query)
    ]  # fmt: skip
