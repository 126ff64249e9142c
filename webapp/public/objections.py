"""Objections of the public against somebody in a publicity notice."""

from datetime import timedelta

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from engine.delegates.recruitment.commands import RaiseObjection
from engine.personnel.recruitment.notices import is_open
from engine.personnel.recruitment.objections import Complaint
from forms.applicant import ObjectionForm
from webapp.binding import beside_fields, bind, status_of, submitted
from webapp.limits import limited
from webapp.permissions import public
from webapp.public import listings
from webapp.public.blueprint import blueprint
from webapp.public.results import notice_page
from webapp.visit import engine, execute, reading


@blueprint.route("/notices/<int:notice_id>/objection", methods=["GET", "POST"])
@public
@limited("objection", most=10, per=timedelta(hours=1))
def objection(notice_id: int) -> ResponseReturnValue:
    """A signed objection while the notice is open."""
    form = bind(ObjectionForm)
    with reading() as session:
        found, campaign = listings.notice_of(session, notice_id)
        if not is_open(found, engine().clock.now()) or found.kind not in listings.OBJECTIONABLE:
            return notice_page(found, campaign, may_object=False), 410
        form.exam_number.choices = [("", "请选择"), *listings.named_in(found)]
        if submitted(form):
            with beside_fields(form):
                execute(RaiseObjection(_complaint(notice_id, form)))
            if not form.errors:
                flash("异议已收到。我们会核实，并按您留的电话答复；核实结果影响聘用的，不予聘用。", "success")
                return redirect(url_for("public.notice", notice_id=notice_id))
        return render_template("public/objection.html", notice=found, campaign=campaign, form=form), status_of(form)


def _complaint(notice_id: int, form: ObjectionForm) -> Complaint:
    return Complaint(
        notice_id=notice_id,
        exam_number=form.exam_number.data or "",
        from_name=form.from_name.data or "",
        from_phone=form.from_phone.data or "",
        text=form.text.data or "",
    )
