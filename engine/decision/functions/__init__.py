"""The FEEL built-in functions by family. Importing this package fills the standard library."""

from . import contexts, conversion, lists, numbers, ranges, temporal, text

__all__ = ["contexts", "conversion", "lists", "numbers", "ranges", "temporal", "text"]
