"""How many 优秀 a street may give, and who of the candidates is in [N 9.7; domain 3.3]."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal

from engine.kernel.errors import RuleViolation
from engine.personnel.vocabulary import Post

HIGHEST_PERCENT = Decimal(25)
"""No county's share of 优秀 is higher, not even with approval [domain 3.3]."""
SMALLEST_LIST = 3
"""With so many people at least one may be 优秀; fewer chiefs are ranked with the others."""


@dataclass(frozen=True, slots=True)
class Cap:
    """The most 优秀 of a street, chiefs and others apart."""

    chiefs: int
    others: int

    @property
    def total(self) -> int:
        return self.chiefs + self.others


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody the table proposes for 优秀."""

    case_id: int
    name: str
    post: Post
    score: Decimal


def excellent_cap(heads: int, percent: Decimal) -> int:
    """`percent` of the heads rounded down; at least one of three or more."""
    share = int((heads * percent / 100).to_integral_value(ROUND_DOWN))
    return max(share, 1) if heads >= SMALLEST_LIST and percent > 0 else share


def street_cap(posts: Iterable[Post], percent: Decimal) -> Cap:
    """The cap of a street whose graded people hold `posts`: chiefs have a list of their own, the total stays."""
    held = list(posts)
    total = excellent_cap(len(held), percent)
    chiefs = sum(post is Post.CHIEF for post in held)
    own = min(total, excellent_cap(chiefs, percent)) if chiefs >= SMALLEST_LIST else 0
    return Cap(own, total - own)


def list_of(candidate: Candidate, cap: Cap) -> str:
    """The list a candidate is ranked in: `chiefs` or `others`."""
    return "chiefs" if candidate.post is Post.CHIEF and cap.chiefs else "others"


def ranked(candidates: Iterable[Candidate]) -> list[Candidate]:
    """By score, the highest first; the same score by name so that the order is always the same."""
    return sorted(candidates, key=lambda one: (-one.score, one.name, one.case_id))


def suggestion(candidates: Sequence[Candidate], cap: Cap) -> set[int]:
    """Who would be in by score alone; the group may choose otherwise with a reason."""
    chosen: set[int] = set()
    for name, places in (("chiefs", cap.chiefs), ("others", cap.others)):
        listed = [one for one in ranked(candidates) if list_of(one, cap) == name]
        chosen |= {one.case_id for one in listed[:places]}
    return chosen


def check_choice(candidates: Sequence[Candidate], chosen: set[int], cap: Cap) -> None:
    """Refuses somebody who is no candidate, and more than the cap allows [N 9.7; domain 3.3]."""
    if chosen - {one.case_id for one in candidates}:
        raise RuleViolation("只能从得分和条件符合的人员中评定优秀", clause="9.7")
    for name, label, places in (("chiefs", "正职", cap.chiefs), ("others", "其他人员", cap.others)):
        picked = sum(one.case_id in chosen and list_of(one, cap) == name for one in candidates)
        if picked > places:
            raise RuleViolation(
                f"{label}优秀名额 {places} 名，已选 {picked} 名，请减少 {picked - places} 名", clause="9.7"
            )


def follows_scores(candidates: Sequence[Candidate], chosen: set[int], cap: Cap) -> bool:
    """Whether nobody with a lower score is in before somebody with a higher one in the same list."""
    for name in ("chiefs", "others"):
        listed = [one for one in candidates if list_of(one, cap) == name]
        taken = [one.score for one in listed if one.case_id in chosen]
        left = [one.score for one in listed if one.case_id not in chosen]
        if taken and left and min(taken) < max(left):
            return False
    return True
