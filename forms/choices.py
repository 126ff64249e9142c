"""Fields to choose from, whose options are written as (value, label)."""

from typing import Any

import wtforms
from wtforms.fields import choices as library

_OPTION: Any = vars(library)["SelectChoice"]
"""An option as the library wants it; its type stubs do not know it yet."""


class SelectField(wtforms.SelectField):
    """One of several, from a list."""

    def __init__(self, label: str | None = None, validators: Any = None, **settings: Any) -> None:
        super().__init__(label, validators, **_described(settings))


class SelectMultipleField(wtforms.SelectMultipleField):
    """Some of several."""

    def __init__(self, label: str | None = None, validators: Any = None, **settings: Any) -> None:
        super().__init__(label, validators, **_described(settings))


class RadioField(wtforms.RadioField):
    """One of several, all in sight."""

    def __init__(self, label: str | None = None, validators: Any = None, **settings: Any) -> None:
        super().__init__(label, validators, **_described(settings))


def _described(settings: dict[str, Any]) -> dict[str, Any]:
    """The settings with pairs turned into options; anything else stays as it is."""
    written = settings.get("choices")
    if written is None or callable(written):
        return settings
    return settings | {"choices": [_OPTION(*each) if isinstance(each, tuple) else each for each in written]}
