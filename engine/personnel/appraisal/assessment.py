"""What happens in one person's appraisal up to the proposed grade [domain 3.4, 3.5]."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.kernel.command import CommandContext
from engine.kernel.errors import Invalid, NotFound, RuleViolation
from engine.personnel.appraisal import settings
from engine.personnel.appraisal.ballots import counts_of
from engine.personnel.appraisal.cases import AppraisalCase
from engine.personnel.appraisal.ledgers import LeaveEntry
from engine.personnel.appraisal.scoring import (
    Judged,
    Parts,
    ballot_points,
    check_points,
    proposed_grade,
    weighted_score,
)
from engine.personnel.appraisal.terms import AbsenceKind, Box, CaseState
from engine.personnel.decisions import decider
from engine.personnel.exits.absence import (
    CONSECUTIVE_LIMIT,
    TOTAL_LIMIT,
    Absence,
    AbsenceCount,
    count_absence,
)
from engine.personnel.holidays import work_calendar
from engine.personnel.policy import Policy


def record_summary(context: CommandContext, case: AppraisalCase, text: str) -> None:
    """The person's own account of the year."""
    case.summary, case.summary_missing = text.strip(), False
    _move(context, case, CaseState.SELF_REPORTED)


def stop(context: CommandContext, case: AppraisalCase, reason: str) -> None:
    """Who has left, or was entered by mistake, is not appraised this year [domain 3.5]."""
    case.grade, case.grade_reason = None, reason.strip()
    _move(context, case, CaseState.STOPPED)


def miss_summary(context: CommandContext, case: AppraisalCase) -> None:
    """No account in time: absent from a step of the appraisal, so not 优秀 [domain 3.5]."""
    case.summary_missing = True
    note_missing_summary(case)
    _move(context, case, CaseState.SELF_REPORTED)


def note_missing_summary(case: AppraisalCase) -> None:
    """Keeps the missing account among what forbids 优秀."""
    case.bars = _with(case.bars, "未按时提交个人总结，缺席考核环节")


def record_opinion(context: CommandContext, case: AppraisalCase, points: Decimal, opinion: str) -> None:
    """Points and opinion of the community's Party organisation; nobody judges himself."""
    if context.actor.user_id is not None and context.actor.user_id == case.worker.user_id:
        raise RuleViolation("不能对本人的考核提出意见，请由街道或社区其他负责人填写", clause="9.6")
    check_points(points, "社区党组织评分", "points")
    case.community_points, case.community_opinion = points, opinion.strip()
    context.record("appraisal.opinion_recorded", f"appraisal_case:{case.id}")


def count_ballots(context: CommandContext, case: AppraisalCase) -> None:
    """Takes the averages out of the boxes; a box with too few ballots does not count."""
    policy = _guide_policy(case)
    peers, residents = (counts_of(context.session, case.id, box) for box in (Box.PEERS, Box.RESIDENTS))
    case.peer_ballots, case.resident_ballots = sum(peers.values()), sum(residents.values())
    case.peer_points = ballot_points(peers, policy[settings.MINIMUM_PEER_BALLOTS])
    minimum = 1 if case.plan is not None and case.plan.short_ballots else policy[settings.MINIMUM_RESIDENT_BALLOTS]
    case.resident_points = ballot_points(residents, max(minimum, policy[settings.MINIMUM_PEER_BALLOTS]))
    _move(context, case, CaseState.ASSESSED)


@dataclass(frozen=True, slots=True)
class GroupScore:
    """What the street's group decides about one person."""

    routine: Decimal
    street: Decimal
    comment: str
    complaint: bool = False
    """A complaint was found true."""
    refused_assignment: bool = False
    refused_appraisal: bool = False
    """Did not take part even after being reminded."""
    neglect: bool = False
    """Serious neglect of duty."""


BARS = (("complaint", "有经查实的投诉"), ("refused_assignment", "拒不服从工作安排"))
FAILURES = (("refused_appraisal", "经提醒仍拒不参加考核"), ("neglect", "严重失职"))


def absent_in_year(session: Session, worker_id: int, year: int) -> AbsenceCount:
    """Absence without leave in the year, counted as the notice's limit counts it [N 11.5]."""
    query = select(LeaveEntry).where(
        LeaveEntry.worker_id == worker_id, LeaveEntry.kind == AbsenceKind.UNEXCUSED,
        LeaveEntry.starts_on >= date(year, 1, 1), LeaveEntry.starts_on <= date(year, 12, 31),
    )  # fmt: skip
    entries = [Absence(entry.starts_on, entry.days) for entry in session.scalars(query.order_by(LeaveEntry.starts_on))]
    return count_absence(entries, work_calendar(session), by_calendar_year=True)


def score_case(context: CommandContext, case: AppraisalCase, group: GroupScore) -> None:
    """The group's points; everything that bars 优秀 or requires 不合格 is kept with them."""
    check_points(group.routine, "日常考核得分", "routine")
    check_points(group.street, "街道评价得分", "street")
    if not group.comment.strip():
        raise Invalid(fields={"comment": "请填写评语"})
    flags = {"complaint": group.complaint, "refused_assignment": group.refused_assignment,
             "refused_appraisal": group.refused_appraisal, "neglect": group.neglect}  # fmt: skip
    case.routine_points, case.street_points, case.street_comment = group.routine, group.street, group.comment.strip()
    for name, text in BARS:
        case.bars = _with(case.bars, text) if flags[name] else _without(case.bars, text)
    failures = [text for name, text in FAILURES if flags[name]]
    absent = absent_in_year(context.session, case.worker_id, case.year)
    if absent.total > TOTAL_LIMIT:
        failures.append(f"旷工 {absent.total} 个工作日，超过 20 个工作日")
    elif absent.consecutive > CONSECUTIVE_LIMIT:
        failures.append(f"连续旷工 {absent.consecutive} 个工作日，超过 10 个工作日")
    case.failures = "\n".join(failures)


def propose(context: CommandContext, case: AppraisalCase) -> None:
    """Score and grade by the guide's weights and the table of grades."""
    if case.plan is None:
        raise Invalid("没有考核方案的记录不能评分")
    zero = Decimal(0)
    parts = Parts(
        case.routine_points or zero, case.street_points or zero, case.community_points or zero, case.peer_points,
        case.resident_points,
    )  # fmt: skip
    case.score = weighted_score(parts, case.plan.guide.weights)
    judged = Judged(
        case.score, case.resident_points, case.unrated, case.discipline, bool(case.bars), bool(case.failures)
    )
    found = proposed_grade(decider(context), judged)
    case.proposed, case.proposed_reason = found.grade, found.reason
    _move(context, case, CaseState.PROPOSED)


def _guide_policy(case: AppraisalCase) -> Policy:
    if case.plan is None:
        raise NotFound()
    return case.plan.guide.policy


def _move(context: CommandContext, case: AppraisalCase, state: CaseState) -> None:
    case.state = state
    context.record("appraisal.case_moved", f"appraisal_case:{case.id}", state=state)


def _with(lines: str, text: str) -> str:
    return lines if text in lines.split("\n") else "\n".join(filter(None, [lines, text]))


def _without(lines: str, text: str) -> str:
    return "\n".join(line for line in lines.split("\n") if line and line != text)
