"""Picking somebody from the reserve pool (后备库) while his entry is valid [domain 1.12]."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.identity.organisations import Organisation
from engine.kernel.command import CommandContext
from engine.kernel.errors import Conflict, Invalid, NotFound
from engine.personnel import quota_ledger
from engine.personnel.recruitment.campaigns import Campaign, CampaignPost
from engine.personnel.recruitment.enrolment import end, registration_of
from engine.personnel.recruitment.onboarding import lapse_hire, reserved_place
from engine.personnel.recruitment.outcomes import ReserveEntry
from engine.personnel.recruitment.registrations import Registration, note
from engine.personnel.recruitment.states import RegistrationState


@dataclass(frozen=True, slots=True)
class Waiting:
    """Somebody in the pool."""

    registration_id: int
    number: str
    name: str
    post: str
    street: str
    campaign: str
    campaign_number: str
    rank: int
    valid_until: date
    picked: bool
    """He is being asked, or approved, already."""


def waiting_in(session: Session, county_ids: Sequence[int], today: date) -> list[Waiting]:
    """Everybody whose entry is valid, by post and rank."""
    query = (
        select(ReserveEntry, Registration, CampaignPost, Campaign, Organisation.name)
        .join(Registration, Registration.id == ReserveEntry.registration_id)
        .join(CampaignPost, CampaignPost.id == Registration.post_id)
        .join(Campaign, Campaign.id == Registration.campaign_id)
        .join(Organisation, Organisation.id == CampaignPost.street_id)
        .where(
            ReserveEntry.county_id.in_(county_ids), ReserveEntry.valid_until >= today,
            Registration.state == RegistrationState.RESERVE,
        )
        .order_by(Campaign.id.desc(), CampaignPost.sequence, ReserveEntry.rank)
    )  # fmt: skip
    return [
        Waiting(
            who.id, who.number or "", who.name, f"{post.code} {post.name}", street, campaign.title, campaign.number,
            entry.rank, entry.valid_until, entry.picked_at is not None,
        )
        for entry, who, post, campaign, street in session.execute(query)
    ]  # fmt: skip


def pick(context: CommandContext, registration_id: int, reason: str) -> Registration:
    """Marks him as picked; out of the order of ranks only with a reason."""
    registration, entry = _entry(context, registration_id)
    if entry.valid_until < context.today:
        raise Conflict(f"后备资格已于 {entry.valid_until} 到期，不能选用")
    if entry.picked_at is not None:
        raise Conflict("已在办理选用，请等待结果")
    before = [each for each in _pool(context, registration) if each.rank < entry.rank and each.picked_at is None]
    if before and not reason.strip():
        message = f"前面还有 {len(before)} 名后备人员，不按名次选用须写明理由"
        raise Invalid(fields={"reason": message})
    entry.picked_at = context.now
    note(context, registration, "registration.picked", reason=reason, round=entry.rank)
    context.session.flush()
    return registration


def approve_pick(context: CommandContext, registration_id: int) -> None:
    """The county agrees: a place is kept for him, and the street may sign a contract [N 1.3]."""
    registration, _ = _entry(context, registration_id)
    subject, street = reserved_place(context, registration)
    quota_ledger.reserve(context, registration.campaign.county_id, subject, 1, street)
    registration.move(RegistrationState.APPROVED)
    note(context, registration, "registration.hire_approved", reserve=True)


def return_to_pool(context: CommandContext, registration_id: int) -> None:
    """The county does not agree: he stays in the pool as long as his entry is valid."""
    registration, entry = _entry(context, registration_id)
    entry.picked_at = None
    note(context, registration, "registration.returned_to_pool")


def decline_pick(context: CommandContext, registration_id: int) -> None:
    """He does not want the place, or did not answer: he leaves the pool."""
    end(context, registration_id, RegistrationState.WAIVED, "不同意从后备库选用，或逾期未答复")


def lapse_pick(context: CommandContext, registration_id: int, reason: str) -> None:
    """No contract, or not at work in time: the place that was kept is free again."""
    registration = registration_of(context.session, registration_id)
    subject, _ = reserved_place(context, registration)
    lapse_hire(context, registration_id, reason)
    quota_ledger.release(context, registration.campaign.county_id, subject, 1, note="后备人员放弃聘用")


def _entry(context: CommandContext, registration_id: int) -> tuple[Registration, ReserveEntry]:
    registration = registration_of(context.session, registration_id)
    query = select(ReserveEntry).where(ReserveEntry.registration_id == registration_id).with_for_update()
    entry = context.session.scalar(query)
    if entry is None or registration.state is not RegistrationState.RESERVE:
        raise NotFound("没有找到该后备人员")
    return registration, entry


def _pool(context: CommandContext, registration: Registration) -> list[ReserveEntry]:
    """The valid entries of the same post."""
    query = (
        select(ReserveEntry)
        .join(Registration, Registration.id == ReserveEntry.registration_id)
        .where(
            Registration.post_id == registration.post_id, ReserveEntry.valid_until >= context.today,
            Registration.state == RegistrationState.RESERVE,
        )
    )  # fmt: skip
    return list(context.session.scalars(query))
