"""What people do that touches a case and its domain row together; each authorises inside itself."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from engine.decision import Value
from engine.delegates.recruitment.messages import ToCampaign, ToRegistration
from engine.kernel.command import CommandContext
from engine.kernel.errors import Conflict, Invalid, NotFound, RuleViolation
from engine.personnel.authority import require_role
from engine.personnel.recruitment import announcement, enrolment, objections, planning, results, settlement
from engine.personnel.recruitment.campaigns import Campaign
from engine.personnel.recruitment.counter import require_applicant
from engine.personnel.recruitment.objections import Complaint
from engine.personnel.recruitment.planning import WantedPosts
from engine.personnel.recruitment.registrations import Registration
from engine.personnel.recruitment.states import BEFORE_PASS, FINAL, RegistrationState
from engine.workflow import messages
from engine.workflow.definitions import DefinitionCache
from engine.workflow.instances import adjust_timer, find_instance, start
from engine.workflow.runs import Run, lock_instance, open_run
from engine.workflow.tables import Job, ProcessInstance

POST_REQUEST = "post_request"
CAMPAIGN = "recruitment_campaign"
REGISTRATION = "recruitment_registration"

TIMERS: Mapping[str, tuple[str, ...]] = {
    "reg_opens_at": ("registration_opens",),
    "reg_closes_at": ("registration_closes",),
    "review_closes_at": ("review_closes",),
    "appeal_closes_at": ("appeals_close",),
    "tickets_from": ("tickets_open",),
    "tickets_until": ("tickets_close",),
    "written_at": ("written_exam_day",),
    "interview_at": ("substitution_stops", "interview_day"),
}
"""Date of the announcement -> the timers of the campaign that wait for it."""


@dataclass(frozen=True)
class RequestPosts:
    """A street asks for posts; its leaders review the request next [N 5.5]. Answers the instance."""

    street_id: int
    reason: str
    wanted: Sequence[WantedPosts]

    def execute(self, context: CommandContext) -> int:
        require_role(context, self.street_id, "street_clerk")
        request = planning.create_request(context, self.street_id, self.reason, self.wanted)
        title = f"用人需求 {request.number}（{request.heads} 名）"
        return start_case(context, POST_REQUEST, str(request.number), self.street_id, title)


@dataclass(frozen=True)
class StartCampaign:
    """The county begins an open recruitment with accepted requests [N 5.5, 5.6]. Answers the instance."""

    county_id: int
    title: str
    request_ids: Sequence[int]
    publish_on: date | None = None

    def execute(self, context: CommandContext) -> int:
        require_role(context, self.county_id, "county_clerk")
        if not self.title.strip():
            raise Invalid(fields={"title": "请填写公告标题"})
        campaign = announcement.create_campaign(
            context, self.county_id, self.title, self.request_ids, self.publish_on
        )
        return start_case(context, CAMPAIGN, campaign.number, self.county_id, campaign.title)


@dataclass(frozen=True)
class SubmitRegistration:
    """The applicant hands in his registration; the first review begins. Answers the instance.

    Form, conditions and window are checked by the first step of the case. After a withdrawal the
    registration gets a new number, because its first case has ended.
    """

    registration_id: int

    def execute(self, context: CommandContext) -> int:
        registration = _own(context, self.registration_id)
        if registration.state not in (RegistrationState.DRAFT, RegistrationState.WITHDRAWN):
            raise Conflict("该报名已提交，请在“我的报名”中查看办理进度")
        number = _case_number(context, registration)
        title = f"{registration.name}报考{registration.post.name if registration.post else ''}"
        variables: dict[str, Value] = {"applicantId": registration.acting_id}
        return start_case(context, REGISTRATION, number, registration.campaign.county_id, title, variables)


@dataclass(frozen=True)
class WithdrawRegistration:
    """The applicant takes his registration back before it is admitted."""

    registration_id: int

    def execute(self, context: CommandContext) -> None:
        registration = _own(context, self.registration_id)
        if registration.state not in (RegistrationState.SUBMITTED, RegistrationState.RETURNED):
            raise Conflict("初审已有结论，不能撤回；不再参加的请在通过初审后办理放弃")
        _publish(context, ToRegistration.WITHDRAWN, registration, {})


@dataclass(frozen=True)
class WaivePlace:
    """The applicant gives up after the first review was passed; a written statement is kept."""

    registration_id: int
    reason: str

    def execute(self, context: CommandContext) -> None:
        registration = _own(context, self.registration_id)
        if registration.state in BEFORE_PASS | FINAL | {RegistrationState.RESERVE}:
            raise Conflict(f"当前状态为“{registration.state.label}”，不需要办理放弃")
        if not self.reason.strip():
            raise Invalid(fields={"reason": "请填写放弃的原因"})
        _publish(context, ToRegistration.WAIVED, registration, {"reason": self.reason.strip()})


@dataclass(frozen=True)
class DisqualifyRegistration:
    """A county officer cancels a registration for false data, at any stage (资格审查贯穿全过程)."""

    registration_id: int
    reason: str

    def execute(self, context: CommandContext) -> None:
        registration = enrolment.registration_of(context.session, self.registration_id)
        require_role(context, registration.campaign.county_id, "county_clerk", "county_head", "county_reviewer")
        if registration.state in (RegistrationState.DRAFT, RegistrationState.DISQUALIFIED):
            raise Conflict(f"当前状态为“{registration.state.label}”，不能取消资格")
        if not self.reason.strip():
            raise Invalid(fields={"reason": "请写明取消资格的事实和依据"})
        if registration.state is RegistrationState.HIRED:
            raise RuleViolation("该人员已入职，请由街道按退出程序办理", clause="11.7")
        if registration.state in FINAL | {RegistrationState.RESERVE}:
            enrolment.disqualify(context, registration.id, self.reason)
        else:
            _publish(context, ToRegistration.DISQUALIFIED, registration, {"reason": self.reason.strip()})


@dataclass(frozen=True)
class PrintTicket:
    """The applicant prints his admission ticket; the first time counts as confirmation."""

    registration_id: int

    def execute(self, context: CommandContext) -> None:
        registration = _own(context, self.registration_id)
        first = registration.state is RegistrationState.CONFIRMED
        settlement.print_ticket(context, registration.id)
        if first:
            _publish(context, ToRegistration.TICKET_PRINTED, registration, {})


@dataclass(frozen=True)
class RaiseObjection:
    """Anybody objects to a name in a notice, or queries a score, while the window is open. Answers the objection."""

    complaint: Complaint

    def execute(self, context: CommandContext) -> int:
        objection = objections.raise_objection(context, self.complaint)
        registration = objection.registration
        if registration.state is RegistrationState.OBJECTED:
            _publish(context, ToRegistration.OBJECTION_RAISED, registration, {"objectionId": objection.id})
        return objection.id


@dataclass(frozen=True)
class MoveCampaignDate:
    """A county officer extends a window or brings a step forward, with a reason; the case waits accordingly.

    `following` moves all later dates by as much.
    """

    campaign_id: int
    field: str
    moment: datetime
    reason: str
    following: bool = False

    def execute(self, context: CommandContext) -> None:
        campaign = announcement.campaign_of(context.session, self.campaign_id)
        require_role(context, campaign.county_id, "county_clerk", "county_head")
        if self.field not in TIMERS:
            raise Invalid(fields={"field": "该时间不能调整"})
        if campaign.published_at is None:
            raise Conflict("公告尚未发布，请直接修改方案中的时间")
        if campaign.__dict__[self.field] <= context.now:
            raise Conflict("该时间已过，不能再调整")
        if self.moment <= context.now:
            raise Invalid(fields={"moment": "请填写将来的时间"})
        run = _run(context, CAMPAIGN, campaign.number)
        by = self.moment - campaign.__dict__[self.field]
        extension = settlement.Extension(by, self.reason, self.following)
        moved = settlement.extend_window(context, campaign.id, self.field, extension)
        run.set_variables(dates_of(campaign))
        for field in moved:
            self._adjust(context, run, campaign, field)

    def _adjust(self, context: CommandContext, run: Run, campaign: Campaign, field: str) -> None:
        for node_id in TIMERS[field]:
            if _waits_at(context, run.instance, node_id):
                stops = node_id == "substitution_stops"
                due = results.substitution_stops_at(campaign) if stops else campaign.__dict__[field]
                adjust_timer(run, node_id, due, self.reason)


@dataclass(frozen=True)
class CancelCampaign:
    """The county's head ends a campaign; every applicant is told the reason."""

    campaign_id: int
    reason: str

    def execute(self, context: CommandContext) -> None:
        campaign = announcement.campaign_of(context.session, self.campaign_id)
        require_role(context, campaign.county_id, "county_head")
        if not self.reason.strip():
            raise Invalid(fields={"reason": "请填写终止招聘的原因，将向报考人员公布"})
        if campaign.closed_at is not None:
            raise Conflict("该招聘已经结束")
        messages.publish(
            context, ToCampaign.CAMPAIGN_TERMINATED, campaign.number, {"reason": self.reason.strip()}
        )


