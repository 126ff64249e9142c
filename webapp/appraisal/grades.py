"""Giving the grade that was put off while an investigation was open [domain 3.5]."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from engine.personnel.appraisal.cases import AppraisalCase
from engine.personnel.appraisal.effects import FixGrade
from engine.personnel.appraisal.terms import AppraisalGrade, Unrated
from forms.appraisal import GradeForm
from webapp.appraisal.blueprint import blueprint
from webapp.binding import bind, reasons_above, status_of, submitted
from webapp.permissions import requires
from webapp.visit import actor, execute, found, reading


@blueprint.route("/cases/<int:case_id>/grade", methods=["GET", "POST"])
@requires("street_leader")
def grade(case_id: int) -> ResponseReturnValue:
    """补定等次."""
    with reading() as session:
        case = session.get(AppraisalCase, case_id)
        leads = case is not None and actor().has_role("street_leader", organisation_id=case.street_id)
        case = found(case if case is not None and leads and case.unrated is Unrated.UNDER_INVESTIGATION else None)
        name, year, street_id = case.worker.name, case.year, case.street_id
    form = bind(GradeForm)
    if submitted(form):
        _fix(case_id, form)
        if not form.errors and not form.form_errors:
            flash("已补定等次，绩效和等级随之调整。", "success")
            return redirect(url_for("appraisal.street", street_id=street_id, year=year))
    return render_template("appraisal/grade.html", form=form, name=name, year=year), status_of(form)


def _fix(case_id: int, form: GradeForm) -> None:
    with reasons_above(form):
        execute(FixGrade(case_id, AppraisalGrade(form.grade.data), form.reason.data or ""))
