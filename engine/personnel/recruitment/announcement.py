"""Drawing up a campaign, its dates, and the guards before it is published [domain 1.2, 10.1]."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.identity.organisations import Organisation
from engine.kernel.clock import CHINA
from engine.kernel.command import CommandContext
from engine.kernel.errors import Invalid, NotFound
from engine.personnel.calendar import WorkCalendar
from engine.personnel.holidays import work_calendar
from engine.personnel.limits import check_entry_education
from engine.personnel.policy import Policy, policy_at
from engine.personnel.quota_ledger import release
from engine.personnel.recruitment import settings
from engine.personnel.recruitment.campaigns import Campaign, CampaignPost
from engine.personnel.recruitment.eligibility import AgeConvention, birth_window
from engine.personnel.recruitment.notices import NoticeTable, publish_notice
from engine.personnel.recruitment.outcomes import NoticeKind
from engine.personnel.recruitment.planning import quota_subject, take_into_plan
from engine.personnel.recruitment.requests import PostRequest, PostRequestLine
from engine.personnel.recruitment.states import CampaignState, check_campaign_move
from engine.personnel.vocabulary import Education


@dataclass(frozen=True, slots=True)
class CampaignDates:
    """The dates of an announcement; moments are aware."""

    reg_opens_at: datetime
    reg_closes_at: datetime
    review_closes_at: datetime
    appeal_closes_at: datetime
    tickets_from: datetime
    tickets_until: datetime
    written_at: datetime
    interview_at: datetime

    def problems(self) -> dict[str, str]:
        """What is out of order, by field."""
        order = [
            ("reg_opens_at", "报名开始", "reg_closes_at", "报名截止"),
            ("reg_closes_at", "报名截止", "review_closes_at", "初审截止"),
            ("review_closes_at", "初审截止", "appeal_closes_at", "申诉截止"),
            ("appeal_closes_at", "申诉截止", "tickets_from", "准考证打印开始"),
            ("tickets_from", "准考证打印开始", "tickets_until", "准考证打印截止"),
            ("tickets_until", "准考证打印截止", "written_at", "笔试时间"),
            ("written_at", "笔试时间", "interview_at", "面试时间"),
        ]
        values = asdict(self)
        return {
            later: f"{later_label}不能早于{earlier_label}"
            for earlier, earlier_label, later, later_label in order
            if values[later] < values[earlier]
        }


def suggested_dates(calendar: WorkCalendar, policy: Policy, publish_on: date) -> CampaignDates:
    """Dates that follow from the settings when the announcement goes out on `publish_on`."""
    opens = calendar.add_workdays(publish_on, policy[settings.NOTICE_WORKDAYS])
    closes = opens + timedelta(days=policy[settings.REGISTRATION_DAYS] - 1)
    review = closes + timedelta(days=policy[settings.REVIEW_EXTRA_DAYS])
    appeal = calendar.add_workdays(review, policy[settings.APPEAL_WORKDAYS])
    written = _saturday_after(appeal + timedelta(days=7 + policy[settings.TICKET_DAYS]))
    closing = policy[settings.REGISTRATION_CLOSES]
    return CampaignDates(
        _at(opens, policy[settings.REGISTRATION_OPENS]), _at(closes, closing), _at(review, closing),
        _at(appeal, time(17, 0)), _at(written - timedelta(days=policy[settings.TICKET_DAYS]), time(9, 0)),
        _at(written, time(8, 0)), _at(written, time(9, 0)),
        _at(_saturday_after(written + timedelta(days=28)), time(9, 0)),
    )  # fmt: skip


def create_campaign(
    context: CommandContext, county_id: int, title: str, request_ids: Sequence[int], publish_on: date | None = None
) -> Campaign:
    """A draft with suggested dates and one post for each accepted line of the requests."""
    policy = policy_at(context.session, county_id, context.today)
    dates = suggested_dates(work_calendar(context.session), policy, publish_on or context.today)
    campaign = Campaign(
        number=_next_number(context), county_id=county_id, title=title.strip(), state=CampaignState.DRAFT,
        created_by=context.actor.user_id, created_at=context.now, **asdict(dates),
    )  # fmt: skip
    context.session.add(campaign)
    context.session.flush()
    for request_id in request_ids:
        lines = take_into_plan(context, request_id, county_id, campaign.id)
        _add_posts(context, campaign, lines, policy)
    note_campaign(context, campaign, "campaign.created", title=campaign.title, posts=len(campaign.posts))
    return campaign


def revise_campaign(
    context: CommandContext, campaign_id: int, dates: CampaignDates, *, title: str, announcement: str, phone: str
) -> None:
    """New dates and text while the plan is being drawn up."""
    campaign = campaign_of(context.session, campaign_id)
    require_state(campaign, CampaignState.DRAFT)
    problems = dates.problems()
    if not title.strip():
        problems["title"] = "请填写公告标题"
    if problems:
        raise Invalid(fields=problems)
    for name, value in asdict(dates).items():
        setattr(campaign, name, value)
    campaign.title, campaign.announcement, campaign.phone = title.strip(), announcement.strip(), phone.strip()
    context.session.flush()


def check_plan(context: CommandContext, campaign_id: int) -> bool:
    """Guards before the plan is signed; answers whether the city reviews it first."""
    campaign = campaign_of(context.session, campaign_id)
    policy = policy_at(context.session, campaign.county_id, context.today)
    problems = _plan_problems(campaign)
    if problems:
        raise Invalid(fields=problems)
    for post in campaign.posts:
        check_entry_education(post.education, post.education_exception)
    return policy[settings.CITY_PREREVIEW]


def move_campaign(context: CommandContext, campaign_id: int, state: CampaignState) -> Campaign:
    """Goes to `state` if the table of transitions has it."""
    campaign = campaign_of(context.session, campaign_id)
    check_campaign_move(campaign.state, state)
    note_campaign(context, campaign, "campaign.moved", before=campaign.state.value, after=state.value)
    campaign.state = state
    context.session.flush()
    return campaign


def publish_campaign(context: CommandContext, campaign_id: int) -> Campaign:
    """Makes the announcement public and freezes the settings it runs under."""
    check_plan(context, campaign_id)
    campaign = campaign_of(context.session, campaign_id)
    if campaign.reg_opens_at < context.now:
        raise Invalid("报名开始时间已过，请退回方案调整日期后再发布")
    move_campaign(context, campaign_id, CampaignState.PUBLISHED)
    campaign.policy_values = policy_at(context.session, campaign.county_id, context.today).snapshot()
    campaign.published_at = context.now
    publish_notice(context, campaign, NoticeKind.ANNOUNCEMENT, post_table(context.session, campaign))
    return campaign


def cancel_campaign(context: CommandContext, campaign_id: int, reason: str) -> Campaign:
    """Ends the campaign for good; reserved places return to the county."""
    if not reason.strip():
        raise Invalid("请填写终止招聘的原因，将向报考人员公布", fields={"reason": "请填写终止招聘的原因"})
    campaign = move_campaign(context, campaign_id, CampaignState.CANCELLED)
    campaign.cancel_reason, campaign.closed_at = reason.strip(), context.now
    release_reserved(context, campaign, "招聘终止")
    if campaign.published_at is not None:
        publish_notice(
            context, campaign, NoticeKind.CANCELLATION, NoticeTable(("公告编号",), ((campaign.number,),)), body=reason
        )
    return campaign


def release_reserved(context: CommandContext, campaign: Campaign, note: str) -> int:
    """Gives back what the campaign's requests still hold; answers how many places."""
    query = (
        select(PostRequest)
        .join(PostRequestLine, PostRequestLine.request_id == PostRequest.id)
        .where(PostRequestLine.campaign_id == campaign.id)
        .distinct()
    )
    requests = context.session.scalars(query).all()
    return sum(release(context, campaign.county_id, quota_subject(request), note=note) for request in requests)


