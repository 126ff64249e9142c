"""One-time papers for residents: a code and its QR image each, shown once and kept nowhere [domain 3.2]."""

import base64
from dataclasses import dataclass
from io import BytesIO

import segno
from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.identity.organisations import Organisation
from engine.personnel.appraisal.ballots import IssueTokens
from engine.personnel.appraisal.cases import AppraisalCase, AppraisalPlan
from forms.appraisal import TokensForm
from webapp.appraisal.blueprint import blueprint
from webapp.appraisal.places import plan_for
from webapp.binding import beside_fields, bind, status_of, submitted
from webapp.permissions import requires
from webapp.visit import actor, execute, found, reading


@dataclass(frozen=True, slots=True)
class Slip:
    """One paper."""

    serial: int
    address: str
    image: str
    """The QR code as a data address."""


@blueprint.route("/plans/<number>/tokens", methods=["GET", "POST"])
@requires("street_clerk")
def tokens(number: str) -> ResponseReturnValue:
    """Asks how many; answers the sheet to print."""
    with reading() as session:
        plan = found(plan_for(session, actor(), number))
        communities = _communities(session, plan)
    form = bind(TokensForm)
    form.community.choices = communities
    if submitted(form):
        issued: list[tuple[int, str]] = []
        with beside_fields(form):
            issued = execute(IssueTokens(plan.id, form.community.data, form.amount.data or 0))
        if not form.errors:
            name = dict(communities)[form.community.data]
            slips = [_slip(serial, token) for serial, token in issued]
            return render_template("appraisal/slips.html", plan=plan, community=name, slips=slips)
    return render_template("appraisal/tokens.html", plan=plan, form=form), status_of(form)


def _communities(session: Session, plan: AppraisalPlan) -> list[tuple[int, str]]:
    query = (
        select(Organisation.id, Organisation.name)
        .join(AppraisalCase, AppraisalCase.community_id == Organisation.id)
        .where(AppraisalCase.plan_id == plan.id)
        .distinct()
    )
    return sorted((id_, name) for id_, name in session.execute(query))


def _slip(serial: int, token: str) -> Slip:
    address = url_for("appraisal.resident_ballot", token=token, _external=True)
    target = BytesIO()
    segno.make(address, error="m", micro=False).save(target, kind="png", scale=4, border=1)
    return Slip(serial, address, _data_address(target.getvalue()))


def _data_address(image: bytes) -> str:
    return "data:image/png;base64," + base64.b64encode(image).decode()