def dates_of(campaign: Campaign) -> dict[str, Value]:
    """The dates that the case waits for, as its variables."""
    return {
        "registrationOpensAt": campaign.reg_opens_at,
        "registrationClosesAt": campaign.reg_closes_at,
        "reviewClosesAt": campaign.review_closes_at,
        "appealClosesAt": campaign.appeal_closes_at,
        "ticketOpensAt": campaign.tickets_from,
        "ticketClosesAt": campaign.tickets_until,
        "writtenExamAt": campaign.written_at,
        "interviewAt": campaign.interview_at,
        "substitutionStopsAt": results.substitution_stops_at(campaign),
    }


def _own(context: CommandContext, registration_id: int) -> Registration:
    registration = enrolment.registration_of(context.session, registration_id)
    require_applicant(context, registration)
    return registration


def _publish(
    context: CommandContext, message: ToRegistration, registration: Registration, variables: Mapping[str, Value]
) -> None:
    if registration.number is None:
        raise NotFound()
    messages.publish(context, message, registration.number, variables)


def _case_number(context: CommandContext, registration: Registration) -> str:
    """The number of the registration; with a suffix when an earlier case under it has ended."""
    if registration.number is None:
        raise NotFound()
    base = registration.number.partition("/")[0]
    query = select(ProcessInstance.business_key).where(
        ProcessInstance.process_key == REGISTRATION,
        (ProcessInstance.business_key == base) | ProcessInstance.business_key.startswith(f"{base}/"),
    )
    earlier = len(context.session.scalars(query).all())
    registration.number = base if earlier == 0 else f"{base}/{earlier + 1}"
    context.session.flush()
    return registration.number


def start_case(
    context: CommandContext,
    process: str,
    number: str,
    organisation_id: int,
    title: str,
    variables: Mapping[str, Value] | None = None,
) -> int:
    """Begins a case of that process for a caller that has authorised it; answers the instance."""
    definition = context.service(DefinitionCache).latest(context.session, process)
    return start(context, definition, number, organisation_id, title, variables or {}).instance.id


def _run(context: CommandContext, process: str, number: str) -> Run:
    instance = find_instance(context.session, process, number)
    return open_run(context, lock_instance(context, instance.id))


def _waits_at(context: CommandContext, instance: ProcessInstance, node_id: str) -> bool:
    query = select(Job.id).where(Job.instance_id == instance.id, Job.node_id == node_id, Job.kind == "timer")
    return context.session.scalar(query.limit(1)) is not None
