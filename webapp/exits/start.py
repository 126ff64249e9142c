"""Beginning an exit, by hand or on a proposal of the records [N 11]."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.delegates.exits.commands import StartExit
from engine.identity.organisations import Organisation
from engine.personnel.exits.cases import taken_up
from engine.personnel.exits.procedure import ExitRequest
from engine.personnel.exits.proposals import ExitProposal
from engine.personnel.exits.terms import ExitGround, Route
from engine.personnel.workers import Worker
from forms.work_items.exits import ExitStartForm
from webapp.binding import bind, reasons_above, status_of, submitted
from webapp.exits.blueprint import blueprint
from webapp.numbers import whole
from webapp.permissions import requires
from webapp.visit import actor, execute, found, reading


@blueprint.route("/start", methods=["GET", "POST"])
@requires("street_clerk")
def start() -> ResponseReturnValue:
    """提出退出."""
    proposal_id = request.values.get("proposal", type=whole)
    with reading() as session:
        proposal = None if proposal_id is None else found(_proposal(session, proposal_id))
        people = people_of_clerk(session)
        evidence = "" if proposal is None else proposal.evidence
    form = bind(ExitStartForm, _typed(proposal))
    form.worker.choices = people
    if submitted(form):
        started = _begin(form, proposal_id)
        if started is not None:
            flash("退出事项已提出，请收集证据。", "success")
            return redirect(url_for("worklist.case", instance_id=started))
    page = render_template("exits/start.html", form=form, proposal_id=proposal_id, evidence=evidence)
    return page, status_of(form)


def _typed(proposal: ExitProposal | None) -> Any:
    if proposal is None:
        return None
    return {"worker": proposal.worker_id, "ground": proposal.ground, "reason": proposal.evidence}


def _proposal(session: Session, proposal_id: int) -> ExitProposal | None:
    query = select(ExitProposal).where(
        ExitProposal.id == proposal_id, ExitProposal.settled_at.is_(None), ExitProposal.id.not_in(taken_up()),
        ExitProposal.street_id.in_(actor().organisations("street_clerk")),
    )  # fmt: skip
    return session.scalar(query)


def people_of_clerk(session: Session) -> list[tuple[int | str, str]]:
    """Who works in the clerk's street, with the community."""
    query = (
        select(Worker.id, Worker.name, Worker.number, Organisation.name)
        .join(Organisation, Organisation.id == Worker.community_id, isouter=True)
        .where(Worker.street_id.in_(actor().organisations("street_clerk")), Worker.active)
        .order_by(Organisation.name, Worker.number, Worker.id)
    )
    rows = session.execute(query)
    found = [(id_, f"{name}（{place or '街道'}，{number or '无编号'}）") for id_, name, number, place in rows]
    return [("", "请选择"), *found]


def _begin(form: ExitStartForm, proposal_id: int | None) -> int | None:
    """Starts the case; None with the reasons beside the fields."""
    asked = ExitRequest(
        ExitGround(form.ground.data), Route(form.route.data), form.reason.data or "", form.notified_on.data,
        form.last_day.data, not form.by_worker.data,
    )  # fmt: skip
    started: int | None = None
    with reasons_above(form):
        started = execute(StartExit(form.worker.data, asked, proposal_id))
    return None if form.errors or form.form_errors else started
