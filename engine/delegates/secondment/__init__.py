"""Secondment: what its service tasks do. Importing the room registers every delegate."""

from engine.delegates.secondment import extensions, secondments

__all__ = ["extensions", "secondments"]
