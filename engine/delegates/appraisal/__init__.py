"""Annual appraisal: what its service tasks do. Importing the room registers every delegate and batch."""

from engine.delegates.appraisal import guides, persons, plans, stops

__all__ = ["guides", "persons", "plans", "stops"]
