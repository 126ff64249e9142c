"""Whole numbers that come in addresses and forms; what no number of ours can be is no number."""

from werkzeug.routing import IntegerConverter

DIGITS = 9
"""As many as the ids of every database have."""
LARGEST = 10**DIGITS - 1


def whole(text: str) -> int:
    """The number that was sent; ValueError for anything else, so that it can be the `type` of a request's values."""
    if not (text.isascii() and text.isdigit() and len(text) <= DIGITS):
        raise ValueError("no whole number")
    return int(text)


class Number(IntegerConverter):
    """<int:...> in addresses; a longer number leads nowhere."""

    regex = rf"[0-9]{{1,{DIGITS}}}"
