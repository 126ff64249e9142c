"""Who retires within six months, and choosing another day for him on his written wish [domain 6.6]."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.kernel.actor import Actor
from engine.kernel.clock import local_date
from engine.personnel.exits.retirement_choices import ChooseRetirement, retiring, statutory_day
from engine.personnel.workers import Worker
from forms.exits import RetirementForm
from webapp.binding import bind, status_of, submitted
from webapp.exits.blueprint import blueprint
from webapp.exits.own import done
from webapp.permissions import requires
from webapp.visit import actor, engine, found, reading


def near_retirement(session: Session, person: Actor) -> int:
    """How many of the actor's street retire within six months."""
    streets = person.organisations("street_clerk", "street_leader")
    return len(retiring(session, streets, local_date(engine().clock.now()))) if streets else 0


@blueprint.get("/retirement")
@requires("street_clerk", "street_leader")
def retirement() -> str:
    """到龄退休提醒."""
    streets = actor().organisations("street_clerk", "street_leader")
    with reading() as session:
        rows = retiring(session, streets, local_date(engine().clock.now()))
    return render_template("exits/retirement.html", rows=rows)


@blueprint.route("/retirement/<int:worker_id>", methods=["GET", "POST"])
@requires("street_clerk")
def note_retirement(worker_id: int) -> ResponseReturnValue:
    """登记弹性退休."""
    streets = actor().organisations("street_clerk")
    with reading() as session:
        query = select(Worker).where(Worker.id == worker_id, Worker.street_id.in_(streets), Worker.active)
        worker = found(session.scalar(query))
        name, statutory = worker.name, statutory_day(worker)
    form = bind(RetirementForm)
    if submitted(form) and done(
        form, ChooseRetirement(worker_id, form.chosen_on.data or statutory, form.reason.data or "")
    ):
        flash("弹性退休已登记。", "success")
        return redirect(url_for("exits.retirement"))
    return render_template("exits/choose_retirement.html", form=form, statutory=statutory, name=name), status_of(form)
