"""An applicant's registrations as he sees them: where they stand, what is asked of him, what happened, what comes."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from engine.kernel.actor import Actor
from engine.kernel.errors import NotFound
from engine.personnel.recruitment.campaigns import Campaign
from engine.personnel.recruitment.counter import acts_for
from engine.personnel.recruitment.registrations import Registration, RegistrationReview, ReviewDecision, ReviewStage
from engine.personnel.recruitment.states import BEFORE_PASS, FINAL, CampaignState, RegistrationState
from engine.workflow.states import OPEN_ITEMS
from engine.workflow.tables import Message, ProcessInstance, Step, WorkItem

PROCESS = "recruitment_registration"
RESERVE_PROCESS = "reserve_pick"
_R = RegistrationState
TONES = {
    _R.DRAFT: "wait", _R.SUBMITTED: "go", _R.RETURNED: "warn", _R.REJECTED: "bad", _R.APPEALING: "go",
    _R.POST_CANCELLED: "warn", _R.CONFIRMED: "warn", _R.MEDICAL_RETEST: "warn", _R.RECHECK_FAIL: "bad",
    _R.ABSENT: "bad", _R.WRITTEN_FAIL: "bad", _R.INTERVIEW_FAIL: "bad", _R.MEDICAL_FAIL: "bad", _R.INVEST_FAIL: "bad",
    _R.NOT_HIRED: "bad", _R.WITHDRAWN: "wait", _R.WAIVED: "wait", _R.DISQUALIFIED: "bad", _R.OBJECTED: "warn",
}  # fmt: skip
"""Colours of states; everything else goes well."""
_LINE: tuple[tuple[str, tuple[RegistrationState, ...]], ...] = (
    ("报名", (_R.DRAFT, _R.WITHDRAWN)),
    ("资格初审", (_R.SUBMITTED, _R.RETURNED, _R.REJECTED, _R.APPEALING, _R.POST_CANCELLED)),
    ("准考证", (_R.PASSED, _R.CONFIRMED)),
    ("笔试", (_R.TICKET_PRINTED, _R.ABSENT, _R.WRITTEN_FAIL, _R.SUBSTITUTE)),
    ("资格复审", (_R.SHORTLISTED, _R.RECHECK_FAIL)),
    ("面试", (_R.RECHECK_PASS, _R.INTERVIEWED, _R.INTERVIEW_FAIL)),
    ("体检考察", (_R.RANKED, _R.MEDICAL_PASS, _R.MEDICAL_RETEST, _R.MEDICAL_FAIL, _R.INVEST_PASS, _R.INVEST_FAIL)),
    ("公示", (_R.PUBLICISED, _R.OBJECTED, _R.RESERVE)),
    ("聘用", (_R.APPROVED, _R.HIRED)),
)


_OPEN = (CampaignState.PUBLISHED, CampaignState.REG_OPEN)
_IN_HAND = {
    "withdrawn": "撤回正在办理，请稍后刷新查看。", "waived": "放弃声明正在办理，请稍后刷新查看。",
    "ticket_printed": "准考证打印正在登记，请稍后刷新查看。",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage of the line on top."""

    name: str
    state: str
    on: datetime | None


@dataclass(frozen=True, slots=True)
class Event:
    """One line of the timeline."""

    title: str
    at: datetime | None
    state: str
    text: str = ""
    who: str = ""
    basis: str = ""


@dataclass(frozen=True, slots=True)
class OpenTask:
    """A work item that waits for the applicant himself."""

    work_item_id: int
    node_id: str
    name: str
    due_at: datetime | None


def own_registration(session: Session, actor: Actor, registration_id: int) -> Registration:
    """The applicant's own registration; somebody else's does not exist."""
    found = session.get(Registration, registration_id)
    if found is None or not acts_for(actor, found):
        raise NotFound()
    return found


def own_registrations(session: Session, actor: Actor) -> list[Registration]:
    """All registrations of the applicant, newest first."""
    query = select(Registration).where(Registration.user_id == actor.user_id).order_by(Registration.id.desc())
    return list(session.scalars(query))


def case_of(session: Session, registration: Registration) -> ProcessInstance | None:
    """The case of a registration, once it was handed in."""
    query = select(ProcessInstance).where(
        ProcessInstance.process_key == PROCESS, ProcessInstance.business_key == registration.number
    )
    return session.scalar(query)


