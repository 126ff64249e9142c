"""From the written result to its end: feedback, review, appeal, and the windows between them [domain 3.6]."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.kernel.command import CommandContext
from engine.kernel.errors import Conflict, Invalid, RuleViolation
from engine.personnel.appraisal import settings
from engine.personnel.appraisal.cases import AppraisalCase, cases_of
from engine.personnel.appraisal.consecutive import Finding, Year, judge
from engine.personnel.appraisal.settlement import standing
from engine.personnel.appraisal.terms import OPEN_STATES, AppraisalGrade, CaseState
from engine.personnel.policy import Policy
from engine.personnel.settings import APPRAISAL_REVIEW_DAYS


def policy_of(case: AppraisalCase) -> Policy:
    """The settings of the guide the case began with; the defaults for an imported result."""
    return Policy() if case.plan is None else case.plan.guide.policy


def notify_result(context: CommandContext, case: AppraisalCase) -> datetime:
    """The result is served; answers until when a review may be asked for."""
    case.state, case.notified_at = CaseState.FED_BACK, context.now
    case.review_until = context.now + timedelta(days=policy_of(case)[APPRAISAL_REVIEW_DAYS])
    context.record("appraisal.result_served", f"appraisal_case:{case.id}")
    return case.review_until


def sign_result(context: CommandContext, case: AppraisalCase) -> None:
    """The person has signed for the result, which is no consent to it."""
    case.signed_at = context.now
    context.record("appraisal.result_signed", f"appraisal_case:{case.id}")


def open_review(context: CommandContext, case: AppraisalCase, reason: str) -> datetime:
    """A review is asked for in time; answers until when the street has to reply."""
    if not reason.strip():
        raise Invalid(fields={"opinion": "请填写申请复核的理由"})
    case.state, case.review_reason = CaseState.REVIEWING, reason.strip()
    context.record("appraisal.review_opened", f"appraisal_case:{case.id}")
    return context.now + timedelta(days=policy_of(case)[settings.REVIEW_ANSWER_DAYS])


def answer_review(context: CommandContext, case: AppraisalCase, ruling: "Ruling") -> datetime:
    """The street's written answer; answers until when the county may be appealed to."""
    rule(context, case, ruling)
    case.state = CaseState.FED_BACK
    case.appeal_until = context.now + timedelta(days=policy_of(case)[settings.APPEAL_DAYS])
    context.record("appraisal.review_answered", f"appraisal_case:{case.id}", changed=ruling.grade is not None)
    return case.appeal_until


def open_appeal(context: CommandContext, case: AppraisalCase) -> datetime:
    """The county takes an appeal; answers until when it has to reply."""
    case.state = CaseState.APPEALING
    context.record("appraisal.appeal_opened", f"appraisal_case:{case.id}")
    return context.now + timedelta(days=policy_of(case)[settings.APPEAL_ANSWER_DAYS])


@dataclass(frozen=True, slots=True)
class Ruling:
    """The answer to a review or an appeal; `grade` None: the result stands."""

    grade: AppraisalGrade | None
    reason: str


def rule(context: CommandContext, case: AppraisalCase, ruling: Ruling) -> None:
    """Changes the grade when the answer says so; the cap on 优秀 holds here too [N 9.7]."""
    if ruling.grade is None:
        return
    if case.unrated is not None:
        raise Conflict(f"{case.unrated.label}，不能改定等次")
    if ruling.grade is AppraisalGrade.EXCELLENT and case.grade is not AppraisalGrade.EXCELLENT:
        _require_place(context.session, case)
    before, case.grade = case.grade, ruling.grade
    case.grade_reason = ruling.reason.strip()
    context.record("appraisal.grade_changed", f"appraisal_case:{case.id}", before=before, after=case.grade)


def _require_place(session: Session, case: AppraisalCase) -> None:
    if case.bars or case.plan is None:
        raise RuleViolation("本人有不能评为优秀的情形，不能改定为优秀", clause="9.7")
    cases = cases_of(session, case.plan.id)
    given = sum(one.grade is AppraisalGrade.EXCELLENT for one in cases)
    if given >= standing(cases, case.plan).cap.total:
        raise RuleViolation("街道优秀名额已满，不能改定为优秀", clause="9.7")


def conclude(context: CommandContext, case: AppraisalCase) -> None:
    """Nothing can change the result any more."""
    case.state, case.final_at = CaseState.FINAL, context.now
    context.record("appraisal.result_final", f"appraisal_case:{case.id}")


def judged_run(session: Session, case: AppraisalCase) -> Finding:
    """What this year together with those before means [N 11.2; domain 3.7]."""
    query = select(AppraisalCase).where(AppraisalCase.worker_id == case.worker_id, AppraisalCase.year <= case.year)
    years = [Year(one.year, one.grade, one.state in OPEN_STATES) for one in session.scalars(query)]
    return judge(years, unrated_breaks=policy_of(case)[settings.UNRATED_YEARS] == "break")
