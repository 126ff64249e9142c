"""The reserve pool: who waits, until when, and picking somebody for a place that fell free."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from engine.delegates.recruitment.reserve import PickFromReserve
from engine.kernel.clock import local_date
from engine.personnel.recruitment.reserve import Waiting, waiting_in
from forms.desk import PickForm
from webapp.binding import bind, reasons_above, status_of, submitted
from webapp.desk.blueprint import blueprint
from webapp.desk.overview import counties_of
from webapp.permissions import requires
from webapp.visit import actor, engine, execute, found, reading


@blueprint.get("/reserve")
@requires("county_clerk", "county_head")
def reserve() -> str:
    """Everybody in the pools of the county whose entry is valid."""
    return render_template("desk/reserve.html", rows=_rows())


@blueprint.route("/reserve/<int:registration_id>", methods=["GET", "POST"])
@requires("county_clerk", "county_head")
def pick(registration_id: int) -> ResponseReturnValue:
    """Ask one of them whether he wants a place."""
    rows = _rows()
    row = found(next((each for each in rows if each.registration_id == registration_id), None))
    post = (row.campaign_number, row.post)
    same = [each for each in rows if (each.campaign_number, each.post) == post]
    before = [each for each in same if each.rank < row.rank and not each.picked]
    form = bind(PickForm)
    if submitted(form):
        with reasons_above(form):
            execute(PickFromReserve(registration_id, form.reason.data or ""))
        if not form.errors:
            flash(f"已征求{row.name}的意愿，本人同意后由部负责人审批。", "success")
            return redirect(url_for("desk.reserve"))
    return render_template("desk/pick.html", row=row, before=before, form=form), status_of(form)


def _rows() -> list[Waiting]:
    with reading() as session:
        counties = sorted(counties_of(session, actor(), "county_clerk", "county_head"))
        return waiting_in(session, counties, local_date(engine().clock.now()))
