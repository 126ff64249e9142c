"""What a campaign does to all its registrations when a window opens or closes; answers the numbers concerned."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from datetime import timedelta

from sqlalchemy import ColumnElement, and_, func, select, update
from sqlalchemy.orm import Session, defer

from engine.kernel.command import CommandContext
from engine.kernel.errors import Conflict, Invalid
from engine.personnel.decisions import decider
from engine.personnel.recruitment import settings
from engine.personnel.recruitment.announcement import (
    CampaignDates,
    campaign_of,
    dates_of,
    move_campaign,
    note_campaign,
)
from engine.personnel.recruitment.campaigns import Campaign, CampaignPost
from engine.personnel.recruitment.enrolment import registration_of
from engine.personnel.recruitment.notices import NoticeTable, publish_notice
from engine.personnel.recruitment.opening import OpeningOutcome, opening
from engine.personnel.recruitment.outcomes import NoticeKind
from engine.personnel.recruitment.registrations import Registration, note
from engine.personnel.recruitment.states import CampaignState, RegistrationState, check_registration_move

_R = RegistrationState
UNDER_REVIEW = (_R.SUBMITTED, _R.APPEALING)
"""Registrations that a reviewer still owes an answer."""


@dataclass(frozen=True, slots=True)
class OpeningResult:
    """What the opening ratio came to."""

    kept: int
    reduced: int
    cancelled: int
    open_posts: int
    """Posts that will be examined."""
    to_change: tuple[str, ...]
    """Registration numbers of admitted applicants whose post was cancelled."""


def open_registration(context: CommandContext, campaign_id: int) -> None:
    """The window opens; brought forward or put off, the planned moment follows."""
    campaign = move_campaign(context, campaign_id, CampaignState.REG_OPEN)
    campaign.reg_opens_at = min(campaign.reg_opens_at, context.now)


def close_registration(context: CommandContext, campaign_id: int) -> list[str]:
    """The window closes; answers the registrations that are not yet admitted and may be told."""
    campaign = move_campaign(context, campaign_id, CampaignState.REG_CLOSED)
    campaign.reg_closes_at = min(campaign.reg_closes_at, context.now)
    states = (_R.SUBMITTED, _R.RETURNED, _R.REJECTED, _R.APPEALING)
    return numbers_in(context.session, campaign_id, *states)


@dataclass(frozen=True, slots=True)
class Extension:
    """By how much a date moves (negative: earlier) and why."""

    by: timedelta
    reason: str
    following: bool = False
    """All later dates move by as much, so that the order stays."""


DATE_ORDER = (
    "reg_opens_at", "reg_closes_at", "review_closes_at", "appeal_closes_at", "tickets_from", "tickets_until",
    "written_at", "interview_at",
)  # fmt: skip
"""Dates that may be moved while the campaign runs, in their order."""


def moved_dates(campaign: Campaign, field: str, extension: Extension) -> CampaignDates:
    """What the dates would be."""
    if field not in DATE_ORDER:
        raise Invalid("该时间不能调整")
    place = DATE_ORDER.index(field)
    moving = DATE_ORDER[place:] if extension.following else (field,)
    dates = dates_of(campaign)
    values = asdict(dates)
    return replace(dates, **{name: values[name] + extension.by for name in moving})


def extend_window(context: CommandContext, campaign_id: int, field: str, extension: Extension) -> list[str]:
    """Moves one date of the announcement, or it and all later ones, with a reason that is kept; answers which."""
    campaign = campaign_of(context.session, campaign_id)
    if not extension.reason.strip():
        raise Invalid("请填写调整理由，将向报考人员公布", fields={"reason": "请填写调整理由"})
    before, after = asdict(dates_of(campaign)), moved_dates(campaign, field, extension)
    problems = after.problems()
    if problems:
        raise Invalid(fields=problems)
    moved = [name for name in DATE_ORDER if before[name] != asdict(after)[name]]
    for name in moved:
        setattr(campaign, name, asdict(after)[name])
    context.session.flush()
    note_campaign(
        context, campaign, "campaign.date_moved", field=field, before=before[field], after=asdict(after)[field],
        reason=extension.reason, following=extension.following,
    )  # fmt: skip
    return moved


def count_open_reviews(session: Session, campaign_id: int) -> int:
    """Registrations that still wait for a reviewer."""
    return count_in(session, campaign_id, *UNDER_REVIEW)


def settle_opening_ratio(context: CommandContext, campaign_id: int) -> OpeningResult:
    """Keeps, reduces or cancels each post by the number of admitted applicants, and publishes the result."""
    campaign = campaign_of(context.session, campaign_id)
    waiting = count_open_reviews(context.session, campaign_id)
    if waiting:
        raise Conflict(f"还有 {waiting} 份报名未审结，不能核定开考比例")
    move_campaign(context, campaign_id, CampaignState.RATIO_SETTLED)
    valid = _admitted(context.session, campaign_id)
    for post in campaign.posts:
        _settle_post(context, post, valid[post.id])
    _publish_opening(context, campaign, valid)
    counts = Counter(post.outcome for post in campaign.posts)
    to_change = _release_cancelled(context, campaign)
    if to_change:
        campaign.rereg_closes_at = context.now + timedelta(hours=campaign.policy[settings.REREGISTRATION_HOURS])
        move_campaign(context, campaign_id, CampaignState.RE_REG)
    return OpeningResult(
        counts[OpeningOutcome.KEPT], counts[OpeningOutcome.REDUCED], counts[OpeningOutcome.CANCELLED],
        open_posts(campaign), tuple(to_change),
    )  # fmt: skip


def close_reregistration(context: CommandContext, campaign_id: int) -> list[str]:
    """The window of 改报 closes; answers those who did not change."""
    campaign = campaign_of(context.session, campaign_id)
    if campaign.rereg_closes_at is not None:
        campaign.rereg_closes_at = min(campaign.rereg_closes_at, context.now)
    return numbers_in(context.session, campaign_id, _R.POST_CANCELLED)


def fix_examinees(context: CommandContext, campaign_id: int) -> list[str]:
    """Everybody admitted to a post that stands takes part in the exam; answers their numbers."""
    move_campaign(context, campaign_id, CampaignState.TICKETS)
    move_all(context, campaign_id, _R.PASSED, _R.CONFIRMED)
    examinees = numbers_in(context.session, campaign_id, _R.CONFIRMED)
    note_campaign(context, campaign_of(context.session, campaign_id), "campaign.examinees_fixed", count=len(examinees))
    return examinees


def ticket_holders(session: Session, campaign_id: int) -> list[str]:
    """Who may print a ticket now: everybody with a seat."""
    without = select(func.count()).where(_among(campaign_id, _R.CONFIRMED), Registration.exam_number.is_(None))
    if session.scalar(without):
        raise Conflict("还有考生没有座位，请先完成考场编排和抽签")
    return numbers_in(session, campaign_id, _R.CONFIRMED)


def print_ticket(context: CommandContext, registration_id: int) -> None:
    """Notes that the ticket was printed; printing again changes nothing."""
    registration = registration_of(context.session, registration_id)
    if registration.state is _R.TICKET_PRINTED:
        return
    campaign = registration.campaign
    if not campaign.tickets_from <= context.now < campaign.tickets_until:
        raise Conflict("不在准考证打印时间内")
    registration.move(_R.TICKET_PRINTED)
    registration.ticket_printed_at = context.now
    note(context, registration, "registration.ticket_printed")


def close_ticket_window(context: CommandContext, campaign_id: int) -> list[str]:
    """The window closes; answers those who did not print and thereby waive."""
    return numbers_in(context.session, campaign_id, _R.CONFIRMED)


def open_posts(campaign: Campaign) -> int:
    """Posts that were not cancelled."""
    return sum(not post.cancelled for post in campaign.posts)


def registrations_in(session: Session, campaign_id: int, *states: RegistrationState) -> list[Registration]:
    """The campaign's registrations in one of `states`, in the order in which they were made.

    What stands encrypted is read only where it is asked for.
    """
    query = select(Registration).where(_among(campaign_id, *states)).options(*_SEALED)
    return list(session.scalars(query.order_by(Registration.id)))


def numbers_in(session: Session, campaign_id: int, *states: RegistrationState) -> list[str]:
    """The business keys of the campaign's registrations in one of `states`."""
    query = select(Registration.number).where(_among(campaign_id, *states), Registration.number.is_not(None))
    return [number for number in session.scalars(query.order_by(Registration.id)) if number is not None]


