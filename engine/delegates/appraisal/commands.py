"""What people do that touches a case of the appraisal and its domain row together; each authorises inside itself."""

from dataclasses import dataclass

from engine.delegates.appraisal.messages import ToCase
from engine.kernel.command import CommandContext
from engine.kernel.errors import Conflict, Forbidden, Invalid, NotFound, RuleViolation
from engine.personnel.appraisal import guides, objections, plans
from engine.personnel.appraisal.attempts import refusal
from engine.personnel.appraisal.cases import AppraisalCase, AppraisalPlan, plan_numbered
from engine.personnel.appraisal.guides import GuideContent
from engine.personnel.appraisal.objections import Complaint, ObjectionState
from engine.personnel.appraisal.plans import PlanDates, StreetToBegin
from engine.personnel.appraisal.terms import CaseState
from engine.personnel.authority import require_role
from engine.workflow import messages
from engine.workflow.definitions import DefinitionCache
from engine.workflow.instances import start
from engine.workflow.notifications import notify, notify_role

GUIDE = "appraisal_guide"
PLAN = "appraisal_plan"


@dataclass(frozen=True)
class StartGuide:
    """The county begins a year's appraisal with its guide [N 9.6]. Answers the instance."""

    county_id: int
    year: int

    def execute(self, context: CommandContext) -> int:
        require_role(context, self.county_id, "county_clerk")
        guide = guides.create_guide(context, self.county_id, self.year)
        definition = context.service(DefinitionCache).latest(context.session, GUIDE)
        return start(context, definition, guide.number, self.county_id, guide.title, {}).instance.id


@dataclass(frozen=True)
class ReviseGuide:
    """Writes the guide's content. Whoever completes the step in the same transaction is authorised there."""

    number: str
    content: GuideContent

    def execute(self, context: CommandContext) -> None:
        guide = guides.guide_numbered(context.session, self.number)
        require_role(context, guide.county_id, "county_clerk")
        guides.revise_guide(context, guide, self.content)


@dataclass(frozen=True)
class StartPlan:
    """A street draws up its plan; everybody in it gets his case as a batch [N 9.6]. Answers the instance.

    Departments and other units are refused with the clause [N 9.9].
    """

    organisation_id: int
    year: int
    dates: PlanDates | None = None

    def execute(self, context: CommandContext) -> int:
        street = plans.require_street(context, self.organisation_id)
        if not context.actor.has_role("street_clerk", organisation_id=street.id):
            if context.actor.has_role("street_clerk"):
                raise Forbidden()
            raise refusal(context, self.organisation_id, f"制定{street.name}考核方案")
        return _begin_plan(context, plans.create_plan(context, street.id, self.year, self.dates))


@dataclass(frozen=True)
class StartPlans:
    """The county begins for every street that has not, with the same dates; the street carries it out [N 9.6].

    Each street's clerk is told. Answers the instances. A street without workers or clerk is left out.
    """

    county_id: int
    year: int
    dates: PlanDates | None = None

    def execute(self, context: CommandContext) -> list[int]:
        require_role(context, self.county_id, "county_clerk")
        plans.require_guide(context.session, self.county_id, self.year)
        ready = [each for each in plans.streets_to_begin(context.session, self.county_id, self.year) if each.ready]
        if not ready:
            raise Conflict(f"没有可以启动 {self.year} 年度考核的街道：都已启动，或者没有在岗人员、没有经办人")
        return [self._begin(context, street) for street in ready]

    def _begin(self, context: CommandContext, street: StreetToBegin) -> int:
        plan = plans.create_plan(context, street.street_id, self.year, self.dates, street.clerk_id)
        body = f"县级已统一启动{plan.title}，系统正在逐人发起；请按计划组织测评。"
        notify_role(context, "street_clerk", street.street_id, "appraisal", "年度考核已统一启动", body)
        return _begin_plan(context, plan)


def _begin_plan(context: CommandContext, plan: AppraisalPlan) -> int:
    definition = context.service(DefinitionCache).latest(context.session, PLAN)
    return start(context, definition, plan.number, plan.street_id, plan.title, {}).instance.id


@dataclass(frozen=True)
class RequestReview:
    """The person asks the street to look at his result again, within the window [domain 3.6]."""

    case_id: int
    reason: str

    def execute(self, context: CommandContext) -> None:
        case = _own(context, self.case_id)
        _require_reason(self.reason)
        if case.review_until is not None and context.now > case.review_until:
            raise RuleViolation("复核申请期限已过", clause="9.6")
        if case.signed_at is None:
            raise Conflict("请先签收考核结果，签收时可以一并申请复核")
        if case.state is not CaseState.FED_BACK or case.review_reason:
            raise Conflict(f"当前状态为“{case.state.label}”，不能申请复核")
        case.review_reason = self.reason.strip()
        messages.publish(context, ToCase.REVIEW_REQUESTED, str(case.number), {})


@dataclass(frozen=True)
class AppealResult:
    """The person appeals to the county against the street's answer, within the window [domain 3.6]."""

    case_id: int
    reason: str

    def execute(self, context: CommandContext) -> None:
        case = _own(context, self.case_id)
        _require_reason(self.reason)
        if case.appeal_until is not None and context.now > case.appeal_until:
            raise RuleViolation("申诉期限已过", clause="9.6")
        if case.state is not CaseState.FED_BACK or case.appeal_until is None:
            raise Conflict("申诉须在街道答复复核以后提出")
        if case.appeal_reason:
            raise Conflict("申诉已经提出，请等待处理")
        case.appeal_reason = self.reason.strip()
        messages.publish(context, ToCase.APPEAL_REQUESTED, str(case.number), {})


@dataclass(frozen=True)
class RaiseObjection:
    """Anybody objects by name while the names are public; the street's group hears of it [domain 3.4]."""

    number: str
    complaint: Complaint

    def execute(self, context: CommandContext) -> int:
        plan = plan_numbered(context.session, self.number)
        raised = objections.raise_objection(context, plan, self.complaint)
        body = f"对{raised.case.worker.name}的公示有异议，请核实；核实前不能反馈考核结果。"
        notify_role(context, "street_clerk", plan.street_id, "appraisal", "收到公示异议", body)
        return raised.id


@dataclass(frozen=True)
class AnswerObjection:
    """The street's group settles an objection; who raised it with an account hears what was found."""

    objection_id: int
    finding: ObjectionState
    text: str

    def execute(self, context: CommandContext) -> None:
        objections.SettleObjection(self.objection_id, self.finding, self.text).execute(context)
        row = context.session.get_one(objections.AppraisalObjection, self.objection_id)
        if row.user_id is not None:
            body = f"您对{row.case.worker.name}的异议：{row.state.label}。{row.finding}"
            notify(context, [row.user_id], "appraisal", "公示异议已核实", body)


def _own(context: CommandContext, case_id: int) -> AppraisalCase:
    """The case for its person, or for the street's clerk when that person has no account."""
    case = context.session.get(AppraisalCase, case_id)
    if case is None or case.plan is None:
        raise NotFound()
    user_id = case.worker.user_id
    by_clerk = user_id is None and context.actor.has_role("street_clerk", organisation_id=case.street_id)
    if not by_clerk and (user_id is None or context.actor.user_id != user_id):
        raise NotFound()
    return case


def _require_reason(reason: str) -> None:
    if not reason.strip():
        raise Invalid(fields={"reason": "请填写理由"})
