"""A campaign at a glance: its line of stages, its numbers, and what the officer does next."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import url_for
from sqlalchemy import func, select
from sqlalchemy.orm import Session, defer

from engine.delegates.recruitment.commands import CAMPAIGN, TIMERS
from engine.identity.organisations import Organisation
from engine.identity.roles import LABELS
from engine.kernel.actor import Actor
from engine.personnel.recruitment.campaigns import Campaign
from engine.personnel.recruitment.outcomes import PublicNotice
from engine.personnel.recruitment.registrations import Registration
from engine.personnel.recruitment.states import CampaignState, RegistrationState
from engine.workflow.tables import Batch, Incident, Job, ProcessInstance, Step, WorkItem
from engine.workflow.work_items import own_queues

ROLES = ("exam_officer", "county_clerk", "county_head")
_C, _R = CampaignState, RegistrationState
_NOT_REGISTERED = (_R.DRAFT, _R.WITHDRAWN)
_WAITING = (_R.SUBMITTED, _R.APPEALING)
BEFORE_RATIO = (_C.DRAFT, _C.COUNTY_REVIEW, _C.CITY_PREREVIEW, _C.APPROVED, _C.PUBLISHED, _C.REG_OPEN, _C.REG_CLOSED)
STAGES: tuple[tuple[str, tuple[CampaignState, ...], str], ...] = (
    ("方案与公告", (_C.DRAFT, _C.COUNTY_REVIEW, _C.CITY_PREREVIEW, _C.APPROVED, _C.PUBLISHED), "published_at"),
    ("报名", (_C.REG_OPEN,), "reg_opens_at"), ("资格初审", (_C.REG_CLOSED,), "reg_closes_at"),
    ("开考比例", (_C.RATIO_SETTLED, _C.RE_REG), "appeal_closes_at"), ("准考证", (_C.TICKETS,), "tickets_from"),
    ("笔试", (_C.WRITTEN_DONE, _C.SCORES_PUBLISHED), "written_at"), ("资格复审", (_C.RECHECK,), ""),
    ("面试", (_C.INTERVIEW_DONE, _C.TOTAL_PUBLISHED), "interview_at"),
    ("体检考察", (_C.MEDICAL, _C.INVESTIGATION), ""), ("公示", (_C.PUBLICITY,), ""),
    ("聘用", (_C.HIRING_APPROVED, _C.CLOSED), "hired_at"),
)  # fmt: skip
"""Name, the states that belong to it, and the date that stands below it."""
DATE_LABELS = {
    "reg_opens_at": "报名开始", "reg_closes_at": "报名截止", "review_closes_at": "资格初审截止",
    "appeal_closes_at": "初审申诉截止", "tickets_from": "准考证打印开始", "tickets_until": "准考证打印截止",
    "written_at": "笔试时间", "interview_at": "面试时间",
}  # fmt: skip
WAITS = {
    "bonus_publicity": "加分公示期满", "score_query_window": "查分受理期满", "publicity_period": "公示期满",
    "registration_opens": "报名开始", "substitution_stops": "面试前递补截止", "reregistration_closes": "改报截止",
}  # fmt: skip
DESK_STEPS: Mapping[str, tuple[str, str]] = {
    "arrange_rooms": ("rooms", "编排考场和座位"), "import_written": ("written", "导入笔试成绩"),
    "release_written": ("release-written", "核对并公布笔试成绩"), "answer_queries": ("queries", "答复查分申请"),
    "import_interview": ("interview", "导入面试成绩"), "extra_test": ("extra", "录入加试成绩"),
    "release_totals": ("release-totals", "核对并公布总成绩"),
    "prepare_publicity": ("release-hiring", "核对并发布拟聘公示"),
}  # fmt: skip
"""Node -> stage of the desk where it is worked on, and the button that leads there."""


@dataclass(frozen=True, slots=True)
class StageMark:
    """One stage of the line."""

    name: str
    state: str
    on: datetime | None


@dataclass(frozen=True, slots=True)
class NextAct:
    """What waits: for the officer with a button, for others with their role, or for a moment."""

    label: str
    href: str | None
    who: str
    due_at: datetime | None


@dataclass(frozen=True, slots=True)
class Numbers:
    """Key counts of a campaign."""

    registered: int
    waiting: int
    passed: int
    below_ratio: int
    by_state: Sequence[tuple[str, int]]


@dataclass(frozen=True, slots=True)
class Movable:
    """A date that may be moved now."""

    field: str
    label: str
    at: datetime


@dataclass(frozen=True, slots=True)
class BatchRow:
    """Work under way in chunks."""

    kind: str
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Overview:
    """A campaign as the desk shows it."""

    campaign: Campaign
    stages: Sequence[StageMark]
    numbers: Numbers
    acts: Sequence[NextAct]
    movable: Sequence[Movable]
    notices: Sequence[PublicNotice]
    batches: Sequence[BatchRow]
    incidents: int


def desk_campaigns(session: Session, actor: Actor) -> list[Campaign]:
    """The campaigns of the actor's counties, newest first."""
    query = select(Campaign).where(Campaign.county_id.in_(counties_of(session, actor)))
    return list(session.scalars(query.order_by(Campaign.id.desc())))


