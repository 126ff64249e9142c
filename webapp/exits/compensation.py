"""The calculator of compensation, every step with its basis [L40, L46, L47, L87]."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import or_, select

from engine.personnel.exits.cases import ExitCase
from engine.personnel.exits.compensation import Compensation, Wages, compensation, service_years
from forms.exits import CalculatorForm
from webapp.binding import beside_fields, bind, status_of, submitted
from webapp.exits.blueprint import blueprint
from webapp.exits.files import READERS
from webapp.permissions import requires
from webapp.visit import actor, found, reading


@blueprint.route("/calculator", methods=["GET", "POST"])
@requires(*READERS, "finance_officer")
def calculator() -> ResponseReturnValue:
    """经济补偿计算; nothing is kept."""
    form = bind(CalculatorForm, None, **_first_values(request.args.get("case", "")))
    sheet: Compensation | None = None
    served = Decimal(0)
    if submitted(form):
        first, last = form.first_day.data or date.min, form.last_day.data or date.min
        wages = Wages(*(field.data or Decimal(0) for field in (form.average, form.city_average, form.minimum,
                                                               form.last_month)))  # fmt: skip
        with beside_fields(form):
            sheet = compensation(first, last, wages, in_lieu=form.in_lieu.data is True)
            served = service_years(first, last)
    return render_template("exits/calculator.html", form=form, sheet=sheet, served=served), status_of(form)


def _first_values(number: str) -> Mapping[str, Any]:
    if not number:
        return {}
    places = actor().organisations(*READERS)
    query = select(ExitCase).where(
        ExitCase.number == number, or_(ExitCase.street_id.in_(places), ExitCase.county_id.in_(places))
    )
    with reading() as session:
        case = found(session.scalar(query))
        return {"first_day": case.worker.hired_on, "last_day": case.last_day}
