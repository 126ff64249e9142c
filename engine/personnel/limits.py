"""Hard limits: numbers of the provincial notice and of labour law that no local setting may cross."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from types import MappingProxyType

from engine.kernel.errors import RuleViolation
from engine.personnel.vocabulary import Education, Post, WorkerCategory

WORKERS_PER_TEN_THOUSAND = 18
"""Community workers per 10,000 urban permanent residents of a county [N 1.2]."""
FULLY_STAFFED_BY = date(2025, 12, 31)
"""Every county reaches the standard [N 1.4]."""
ENTRY_EDUCATION = Education.COLLEGE
"""New hires; an exception needs a reason and the county's consent [N 4.4]."""
CERTIFICATE_YEARS = 3
"""Years to obtain the certificate, counted from meeting the conditions of the exam [N 4.5]."""
NOTICE_ISSUED = date(2024, 10, 25)
"""From here on nobody is newly hired as a full-time grid worker [N 5.9]."""
INDUCTION_DAYS = Decimal(3)
"""Days of induction training before probation may be confirmed [N 6.5]."""
CONTRACT_WRITTEN_WITHIN_MONTHS = 1
"""A contract is written within one month of the first day [L10, L82]."""
PROBATION_PAY_SHARE = Decimal("0.80")
"""Lowest share of the contract wage during probation [L20]."""


@dataclass(frozen=True, slots=True)
class GradeRange:
    """Lowest and highest grade of a post."""

    lowest: int
    highest: int

    def clamp(self, grade: int) -> int:
        """The nearest grade inside the range."""
        return max(self.lowest, min(self.highest, grade))


GRADE_RANGES: Mapping[Post, GradeRange] = MappingProxyType(
    {Post.GENERAL: GradeRange(1, 12), Post.DEPUTY: GradeRange(4, 15), Post.CHIEF: GradeRange(7, 18)}
)
"""Grades of the three posts (三岗十八级) [N 2.1]."""


def check_grade(post: Post, grade: int) -> None:
    """Refuses a grade outside the range of the post [N 2.1]."""
    limits = GRADE_RANGES[post]
    if not limits.lowest <= grade <= limits.highest:
        raise RuleViolation(
            f"{post.label}的岗位等级为 {limits.lowest}—{limits.highest} 级，不能定为 {grade} 级", clause="2.1"
        )


def check_entry_education(education: Education, exception_reason: str = "") -> None:
    """Refuses a new hire below college unless the exception is reasoned [N 4.4]."""
    if education.level < ENTRY_EDUCATION.level and not exception_reason.strip():
        raise RuleViolation("新入职人员一般应具有大专以上学历；确需例外的，请填写理由并报县级批准", clause="4.4")


def check_category(category: WorkerCategory, *, exam_recorded: bool, recognised_by: int) -> None:
    """Refuses an entry that went through neither an exam nor a recognition by two departments [N 1.1, 5.4]."""
    if category is WorkerCategory.EXAM_HIRED and not exam_recorded:
        raise RuleViolation("社区专职工作人员逢进必考，没有考试记录不能入职", clause="5.4")
    if category is WorkerCategory.RECOGNISED and recognised_by < 2:
        raise RuleViolation("认定人员须由县级党委组织、社会工作两个部门共同认定", clause="1.1")


def probation_limit_months(contract_months: int | None) -> int:
    """Longest probation for a contract of `contract_months` (None: open-ended) [L19]."""
    if contract_months is None or contract_months >= 36:
        return 6
    if contract_months >= 12:
        return 2
    return 1 if contract_months >= 3 else 0


def check_probation(contract_months: int | None, probation_months: int) -> None:
    """Refuses a probation longer than labour law allows [L19]."""
    limit = probation_limit_months(contract_months)
    if probation_months < 0 or probation_months > limit:
        term = "无固定期限合同" if contract_months is None else f"{contract_months} 个月的合同"
        raise RuleViolation(f"{term}，试用期最长 {limit} 个月，不能约定 {probation_months} 个月", clause="L19")
