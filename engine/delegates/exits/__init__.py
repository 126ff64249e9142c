"""Exit: what its service tasks do. Importing the room registers every delegate."""

from engine.delegates.exits import closing, procedure

__all__ = ["closing", "procedure"]
