"""Pages of long lists by key, so that the thousandth page is as fast as the first."""

import base64
import json
from binascii import Error as BadBase64
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar

from flask import request, url_for

from webapp.numbers import LARGEST

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """Rows of one page and the way to the next."""

    rows: Sequence[Row]
    next_url: str | None
    first_url: str | None
    """Back to the beginning; None on the first page."""


def page_of(rows: Sequence[Row], *, size: int, key: Callable[[Row], Any], parameter: str = "after") -> Page[Row]:
    """A page from `size` + 1 rows that were asked for; `key` gives the values after which the next page continues."""
    more = len(rows) > size
    shown = rows[:size]
    following = _here(**{parameter: encode_key(key(shown[-1]))}) if more else None
    return Page(shown, following, _here(**{parameter: None}) if request.args.get(parameter) else None)


def page_within(rows: Sequence[Row], *, size: int, parameter: str = "after") -> Page[Row]:
    """A page of a list that is there as a whole, such as a published notice with 15,000 lines."""
    start = after_key(parameter)
    begin = start if isinstance(start, int) and 0 <= start < len(rows) else 0
    shown = page_of(
        list(enumerate(rows[begin : begin + size + 1], start=begin)), size=size, key=lambda row: row[0] + 1,
        parameter=parameter,
    )  # fmt: skip
    return Page([row for _, row in shown.rows], shown.next_url, shown.first_url)


def after_key(parameter: str = "after") -> Any | None:
    """The key after which this page continues, a number or [text, number]; None for anything else: the first page."""
    typed = request.args.get(parameter, "")
    try:
        key = json.loads(base64.urlsafe_b64decode(typed.encode())) if typed else None
    except (BadBase64, ValueError, RecursionError):
        return None
    number = key[1] if isinstance(key, list) and len(key) == 2 and isinstance(key[0], str) else key
    return key if type(number) is int and abs(number) <= LARGEST else None


def after_moment() -> tuple[datetime | None, int]:
    """The key of a list in order of time: (moment, number); without a moment on the first page."""
    key = after_key()
    try:
        moment, number = key if isinstance(key, list) else ("", 0)
        at = datetime.fromisoformat(moment)
        return (at.astimezone(UTC), number) if at.tzinfo is not None else (None, 0)
    except (ValueError, OverflowError):
        return None, 0


def encode_key(key: Any) -> str:
    """A key as part of an address."""
    return base64.urlsafe_b64encode(json.dumps(key, default=str).encode()).decode()


def _here(**changes: str | None) -> str:
    values = {**request.args.to_dict(), **(request.view_args or {}), **changes}
    return url_for(request.endpoint or "", **{name: value for name, value in values.items() if value is not None})
