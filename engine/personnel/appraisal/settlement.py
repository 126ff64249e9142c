"""What a street does with all its cases: 优秀 within the cap, decision, publicity, filing [domain 3.3, 3.4]."""

from collections.abc import Sequence
from dataclasses import dataclass

from engine.kernel.command import CommandContext
from engine.kernel.errors import Conflict, Invalid, RuleViolation
from engine.personnel.appraisal import settings
from engine.personnel.appraisal.ballots import shortfalls, turnout
from engine.personnel.appraisal.cases import AppraisalCase, AppraisalPlan, cases_of
from engine.personnel.appraisal.excellence import Candidate, Cap, check_choice, follows_scores, street_cap
from engine.personnel.appraisal.objections import require_settled
from engine.personnel.appraisal.terms import AppraisalGrade, CaseState, PlanState
from engine.personnel.calendar import Deadline
from engine.personnel.holidays import work_calendar
from engine.personnel.settings import APPRAISAL_PUBLICITY_WORKDAYS

_MOST_NAMES = 5


def close_ballots(context: CommandContext, plan: AppraisalPlan, *, accept_few: str = "") -> None:
    """Nobody votes any more; too few residents' ballots need a reason and then count as they are."""
    if plan.state is not PlanState.BALLOTS:
        raise Conflict("测评已经结束")
    policy = plan.guide.policy
    minimum, ordinary = policy[settings.MINIMUM_RESIDENT_BALLOTS], policy[settings.ORDINARY_SHARE]
    few = shortfalls(turnout(context.session, plan.id), minimum, ordinary)
    if few and not accept_few.strip():
        raise RuleViolation(
            f"{len(few)} 个社区的居民测评不足 {minimum} 张，或普通居民占比不到 {ordinary.normalize():f}%；"
            "请继续组织测评，或选择“票数不足仍结束”并说明理由", clause="9.6",
        )  # fmt: skip
    plan.short_ballots = accept_few.strip()[:300] if few else ""
    plan.state, plan.ballots_closed_at = PlanState.SCORING, context.now
    context.record("appraisal.ballots_closed", f"appraisal_plan:{plan.id}", short=len(few))


@dataclass(frozen=True, slots=True)
class Standing:
    """The cases of a plan as the group settles them."""

    cases: Sequence[AppraisalCase]
    unscored: Sequence[str]
    """Names that have no proposed grade yet."""
    candidates: Sequence[Candidate]
    cap: Cap


def standing(cases: Sequence[AppraisalCase], plan: AppraisalPlan) -> Standing:
    """Cap and candidates of a plan; people without a grade do not count as heads."""
    unscored = [one.worker.name for one in cases if one.state in _BEFORE_PROPOSAL]
    graded = [one for one in cases if one.unrated is None and one.state is not CaseState.STOPPED]
    candidates = [
        Candidate(one.id, one.worker.name, one.post, one.score)
        for one in graded if one.proposed is AppraisalGrade.EXCELLENT and one.score is not None
    ]  # fmt: skip
    cap = street_cap((one.post for one in graded), plan.guide.excellent_percent)
    return Standing(cases, unscored, candidates, cap)


_BEFORE_PROPOSAL = (CaseState.NOT_STARTED, CaseState.SELF_REPORTED, CaseState.ASSESSED)


def settle_excellent(context: CommandContext, plan: AppraisalPlan, chosen: set[int], reason: str) -> None:
    """The group's choice: who is in, is 优秀; candidates who are not, are 合格 [N 9.7]."""
    cases = cases_of(context.session, plan.id)
    now = standing(cases, plan)
    if now.unscored:
        names = "、".join(now.unscored[:_MOST_NAMES])
        raise Conflict(
            f"还有 {len(now.unscored)} 人没有评分（{names}{' 等' if len(now.unscored) > _MOST_NAMES else ''}）"
        )
    check_choice(now.candidates, chosen, now.cap)
    if not follows_scores(now.candidates, chosen, now.cap) and not reason.strip():
        raise Invalid(fields={"opinion": "所选人员与得分高低不一致，请填写理由"})
    for case in cases:
        if case.state is not CaseState.STOPPED:
            _settle(case, case.id in chosen)
    plan.state, plan.settled_reason = PlanState.SETTLED, reason.strip()[:500]
    context.record("appraisal.excellent_settled", f"appraisal_plan:{plan.id}", excellent=len(chosen))


def _settle(case: AppraisalCase, excellent: bool) -> None:
    outside = case.proposed is AppraisalGrade.EXCELLENT and not excellent
    case.grade = AppraisalGrade.COMPETENT if outside else case.proposed
    case.grade_reason = "达到优秀分数线，未进入优秀名额" if outside else case.proposed_reason


def reopen_settlement(context: CommandContext, plan: AppraisalPlan) -> None:
    """The committee, or an objection during publicity, sends the choice back to the group."""
    plan.state = PlanState.SCORING
    context.record("appraisal.settlement_reopened", f"appraisal_plan:{plan.id}")


def start_publicity(context: CommandContext, plan: AppraisalPlan) -> Deadline:
    """Makes the names of the 优秀 public for the working days of the guide; answers until when."""
    days = plan.guide.policy[APPRAISAL_PUBLICITY_WORKDAYS]
    until = work_calendar(context.session).deadline(context.today, days)
    plan.state, plan.publicity_from, plan.publicity_until = PlanState.PUBLICITY, context.now, until.at
    context.record("appraisal.publicity_started", f"appraisal_plan:{plan.id}", until=until.at.isoformat())
    return until


def release(context: CommandContext, plan: AppraisalPlan) -> list[str]:
    """The decided grades go to their persons, once every objection is settled; answers the numbers of the cases."""
    require_settled(context.session, plan)
    cases = cases_of(context.session, plan.id)
    for case in cases:
        if case.state is CaseState.PROPOSED:
            case.state = CaseState.DECIDED
    plan.state, plan.released_at = PlanState.RELEASED, context.now
    context.record("appraisal.results_released", f"appraisal_plan:{plan.id}", cases=len(cases))
    return [case.number for case in cases if case.number and case.state is not CaseState.STOPPED]


def submit_filing(context: CommandContext, plan: AppraisalPlan) -> None:
    """The street hands its results to the county."""
    plan.state = PlanState.FILING
    context.record("appraisal.filing_submitted", f"appraisal_plan:{plan.id}")


def return_filing(context: CommandContext, plan: AppraisalPlan) -> None:
    """The county sends the filing back."""
    plan.state = PlanState.RELEASED
    context.record("appraisal.filing_returned", f"appraisal_plan:{plan.id}")


def file_plan(context: CommandContext, plan: AppraisalPlan) -> list[str]:
    """The county has the results on file; answers the numbers of the cases."""
    plan.state, plan.filed_at = PlanState.FILED, context.now
    context.record("appraisal.plan_filed", f"appraisal_plan:{plan.id}")
    cases = cases_of(context.session, plan.id)
    return [case.number for case in cases if case.number and case.state is not CaseState.STOPPED]
