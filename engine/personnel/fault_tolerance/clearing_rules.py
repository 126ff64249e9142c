"""When a person may be cleared [domain 5.4; N 10.3]."""

from engine.kernel.errors import RuleViolation
from engine.personnel.fault_tolerance.terms import ReportEffect, ReportFinding

CLAUSE = "10.3"
_HARMFUL = frozenset({ReportEffect.CAREER, ReportEffect.LIFE, ReportEffect.REPEATED})
_OBSTACLES = {
    ReportFinding.TRUE: "反映问题属实，不能澄清",
    ReportFinding.UNPROVEN: "反映问题不能排除，不属于失实，不能澄清",
    ReportFinding.UNSETTLED: "反映问题尚未查结，查结后再评估",
}


def obstacle(finding: ReportFinding, effect: ReportEffect) -> str:
    """Why nobody is cleared here; empty when nothing stands against it."""
    if finding in _OBSTACLES:
        return _OBSTACLES[finding]
    if effect is ReportEffect.TALK_ONLY:
        return "影响只来自正常谈话提醒，不需要澄清"
    return "" if effect in _HARMFUL else "没有造成不良影响，不需要澄清"


def check_clearable(finding: ReportFinding, effect: ReportEffect) -> None:
    """Refuses a clearing that the rules do not allow."""
    against = obstacle(finding, effect)
    if against:
        raise RuleViolation(against, clause=CLAUSE)
