"""The street's group verifies what was objected to the names that are public [domain 3.4]."""

from collections.abc import Mapping

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from engine.delegates.appraisal.commands import AnswerObjection
from engine.personnel.appraisal.objections import AppraisalObjection, ObjectionState
from forms.appraisal import SettleObjectionForm
from webapp.appraisal.blueprint import blueprint
from webapp.appraisal.places import STREET
from webapp.binding import bind, reasons_above, status_of, submitted
from webapp.permissions import requires
from webapp.visit import actor, execute, found, reading


@blueprint.route("/objections/<int:objection_id>", methods=["GET", "POST"])
@requires(*STREET)
def settle_objection(objection_id: int) -> ResponseReturnValue:
    """One objection: what was said, by whom, and what was found."""
    facts = _facts(objection_id)
    form = bind(SettleObjectionForm)
    if submitted(form):
        with reasons_above(form):
            execute(AnswerObjection(objection_id, ObjectionState(form.finding.data), form.text.data or ""))
        if not form.errors and not form.form_errors:
            flash("核实结论已记录，请按所留电话答复。", "success")
            return redirect(url_for("appraisal.plan", number=facts["number"]))
    return render_template("appraisal/settle_objection.html", form=form, **facts), status_of(form)


def _facts(objection_id: int) -> Mapping[str, object]:
    with reading() as session:
        row = session.get(AppraisalObjection, objection_id)
        row = found(row if row and actor().has_role(*STREET, organisation_id=row.plan.street_id) else None)
        return {
            "number": row.plan.number, "title": row.plan.title, "about": row.case.worker.name, "text": row.text,
            "from_name": row.from_name, "from_phone": row.from_phone, "raised_at": row.raised_at,
            "state": row.state, "finding": row.finding,
        }  # fmt: skip
