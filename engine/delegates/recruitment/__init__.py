"""Open recruitment: what its service tasks do. Importing the room registers every delegate and batch."""

from engine.delegates.recruitment import (
    announcements,
    appointments,
    enrolment,
    examination,
    imports,
    people,
    reminders,
    requests,
    reserve,
    retention,
    scores,
    vetting,
    windows,
)

__all__ = [
    "announcements", "appointments", "enrolment", "examination", "imports", "people", "reminders", "requests",
    "reserve", "retention", "scores", "vetting", "windows",
]  # fmt: skip
