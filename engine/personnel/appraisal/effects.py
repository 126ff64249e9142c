"""What follows from a filed result: pay, grade, warnings, a proposal of exit [N 9.8, 11.2; domain 2.3, 3.7]."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from engine.kernel.command import CommandContext
from engine.kernel.errors import Conflict, Invalid, NotFound, RuleViolation
from engine.personnel.appraisal import settings
from engine.personnel.appraisal.cases import AppraisalCase, AppraisalEffect
from engine.personnel.appraisal.consecutive import Finding, Verdict
from engine.personnel.appraisal.ledgers import conduct_of
from engine.personnel.appraisal.results import Ruling, judged_run, policy_of, rule
from engine.personnel.appraisal.terms import AppraisalGrade, CaseState, Discipline, EffectKind, Unrated
from engine.personnel.decisions import Decide, answer, decider
from engine.personnel.exits.proposals import propose_exit
from engine.personnel.grades import raised
from engine.personnel.pay import pay_coefficient
from engine.personnel.workers import GradeRecord

NORMAL_YEARS = 3
"""Years of 合格 or better for a normal promotion [domain 2.3]."""
EARLY_YEARS = 2
"""Years of 优秀 in a row for an early promotion [domain 2.3]."""


@dataclass(frozen=True, slots=True)
class GradeYear:
    """One filed year, the oldest first in a sequence."""

    year: int
    grade: AppraisalGrade | None


@dataclass(frozen=True, slots=True)
class Career:
    """The filed years of a worker, and when they last raised his grade."""

    years: Sequence[GradeYear]
    last_normal: int = 0
    last_early: int = 0
    early_times: int = 0


def normal_promotion(career: Career) -> bool:
    """Three years of 合格 or better since the last one; 基本合格 does not count, 不合格 costs one year more."""
    since = [each.grade for each in career.years if each.year > career.last_normal and each.grade is not None]
    good = sum(grade.level >= AppraisalGrade.COMPETENT.level for grade in since)
    return good >= NORMAL_YEARS + sum(grade is AppraisalGrade.INCOMPETENT for grade in since)


def early_promotion(career: Career, most: int) -> bool:
    """Two years of 优秀 in a row that no earlier early promotion used up; so often in a career."""
    last = [each for each in career.years if each.year > career.last_early][-EARLY_YEARS:]
    together = len(last) == EARLY_YEARS and last[-1].year - last[0].year == EARLY_YEARS - 1
    return career.early_times < most and together and all(each.grade is AppraisalGrade.EXCELLENT for each in last)


def performance_factor(decide: Decide, grade: AppraisalGrade | None) -> Decimal:
    """Factor of the year's performance pay by the county's table."""
    return Decimal(str(answer(decide("appraisal_effects", {"grade": "" if grade is None else grade.value}))))


def apply_effects(context: CommandContext, case: AppraisalCase) -> list[AppraisalEffect]:
    """Writes everything that follows; done once, when the result is final and on file at the county."""
    case.state, case.filed_at = CaseState.FILED, context.now
    case.performance = performance_factor(decider(context), case.grade)
    effects = [_effect(context, case, EffectKind.PERFORMANCE, f"绩效系数 {case.performance}")]
    effects += list(_grade_effects(context, case))
    effects += list(_run_effects(context, case, judged_run(context.session, case)))
    context.session.add_all(effects)
    context.record("appraisal.result_filed", f"appraisal_case:{case.id}", effects=[one.kind for one in effects])
    return effects


@dataclass(frozen=True, slots=True)
class FixGrade:
    """The street's leader gives the grade that was put off while an investigation was open [domain 3.5]."""

    case_id: int
    grade: AppraisalGrade
    reason: str

    def execute(self, context: CommandContext) -> None:
        case = context.session.get(AppraisalCase, self.case_id)
        leads = case is not None and context.actor.has_role("street_leader", organisation_id=case.street_id)
        if case is None or not leads:
            raise NotFound()
        self._check(context, case)
        case.unrated = None
        rule(context, case, Ruling(self.grade, self.reason))
        context.session.execute(delete(AppraisalEffect).where(AppraisalEffect.case_id == case.id))
        apply_effects(context, case)

    def _check(self, context: CommandContext, case: AppraisalCase) -> None:
        if not self.reason.strip():
            raise Invalid(fields={"reason": "请填写定等次的依据"})
        if case.unrated is not Unrated.UNDER_INVESTIGATION or case.state is not CaseState.FILED:
            raise Conflict("只有因审查调查不定等次、已经备案的考核才能补定等次")
        if conduct_of(context.session, case.worker_id, case.year)[1]:
            raise RuleViolation("审查调查尚未结束，结案后才能补定等次", clause="9.7")