def post_table(session: Session, campaign: Campaign) -> NoticeTable:
    """The post table as the public reads it."""
    columns = (
        "序号", "街道（乡镇）", "岗位代码", "岗位名称", "招聘对象", "招聘人数", "开考比例", "学历", "出生日期",
        "其他要求",
    )  # fmt: skip
    rows = [
        (
            post.sequence, session.get_one(Organisation, post.street_id).name, post.code, post.name,
            post.target.label, post.heads_planned, f"{post.opening_ratio}:1", f"{post.education.label}及以上",
            f"{post.birth_from} 至 {post.birth_to}", post.other,
        )
        for post in campaign.posts
    ]  # fmt: skip
    return NoticeTable(columns, rows)


def campaign_of(session: Session, campaign_id: int) -> Campaign:
    """The campaign, or NotFound."""
    campaign = session.get(Campaign, campaign_id)
    if campaign is None:
        raise NotFound("没有找到该招聘公告")
    return campaign


def dates_of(campaign: Campaign) -> CampaignDates:
    """The campaign's dates as a value."""
    return CampaignDates(
        campaign.reg_opens_at, campaign.reg_closes_at, campaign.review_closes_at, campaign.appeal_closes_at,
        campaign.tickets_from, campaign.tickets_until, campaign.written_at, campaign.interview_at,
    )  # fmt: skip


