"""What the public reads of a campaign, as frozen rows; nothing of a person but what a notice made public."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, defer, selectinload

from engine.identity.organisations import Organisation
from engine.kernel.errors import NotFound
from engine.personnel.recruitment import settings
from engine.personnel.recruitment.campaigns import Campaign, CampaignPost
from engine.personnel.recruitment.exams import ExamRoom, Seat
from engine.personnel.recruitment.outcomes import NoticeKind, PublicNotice
from engine.personnel.recruitment.registrations import Registration
from engine.personnel.recruitment.states import CampaignState
from engine.personnel.vocabulary import Target

_C = CampaignState
REGISTRATION = (_C.PUBLISHED, _C.REG_OPEN)
EXAM = (_C.REG_CLOSED, _C.RATIO_SETTLED, _C.RE_REG, _C.TICKETS, _C.WRITTEN_DONE, _C.SCORES_PUBLISHED)
OVER = (_C.CLOSED, _C.CANCELLED)
OBJECTIONABLE = (NoticeKind.HIRING, NoticeKind.BONUS)
"""Notices of persons against whom the public may object."""
_TONES = {_C.PUBLISHED: "go", _C.REG_OPEN: "good", _C.CANCELLED: "bad", _C.CLOSED: "wait"}
LATEST_NOTICES = 200


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage of the line on top of an announcement."""

    name: str
    state: str
    on: datetime | None


@dataclass(frozen=True, slots=True)
class PostRow:
    """A line of the post table with everything it asks for in words."""

    id: int
    code: str
    name: str
    street_id: int
    street: str
    place: str
    target: Target
    heads: int
    heads_planned: int
    ratio: int
    cancelled: bool
    outcome: str
    conditions: tuple[tuple[str, str], ...]
    """(label, text) of what the post asks for and how it is examined."""


@dataclass(frozen=True, slots=True)
class CampaignRow:
    """One announcement in a list."""

    number: str
    title: str
    county: str
    state: CampaignState
    tone: str
    heads: int
    posts: int
    published_at: datetime | None
    reg_opens_at: datetime
    reg_closes_at: datetime
    written_at: datetime
    until: datetime | None
    """The moment the public waits for, where there is one."""
    until_word: str


def campaign_of(session: Session, number: str) -> Campaign:
    """The published announcement of that number; what is not published yet does not exist for the public."""
    query = select(Campaign).where(Campaign.number == number, Campaign.published_at.is_not(None))
    found = session.scalar(query.options(selectinload(Campaign.posts)))
    if found is None:
        raise NotFound("没有找到该招聘公告，可能网址有误或尚未发布。")
    return found


def campaigns(session: Session, now: datetime) -> list[CampaignRow]:
    """Published announcements, newest first."""
    query = select(Campaign).where(Campaign.published_at.is_not(None)).options(selectinload(Campaign.posts))
    found = session.scalars(query.order_by(Campaign.published_at.desc(), Campaign.id.desc())).all()
    names = organisation_names(session, {campaign.county_id for campaign in found})
    return [campaign_row(campaign, names[campaign.county_id], now) for campaign in found]


def campaign_row(campaign: Campaign, county: str, now: datetime) -> CampaignRow:
    """The announcement in one line."""
    until, word = _next_moment(campaign, now)
    return CampaignRow(
        campaign.number, campaign.title, county, campaign.state, _TONES.get(campaign.state, "go"),
        sum(post.heads for post in campaign.posts if not post.cancelled), len(campaign.posts), campaign.published_at,
        campaign.reg_opens_at, campaign.reg_closes_at, campaign.written_at, until, word,
    )  # fmt: skip


def accepts_registrations(campaign: Campaign, now: datetime) -> bool:
    """Whether a form may be handed in now."""
    return campaign.state is _C.REG_OPEN and campaign.reg_opens_at <= now < campaign.reg_closes_at


def stages(campaign: Campaign) -> list[Stage]:
    """The way of the campaign with its dates, and where it is."""
    line: list[tuple[str, datetime | None, Sequence[CampaignState]]] = [
        ("公告", campaign.published_at, (_C.PUBLISHED,)),
        ("报名", campaign.reg_opens_at, (_C.REG_OPEN,)),
        ("资格初审", campaign.reg_closes_at, (_C.REG_CLOSED, _C.RATIO_SETTLED, _C.RE_REG)),
        ("准考证", campaign.tickets_from, (_C.TICKETS,)),
        ("笔试", campaign.written_at, (_C.WRITTEN_DONE, _C.SCORES_PUBLISHED)),
        ("资格复审", None, (_C.RECHECK,)),
        ("面试", campaign.interview_at, (_C.INTERVIEW_DONE, _C.TOTAL_PUBLISHED)),
        ("体检考察", None, (_C.MEDICAL, _C.INVESTIGATION)),
        ("公示聘用", campaign.hired_at, (_C.PUBLICITY, _C.HIRING_APPROVED)),
    ]
    here = next((place for place, (_, _, states) in enumerate(line) if campaign.state in states), len(line))
    return [
        Stage(name, "done" if place < here else "now" if place == here else "next", on)
        for place, (name, on, _) in enumerate(line)
    ]


def post_rows(session: Session, campaign: Campaign) -> list[PostRow]:
    """The post table."""
    wanted = {post.street_id for post in campaign.posts} | {post.community_id for post in campaign.posts} - {None}
    names = organisation_names(session, wanted)
    fallback = campaign.policy[settings.INTERVIEW_RATIO]
    return [_post_row(post, names, fallback) for post in campaign.posts]


