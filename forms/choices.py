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


def pairs_of(field: Any) -> list[tuple[Any, str]]:
    """(value, label) of everything that a field offers; nothing for a field without choices."""
    offered = vars(field).get("_choices") or ()
    return [(each[0], each[1]) if isinstance(each, tuple) else (each.value, each.label) for each in offered]


def _described(settings: dict[str, Any]) -> dict[str, Any]:
    """The settings with pairs turned into options; anything else stays as it is."""
    written = settings.get("choices")
    if written is None or callable(written):
        return settings
    return settings | {"choices": [_OPTION(*each) if isinstance(each, tuple) else each for each in written]}
