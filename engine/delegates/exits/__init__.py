"""Exit: what its service tasks do. Importing the room registers every delegate and table."""

from engine.delegates.exits import closing, procedure, reminders
from engine.personnel.exits import absence_ledger, retirement_choices

__all__ = ["absence_ledger", "closing", "procedure", "reminders", "retirement_choices"]
