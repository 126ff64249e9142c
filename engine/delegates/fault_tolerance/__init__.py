"""Fault tolerance and clearing: what their service tasks do. Importing the room registers every delegate."""

from engine.delegates.fault_tolerance import clearing, conclusion, correction, investigation

__all__ = ["clearing", "conclusion", "correction", "investigation"]