def open_task(session: Session, actor: Actor, registration: Registration, *nodes: str) -> OpenTask | None:
    """What the case waits for the applicant to do, where it is one of `nodes`."""
    query = (
        select(WorkItem, Step)
        .join(Step, Step.id == WorkItem.step_id)
        .join(ProcessInstance, ProcessInstance.id == WorkItem.instance_id)
        .where(
            _own_case(registration), WorkItem.assignee_id == actor.user_id, WorkItem.state.in_(OPEN_ITEMS),
        )
        .order_by(WorkItem.id.desc())
    )  # fmt: skip
    if nodes:
        query = query.where(WorkItem.node_id.in_(nodes))
    row = session.execute(query.limit(1)).first()
    return None if row is None else OpenTask(row[0].id, row[0].node_id, row[1].name, row[1].due_at)


def _own_case(registration: Registration) -> ColumnElement[bool]:
    """The case of his registration, or one that asks him from the reserve pool."""
    key = ProcessInstance.business_key
    asked = and_(
        ProcessInstance.process_key == RESERVE_PROCESS,
        or_(key == registration.number, key.startswith(f"{registration.number}#")),
    )
    return or_(and_(ProcessInstance.process_key == PROCESS, key == registration.number), asked)


def in_hand(session: Session, registration: Registration) -> str:
    """What the applicant has asked for and the engine has not done yet."""
    query = select(Message.name).where(
        Message.correlation_key == registration.number, Message.name.in_(list(_IN_HAND))
    )
    name = session.scalar(query.order_by(Message.id.desc()).limit(1))
    return _IN_HAND.get(name or "", "")


def tone(registration: Registration) -> str:
    """Colour of its state."""
    return TONES.get(registration.state, "good")


def word(registration: Registration) -> str:
    """Its state as the applicant calls it: behind the exam a ticket says nothing any more."""
    if registration.state is not _R.TICKET_PRINTED:
        return registration.state.label
    if registration.campaign.state is CampaignState.SCORES_PUBLISHED and registration.written_outcome is not None:
        return f"笔试{registration.written_outcome.label}"
    return "已参加笔试" if registration.campaign.state is CampaignState.WRITTEN_DONE else registration.state.label


def stages(registration: Registration) -> list[Stage]:
    """The line of stages with the dates that are known."""
    campaign = registration.campaign
    dates = {
        "报名": registration.submitted_at or campaign.reg_closes_at,
        "资格初审": registration.passed_at or campaign.review_closes_at,
        "准考证": registration.ticket_printed_at or campaign.tickets_from,
        "笔试": campaign.written_at,
        "面试": campaign.interview_at,
        "聘用": campaign.hired_at,
    }
    here = _place(registration)
    over = registration.state is _R.HIRED
    return [
        Stage(name, "done" if place < here or over else "now" if place == here else "next", dates.get(name))
        for place, (name, _) in enumerate(_LINE)
    ]


def _place(registration: Registration) -> int:
    for place, (_, states) in enumerate(_LINE):
        if registration.state in states:
            return place
    reached = [
        registration.submitted_at, registration.passed_at, registration.ticket_printed_at, registration.written_final,
        registration.interview_score,
    ]  # fmt: skip
    places = (1, 2, 3, 4, 5)
    return max((place for place, mark in zip(places, reached, strict=True) if mark is not None), default=0)


def events(registration: Registration, at: datetime) -> list[Event]:
    """What happened, and what comes next with its date, as it looks `at` that moment."""
    past = [event for event in _past(registration) if event.at is not None]
    past.sort(key=lambda event: event.at or registration.created_at)
    if registration.state in FINAL:
        return past
    now = Event(f"当前：{word(registration)}", None, "now", waiting_for(registration))
    coming = _coming(registration.campaign, _place(registration))
    return [*past, now, *(event for event in coming if event.at is None or event.at > at)]


def _past(registration: Registration) -> list[Event]:
    found = [
        Event("填写报名表", registration.created_at, "done"),
        Event("提交报名", registration.submitted_at, "done", f"报名序号 {registration.number}"),
        Event("打印准考证", registration.ticket_printed_at, "done"),
    ]
    found += [_review_event(review) for review in registration.reviews]
    if registration.ended_at is not None:
        found.append(Event(registration.state.label, registration.ended_at, "done", registration.ended_reason))
    return found


def _review_event(review: RegistrationReview) -> Event:
    conditions = review.stage in (ReviewStage.FIRST, ReviewStage.RECHECK)
    basis = "第 4 条、第 5 条" if conditions else "第 5 条"
    return Event(f"{review.stage.label}：{review.decision.label}", review.at, "done", review.opinion, "审查人员", basis)


def _coming(campaign: Campaign, here: int) -> list[Event]:
    line = [
        (1, "资格初审截止", campaign.review_closes_at), (2, "准考证开始打印", campaign.tickets_from),
        (2, "准考证打印截止", campaign.tickets_until), (3, "笔试", campaign.written_at),
        (4, "资格复审", None), (5, "面试", campaign.interview_at), (6, "体检和考察", None), (7, "拟聘用公示", None),
        (8, "聘用审批、签订合同", None),
    ]  # fmt: skip
    return [Event(title, at, "next") for place, title, at in line if place > here or (place == here == 2)]


