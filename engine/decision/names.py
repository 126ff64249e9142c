"""Which characters make a FEEL name, and finding names of several words in a row of tokens."""

import re
from collections.abc import Iterable
from functools import lru_cache

NAME_START = (
    "?A-Z_a-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u2070-\u218f"
    "\u2c00-\u2fef\u3001-\u3002\u3005-\ud7ff\uf900-\ufdcf\ufdf0-\ufefe\uff66-\uffdc\U00010000-\U000effff"
).replace("\u3001-\u3002", "")
NAME_PART = NAME_START + "0-9\u00b7\u0300-\u036f\u203f-\u2040"

_PIECE = re.compile(f"[{NAME_START}][{NAME_PART}]*|[0-9]+|[^\\s]")


@lru_cache(maxsize=4096)
def name_pieces(name: str) -> tuple[str, ...]:
    """`name` cut into the pieces the scanner would give: `Bob's 分数` is ("Bob", "'", "s", "分数")."""
    return tuple(_PIECE.findall(name))


class NameTable:
    """Known names by their first piece, longest first, so that the longest known name wins.

    A table may lie over a shared one: names that an expression introduces itself stay in its own layer.
    """

    def __init__(self, names: Iterable[str] = (), below: "NameTable | None" = None) -> None:
        self._by_first: dict[str, list[tuple[tuple[str, ...], str]]] = {}
        self._below = below
        for name in names:
            self.add(name)

    def add(self, name: str) -> None:
        """Make `name` known; adding twice does no harm."""
        pieces = name_pieces(name)
        if not pieces:
            return
        found = self._by_first.setdefault(pieces[0], [])
        if (pieces, name) not in found:
            found.append((pieces, name))
            found.sort(key=_longest_first)

    def candidates(self, first: str) -> list[tuple[tuple[str, ...], str]]:
        """Known names that start with the piece `first`, longest first."""
        own = self._by_first.get(first, [])
        shared = self._below.candidates(first) if self._below else []
        return sorted([*own, *shared], key=_longest_first) if own and shared else own or shared


def _longest_first(entry: tuple[tuple[str, ...], str]) -> int:
    return -len(entry[0])


@lru_cache(maxsize=256)
def shared_table(names: frozenset[str]) -> NameTable:
    """The table of a set of names, made once; nothing is ever added to it."""
    return NameTable(names)
