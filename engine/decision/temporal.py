"""Dates, times and durations as text (ISO 8601 with the FEEL additions), both ways.

Years run from 1 to 9999 and time is kept to the microsecond; texts outside of that are no dates.
"""

import re
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from decimal import Decimal
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from .values import YearMonthDuration

_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})", re.ASCII)
_TIME = re.compile(
    r"(\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,9}))?"
    r"(?:(Z|z)|([+-])(\d{2}):(\d{2})(?::(\d{2}))?|@([A-Za-z][A-Za-z0-9_+-]*(?:/[A-Za-z0-9_+-]+){0,2}))?",
    re.ASCII,
)
_DAYS = re.compile(
    r"(-)?P(?:(\d{1,9})D)?(?:T(?=\d)(?:(\d{1,12})H)?(?:(\d{1,12})M)?(?:(\d{1,12})(?:\.(\d{0,9}))?S)?)?", re.ASCII
)
_MONTHS = re.compile(r"(-)?P(?:(\d{1,12})Y)?(?:(\d{1,12})M)?", re.ASCII)
_MAX_OFFSET = timedelta(hours=14)


def parse_date(text: str) -> date | None:
    """`2026-01-31`, or None."""
    match = _DATE.fullmatch(text)
    if match is None:
        return None
    try:
        return date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        return None


def parse_time(text: str) -> time | None:
    """`10:15:30`, with a fraction, an offset or `@Asia/Shanghai`, or None."""
    match = _TIME.fullmatch(text[1:] if text.startswith("T") else text)
    if match is None:
        return None
    hour = 0 if match[1] == "24" and match[2] == match[3] == "00" else int(match[1])
    try:
        zone = _zone(match)
        micro = int((match[4] or "").ljust(6, "0")[:6])
        return time(hour, int(match[2]), int(match[3]), micro, zone)
    except ValueError:
        return None


def _zone(match: re.Match[str]) -> tzinfo | None:
    if match[5]:
        return UTC
    if match[10]:
        return named_zone(match[10])
    if not match[6]:
        return None
    offset = timedelta(hours=int(match[7]), minutes=int(match[8]), seconds=int(match[9] or 0))
    if offset > _MAX_OFFSET:
        raise ValueError("offset")
    return timezone(-offset if match[6] == "-" else offset)


@lru_cache(maxsize=128)
def named_zone(name: str) -> tzinfo:
    """The zone of that IANA name; raises ValueError when there is none."""
    try:
        return UTC if name in ("Z", "UTC") else ZoneInfo(name)
    except (ZoneInfoNotFoundError, OSError, ValueError):
        raise ValueError(name) from None


def parse_datetime(text: str) -> datetime | None:
    """`2026-01-31T10:15:30+08:00`, or None. A date alone is its midnight; 24:00:00 is the next midnight."""
    day_text, separator, time_text = text.partition("T")
    day = parse_date(day_text)
    if day is None:
        return None
    if not separator:
        return datetime.combine(day, time())
    moment = parse_time(time_text) if not time_text.startswith("T") else None
    if moment is None:
        return None
    whole = datetime.combine(day, moment)
    try:
        return whole + timedelta(days=1) if time_text.startswith("24") else whole
    except OverflowError:
        return None


def parse_duration(text: str) -> timedelta | YearMonthDuration | None:
    """`P1DT2H` or `P1Y2M`, or None. The two kinds do not mix."""
    if text.endswith(("P", "T")) or ("." in text and text.endswith(".S")):
        return None
    match = _MONTHS.fullmatch(text)
    if match is not None:
        months = int(match[2] or 0) * 12 + int(match[3] or 0)
        return YearMonthDuration(-months if match[1] else months)
    match = _DAYS.fullmatch(text)
    if match is None:
        return None
    return _days_duration(match)


def _days_duration(match: re.Match[str]) -> timedelta | None:
    try:
        length = timedelta(
            days=int(match[2] or 0),
            hours=int(match[3] or 0),
            minutes=int(match[4] or 0),
            seconds=int(match[5] or 0),
            microseconds=int((match[6] or "").ljust(6, "0")[:6]),
        )
    except OverflowError:
        return None
    return -length if match[1] else length


