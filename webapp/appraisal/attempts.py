"""Others than streets who wanted to appraise: refused with the clause, and listed for the county [N 9.9]."""

from flask import render_template
from flask.typing import ResponseReturnValue

from engine.delegates.appraisal.commands import StartPlan
from engine.kernel.clock import local_date
from engine.kernel.errors import RuleViolation
from engine.personnel.appraisal.attempts import attempts_in
from forms.work_items.appraisal import GuideStartForm
from webapp.appraisal.blueprint import blueprint
from webapp.appraisal.places import COUNTY, units_of
from webapp.binding import bind, status_of, submitted
from webapp.permissions import requires
from webapp.visit import actor, engine, execute, found, reading

DEPARTMENTS = (
    "organisation_officer", "discipline_officer", "finance_officer", "political_legal_officer", "union_officer",
    "exam_officer",
)  # fmt: skip


@blueprint.route("/department", methods=["GET", "POST"])
@requires(*DEPARTMENTS)
def department() -> ResponseReturnValue:
    """What a department may do instead; whoever asks to appraise is refused, and the county learns of it."""
    with reading() as session:
        units = found(units_of(session, actor(), *DEPARTMENTS) or None)
    form = bind(GuideStartForm, year=local_date(engine().clock.now()).year)
    if submitted(form):
        try:
            execute(StartPlan(units[0][0], form.year.data or 0))
        except RuleViolation as error:
            form.add_errors({"": f"{error.cited}。已记录，县级社会工作部可以看到。"})
    return render_template("appraisal/department.html", form=form, unit=units[0][1]), status_of(form)


@blueprint.get("/attempts")
@requires(*COUNTY)
def attempts() -> str:
    """The refused attempts of the county."""
    with reading() as session:
        places = sorted(actor().organisations(*COUNTY))
        rows = [row for place in places for row in attempts_in(session, place)]
    return render_template("appraisal/attempts.html", rows=rows)
