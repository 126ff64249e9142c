"""Recruitments that run in the person's part of the tree, with the stage each has reached."""

from collections.abc import Sequence

from sqlalchemy import or_, select
from sqlalchemy.orm import aliased

from engine.identity.organisations import Organisation, OrganisationKind
from engine.personnel.recruitment.campaigns import Campaign
from engine.personnel.recruitment.states import CampaignState
from webapp.home.panels import Look, Panel, Row
from webapp.rendering import cn_datetime

PEOPLE = (
    "county_clerk", "county_head", "county_reviewer", "exam_officer", "medical_officer", "background_checker",
    "political_legal_officer", "street_clerk", "street_leader", "city_officer",
)  # fmt: skip
OVER = (CampaignState.CLOSED, CampaignState.CANCELLED)
UNPUBLISHED = (
    CampaignState.DRAFT, CampaignState.COUNTY_REVIEW, CampaignState.CITY_PREREVIEW, CampaignState.APPROVED,
)  # fmt: skip
AHEAD = (
    ("reg_opens_at", "报名开始"), ("reg_closes_at", "报名截止"), ("review_closes_at", "资格初审截止"),
    ("tickets_from", "准考证打印"), ("written_at", "笔试"), ("interview_at", "面试"),
)  # fmt: skip
SHOWN = 8


def counties_around(look: Look, *roles: str) -> list[int]:
    """The counties at, above and below the places where the person holds one of the roles."""
    own = aliased(Organisation)
    kin = or_(own.path.startswith(Organisation.path), Organisation.path.startswith(own.path))
    query = (
        select(Organisation.id, Organisation.path)
        .join(own, kin)
        .where(Organisation.kind == OrganisationKind.COUNTY.value, own.id.in_(look.actor.organisations(*roles)))
        .distinct()
        .order_by(Organisation.path)
    )
    return list(look.session.scalars(query))


def recruitments(look: Look) -> Sequence[Panel]:
    """What runs, the newest first, each with its next date."""
    query = select(Campaign).where(
        Campaign.county_id.in_(counties_around(look, *PEOPLE)), Campaign.state.not_in(OVER)
    )
    if look.address("desk.campaigns") is None and not look.actor.has_role("city_officer"):
        query = query.where(Campaign.state.not_in(UNPUBLISHED))
    rows = [_row(look, each) for each in look.session.scalars(query.order_by(Campaign.id.desc()).limit(SHOWN))]
    desk = look.address("desk.campaigns")
    return [Panel("公开招聘", rows=rows, empty="现在没有进行中的招聘。", href=desk, link="考务台" if desk else "")]


def _row(look: Look, campaign: Campaign) -> Row:
    href = look.address("desk.campaign", number=campaign.number)
    if href is None and campaign.published_at is not None:
        href = look.address("public.announcement", number=campaign.number)
    facts = vars(campaign)
    ahead = next(((label, facts[name]) for name, label in AHEAD if facts[name] > look.now), None)
    note = f"{ahead[0]} {cn_datetime(ahead[1])}" if ahead else ""
    return Row(campaign.title, href, note, campaign.state.label, "go")
