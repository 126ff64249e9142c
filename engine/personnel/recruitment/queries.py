"""The read side: frozen rows for the public, applicants and the desk."""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.identity.organisations import Organisation
from engine.kernel.cipher import Cipher
from engine.personnel.recruitment.campaigns import CampaignPost
from engine.personnel.recruitment.exams import RankEntry
from engine.personnel.recruitment.registrations import Registration
from engine.personnel.recruitment.states import CampaignState, RegistrationState

_R = RegistrationState
SCORES_PUBLIC = (
    CampaignState.SCORES_PUBLISHED, CampaignState.RECHECK, CampaignState.INTERVIEW_DONE,
    CampaignState.TOTAL_PUBLISHED, CampaignState.MEDICAL, CampaignState.INVESTIGATION, CampaignState.PUBLICITY,
    CampaignState.HIRING_APPROVED, CampaignState.CLOSED,
)  # fmt: skip
"""States in which the written scores are known."""
_TOTALS_PUBLIC = SCORES_PUBLIC[3:]


@dataclass(frozen=True, slots=True)
class PostRow:
    """A post with how many applied."""

    id: int
    code: str
    name: str
    street: str
    heads: int
    ratio: int
    applied: int
    passed: int
    below_ratio: bool
    cancelled: bool


@dataclass(frozen=True, slots=True)
class ScoreAnswer:
    """What a participant is told; values stay empty until they are public."""

    exam_number: str
    name: str
    post: str
    written: Decimal | None
    bonus: Decimal | None
    written_outcome: str
    interview: Decimal | None
    total: Decimal | None
    rank: int | None
    rank_reason: str
    state: str


@dataclass(frozen=True, slots=True)
class RegistrationRow:
    """A registration in the list of the person it belongs to."""

    id: int
    number: str
    campaign: str
    post: str
    state: RegistrationState
    submitted_at: datetime | None


@dataclass(frozen=True, slots=True)
class DeskOverview:
    """Counts of one campaign for the desk."""

    registered: int
    waiting_review: int
    returned: int
    passed: int
    rejected: int
    below_ratio: int
    tickets_printed: int
    by_state: dict[RegistrationState, int]


@dataclass(frozen=True, slots=True)
class RankRow:
    """A line of the ranking with the reason of every tie-break."""

    registration_id: int
    exam_number: str
    name: str
    written: Decimal | None
    bonus: Decimal | None
    interview: Decimal | None
    extra: Decimal | None
    total: Decimal
    rank: int
    reason: str
    keys: Sequence[dict[str, Any]]
    state: RegistrationState


def post_rows(session: Session, campaign_id: int) -> list[PostRow]:
    """The posts of a campaign with counts."""
    counts: dict[int, dict[RegistrationState, int]] = {}
    grouped = select(Registration.post_id, Registration.state, func.count()).where(
        Registration.campaign_id == campaign_id, Registration.post_id.is_not(None)
    )
    for post_id, state, count in session.execute(grouped.group_by(Registration.post_id, Registration.state)):
        counts.setdefault(post_id or 0, {})[state] = count
    query = (
        select(CampaignPost, Organisation.name)
        .join(Organisation, Organisation.id == CampaignPost.street_id)
        .where(CampaignPost.campaign_id == campaign_id)
        .order_by(CampaignPost.sequence)
    )
    return [_post_row(post, street, counts.get(post.id, {})) for post, street in session.execute(query)]


def score_answer(session: Session, cipher: Cipher, exam_number: str, id_number: str) -> ScoreAnswer | None:
    """The scores of the one participant whose exam number and ID number both fit; None tells nothing more."""
    query = select(Registration).where(Registration.exam_number == exam_number.strip())
    registration = session.scalars(query).first()
    index = cipher.blind_index("".join(id_number.split()).upper(), purpose="id_number")
    if registration is None or not hmac.compare_digest(registration.id_index or "", index):
        return None
    campaign, known = registration.campaign, registration.campaign.state in SCORES_PUBLIC
    totals = campaign.state in _TOTALS_PUBLIC
    outcome = registration.written_outcome
    return ScoreAnswer(
        exam_number.strip(), registration.name, registration.post.name if registration.post else "",
        registration.written_final if known else None, registration.bonus if known else None,
        outcome.label if known and outcome else "", registration.interview_score if totals else None,
        registration.total if totals else None, registration.rank if totals else None,
        registration.rank_reason if totals else "", registration.state.label if known else "",
    )  # fmt: skip


def registrations_of_user(session: Session, user_id: int) -> list[RegistrationRow]:
    """A person's own registrations, the newest first."""
    query = select(Registration).where(Registration.user_id == user_id).order_by(Registration.id.desc())
    return [
        RegistrationRow(
            entry.id, entry.number or "", entry.campaign.title, entry.post.name if entry.post else "", entry.state,
            entry.submitted_at,
        )
        for entry in session.scalars(query)
    ]  # fmt: skip


def desk_overview(session: Session, campaign_id: int) -> DeskOverview:
    """What the desk sees first."""
    grouped = select(Registration.state, func.count()).where(Registration.campaign_id == campaign_id)
    counts = {state: count for state, count in session.execute(grouped.group_by(Registration.state))}  # noqa: C416
    posts = post_rows(session, campaign_id)
    before = counts.get(_R.DRAFT, 0) + counts.get(_R.WITHDRAWN, 0)
    waiting = counts.get(_R.SUBMITTED, 0) + counts.get(_R.APPEALING, 0)
    refused = counts.get(_R.REJECTED, 0)
    total = sum(counts.values()) - before
    return DeskOverview(
        total, waiting, counts.get(_R.RETURNED, 0), total - waiting - counts.get(_R.RETURNED, 0) - refused, refused,
        sum(post.below_ratio for post in posts), counts.get(_R.TICKET_PRINTED, 0), counts,
    )  # fmt: skip


def ranking_table(session: Session, post_id: int) -> list[RankRow]:
    """The latest ranking of a post."""
    latest = select(func.max(RankEntry.round)).where(RankEntry.post_id == post_id).scalar_subquery()
    query = (
        select(RankEntry, Registration)
        .join(Registration, Registration.id == RankEntry.registration_id)
        .where(RankEntry.post_id == post_id, RankEntry.round == latest)
        .order_by(RankEntry.rank, RankEntry.id)
    )
    return [
        RankRow(
            r.id, r.exam_number or "", r.name, r.written_final, r.bonus, r.interview_score, r.extra_score, entry.total,
            entry.rank, entry.reason, entry.keys, r.state,
        )
        for entry, r in session.execute(query)
    ]  # fmt: skip


def _post_row(post: CampaignPost, street: str, counts: dict[RegistrationState, int]) -> PostRow:
    ignored = (_R.DRAFT, _R.WITHDRAWN)
    unreviewed = (_R.SUBMITTED, _R.RETURNED, _R.REJECTED, _R.APPEALING)
    applied = sum(count for state, count in counts.items() if state not in ignored)
    passed = applied - sum(counts.get(state, 0) for state in unreviewed)
    below = passed < post.heads_planned * post.opening_ratio
    return PostRow(
        post.id, post.code, post.name, street, post.heads, post.opening_ratio, applied, passed, below, post.cancelled
    )
