"""Properties of the ranking: one order whatever the input order, ties only where nothing tells people apart."""

from dataclasses import replace
from decimal import Decimal
from itertools import pairwise
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from engine.personnel.recruitment.ranking import (
    Candidate,
    TieKey,
    TieKeyName,
    rank,
    tie_breaks,
    unresolved,
)

KEYS = tuple(TieKey(name, "5.7" if name is TieKeyName.GRID_WORKER else "") for name in TieKeyName)
SCORES = st.decimals(Decimal(70), Decimal(72), places=1)
PEOPLE = st.lists(
    st.builds(
        Candidate, id=st.integers(1, 10_000).map(str), total=SCORES, written=SCORES, interview=SCORES,
        grid_worker=st.booleans(), veteran=st.booleans(), party_member=st.booleans(),
        certificate=st.integers(0, 3), extra=st.none() | SCORES,
    ),
    unique_by=lambda candidate: candidate.id, max_size=12,
)  # fmt: skip


def standing(candidate: Candidate) -> tuple[Decimal, ...]:
    return (candidate.total, *(candidate.value(key.name) for key in KEYS))


@given(PEOPLE, st.randoms(use_true_random=False))
def test_the_order_of_the_input_does_not_matter(people: list[Candidate], random: Random) -> None:
    shuffled = people.copy()
    random.shuffle(shuffled)
    assert rank(shuffled, KEYS) == rank(people, KEYS)


@given(PEOPLE)
def test_everybody_is_ranked_once_and_ranks_follow_the_standing(people: list[Candidate]) -> None:
    ranked = rank(people, KEYS)
    assert sorted(entry.candidate.id for entry in ranked) == sorted(person.id for person in people)
    for better, worse in pairwise(ranked):
        same = standing(better.candidate) == standing(worse.candidate)
        assert (better.rank == worse.rank) == same
        assert standing(better.candidate) >= standing(worse.candidate)


@given(PEOPLE)
def test_a_rank_is_one_more_than_the_number_of_people_who_are_better(people: list[Candidate]) -> None:
    for entry in rank(people, KEYS):
        better = sum(standing(person) > standing(entry.candidate) for person in people)
        assert entry.rank == better + 1


@given(PEOPLE)
def test_people_tie_only_when_every_key_is_equal_and_then_name_each_other(people: list[Candidate]) -> None:
    for entry in rank(people, KEYS):
        equals = {p.id for p in people if standing(p) == standing(entry.candidate)} - {entry.candidate.id}
        assert set(entry.tied_with) == equals


@given(PEOPLE, st.data())
def test_a_better_score_never_lowers_a_rank(people: list[Candidate], data: st.DataObject) -> None:
    if not people:
        return
    chosen = data.draw(st.sampled_from(people))
    raised = [replace(p, total=p.total + Decimal("0.5")) if p is chosen else p for p in people]
    before = {entry.candidate.id: entry.rank for entry in rank(people, KEYS)}
    after = {entry.candidate.id: entry.rank for entry in rank(raised, KEYS)}
    assert after[chosen.id] <= before[chosen.id]


@given(PEOPLE)
def test_every_broken_tie_has_a_reason_on_both_sides(people: list[Candidate]) -> None:
    ranked = rank(people, KEYS)
    by_id = {entry.candidate.id: entry for entry in ranked}
    for tie in tie_breaks(ranked, KEYS):
        assert tie.key.name.label in by_id[tie.better].reason
        assert tie.key.name.label in by_id[tie.worse].reason
    totals = [entry.candidate.total for entry in ranked]
    assert all(entry.reason == "" for entry in ranked if totals.count(entry.candidate.total) == 1)


@given(PEOPLE, st.integers(1, 12))
def test_an_extra_test_is_asked_for_exactly_when_a_tie_crosses_the_last_place(
    people: list[Candidate], places: int
) -> None:
    ranked = rank(people, KEYS)
    crossing = len(ranked) > places and ranked[places - 1].rank == ranked[places].rank
    assert bool(unresolved(ranked, places)) == crossing


def test_a_grid_worker_wins_an_equal_total_over_a_better_written_score() -> None:
    grid = Candidate("1", Decimal("79.02"), Decimal(70), Decimal(88), grid_worker=True)
    other = Candidate("2", Decimal("79.02"), Decimal(80), Decimal(78))
    first, second = rank([other, grid], KEYS)
    assert first.candidate is grid
    assert first.reason == "与并列总成绩 79.02 分的第 2 名相比，按“专职网格员优先”（依据第 5.7 条）排前，列第 1 名"
    assert second.reason == "与并列总成绩 79.02 分的第 1 名相比，按“专职网格员优先”（依据第 5.7 条）排后，列第 2 名"


def test_a_grid_worker_never_passes_a_higher_total() -> None:
    grid = Candidate("1", Decimal("79.01"), Decimal(70), Decimal(88), grid_worker=True)
    other = Candidate("2", Decimal("79.02"), Decimal(80), Decimal(78))
    assert [entry.candidate.id for entry in rank([grid, other], KEYS)] == ["2", "1"]


def test_equal_in_everything_means_equal_rank_until_the_extra_test() -> None:
    one = Candidate("1", Decimal(79), Decimal(79), Decimal(79))
    two = replace(one, id="2")
    assert [entry.rank for entry in rank([one, two, replace(one, id="3", total=Decimal(70))], KEYS)] == [1, 1, 3]
    assert "须加试" in rank([one, two], KEYS)[0].reason
    settled = rank([replace(one, extra=Decimal(80)), replace(two, extra=Decimal(85))], KEYS)
    assert [entry.candidate.id for entry in settled] == ["2", "1"]
