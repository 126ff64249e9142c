"""Messages to a secondment; the key is its number."""

from enum import StrEnum


class ToSecondment(StrEnum):
    """What a secondment that runs listens to."""

    ENDED_EARLY = "secondment_ended_early"
    EXTENDED = "secondment_extended"
