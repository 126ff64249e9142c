"""Variables as they are stored: plain JSON in which decimals, dates and durations keep their type."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from engine.decision.values import Range, Value, YearMonthDuration

TAG = "$"


def encode(value: Value) -> Any:
    """Plain JSON; what JSON does not know becomes {"$": [type, text]}."""
    if value is None or isinstance(value, (str, bool, int)):
        return value
    if isinstance(value, Decimal):
        return {TAG: ["n", str(value)]}
    if isinstance(value, list):
        return [encode(item) for item in value]
    if isinstance(value, dict):
        plain = {key: encode(item) for key, item in value.items()}
        return {TAG: ["c", plain]} if TAG in plain else plain
    return {TAG: _encode_rare(value)}


def _encode_rare(value: Value) -> list[Any]:
    if isinstance(value, datetime):
        return ["dt", value.isoformat(), value.tzinfo.key if isinstance(value.tzinfo, ZoneInfo) else ""]
    if isinstance(value, date):
        return ["d", value.isoformat()]
    if isinstance(value, time):
        return ["t", value.isoformat()]
    if isinstance(value, timedelta):
        return ["td", value.days, value.seconds, value.microseconds]
    if isinstance(value, YearMonthDuration):
        return ["ym", value.months]
    if isinstance(value, Range):
        return ["r", encode(value.start), encode(value.end), value.start_included, value.end_included]
    raise TypeError(f"a variable of type {type(value).__name__} cannot be stored")


def decode(value: Any) -> Value:
    """The value that `encode` was given."""
    if isinstance(value, list):
        return [decode(item) for item in value]
    if not isinstance(value, dict):
        return value
    if TAG not in value:
        return {key: decode(item) for key, item in value.items()}
    kind, *parts = value[TAG]
    return DECODERS[kind](*parts)


def _datetime(text: str, zone: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment.astimezone(ZoneInfo(zone)) if zone else moment


DECODERS: dict[str, Callable[..., Value]] = {
    "n": Decimal,
    "c": lambda plain: {key: decode(item) for key, item in plain.items()},
    "dt": _datetime,
    "d": date.fromisoformat,
    "t": time.fromisoformat,
    "td": timedelta,
    "ym": YearMonthDuration,
    "r": lambda start, end, first, last: Range(decode(start), decode(end), first, last),
}