def _grade_effects(context: CommandContext, case: AppraisalCase) -> Iterator[AppraisalEffect]:
    career, policy = career_of(context.session, case), policy_of(case)
    if case.grade is AppraisalGrade.INCOMPETENT and policy[settings.DEMOTE_INCOMPETENT]:
        yield from _regrade(context, case, EffectKind.DEMOTION, -1)
    if case.discipline is not Discipline.NONE or case.grade is None:
        return
    if case.grade.level >= AppraisalGrade.COMPETENT.level and normal_promotion(career):
        yield from _regrade(context, case, EffectKind.PROMOTION, 1)
    if early_promotion(career, policy[settings.EARLY_PROMOTIONS]):
        yield from _regrade(context, case, EffectKind.EARLY_PROMOTION, 1)


def _regrade(context: CommandContext, case: AppraisalCase, kind: EffectKind, by: int) -> Iterator[AppraisalEffect]:
    """A new grade from January on, inside the range of the post [N 2.1]."""
    worker = case.worker
    grade = raised(worker.post, worker.grade, by)
    if grade == worker.grade:
        return
    start, reason = date(case.year + 1, 1, 1), f"{case.year} 年度考核：{kind.label}"
    text = f"由 {worker.grade} 级调整为 {grade} 级"
    context.session.add(
        GradeRecord(
            worker_id=worker.id, post=worker.post, grade=grade, effective_from=start, reason=reason,
            coefficient=pay_coefficient(decider(context), grade), recorded_at=context.now,
        )
    )  # fmt: skip
    worker.grade = grade
    context.record("grade.changed", f"worker:{worker.id}", grade=grade, reason=reason)
    yield _effect(context, case, kind, text, start)


def _run_effects(context: CommandContext, case: AppraisalCase, finding: Finding) -> Iterator[AppraisalEffect]:
    if finding.verdict is Verdict.NONE:
        return
    yield _effect(context, case, EffectKind.TALK, "安排提醒谈话，制定改进计划")
    if finding.verdict is Verdict.WARNING:
        yield _effect(context, case, EffectKind.WARNING, f"{finding.reason}，再有一年将达到退出情形")
    if finding.verdict is Verdict.JUDGEMENT:
        text = f"{finding.reason}：不合格与基本合格交替，不符合第 11.2 条字面规定，需人工研判"
        yield _effect(context, case, EffectKind.JUDGEMENT, text)
    if finding.verdict is Verdict.EXIT:
        propose_exit(context, case.worker, "appraisal", "11.2", finding.reason, f"appraisal_case:{case.id}")
        yield _effect(context, case, EffectKind.EXIT_PROPOSAL, f"{finding.reason}，已向街道提出退出建议")


def _effect(
    context: CommandContext, case: AppraisalCase, kind: EffectKind, text: str, start: date | None = None
) -> AppraisalEffect:
    return AppraisalEffect(
        case_id=case.id, worker_id=case.worker_id, year=case.year, kind=kind, text=text, effective_from=start,
        at=context.now,
    )  # fmt: skip


def career_of(session: Session, case: AppraisalCase) -> Career:
    """The filed years of the person up to this one."""
    filed = select(AppraisalCase.year, AppraisalCase.grade).where(
        AppraisalCase.worker_id == case.worker_id, AppraisalCase.year < case.year,
        AppraisalCase.state == CaseState.FILED,
    )  # fmt: skip
    years = [GradeYear(year, grade) for year, grade in session.execute(filed.order_by(AppraisalCase.year))]
    query = select(AppraisalEffect.kind, AppraisalEffect.year).where(AppraisalEffect.worker_id == case.worker_id)
    effects = list(session.execute(query).all())
    normal = [year for kind, year in effects if kind is EffectKind.PROMOTION]
    early = [year for kind, year in effects if kind is EffectKind.EARLY_PROMOTION]
    return Career((*years, GradeYear(case.year, case.grade)), max(normal, default=0), max(early, default=0), len(early))
