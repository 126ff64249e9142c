"""Applicants are told before a window closes behind which they have something left to do [domain 1.5, 1.7]."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute

from engine.delegates.recruitment.commands import REGISTRATION
from engine.kernel.clock import CHINA
from engine.kernel.command import CommandContext
from engine.personnel.recruitment.campaigns import Campaign
from engine.personnel.recruitment.registrations import Registration
from engine.personnel.recruitment.states import CampaignState, RegistrationState
from engine.workflow.delegates import BatchCall, Pending, batch
from engine.workflow.housekeeping import daily
from engine.workflow.notifications import notify
from engine.workflow.services import start_batch
from engine.workflow.tables import Notification, ProcessInstance

AHEAD = timedelta(hours=48)
"""The daily job runs at night, so that everybody is told on the day before at the latest."""
TEMPLATE, REMIND = "deadline_warning", "recruitment.remind_applicants"


@dataclass(frozen=True, slots=True)
class Window:
    """Something applicants in a state have to do before a date of the announcement, while the campaign stands there."""

    waiting: RegistrationState
    closes: InstrumentedAttribute[Any]
    stage: CampaignState
    title: str
    consequence: str


_R, _C = RegistrationState, CampaignState
WINDOWS = (
    Window(_R.DRAFT, Campaign.reg_closes_at, _C.REG_OPEN, "报名表还没有提交", "不提交的，报名无效"),
    Window(_R.RETURNED, Campaign.reg_closes_at, _C.REG_OPEN, "报名材料还没有补正", "不补正的，视为初审未通过"),
    Window(_R.POST_CANCELLED, Campaign.rereg_closes_at, _C.RE_REG, "还没有改报岗位", "不改报的，视为不再报考"),
    Window(_R.CONFIRMED, Campaign.tickets_until, _C.TICKETS, "准考证还没有打印", "不打印的，视为放弃考试"),
)


@daily(REMIND)
def remind_applicants(context: CommandContext) -> None:
    """Starts a batch for each window that closes within two days."""
    for place, window in enumerate(WINDOWS):
        query = select(Registration.id).join(Campaign, Campaign.id == Registration.campaign_id).where(
            Registration.state == window.waiting, Campaign.state == window.stage,
            window.closes > context.now, window.closes <= context.now + AHEAD,
        )  # fmt: skip
        people = list(context.session.scalars(query.order_by(Registration.id)))
        if people:
            start_batch(context, Pending(REMIND, people, {"window": place}), None, None)


@batch(REMIND)
def remind(call: BatchCall) -> None:
    """Tells those of the chunk who still have it to do and were not told of this date before."""
    window = WINDOWS[call.data["window"]]
    its_case = (ProcessInstance.process_key == REGISTRATION) & (ProcessInstance.business_key == Registration.number)
    query = (
        select(Registration, window.closes, ProcessInstance.id)
        .join(Campaign, Campaign.id == Registration.campaign_id)
        .outerjoin(ProcessInstance, its_case)
        .where(Registration.id.in_(call.items), Registration.state == window.waiting, window.closes > call.context.now)
    )
    for registration, closes_at, case in call.context.session.execute(query).all():
        _tell(call.context, registration, window, closes_at.astimezone(CHINA), case)


def _tell(
    context: CommandContext, registration: Registration, window: Window, until: datetime, case: int | None
) -> None:
    subject = f"registration:{registration.id}:{window.closes.key}:{until:%Y%m%d%H%M}"
    told = select(Notification.id).where(
        Notification.user_id == registration.acting_id, Notification.subject == subject
    )
    if context.session.scalar(told.limit(1)) is None:
        title = f"{window.title}，{until.month}月{until.day}日 {until:%H:%M} 截止（{registration.campaign.title}）"
        body = f"{window.consequence}。请尽早登录办理，不要等到最后一刻。"
        notify(context, [registration.acting_id], TEMPLATE, title, body, case, subject)
