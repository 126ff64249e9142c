"""Who may borrow, for how long, and how often: arithmetic to the day, without any store [N 9.2, 9.4]."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from engine.identity.organisations import OrganisationKind
from engine.kernel.errors import Invalid, RuleViolation
from engine.personnel.dates import add_months

FIRST_REMINDER_DAYS = 15
LAST_REMINDER_DAYS = 3
"""Days before the last day on which the street is reminded [domain 4]."""
OVERDUE_WORKDAYS = 5
"""More working days than these after the last day are a violation [domain 4]."""
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Spell:
    """A span of days, both ends included."""

    starts_on: date
    ends_on: date

    @property
    def days(self) -> int:
        return max(0, (self.ends_on - self.starts_on).days + 1)

    def overlaps(self, other: "Spell") -> bool:
        return self.starts_on <= other.ends_on and other.starts_on <= self.ends_on

    def days_within(self, other: "Spell") -> int:
        """Days that lie in both."""
        return Spell(max(self.starts_on, other.starts_on), min(self.ends_on, other.ends_on)).days


def check_borrower(kind: str) -> None:
    """Refuses every borrower but a street or town [N 9.2]."""
    if kind == OrganisationKind.COMMUNITY:
        raise Invalid(fields={"borrower_id": "社区之间调整人员不属于借调，借用单位应为本街道（乡镇）"})
    if kind != OrganisationKind.STREET:
        raise RuleViolation("县级以上机关事业单位不得借调社区工作者，借用单位只能是街道（乡镇）", clause="9.2")


def latest_end(starts_on: date, months: int) -> date:
    """Last possible day of a secondment of `months` that begins on `starts_on`."""
    return add_months(starts_on, months) - _ONE_DAY


def check_period(period: Spell, months: int) -> None:
    """Refuses a period that ends before it begins or is longer than `months` [N 9.4]."""
    if period.ends_on < period.starts_on:
        raise Invalid(fields={"ends_on": "结束日期不能早于开始日期"})
    latest = latest_end(period.starts_on, months)
    if period.ends_on > latest:
        raise RuleViolation(
            f"借调时间不超过 {months} 个月：{period.starts_on} 开始的，最晚 {latest} 结束，不能到 {period.ends_on}",
            clause="9.4",
        )


def check_no_overlap(period: Spell, others: Sequence[Spell]) -> None:
    """Refuses a second secondment of the same person at the same time."""
    clash = next((other for other in others if other.overlaps(period)), None)
    if clash is not None:
        raise RuleViolation(
            f"该同志 {clash.starts_on} 至 {clash.ends_on} 已有借调或正在审批的借调，时间不能重叠", clause="9.4"
        )


def check_total(period: Spell, others: Sequence[Spell], months: int, window_months: int) -> None:
    """Refuses when the days borrowed in any window of `window_months` exceed `months` from the window's first day.

    Windows that begin with a spell are all that matter: moved into the spell, a window loses a day at its front
    for each one it can gain at its end. Those without a day of `period` are left alone, nothing about them changes.
    """
    spells = [*others, period]
    for first in sorted(spell.starts_on for spell in spells):
        window = Spell(first, latest_end(first, window_months))
        allowed = Spell(first, latest_end(first, months)).days
        used = sum(spell.days_within(window) for spell in spells)
        if period.overlaps(window) and used > allowed:
            raise RuleViolation(
                f"该同志自 {first} 起 {window_months} 个月内累计借调将达 {used} 天，超过 {months} 个月（{allowed} 天）",
                clause="9.4",
            )


def check_share(away: int, staff: int, percent: int) -> None:
    """Refuses when more than `percent` of a street's `staff` would be `away` at the same time."""
    most = staff * percent // 100
    if away > most:
        raise RuleViolation(
            f"本街道社区工作者 {staff} 人，同期借调不超过 {percent}%（{most} 人），批准后将为 {away} 人", clause="9.3"
        )


def check_remaining(staff: int, all_round: int, least_staff: int, least_all_round: int) -> None:
    """Refuses when too few would be left in the community."""
    if staff < least_staff:
        raise RuleViolation(f"借出后社区在岗 {staff} 人，少于 {least_staff} 人，不能借出", clause="9.3")
    if all_round < least_all_round:
        raise RuleViolation(
            f"借出后社区持有效证书的全科社工 {all_round} 人，少于 {least_all_round} 人，不能借出", clause="8.1"
        )