def waiting_for(registration: Registration) -> str:
    """Who has to do what now, in one sentence."""
    words = {
        _R.DRAFT: "报名表还没有提交，只有您自己能看到。",
        _R.SUBMITTED: "县级审查人员正在审核，一般在提交后 24 小时内有结果。",
        _R.RETURNED: "请按审查意见修改后重新提交。",
        _R.REJECTED: "初审没有通过。报名截止前可以修改或改报其他岗位，也可以申请复核。",
        _R.APPEALING: "复核由没有参加过初审的人员办理，结果会通知您。",
        _R.PASSED: "初审通过，报名表已锁定。请等待开考安排。",
        _R.POST_CANCELLED: "所报岗位没有达到开考比例，已取消。可以改报其他岗位。",
        _R.CONFIRMED: "请在规定时间内打印准考证，不打印视为放弃。",
        _R.TICKET_PRINTED: "请带准考证和身份证原件，按时参加笔试。",
        _R.SUBSTITUTE: "笔试合格但没有入围。前面有人放弃或复审不合格时，按成绩依次递补。",
        _R.SHORTLISTED: "请带身份证、学历证书等材料的原件参加资格复审。",
        _R.RECHECK_FAIL: "资格复审不合格。您可以在期限内陈述申辩。",
        _R.RECHECK_PASS: "取得面试资格，请按时参加面试。",
        _R.INTERVIEWED: "面试已结束，请等待总成绩公布。",
        _R.RANKED: "总成绩已公布。进入体检的，会另行通知时间和地点。",
        _R.MEDICAL_RETEST: "需要复检的，请按通知的时间和地点参加；复检只有一次，结论为最终结论。",
        _R.MEDICAL_PASS: "体检合格，请等待考察。",
        _R.INVEST_PASS: "考察合格，请等待下一步安排。",
        _R.PUBLICISED: "正在公示，公示期满无异议的办理聘用审批。",
        _R.OBJECTED: "收到异议，正在核实。",
        _R.APPROVED: "聘用已批准，请按街道通知签订劳动合同并报到。",
        _R.RESERVE: "已进入后备库，有空缺时按名次选用。",
        _R.HIRED: "已聘用。请按通知参加岗前培训，有问题联系所在街道。",
    }
    later = {
        (_R.PASSED, CampaignState.REG_OPEN): "初审通过，报名表已锁定。报名结束后确认开考比例，准考证打印前会通知您。",
        (_R.TICKET_PRINTED, CampaignState.WRITTEN_DONE): "笔试已结束，成绩公布后在这里查看。",
        (_R.TICKET_PRINTED, CampaignState.SCORES_PUBLISHED): "笔试成绩已公布。查分和加分公示期满后，确定资格复审名单。",
    }
    if registration.state is _R.DRAFT and registration.campaign.state not in _OPEN:
        return "报名已截止，报名表没有提交，不能再报名。"
    known = words.get(registration.state, registration.ended_reason)
    return later.get((registration.state, registration.campaign.state), known)


def latest_review(registration: Registration) -> RegistrationReview | None:
    """The reviewer's last word that the applicant has to answer."""
    if registration.state not in (_R.RETURNED, _R.REJECTED, _R.RECHECK_FAIL) or not registration.reviews:
        return None
    return registration.reviews[-1]


def remarks(registration: Registration) -> dict[str, str]:
    """The reviewer's remarks by field, while they wait to be answered."""
    review = latest_review(registration)
    return {} if review is None or review.decision is ReviewDecision.PASS else dict(review.remarks)


def may_edit(registration: Registration, now: datetime) -> bool:
    """Whether the form may be changed: a draft, sent back, rejected or with a cancelled post, in its window."""
    campaign = registration.campaign
    if registration.state is _R.POST_CANCELLED:
        closes = campaign.rereg_closes_at
        return campaign.state is CampaignState.RE_REG and closes is not None and now < closes
    editable = registration.state in (_R.DRAFT, _R.RETURNED, _R.REJECTED, _R.WITHDRAWN)
    return editable and campaign.state is CampaignState.REG_OPEN and now < campaign.reg_closes_at


def may_withdraw(registration: Registration) -> bool:
    """Before it has passed the review."""
    return registration.state in (_R.SUBMITTED, _R.RETURNED)


def may_waive(registration: Registration) -> bool:
    """Once admitted and not yet at an end."""
    return registration.state not in FINAL | BEFORE_PASS


