"""What a person, or his street for him, sees of his own cases; objections within their window."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from engine.delegates.fault_tolerance.commands import ObjectToConclusion
from engine.personnel.fault_tolerance.cases import ClearingCase, FaultCase
from engine.personnel.fault_tolerance.materials import may_add
from engine.personnel.fault_tolerance.terms import FaultState
from engine.workflow.instances import find_instance
from engine.workflow.item_trace import open_items_of
from forms.work_items.fault_tolerance import ObjectionForm
from webapp.binding import bind, reasons_above, status_of, submitted
from webapp.fault_tolerance.blueprint import blueprint
from webapp.fault_tolerance.files import FileRow, rows_of
from webapp.fault_tolerance.places import PEOPLE, own_clearings, own_faults
from webapp.permissions import requires
from webapp.visit import actor, engine, execute, found, reading


@dataclass(frozen=True, slots=True)
class OwnCase:
    """One case; the conclusion only after it was served."""

    number: str
    person: str
    state: str
    opened_at: datetime
    conclusion: str
    objection_until: datetime | None
    may_object: bool
    may_add: bool
    wanted: str
    files: Sequence[FileRow]
    items: Sequence[tuple[int, str]]
    """Steps of the case that wait for the person."""


@blueprint.get("/mine")
@requires(*PEOPLE)
def mine() -> str:
    """我的容错和澄清."""
    now = engine().clock.now()
    with reading() as session:
        faults = [_fault(session, row, now) for row in own_faults(session, actor())]
        clearings = [_clearing(session, row, now) for row in own_clearings(session, actor())]
    return render_template("fault_tolerance/mine.html", faults=faults, clearings=clearings)


@blueprint.route("/mine/<number>/objection", methods=["GET", "POST"])
@requires(*PEOPLE)
def objection(number: str) -> ResponseReturnValue:
    """对认定结果提出异议."""
    with reading() as session:
        rows = own_faults(session, actor())
        now = engine().clock.now()
        case = found(next((_fault(session, row, now) for row in rows if row.number == number), None))
    form = bind(ObjectionForm)
    if submitted(form) and _object(form, number):
        flash("异议已提交，将由未参与拟定意见的人员复查。", "success")
        return redirect(url_for("fault_tolerance.mine"))
    return render_template("fault_tolerance/objection.html", case=case, form=form), status_of(form)


def _object(form: ObjectionForm, number: str) -> bool:
    with reasons_above(form):
        execute(ObjectToConclusion(number, form.reason.data or ""))
    return not (form.errors or form.form_errors)


def _fault(session: Session, row: FaultCase, now: datetime) -> OwnCase:
    served = row.delivered_on is not None and row.conclusion is not None
    open_window = row.objection_until is not None and now <= row.objection_until
    may_object = row.state is FaultState.FED_BACK and open_window and not row.objection
    label = row.conclusion.label if served and row.conclusion else ""
    wanted = (row.material_request or "") if row.state is FaultState.WAITING else ""
    return OwnCase(
        str(row.number), row.worker.name, row.state.label, row.opened_at, label, row.objection_until, may_object,
        may_add(actor(), row), wanted, rows_of(session, row), _items(session, "fault_tolerance", row, now),
    )  # fmt: skip


def _clearing(session: Session, row: ClearingCase, now: datetime) -> OwnCase:
    label = row.way.label if row.way and row.cleared_on else ""
    return OwnCase(
        str(row.number), row.worker.name, row.state.label, row.opened_at, label, None, False, may_add(actor(), row),
        "", rows_of(session, row), _items(session, "clearing", row, now),
    )  # fmt: skip


def _items(
    session: Session, process: str, row: FaultCase | ClearingCase, now: datetime
) -> Sequence[tuple[int, str]]:
    instance = find_instance(session, process, str(row.number))
    return open_items_of(session, actor(), instance.id, now)
