"""Ranking within one post: by total, then by the ordered tie keys; every tie-break keeps its reason."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import pairwise

from engine.kernel.errors import citation
from engine.personnel.decisions import Decide, rows
from engine.personnel.vocabulary import Term


class TieKeyName(Term):
    """What may decide between equal totals."""

    GRID_WORKER = "grid_worker", "专职网格员优先"
    VETERAN = "veteran", "退役军人优先"
    PARTY_MEMBER = "party_member", "中共党员优先"
    CERTIFICATE = "certificate", "持证等级高者优先"
    WRITTEN = "written", "笔试成绩高者优先"
    INTERVIEW = "interview", "面试成绩高者优先"
    EXTRA = "extra", "加试成绩高者优先"


@dataclass(frozen=True, slots=True)
class TieKey:
    """One step of the tie-break as the table ranking_ties orders it."""

    name: TieKeyName
    clause: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """What ranking needs to know of an interviewee."""

    id: str
    total: Decimal
    written: Decimal
    interview: Decimal
    grid_worker: bool = False
    veteran: bool = False
    party_member: bool = False
    certificate: int = 0
    extra: Decimal | None = None

    def value(self, key: TieKeyName) -> Decimal:
        """The candidate's standing under `key`; higher is better."""
        values: dict[TieKeyName, Decimal | int] = {
            TieKeyName.GRID_WORKER: self.grid_worker,
            TieKeyName.VETERAN: self.veteran,
            TieKeyName.PARTY_MEMBER: self.party_member,
            TieKeyName.CERTIFICATE: self.certificate,
            TieKeyName.WRITTEN: self.written,
            TieKeyName.INTERVIEW: self.interview,
            TieKeyName.EXTRA: Decimal(-1) if self.extra is None else self.extra,
        }
        return Decimal(values[key])


@dataclass(frozen=True, slots=True)
class TieBreak:
    """Why two neighbours with one total stand as they do."""

    better: str
    worse: str
    total: Decimal
    key: TieKey


@dataclass(frozen=True, slots=True)
class Ranked:
    """A place in the ranking; `tied_with` is not empty while only an extra test can decide."""

    candidate: Candidate
    rank: int
    reason: str = ""
    tied_with: tuple[str, ...] = ()


def tie_keys(decide: Decide, template: str, preferences: Sequence[str]) -> tuple[TieKey, ...]:
    """The ordered keys of the county's table for its template and the preferences it uses [N 5.7]."""
    found = rows(decide("ranking_ties", {"template": template, "preferences": list(preferences)}))
    return tuple(TieKey(TieKeyName(str(line["key"])), str(line["clause"])) for line in found)


def rank(candidates: Iterable[Candidate], keys: Sequence[TieKey]) -> list[Ranked]:
    """Everybody in order; equal under all keys means the same rank (1, 2, 2, 4) until an extra test decides."""
    ordered = sorted(candidates, key=lambda c: (_sort_key(c, keys), c.id))
    ranked: list[Ranked] = []
    for place, candidate in enumerate(ordered, start=1):
        same = ranked and _sort_key(ranked[-1].candidate, keys) == _sort_key(candidate, keys)
        ranked.append(Ranked(candidate, ranked[-1].rank if same else place))
    return _explained(ranked, keys)


def tie_breaks(ranked: Sequence[Ranked], keys: Sequence[TieKey]) -> list[TieBreak]:
    """One entry for each pair of neighbours whose equal totals were told apart, with the key that did it."""
    found = []
    for better, worse in pairwise(ranked):
        key = _deciding_key(better.candidate, worse.candidate, keys)
        if key and better.candidate.total == worse.candidate.total:
            found.append(TieBreak(better.candidate.id, worse.candidate.id, better.candidate.total, key))
    return found


def unresolved(ranked: Sequence[Ranked], places: int) -> list[Ranked]:
    """Those whose tie stands across the last of `places` and needs an extra test (加试)."""
    if places <= 0 or len(ranked) <= places or ranked[places - 1].rank != ranked[places].rank:
        return []
    return [entry for entry in ranked if entry.rank == ranked[places - 1].rank]


def _sort_key(candidate: Candidate, keys: Sequence[TieKey]) -> tuple[Decimal, ...]:
    return (-candidate.total, *(-candidate.value(key.name) for key in keys))


def _deciding_key(first: Candidate, second: Candidate, keys: Sequence[TieKey]) -> TieKey | None:
    return next((key for key in keys if first.value(key.name) != second.value(key.name)), None)


def _explained(ranked: Sequence[Ranked], keys: Sequence[TieKey]) -> list[Ranked]:
    """Each place with what told it apart from its neighbours of the same total."""
    equals: dict[Decimal, list[Ranked]] = {}
    for entry in ranked:
        equals.setdefault(entry.candidate.total, []).append(entry)
    return [_explained_among(place, group, keys) for group in equals.values() for place in range(len(group))]


def _explained_among(place: int, group: Sequence[Ranked], keys: Sequence[TieKey]) -> Ranked:
    entry = group[place]
    reasons = [_reason(entry, group[near], keys) for near in (place - 1, place + 1) if 0 <= near < len(group)]
    tied = tuple(other.candidate.id for other in group if other.rank == entry.rank and other is not entry)
    return replace(entry, reason="；".join(reasons), tied_with=tied)


def _reason(entry: Ranked, other: Ranked, keys: Sequence[TieKey]) -> str:
    key = _deciding_key(entry.candidate, other.candidate, keys)
    same = f"与并列总成绩 {entry.candidate.total} 分的第 {other.rank} 名"
    if key is None:
        return f"{same}各项均相同，须加试"
    won = entry.candidate.value(key.name) > other.candidate.value(key.name)
    basis = f"（依据{citation(key.clause)}）" if key.clause else ""
    return f"{same}相比，按“{key.name.label}”{basis}排{'前' if won else '后'}，列第 {entry.rank} 名"