def parse_at_literal(text: str) -> date | time | datetime | timedelta | YearMonthDuration | None:
    """The value of `@"..."`, whichever kind it is."""
    if text.lstrip("-").startswith("P"):
        return parse_duration(text)
    if "T" in text and not text.startswith("T"):
        return parse_datetime(text)
    return parse_time(text) if ":" in text else parse_date(text)


def format_temporal(value: date | time | timedelta | YearMonthDuration) -> str:
    """The text that reads back as the same value."""
    if isinstance(value, YearMonthDuration):
        return _format_months(value.months)
    if isinstance(value, timedelta):
        return _format_days(value)
    if isinstance(value, datetime):
        return f"{value.year:04d}-{value.month:02d}-{value.day:02d}T{_clock(value)}{_format_zone(value.tzinfo)}"
    if isinstance(value, date):
        return f"{value.year:04d}-{value.month:02d}-{value.day:02d}"
    return _clock(value) + _format_zone(value.tzinfo)


def _clock(value: time | datetime) -> str:
    fraction = f".{value.microsecond:06d}".rstrip("0") if value.microsecond else ""
    return f"{value.hour:02d}:{value.minute:02d}:{value.second:02d}{fraction}"


def _format_zone(zone: tzinfo | None) -> str:
    if zone is None:
        return ""
    if isinstance(zone, ZoneInfo):
        return f"@{zone.key}"
    seconds = int((zone.utcoffset(None) or timedelta()).total_seconds())
    if seconds == 0:
        return "Z"
    sign, seconds = ("-", -seconds) if seconds < 0 else ("+", seconds)
    rest = f":{seconds % 60:02d}" if seconds % 60 else ""
    return f"{sign}{seconds // 3600:02d}:{seconds // 60 % 60:02d}{rest}"


def _format_months(months: int) -> str:
    sign, months = ("-", -months) if months < 0 else ("", months)
    years, months = divmod(months, 12)
    if not years and not months:
        return "P0M"
    return f"{sign}P{f'{years}Y' if years else ''}{f'{months}M' if months else ''}"


def _format_days(value: timedelta) -> str:
    sign, value = ("-", -value) if value < timedelta() else ("", value)
    if not value:
        return "PT0S"
    hours, rest = divmod(value.seconds, 3600)
    minutes, seconds = divmod(rest, 60)
    fraction = f".{value.microseconds:06d}".rstrip("0") if value.microseconds else ""
    clock = f"{hours}H" * (hours > 0) + f"{minutes}M" * (minutes > 0)
    clock += f"{seconds}{fraction}S" if seconds or fraction else ""
    return f"{sign}P{f'{value.days}D' if value.days else ''}{'T' + clock if clock else ''}"


def seconds_of(value: timedelta) -> Decimal:
    """The length in seconds, exactly."""
    return Decimal(value.days * 86400 + value.seconds) + Decimal(value.microseconds).scaleb(-6)


def duration_of(seconds: Decimal) -> timedelta:
    """The duration of so many seconds; raises OverflowError when it is too long."""
    if abs(seconds) > Decimal(86399999999999):
        raise OverflowError("duration")
    return timedelta(microseconds=int((seconds * 1_000_000).to_integral_value()))


def add_months(value: date, months: int) -> date:
    """The same day so many months later, or the last day of that month. Raises ValueError out of range."""
    index = value.year * 12 + value.month - 1 + months
    year, month = divmod(index, 12)
    if not 1 <= year <= 9999:
        raise ValueError("year")
    return value.replace(year=year, month=month + 1, day=min(value.day, days_in_month(year, month + 1)))


def days_in_month(year: int, month: int) -> int:
    """28 to 31."""
    if month == 2:
        return 29 if year % 4 == 0 and (year % 100 != 0 or year % 400 == 0) else 28
    return 30 if month in (4, 6, 9, 11) else 31


def clock_offset(value: time) -> timedelta | None:
    """The offset from UTC of a time of day; for a named zone the one of the first of January 1970."""
    if value.tzinfo is None:
        return None
    return datetime.combine(date(1970, 1, 1), value).utcoffset()
