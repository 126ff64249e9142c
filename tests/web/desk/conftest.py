"""A county with its exam desk, and a crowd to examine."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import insert, update

from engine.identity.users import User
from engine.kernel.clock import FixedClock
from engine.kernel.command import CommandContext
from engine.kernel.settings import Settings
from engine.kernel.store import Store
from engine.personnel.recruitment.campaigns import Campaign
from engine.personnel.recruitment.registrations import Channel, Registration
from engine.personnel.recruitment.states import CampaignState, RegistrationState
from engine.personnel.vocabulary import CertificateLevel
from tests.pages import pages
from tests.process.office import Office
from tests.process.recruitment import Recruitment
from tests.visitor import Visitor

Desk = Callable[[str], Visitor]


@pytest.fixture
def office(web_settings: Settings, web_store: Store, clock: FixedClock) -> Office:
    """A county where one applicant a head is enough."""
    office = Office(web_settings, web_store, clock)
    office.set_policy(openRatio=1, interviewRatio=2)
    return office


@pytest.fixture
def app(office: Office) -> Flask:

    return pages(office.engine)


@pytest.fixture
def desk(app: Flask, office: Office, web_store: Store, password_hash: str) -> Desk:
    """Signs an officer of the county in, by role."""

    def enter(role: str) -> Visitor:
        with web_store.session() as session, session.begin():
            session.get_one(User, office.staff[role].user_id).password_hash = password_hash
        visitor = Visitor(app)
        visitor.sign_in(role)
        return visitor

    return enter


def crowd(office: Office, recruitment: Recruitment, size: int) -> list[str]:
    """So many people hold a ticket and the written exam is over; answers their ticket numbers. They have no cases."""
    row = recruitment.row
    numbers = [f"2026{n:08d}" for n in range(size)]

    def make(context: CommandContext) -> None:
        people = [{"name": f"考生{n}", "login": f"crowd{n}", "created_at": context.now} for n in range(size)]
        ids = list(context.session.scalars(insert(User).returning(User.id), people))
        common = {
            "campaign_id": row.id, "post_id": row.posts[0].id, "name": "考生", "details": {},
            "state": RegistrationState.TICKET_PRINTED,
            "certificate": CertificateLevel.NONE, "channel": Channel.ONLINE, "created_at": context.now,
            "revision": 1,
        }  # fmt: skip
        registered = [
            {**common, "user_id": user, "number": f"BM-{number}", "exam_number": number, "id_index": number}
            for user, number in zip(ids, numbers, strict=True)
        ]
        context.session.execute(insert(Registration), registered)
        at_exam = {"state": CampaignState.TICKETS, "written_at": context.now - timedelta(hours=3)}
        context.session.execute(update(Campaign).where(Campaign.id == row.id).values(at_exam))

    office.prepare(make)
    return numbers
