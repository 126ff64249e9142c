"""An announcement, as those judge it who draw it up, sign it and approve the hiring."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from engine.identity.organisations import Organisation
from engine.kernel.command import Command, CommandContext
from engine.kernel.errors import NotFound
from engine.personnel.recruitment.announcement import CampaignDates, revise_campaign
from engine.personnel.recruitment.campaigns import Campaign, CampaignPost
from engine.personnel.recruitment.registrations import Registration
from engine.personnel.recruitment.states import RegistrationState
from forms.work_items.base import WorkItemForm
from forms.work_items.recruitment_campaign import DATES, PlanForm
from webapp.worklist.subjects.kind import Asked, SubjectKind


@dataclass(frozen=True, slots=True)
class PostLine:
    """One line of the post table."""

    code: str
    name: str
    street: str
    target: str
    heads: int
    heads_planned: int
    ratio: int
    education: str
    birth_from: date
    birth_to: date
    majors: str
    cancelled: bool


@dataclass(frozen=True, slots=True)
class Announcement:
    """The announcement with its dates, its posts and how many stand where."""

    number: str
    title: str
    state: str
    county: str
    phone: str
    text: str
    dates: Sequence[tuple[str, str, datetime]]
    """Field, label and moment of each date, in order."""
    posts: Sequence[PostLine]
    standing: Sequence[tuple[str, int]]
    """State of registrations and how many are in it."""
    cancel_reason: str

    @property
    def heads(self) -> int:
        return sum(post.heads for post in self.posts if not post.cancelled)


def load(session: Session, asked: Asked) -> Announcement:
    """The announcement of that number."""
    query = select(Campaign).where(Campaign.number == asked.business_key)
    row = session.scalar(query.options(selectinload(Campaign.posts)))
    if row is None:
        raise NotFound()
    places = {post.street_id for post in row.posts} | {row.county_id}
    found = session.execute(select(Organisation.id, Organisation.name).where(Organisation.id.in_(places)))
    names: dict[int, str] = dict(found.all())
    moments = vars(row)
    return Announcement(
        row.number, row.title, row.state.label, names.get(row.county_id, ""), row.phone, row.announcement,
        tuple((field, label, moments[field]) for field, label in DATES),
        tuple(_post(post, names) for post in row.posts), _standing(session, row.id), row.cancel_reason,
    )  # fmt: skip


def _post(post: CampaignPost, names: Mapping[int, str]) -> PostLine:
    return PostLine(
        post.code, post.name, names.get(post.street_id, ""), post.target.label, post.heads, post.heads_planned,
        post.opening_ratio, post.education.label, post.birth_from, post.birth_to, "、".join(post.majors) or "不限",
        post.cancelled,
    )  # fmt: skip


def _standing(session: Session, campaign_id: int) -> list[tuple[str, int]]:
    query = select(Registration.state, func.count()).where(Registration.campaign_id == campaign_id)
    numbers: dict[RegistrationState, int] = dict(session.execute(query.group_by(Registration.state)).all())
    shown = [state for state in RegistrationState if state is not RegistrationState.DRAFT]
    return [(state.label, numbers[state]) for state in shown if numbers.get(state)]


def prefill(announcement: Announcement, form_id: str) -> Mapping[str, Any]:
    """The plan as it stands."""
    if form_id != "campaign_plan":
        return {}
    dates = {field: moment for field, _, moment in announcement.dates}
    return {"title": announcement.title, "phone": announcement.phone, "announcement": announcement.text, **dates}


@dataclass(frozen=True, slots=True)
class RevisePlan:
    """Writes the plan into the announcement. Whoever completes the step in the same transaction is authorised there."""

    number: str
    dates: CampaignDates
    title: str
    announcement: str
    phone: str

    def execute(self, context: CommandContext) -> None:
        campaign_id = context.session.scalar(select(Campaign.id).where(Campaign.number == self.number))
        if campaign_id is None:
            raise NotFound()
        revise_campaign(
            context, campaign_id, self.dates, title=self.title, announcement=self.announcement, phone=self.phone
        )


def effect(business_key: str, form: WorkItemForm) -> Command[None] | None:
    """A plan that is handed in is written into the announcement."""
    if not isinstance(form, PlanForm) or form.decision.data != "submit":
        return None
    dates = CampaignDates(**{field: form[field].data for field, _ in DATES})
    return RevisePlan(business_key, dates, form.title.data or "", form.announcement.data or "", form.phone.data or "")


def find(session: Session, typed: str, limit: int) -> Sequence[str]:
    """Announcements by a part of their title."""
    query = select(Campaign.number).where(Campaign.title.contains(typed, autoescape=True))
    return list(session.scalars(query.order_by(Campaign.id.desc()).limit(limit)))


KIND = SubjectKind(
    "recruitment_campaign", "worklist/subjects/campaign.html", load, find, prefill, effect=effect, desk="desk.campaign"
)
