"""What has to be checked before an exit, each check with its clause [domain 6.2; L4, L42, L43, L45]."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date

from engine.kernel.errors import RuleViolation
from engine.personnel.dates import add_years, full_years
from engine.personnel.exits.terms import ExitGround, GuardOutcome, Protection, Route

PROTECTED_ROUTES = frozenset({Route.L40_2})
"""Routes that the law closes for protected workers [L42]."""
MISCONDUCT_ROUTES = frozenset({Route.L39_2, Route.L39_3, Route.L39_6})
"""Routes that stay open, but a protected person's case is reviewed again [L39, L42]."""
UNILATERAL_ROUTES = PROTECTED_ROUTES | MISCONDUCT_ROUTES
"""The employer ends the contract by himself: the union is told first [L43]."""
RULEBOOK_ROUTES = frozenset({Route.L39_2})
"""Rest on rules that were made democratically and made public [L4]."""
SENIOR_YEARS = 15
YEARS_TO_RETIREMENT = 5


@dataclass(frozen=True, slots=True)
class ExpiryNotice:
    """When the worker was told that his contract will not be renewed, its last day, and the days there should be."""

    told_on: date
    last_day: date
    days: int


@dataclass(frozen=True, slots=True)
class GuardFacts:
    """What people have established about the person and the employer's rules."""

    protections: Collection[Protection] = ()
    rulebook: str = ""
    """Name and version of the rules."""
    rulebook_published_on: date | None = None
    appeals_open: bool = False
    """A review or appeal against an appraisal has not ended."""
    expiry: ExpiryNotice | None = None


@dataclass(frozen=True, slots=True)
class GuardLine:
    """One line of the sheet."""

    clause: str
    outcome: GuardOutcome
    text: str


def senior_protection(service_since: date, retires_on: date, day: date) -> bool:
    """Fifteen years here and less than five years to retirement [L42(5)]."""
    return full_years(service_since, day) >= SENIOR_YEARS and day > add_years(retires_on, -YEARS_TO_RETIREMENT)


def check_guards(ground: ExitGround, route: Route, facts: GuardFacts) -> list[GuardLine]:
    """The whole sheet; the order is that of the law's articles."""
    return [
        *_rules(route, facts), *_protections(route, facts), *_union(route), *_expiry(facts), *_appeals(ground, facts),
    ]  # fmt: skip


def require_passed(lines: Collection[GuardLine]) -> None:
    """Refuses an exit with the clause of the first check that forbids it."""
    for line in lines:
        if line.outcome is GuardOutcome.BLOCKED:
            raise RuleViolation(line.text, clause=line.clause)


def _rules(route: Route, facts: GuardFacts) -> Iterator[GuardLine]:
    if route not in RULEBOOK_ROUTES:
        return
    if facts.rulebook.strip() and facts.rulebook_published_on is not None:
        text = f"规章制度“{facts.rulebook.strip()}”已于 {facts.rulebook_published_on} 公示"
        yield GuardLine("L4", GuardOutcome.PASSED, text)
    else:
        text = "以严重违反规章制度解除的，须写明经民主程序制定并公示的规章制度及公示日期"
        yield GuardLine("L4", GuardOutcome.BLOCKED, text)


def _protections(route: Route, facts: GuardFacts) -> Iterator[GuardLine]:
    if not facts.protections:
        yield GuardLine("L42", GuardOutcome.PASSED, "经核查，无法律特别保护的情形")
    for protection in sorted(facts.protections):
        yield _protected(route, protection)


def _protected(route: Route, protection: Protection) -> GuardLine:
    if route in PROTECTED_ROUTES:
        text = f"本人属于“{protection.label}”，不得依据{route.label}解除合同，请改用其他途径或中止办理"
        return GuardLine(protection.value, GuardOutcome.BLOCKED, text)
    if route is Route.L44_1:
        text = f"本人属于“{protection.label}”，合同应续延至该情形消失时终止（第四十五条）"
        return GuardLine("L45", GuardOutcome.BLOCKED, text)
    text = f"本人属于“{protection.label}”；{route.label}不受第四十二条限制，但须另行复核事实和证据"
    return GuardLine(protection.value, GuardOutcome.REVIEW, text)


def _union(route: Route) -> Iterator[GuardLine]:
    if route in UNILATERAL_ROUTES:
        yield GuardLine("L43", GuardOutcome.PASSED, "作出决定前将理由通知工会，工会有异议的书面答复")


def _expiry(facts: GuardFacts) -> Iterator[GuardLine]:
    """No national law fixes the days, so a late notice is looked at, not forbidden [domain 6.1]."""
    notice = facts.expiry
    if notice is None:
        return
    given = (notice.last_day - notice.told_on).days
    if given >= notice.days:
        text = f"期满通知已提前 {given} 日发出（应提前 {notice.days} 日）"
        yield GuardLine("L44(1)", GuardOutcome.PASSED, text)
    else:
        text = f"期满通知只提前 {given} 日，不足 {notice.days} 日；请核对劳动合同和当地规定，必要时推迟最后工作日"
        yield GuardLine("L44(1)", GuardOutcome.REVIEW, text)


def _appeals(ground: ExitGround, facts: GuardFacts) -> Iterator[GuardLine]:
    if ground is not ExitGround.APPRAISAL:
        return
    if facts.appeals_open:
        yield GuardLine("11.2", GuardOutcome.BLOCKED, "考核复核、申诉尚未办结，期满前只作预警，不得办理退出")
    else:
        yield GuardLine("11.2", GuardOutcome.PASSED, "考核复核、申诉均已办结")
