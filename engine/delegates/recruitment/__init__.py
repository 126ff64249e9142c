"""Open recruitment: what its service tasks do. Importing the room registers every delegate and batch."""

from engine.delegates.recruitment import announcements, enrolment, examination, requests, scores, windows

__all__ = ["announcements", "enrolment", "examination", "requests", "scores", "windows"]
