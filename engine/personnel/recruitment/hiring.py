"""After the ranking: medical, background check, substitution, publicity, approval, reserve pool [domain 1.12]."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.kernel.command import CommandContext
from engine.kernel.errors import Conflict, Invalid, NotFound
from engine.personnel.dates import add_months
from engine.personnel.recruitment import settings
from engine.personnel.recruitment.announcement import (
    campaign_of,
    campaign_posts,
    move_campaign,
    note_campaign,
    release_reserved,
)
from engine.personnel.recruitment.campaigns import Campaign, CampaignPost
from engine.personnel.recruitment.enrolment import end, registration_of
from engine.personnel.recruitment.notices import NoticeTable, latest_notice, publish_notice
from engine.personnel.recruitment.outcomes import (
    BackgroundCheck,
    CheckOutcome,
    MedicalOutcome,
    MedicalResult,
    NoticeKind,
    Objection,
    ObjectionState,
    PublicNotice,
    ReserveEntry,
)
from engine.personnel.recruitment.ranking import Ranked, rank
from engine.personnel.recruitment.registrations import Registration, note
from engine.personnel.recruitment.results import campaign_tie_keys
from engine.personnel.recruitment.selection import medical_candidates, substitute
from engine.personnel.recruitment.settlement import numbers, registrations_in
from engine.personnel.recruitment.states import CampaignState, RegistrationState

