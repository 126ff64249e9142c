"""Who goes on: shortlist with ties at the last place, medical candidates 1:1, substitutes [domain 1.10, 1.12]."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from engine.kernel.errors import Conflict
from engine.personnel.recruitment.ranking import Ranked, unresolved


@dataclass(frozen=True, slots=True)
class Scored:
    """A passer of the written exam."""

    id: str
    score: Decimal


@dataclass(frozen=True, slots=True)
class Shortlist:
    """Who is invited, in order of score, and who waits as a substitute."""

    invited: tuple[str, ...]
    waiting: tuple[str, ...]
    last_score: Decimal | None
    """Lowest invited score; everybody with it is invited (同分跟进)."""


def shortlist(passers: Iterable[Scored], heads: int, ratio: int) -> Shortlist:
    """The best `heads` x `ratio` passers and all who tie with the last of them."""
    ordered = sorted(passers, key=lambda passer: (-passer.score, passer.id))
    places = heads * ratio
    if not ordered or places <= 0:
        return Shortlist((), tuple(passer.id for passer in ordered), None)
    line = ordered[min(places, len(ordered)) - 1].score
    invited = tuple(passer.id for passer in ordered if passer.score >= line)
    return Shortlist(invited, tuple(passer.id for passer in ordered[len(invited) :]), line)


def called_up(shortlist_order: Sequence[Scored], taken: Collection[str]) -> tuple[str, ...]:
    """The next passers for one vacated interview place: the best not yet taken and all who tie with him."""
    waiting = [passer for passer in shortlist_order if passer.id not in taken]
    best = max((passer.score for passer in waiting), default=None)
    return tuple(sorted(passer.id for passer in waiting if passer.score == best))


def medical_candidates(ranked: Sequence[Ranked], heads: int) -> tuple[str, ...]:
    """The first `heads` of the ranking, 1:1; an open tie at the last place must be settled first."""
    open_tie = unresolved(ranked, heads)
    if open_tie:
        raise Conflict(f"末位有 {len(open_tie)} 人并列第 {open_tie[0].rank} 名，须先加试再确定体检人选")
    return tuple(entry.candidate.id for entry in ranked[:heads])


def substitute(ranked: Sequence[Ranked], taken: Collection[str]) -> str | None:
    """The next in the ranking who was not called yet, or None when nobody is left."""
    waiting = [entry for entry in ranked if entry.candidate.id not in taken]
    if len(waiting) > 1 and waiting[0].rank == waiting[1].rank:
        raise Conflict(f"第 {waiting[0].rank} 名有并列，须先加试再递补")
    return waiting[0].candidate.id if waiting else None
