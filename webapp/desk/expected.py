"""Rows that stand in an import template already: the people whose scores are awaited."""

from collections.abc import Sequence

from sqlalchemy import select

from engine.personnel.recruitment.campaigns import Campaign
from engine.personnel.recruitment.registrations import Registration
from engine.personnel.recruitment.states import RegistrationState
from engine.personnel.tabular import Column
from webapp.visit import reading

_STATES = {"written": RegistrationState.TICKET_PRINTED, "interview": RegistrationState.RECHECK_PASS}


def template_rows(campaign: Campaign, kind: str, columns: Sequence[Column]) -> list[list[str]]:
    """Ticket number and name of everybody concerned, in the order of the numbers; nothing for other templates."""
    if kind not in _STATES:
        return []
    query = select(Registration.exam_number, Registration.name).where(
        Registration.campaign_id == campaign.id, Registration.state == _STATES[kind]
    )
    with reading() as session:
        people = session.execute(query.order_by(Registration.exam_number)).all()
    blanks = [""] * (len(columns) - 2)
    return [[number or "", name, *blanks] for number, name in people]
