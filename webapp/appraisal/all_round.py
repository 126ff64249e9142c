"""All-round workers (全科社工): who holds a valid certificate, which communities have too few [N 8.1, 8.2]."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.identity.organisations import Organisation, OrganisationKind
from engine.kernel.clock import local_date
from engine.personnel.all_round import CertifyAllRound, holders, standing_of_communities
from engine.personnel.workers import Worker
from forms.appraisal import AllRoundForm
from webapp.appraisal.blueprint import blueprint
from webapp.appraisal.places import COUNTY, READERS, STREET
from webapp.binding import bind, reasons_above, status_of, submitted
from webapp.permissions import requires
from webapp.visit import actor, engine, execute, reading


@blueprint.route("/all-round", methods=["GET", "POST"])
@requires(*READERS)
def all_round() -> ResponseReturnValue:
    """The communities, the certificates, and for the county a form to enter one."""
    form = bind(AllRoundForm)
    may_enter = actor().has_role("county_clerk")
    if may_enter and submitted(form):
        _certify(form)
        if not form.errors and not form.form_errors:
            flash("全科社工证已登记。", "success")
            return redirect(url_for("appraisal.all_round"))
    with reading() as session:
        streets = _streets(session)
        lines = standing_of_communities(session, streets, local_date(engine().clock.now()))
        rows = holders(session, streets)
    today = local_date(engine().clock.now())
    page = render_template(
        "appraisal/all_round.html", form=form, lines=lines, rows=rows, may_enter=may_enter, today=today
    )
    return page, status_of(form)


def _certify(form: AllRoundForm) -> None:
    with reading() as session:
        query = select(Worker.id).where(
            Worker.number == (form.number.data or "").strip(), Worker.active,
            Worker.county_id.in_(actor().organisations("county_clerk")),
        )  # fmt: skip
        worker_id = session.scalar(query)
    if worker_id is None or form.certified_on.data is None:
        form.add_errors({"number": "在岗名册中没有这个编号，请核对。"})
        return
    with reasons_above(form):
        execute(CertifyAllRound(worker_id, form.certified_on.data, form.certificate.data or ""))


def _streets(session: Session) -> list[int]:
    """The streets of the person, or all of his county."""
    query = select(Organisation.id).where(
        Organisation.kind == OrganisationKind.STREET.value,
        Organisation.id.in_(actor().organisations(*STREET))
        | Organisation.parent_id.in_(actor().organisations(*COUNTY)),
    )
    return list(session.scalars(query))
