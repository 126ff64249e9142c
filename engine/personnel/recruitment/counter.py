"""Registration at the counter (窗口报名): an officer fills in for somebody without a phone [domain 1.5]."""

import secrets
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.identity.users import User
from engine.kernel.actor import Actor
from engine.kernel.command import CommandContext
from engine.kernel.errors import Conflict, Invalid, NotFound
from engine.personnel.authority import require_role
from engine.personnel.recruitment.announcement import campaign_of
from engine.personnel.recruitment.enrolment import change_post
from engine.personnel.recruitment.registrations import Channel, Registration, note
from engine.personnel.recruitment.states import CampaignState, RegistrationState
from engine.personnel.vocabulary import CertificateLevel

ROLE = "county_clerk"


@dataclass(frozen=True, slots=True)
class BeginAtCounter:
    """A county officer begins a registration for somebody who stands before him; answers the registration.

    The person gets an account that nobody signs in with; the officer acts for it, and is told and asked.
    """

    campaign_id: int
    name: str
    post_id: int

    def execute(self, context: CommandContext) -> int:
        campaign = campaign_of(context.session, self.campaign_id)
        require_role(context, campaign.county_id, ROLE)
        if campaign.state is not CampaignState.REG_OPEN or context.now >= campaign.reg_closes_at:
            raise Conflict("现在不在报名时间内，不能办理窗口报名")
        if not self.name.strip():
            raise Invalid(fields={"name": "请填写姓名"})
        person = User(login=f"counter-{secrets.token_hex(8)}", name=self.name.strip()[:64], created_at=context.now)
        context.session.add(person)
        context.session.flush()
        registration = Registration(
            campaign_id=campaign.id, user_id=person.id, state=RegistrationState.DRAFT, channel=Channel.COUNTER,
            entered_by=context.actor.user_id, name=person.name, created_at=context.now, details={}, declarations=[],
            certificate=CertificateLevel.NONE,
        )  # fmt: skip
        context.session.add(registration)
        context.session.flush()
        registration.number = f"{campaign.number.replace('ZP', 'BM')}-{registration.id:06d}"
        change_post(context, registration.id, self.post_id)
        note(context, registration, "registration.entered_at_counter")
        return registration.id


def acts_for(actor: Actor, registration: Registration) -> bool:
    """Whether it is the actor's own registration, or one that he entered at the counter and still may."""
    if actor.user_id is None:
        return False
    if registration.user_id == actor.user_id:
        return True
    county = registration.campaign.county_id
    return registration.entered_by == actor.user_id and actor.has_role(ROLE, organisation_id=county)


def require_applicant(context: CommandContext, registration: Registration) -> None:
    """To everybody but the person, and who acts for him at the counter, the registration does not exist."""
    if not context.actor.is_system and not acts_for(context.actor, registration):
        raise NotFound()


def entered_at_counter(session: Session, campaign_id: int) -> list[Registration]:
    """Registrations from the counter, newest first."""
    query = select(Registration).where(
        Registration.campaign_id == campaign_id, Registration.channel == Channel.COUNTER
    )
    return list(session.scalars(query.order_by(Registration.id.desc())))
