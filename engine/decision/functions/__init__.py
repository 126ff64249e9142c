"""The FEEL built-in functions by family. Importing this package fills the standard library."""

from ..library import STANDARD
from . import contexts, conversion, lists, numbers, ranges, temporal, text

__all__ = ["STANDARD", "contexts", "conversion", "lists", "numbers", "ranges", "temporal", "text"]