def desk_campaign(session: Session, actor: Actor, number: str) -> Campaign | None:
    """The campaign, if it is one of the actor's county."""
    campaign = session.scalar(select(Campaign).where(Campaign.number == number))
    return campaign if campaign is not None and campaign.county_id in counties_of(session, actor) else None


def counties_of(session: Session, actor: Actor, *roles: str) -> set[int]:
    """The counties where the actor works at the desk, also from an exam organ inside."""
    places = actor.organisations(*(roles or ROLES))
    lineages = (session.get_one(Organisation, place).lineage for place in places)
    return {each for lineage in lineages for each in lineage}


def overview_of(session: Session, actor: Actor, campaign: Campaign, now: datetime) -> Overview:
    """Everything the page of a campaign shows."""
    instance = _instance(session, campaign.number)
    notices = select(PublicNotice).where(PublicNotice.campaign_id == campaign.id).order_by(PublicNotice.id.desc())
    notices = notices.options(defer(PublicNotice.content, raiseload=True))
    return Overview(
        campaign, stage_marks(campaign), numbers_of(session, campaign), _acts(session, actor, instance, now),
        _movable(campaign, instance, now), session.scalars(notices).all(), _batches(session, instance),
        _incidents(session, instance),
    )  # fmt: skip


def stage_marks(campaign: Campaign) -> list[StageMark]:
    """The line of stages with the present one marked."""
    present = next((index for index, stage in enumerate(STAGES) if campaign.state in stage[1]), len(STAGES))
    over = campaign.state in (_C.CLOSED, _C.CANCELLED)
    facts = vars(campaign)
    return [
        StageMark(
            name, "done" if index < present or over else "now" if index == present else "next", facts.get(dated)
        )
        for index, (name, _, dated) in enumerate(STAGES)
    ]


def numbers_of(session: Session, campaign: Campaign) -> Numbers:
    """Counts from one grouped query."""
    query = select(Registration.post_id, Registration.state, func.count()).where(
        Registration.campaign_id == campaign.id
    )
    rows = session.execute(query.group_by(Registration.post_id, Registration.state)).all()
    states: Counter[RegistrationState] = Counter()
    admitted: Counter[int | None] = Counter()
    for post_id, state, count in rows:
        states[state] += count
        admitted[post_id] += count if state is _R.PASSED else 0
    registered = sum(count for state, count in states.items() if state not in _NOT_REGISTERED)
    below = sum(admitted[post.id] < post.heads_planned * post.opening_ratio for post in campaign.posts)
    return Numbers(
        registered, sum(states[state] for state in _WAITING),
        registered - sum(states[s] for s in (*_WAITING, _R.RETURNED, _R.REJECTED)),
        below if campaign.state in BEFORE_RATIO else sum(post.cancelled for post in campaign.posts),
        [(state.label, states[state]) for state in _R if states[state]],
    )  # fmt: skip