def count_in(session: Session, campaign_id: int, *states: RegistrationState) -> int:
    """How many of the campaign's registrations are in one of `states`."""
    return session.scalar(select(func.count()).where(_among(campaign_id, *states))) or 0


def move_all(context: CommandContext, campaign_id: int, old: RegistrationState, new: RegistrationState) -> None:
    """Everybody in `old` goes to `new`, in one statement however many they are."""
    check_registration_move(old, new)
    values = {"state": new, "revision": Registration.revision + 1}
    context.session.execute(update(Registration).where(_among(campaign_id, old)).values(values))


def numbers(registrations: Iterable[Registration]) -> list[str]:
    """Their business keys."""
    return [registration.number for registration in registrations if registration.number is not None]


_SEALED = tuple(defer(column) for column in (Registration.details, Registration.id_number, Registration.phone))


def _among(campaign_id: int, *states: RegistrationState) -> ColumnElement[bool]:
    return and_(Registration.campaign_id == campaign_id, Registration.state.in_(states))


def _admitted(session: Session, campaign_id: int) -> Counter[int | None]:
    query = select(Registration.post_id, func.count()).where(_among(campaign_id, _R.PASSED))
    admitted: Counter[int | None] = Counter()
    for post_id, count in session.execute(query.group_by(Registration.post_id)):
        admitted[post_id] = count
    return admitted


def _settle_post(context: CommandContext, post: CampaignPost, valid: int) -> None:
    found = opening(decider(context), post.heads_planned, post.opening_ratio, valid)
    post.outcome, post.heads, post.outcome_reason = found.outcome, found.heads, found.reason


def _publish_opening(context: CommandContext, campaign: Campaign, valid: Counter[int | None]) -> None:
    columns = ("岗位代码", "岗位名称", "原计划", "合格人数", "处理", "招聘人数")
    rows = [
        (
            post.code, post.name, post.heads_planned, valid[post.id], post.outcome.label if post.outcome else "",
            post.heads,
        )
        for post in campaign.posts
    ]  # fmt: skip
    publish_notice(context, campaign, NoticeKind.OPENING, NoticeTable(columns, rows))


def _release_cancelled(context: CommandContext, campaign: Campaign) -> list[str]:
    cancelled = {post.id for post in campaign.posts if post.cancelled}
    if len(cancelled) == len(campaign.posts):
        return []
    concerned = [r for r in registrations_in(context.session, campaign.id, _R.PASSED) if r.post_id in cancelled]
    for registration in concerned:
        registration.move(_R.POST_CANCELLED)
    return numbers(concerned)
