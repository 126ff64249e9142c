"""The counter: registrations that an officer fills in for people without a phone."""

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from engine.personnel.recruitment.counter import BeginAtCounter, entered_at_counter
from forms.desk import CounterForm
from webapp.applicant.cases import tone
from webapp.binding import bind, reasons_above, status_of, submitted
from webapp.desk.blueprint import blueprint
from webapp.desk.campaigns import found_campaign
from webapp.permissions import requires
from webapp.visit import actor, execute, reading


@blueprint.route("/campaigns/<number>/counter", methods=["GET", "POST"])
@requires("county_clerk")
def counter(number: str) -> ResponseReturnValue:
    """Begin one; go on with one."""
    campaign = found_campaign(number)
    form = bind(CounterForm)
    form.post_id.choices = [(post.id, f"{post.code} {post.name}") for post in campaign.posts if not post.cancelled]
    if submitted(form):
        with reasons_above(form):
            begun = execute(BeginAtCounter(campaign.id, form.name.data or "", form.post_id.data))
        if not form.errors and not form.form_errors:
            return redirect(url_for("applicant.step", registration_id=begun, name="person"))
    with reading() as session:
        mine = actor().user_id
        rows = [(row, tone(row), row.entered_by == mine) for row in entered_at_counter(session, campaign.id)]
        return render_template("desk/counter.html", campaign=campaign, form=form, rows=rows), status_of(form)
