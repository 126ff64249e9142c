"""Queries about scores and objections against bonus points: read, check, answer all at once."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from engine.personnel.recruitment.outcomes import NoticeKind, Objection, ObjectionState, PublicNotice
from engine.personnel.recruitment.registrations import Registration
from forms.desk import AnswersForm
from webapp.binding import bind, status_of, submitted
from webapp.desk.blueprint import blueprint
from webapp.desk.campaigns import found_campaign
from webapp.desk.completion import complete
from webapp.permissions import requires
from webapp.visit import reading


@blueprint.route("/campaigns/<number>/queries", methods=["GET", "POST"])
@requires("exam_officer")
def queries(number: str) -> ResponseReturnValue:
    """The open queries with the scores they are about."""
    campaign = found_campaign(number)
    with reading() as session:
        query = (
            select(Objection, Registration)
            .join(PublicNotice, PublicNotice.id == Objection.notice_id)
            .join(Registration, Registration.id == Objection.registration_id)
            .where(
                PublicNotice.campaign_id == campaign.id, Objection.state == ObjectionState.OPEN,
                PublicNotice.kind.in_((NoticeKind.WRITTEN, NoticeKind.BONUS)),
            )
            .order_by(Objection.id)
        )  # fmt: skip
        rows = {str(objection.id): (objection, who) for objection, who in session.execute(query)}
        session.expunge_all()
    form = bind(AnswersForm, answers=[{"objection_id": id_} for id_ in rows])
    if submitted(form):
        given = [row.form for row in form.answers if row.form.objection_id.data in rows]
        answers = {row.objection_id.data: {"finding": row.finding.data, "text": row.text.data} for row in given}
        if complete(number, "answer_queries", "answered", "", {"answers": answers}):
            flash("复核结论已提交，成绩已重新核算。", "success")
            return redirect(url_for("desk.campaign", number=number))
    return render_template("desk/queries.html", campaign=campaign, form=form, rows=rows), status_of(form)
