"""Papers of an exit as PDF, for those who handle it."""

from flask import Response
from flask.typing import ResponseReturnValue
from sqlalchemy import or_, select

from engine.identity.organisations import Organisation
from engine.kernel.errors import NotFound
from engine.personnel.documents.exit_papers import exit_pdf
from engine.personnel.exits.cases import ExitCase
from engine.personnel.exits.papers import PaperKind, paper_of
from webapp.exits.blueprint import blueprint
from webapp.permissions import requires
from webapp.visit import actor, engine, found, reading

READERS = ("street_clerk", "street_leader", "county_clerk", "county_head")


@blueprint.get("/<number>/<kind>.pdf")
@requires(*READERS)
def paper(number: str, kind: str) -> ResponseReturnValue:
    """The paper, to be printed, sealed and served."""
    if kind not in [each.value for each in PaperKind]:
        raise NotFound()
    places = actor().organisations(*READERS)
    query = select(ExitCase).where(
        ExitCase.number == number, or_(ExitCase.street_id.in_(places), ExitCase.county_id.in_(places))
    )
    with reading() as session:
        case = found(session.scalar(query))
        made = paper_of(case, PaperKind(kind), session.get_one(Organisation, case.street_id).name)
    answer = Response(exit_pdf(made, engine().clock.now()), mimetype="application/pdf")
    answer.headers["Content-Disposition"] = f"attachment; filename={number}-{kind}.pdf"
    return answer
