"""ISO 8601 texts of timers, read and bounded before anything computes with them."""

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

MAX_DURATION_SECONDS = 10 * 366 * 86_400
"""A process that waits longer than ten years is a typing error."""
MIN_CYCLE_SECONDS = 60
MAX_REPEATS = 1_000
MAX_TEXT = 64

DURATION = re.compile(
    r"P(?=[\dT])(?:(\d{1,6})Y)?(?:(\d{1,6})M)?(?:(\d{1,6})W)?(?:(\d{1,6})D)?"
    r"(?:T(?=\d)(?:(\d{1,8})H)?(?:(\d{1,8})M)?(?:(\d{1,10}(?:\.\d{1,6})?)S)?)?",
    re.ASCII,
)
CYCLE = re.compile(r"R(\d{0,6})/(?:([^/]+)/)?(P[^/]+)", re.ASCII)


class TimerTextError(ValueError):
    """The text is no ISO 8601 timer or out of range; the message is Chinese."""


class IsoDuration(NamedTuple):
    months: int
    seconds: float

    @property
    def at_most(self) -> float:
        """Seconds, months counted as 31 days."""
        return self.months * 31 * 86_400 + self.seconds


@dataclass(frozen=True, slots=True)
class Cycle:
    """`repeats` firings; `start` is ISO text or ""; `interval` an ISO duration."""

    repeats: int
    start: str
    interval: str


def parse_duration(text: str) -> IsoDuration:
    """Reads `P5D`, `PT24H`, `P1M`, `P2W`; at most ten years. Raises TimerTextError."""
    match = DURATION.fullmatch(text) if len(text) <= MAX_TEXT else None
    if match is None:
        raise TimerTextError(f"“{text[:40]}”不是 ISO 8601 时长，应写成 P5D（5天）或 PT24H（24小时）")
    years, months, weeks, days, hours, minutes, seconds = (float(part or 0) for part in match.groups())
    in_days = weeks * 7 + days
    duration = IsoDuration(int(years * 12 + months), in_days * 86_400 + hours * 3_600 + minutes * 60 + seconds)
    if duration.at_most > MAX_DURATION_SECONDS:
        raise TimerTextError(f"时长“{text}”超过10年")
    return duration


def parse_cycle(text: str) -> Cycle:
    """Reads `R3/PT24H`, `R/P1D` (1,000 times) or with a start in the middle. Raises TimerTextError."""
    match = CYCLE.fullmatch(text) if len(text) <= MAX_TEXT * 2 else None
    if match is None:
        raise TimerTextError(f"“{text[:40]}”不是 ISO 8601 循环，应写成 R3/PT24H（每24小时一次，共3次）")
    repeats = int(match[1]) if match[1] else MAX_REPEATS
    if not 1 <= repeats <= MAX_REPEATS:
        raise TimerTextError(f"循环次数应为1至{MAX_REPEATS}次")
    interval = parse_duration(match[3])
    if interval.months == 0 and interval.seconds < MIN_CYCLE_SECONDS:
        raise TimerTextError(f"循环间隔不能短于{MIN_CYCLE_SECONDS}秒")
    if match[2]:
        parse_moment(match[2])
    return Cycle(repeats, match[2] or "", match[3])


def parse_moment(text: str) -> datetime | date:
    """Reads an ISO date or date and time. Raises TimerTextError."""
    try:
        return date.fromisoformat(text) if len(text) <= 10 else datetime.fromisoformat(text[:MAX_TEXT])
    except ValueError:
        raise TimerTextError(f"“{text[:40]}”不是 ISO 8601 时间，应写成 2026-03-01T09:00:00+08:00") from None
