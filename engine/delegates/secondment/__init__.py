"""Secondment: what its service tasks do. Importing the room registers every delegate."""

from engine.delegates.secondment import extensions, secondments, stops

__all__ = ["extensions", "secondments", "stops"]