def open_item(session: Session, actor: Actor, number: str, node_id: str, now: datetime) -> int | None:
    """The campaign's open work item at a node, if it waits in one of the actor's lists."""
    instance = _instance(session, number)
    if instance is None:
        return None
    query = select(WorkItem.id).where(
        WorkItem.instance_id == instance.id, WorkItem.node_id == node_id,
        WorkItem.queue.in_(list(own_queues(session, actor, now))),
    )  # fmt: skip
    return session.scalar(query.limit(1))


def _instance(session: Session, number: str) -> ProcessInstance | None:
    query = select(ProcessInstance).where(
        ProcessInstance.process_key == CAMPAIGN, ProcessInstance.business_key == number
    )
    return session.scalar(query)


def _acts(session: Session, actor: Actor, instance: ProcessInstance | None, now: datetime) -> list[NextAct]:
    """The open steps, those of the actor first; without any, what the case waits for."""
    if instance is None:
        return []
    queues = own_queues(session, actor, now)
    query = select(WorkItem, Step).join(Step, Step.id == WorkItem.step_id)
    rows = session.execute(query.where(WorkItem.instance_id == instance.id, WorkItem.queue.is_not(None))).all()
    acts = [_act(instance.business_key, item, step, item.queue in queues) for item, step in rows]
    acts.sort(key=lambda act: act.href is None)
    return acts or [NextAct(f"等待：{name}", None, "", at) for name, at in _waits(session, instance)]


def _act(number: str, item: WorkItem, step: Step, mine: bool) -> NextAct:
    stage, label = DESK_STEPS.get(item.node_id, ("", step.name))
    if not mine:
        return NextAct(step.name, None, LABELS.get(item.offered_to.partition("@")[0], ""), step.due_at)
    href = stage_url(number, stage) if stage else url_for("worklist.item", work_item_id=item.id)
    return NextAct(label, href, "", step.due_at)


def stage_url(number: str, stage: str) -> str:
    """The page of a stage of the desk; the campaign's page for a stage without one."""
    kind, _, notice = stage.partition("-")
    if kind == "release":
        return url_for("desk.release", number=number, kind=notice)
    if kind in ("written", "interview", "posts"):
        return url_for("desk.import_sheet", number=number, kind=kind)
    endpoint = {"rooms": "desk.rooms", "queries": "desk.queries", "extra": "desk.extra_test"}.get(kind)
    return url_for(endpoint or "desk.campaign", number=number)


def _waits(session: Session, instance: ProcessInstance) -> list[tuple[str, datetime]]:
    query = select(Job.node_id, Job.due_at).where(Job.instance_id == instance.id, Job.kind == "timer")
    labels = {node: DATE_LABELS[field] for field, nodes in TIMERS.items() for node in nodes} | WAITS
    return [(labels.get(node or "", node or ""), at) for node, at in session.execute(query.order_by(Job.due_at))]


def _movable(campaign: Campaign, instance: ProcessInstance | None, now: datetime) -> list[Movable]:
    """The dates still ahead, once the announcement is out."""
    if instance is None or campaign.published_at is None or campaign.closed_at is not None:
        return []
    facts = vars(campaign)
    return [Movable(field, DATE_LABELS[field], facts[field]) for field in TIMERS if facts[field] > now]


def _batches(session: Session, instance: ProcessInstance | None) -> list[BatchRow]:
    if instance is None:
        return []
    query = select(Batch).where(Batch.instance_id == instance.id, Batch.ended_at.is_(None))
    return [BatchRow(batch.kind, batch.done, batch.total) for batch in session.scalars(query)]


def _incidents(session: Session, instance: ProcessInstance | None) -> int:
    if instance is None:
        return 0
    query = select(func.count()).where(Incident.instance_id == instance.id, Incident.resolved_at.is_(None))
    return session.scalar(query) or 0

