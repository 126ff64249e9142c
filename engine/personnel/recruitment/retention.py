"""Files of applicants who were not taken on go when the county's time is over [domain 10.3]."""

from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from engine.kernel.clock import local_date
from engine.kernel.command import CommandContext
from engine.personnel.dates import add_months
from engine.personnel.files import StoredFile, erase_content
from engine.personnel.recruitment import settings
from engine.personnel.recruitment.campaigns import Campaign
from engine.personnel.recruitment.outcomes import ReserveEntry
from engine.personnel.recruitment.registrations import Attachment, Registration, note
from engine.personnel.recruitment.states import RegistrationState

_R = RegistrationState


def over_due(session: Session, now: datetime) -> list[int]:
    """Registrations whose files may not be kept any longer: the campaign is over for long, nobody was hired.

    Who waits in the reserve pool keeps his files as long as his entry is valid.
    """
    today = local_date(now)
    waiting = select(ReserveEntry.registration_id).where(ReserveEntry.valid_until >= today)
    query = (
        select(Registration.id)
        .join(Attachment, Attachment.registration_id == Registration.id)
        .join(StoredFile, StoredFile.id == Attachment.file_id)
        .where(
            Registration.campaign_id.in_(_closed_long_ago(session, now)), StoredFile.deleted_at.is_(None),
            Registration.state != _R.HIRED, or_(Registration.state != _R.RESERVE, Registration.id.not_in(waiting)),
        )
    )  # fmt: skip
    return list(session.scalars(query.distinct().order_by(Registration.id)))


def erase_files(context: CommandContext, registration_id: int) -> int:
    """Removes the contents of one registration's files; answers how many."""
    registration = context.session.get(Registration, registration_id)
    if registration is None or registration.state is _R.HIRED:
        return 0
    files = [entry.file for entry in registration.attachments if entry.file.deleted_at is None]
    for file in files:
        erase_content(context, file)
    if files:
        note(context, registration, "registration.files_erased", count=len(files))
    return len(files)


def _closed_long_ago(session: Session, now: datetime) -> list[int]:
    today = local_date(now)
    closed = session.scalars(select(Campaign).where(Campaign.closed_at.is_not(None)))
    return [
        campaign.id for campaign in closed
        if campaign.closed_at is not None
        and add_months(local_date(campaign.closed_at), campaign.policy[settings.RETENTION_MONTHS]) <= today
    ]  # fmt: skip