def require_state(campaign: Campaign, *states: CampaignState) -> None:
    """Refuses work that does not belong to the campaign's present stage."""
    if campaign.state not in states:
        expected = "”或“".join(state.label for state in states)
        raise Invalid(f"招聘公告当前为“{campaign.state.label}”，只有在“{expected}”阶段才能办理")


def note_campaign(context: CommandContext, campaign: Campaign, type_: str, **facts: Any) -> None:
    """Writes a fact to the campaign's own chain of history."""
    subject = f"campaign:{campaign.id}"
    context.record(type_, subject, chain=subject, **facts)


def _plan_problems(campaign: Campaign) -> dict[str, str]:
    problems = dates_of(campaign).problems()
    if not campaign.posts:
        problems["posts"] = "岗位表是空的，请从需求库选择岗位或导入岗位表"
    return problems


def _add_posts(context: CommandContext, campaign: Campaign, lines: Sequence[PostRequestLine], policy: Policy) -> None:
    window = birth_window(
        campaign.reg_opens_at.astimezone(CHINA).date(), campaign.reg_closes_at.astimezone(CHINA).date(),
        policy[settings.MAX_AGE], policy[settings.MIN_AGE], AgeConvention(policy[settings.AGE_CONVENTION]),
    )  # fmt: skip
    entry = Education(policy[settings.ENTRY_EDUCATION])
    for line in lines:
        sequence = len(campaign.posts) + 1
        post = CampaignPost(
            sequence=sequence, code=f"{sequence:03d}", name=line.name, street_id=line.request.street_id,
            community_id=line.community_id, target=line.target, duties=line.duties, heads_planned=line.heads,
            heads=line.heads, opening_ratio=policy[settings.OPEN_RATIO], birth_from=window.earliest,
            birth_to=window.latest, written_weight=policy[settings.WRITTEN_WEIGHT], request_line_id=line.id,
            education=max(line.education, entry, key=lambda education: education.level),
            service_months=policy[settings.SERVICE_MONTHS], relaxations=[], majors=[], households=[],
        )  # fmt: skip
        campaign.posts.append(post)
    context.session.flush()


def _next_number(context: CommandContext) -> str:
    prefix = f"ZP{context.today.year}-"
    numbers = context.session.scalars(select(Campaign.number).where(Campaign.number.startswith(prefix)))
    last = max((int(number.removeprefix(prefix)) for number in numbers), default=0)
    return f"{prefix}{last + 1:04d}"


def _saturday_after(day: date) -> date:
    return day + timedelta(days=(5 - day.weekday()) % 7)


def _at(day: date, at: time) -> datetime:
    return datetime.combine(day, at, CHINA)
