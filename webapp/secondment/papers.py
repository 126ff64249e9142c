"""The notice of a secondment (借调通知) as PDF."""

from flask.typing import ResponseReturnValue

from engine.kernel.errors import NotFound
from engine.personnel.documents.secondment_notice import SecondmentNotice, secondment_notice_pdf
from webapp.desk.answers import pdf
from webapp.permissions import officers
from webapp.secondment.blueprint import blueprint
from webapp.secondment.places import secondment_for
from webapp.visit import actor, reading


@blueprint.get("/<number>/notice.pdf")
@officers
def notice(number: str) -> ResponseReturnValue:
    """The notice, once the county has approved."""
    with reading() as session:
        row = secondment_for(session, actor(), number)
        if row.approved_at is None:
            raise NotFound()
        facts = SecondmentNotice(
            row.document_number, row.county.name, row.street.name, row.community.name, row.worker.name, row.office,
            row.duties, row.starts_on, row.ends_on, row.approved_at,
        )  # fmt: skip
    return pdf(f"借调通知-{number}", secondment_notice_pdf(facts))