def organisation_names(session: Session, ids: Iterable[int | None]) -> dict[int, str]:
    """Names by id."""
    query = select(Organisation.id, Organisation.name).where(Organisation.id.in_([id_ for id_ in ids if id_]))
    return dict(session.execute(query).all())


def notices(session: Session, campaign_id: int | None = None) -> list[tuple[PublicNotice, Campaign]]:
    """Public notices, newest first; the announcement itself is no extra notice."""
    query = (
        select(PublicNotice, Campaign)
        .join(Campaign, Campaign.id == PublicNotice.campaign_id)
        .where(PublicNotice.kind != NoticeKind.ANNOUNCEMENT, Campaign.published_at.is_not(None))
        .order_by(PublicNotice.id.desc())
        .limit(LATEST_NOTICES)
        .options(defer(PublicNotice.content, raiseload=True))
    )
    if campaign_id is not None:
        query = query.where(PublicNotice.campaign_id == campaign_id)
    return list(session.execute(query))


def notice_of(session: Session, notice_id: int) -> tuple[PublicNotice, Campaign]:
    """One notice with its campaign."""
    notice = session.get(PublicNotice, notice_id)
    campaign = None if notice is None else session.get(Campaign, notice.campaign_id)
    if notice is None or campaign is None or campaign.published_at is None:
        raise NotFound("没有找到该公示，可能网址有误。")
    return notice, campaign


def named_in(notice: PublicNotice) -> list[tuple[str, str]]:
    """(exam number, label) of those a notice names."""
    columns = [str(column) for column in notice.content["columns"]]
    if "准考证号" not in columns:
        return []
    number = columns.index("准考证号")
    name = columns.index("姓名") if "姓名" in columns else None
    rows = notice.content["rows"]
    return [(str(row[number]), str(row[number]) + (f"（{row[name]}）" if name is not None else "")) for row in rows]


@dataclass(frozen=True, slots=True)
class DrawLine:
    """One participant of the seat draw."""

    number: str
    draw_value: str
    room: str
    seat: int


def drawn_seats(session: Session, campaign_id: int) -> list[DrawLine]:
    """The draw in its order: sorted by value, rooms filled one after the other."""
    query = (
        select(Registration.number, Seat.draw_value, ExamRoom.name, Seat.seat)
        .join(Registration, Registration.id == Seat.registration_id)
        .join(ExamRoom, ExamRoom.id == Seat.room_id)
        .where(ExamRoom.campaign_id == campaign_id)
        .order_by(Seat.draw_value, Registration.number)
    )
    return [DrawLine(number or "", value, room, seat) for number, value, room, seat in session.execute(query)]


def exam_rooms(session: Session, campaign_id: int) -> list[ExamRoom]:
    """Rooms in the order in which they are filled."""
    query = select(ExamRoom).where(ExamRoom.campaign_id == campaign_id)
    return list(session.scalars(query.order_by(ExamRoom.position)))


def _next_moment(campaign: Campaign, now: datetime) -> tuple[datetime | None, str]:
    moments = {
        _C.PUBLISHED: (campaign.reg_opens_at, "距报名开始还有"),
        _C.REG_OPEN: (campaign.reg_closes_at, "距报名截止还有"),
        _C.RE_REG: (campaign.rereg_closes_at, "距改报截止还有"),
        _C.TICKETS: (campaign.tickets_until, "距准考证打印截止还有"),
    }
    at, word = moments.get(campaign.state, (None, ""))
    return (at, word) if at is not None and at > now else (None, "")


def _post_row(post: CampaignPost, names: dict[int, str], interview_ratio: int) -> PostRow:
    place = names.get(post.community_id or 0, "") or post.allotment or "街道统筹分配"
    return PostRow(
        post.id, post.code, post.name, post.street_id, names[post.street_id], place, post.target, post.heads,
        post.heads_planned, post.opening_ratio, post.cancelled, post.outcome_reason,
        tuple((label, text) for label, text in _conditions(post, interview_ratio) if text),
    )  # fmt: skip


def _conditions(post: CampaignPost, interview_ratio: int) -> list[tuple[str, str]]:
    asked = post.conditions
    relaxed = "；".join(f"{window.condition.label}的放宽到 {window.earliest} 以后" for window in asked.relaxations)
    exception = f"（{post.education_exception}）" if post.education_exception else ""
    weights = [f"{part.normalize():f}%" for part in (post.written_weight, 100 - post.written_weight)]
    written = f"笔试占 {weights[0]}，面试占 {weights[1]}，面试比例 {interview_ratio}:1"
    return [
        ("学历", f"{post.education.label}及以上{exception}"),
        ("学位", post.degree),
        ("专业", "、".join(post.majors) or "不限"),
        ("出生日期", f"{post.birth_from} 至 {post.birth_to}（含）"),
        ("年龄放宽", relaxed),
        ("户籍生源", "、".join(kind.label for kind in asked.households) or "不限"),
        ("政治面貌", "中共党员（含预备党员）" if post.party_members_only else "不限"),
        ("证书", f"{post.certificate.label}及以上" if post.certificate.level else ""),
        ("工作经历", f"在社区工作满 {post.community_years} 年" if post.community_years else ""),
        ("岗位职责", post.duties),
        ("考试形式", post.exam_form),
        ("成绩占比", written),
        ("开考比例", f"{post.opening_ratio}:1，达不到的核减或取消"),
        ("最低服务期", f"{post.service_months} 个月" if post.service_months else ""),
        ("其他要求", post.other),
        ("咨询电话", post.phone),
        ("备注", post.remark),
    ]
