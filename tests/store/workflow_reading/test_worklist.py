"""The lists of work: order, pages, filters, counts, what comes next, and what a page costs in a long list."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from engine.workflow.copies import my_copies, unread_copies
from engine.workflow.flags import flags_of
from engine.workflow.worklist import (
    COUNT_LIMIT,
    Filter,
    Order,
    Page,
    all_cases,
    counts,
    my_work,
    next_item,
    open_total,
    place_of,
    search,
    started_cases,
)
from tests.store.workflow_reading.conftest import NOW, Office


def queue(office: Office, role: str = "county_reviewer") -> str:
    return f"{role}@{office.county}"


def pages(read: Callable[[Any], Page]) -> list[int]:
    """The items of all pages, one after the other."""
    found: list[int] = []
    cursor = None
    while True:
        page = read(cursor)
        found += [row.work_item_id for row in page.rows]
        cursor = page.next
        if cursor is None:
            return found


def test_what_is_due_first_stands_first_and_what_is_never_due_last(office: Office) -> None:
    late, never, soon = office.items(queue(office), [-5, None, 3])
    with office.store.reading() as session:
        rows = my_work(session, office.actor("王芳"), NOW).rows
    assert [row.work_item_id for row in rows] == [late, soon, never]


@pytest.mark.parametrize("order", list(Order))
def test_pages_follow_each_other_without_gap_or_repetition(office: Office, order: Order) -> None:
    mine = office.items(f"user:{office.people['王芳']}", [4, 4, 4, 1, None])
    group = office.items(queue(office), [4, 4, 2, None, None, -1])
    with office.store.reading() as session:
        actor = office.actor("王芳")
        found = pages(lambda after: my_work(session, actor, NOW, order=order, after=after, limit=2))
    assert sorted(found) == sorted([*mine, *group])
    assert len(found) == len(set(found))


def test_a_deputy_sees_the_items_of_his_principal(office: Office) -> None:
    items = office.items(f"user:{office.people['孙部长']}", [4])
    office.deputy("孙部长", "赵敏")
    with office.store.reading() as session:
        assert [row.work_item_id for row in my_work(session, office.actor("赵敏"), NOW).rows] == items


def test_a_list_is_narrowed_by_step_unit_lateness_and_owner(office: Office) -> None:
    first = office.items(queue(office), [-1, 5])
    second = office.items(queue(office), [5], node="recheck", place=office.street)
    mine = office.items(f"user:{office.people['王芳']}", [9])
    actor = office.actor("王芳")

    def found(session: Session, narrow: Filter) -> list[int]:
        return [row.work_item_id for row in my_work(session, actor, NOW, narrow=narrow).rows]

    with office.store.reading() as session:
        assert found(session, Filter(node_id="recheck")) == second
        assert found(session, Filter(organisation_id=office.street)) == second
        assert found(session, Filter(overdue_before=NOW)) == first[:1]
        assert found(session, Filter(mine_only=True)) == mine
        assert found(session, Filter(process_key="nothing")) == []


def test_every_step_is_counted_also_when_another_one_is_very_long(office: Office) -> None:
    office.items(queue(office), [1] * (COUNT_LIMIT + 50))
    office.items(queue(office), [-2, 30], node="recheck")
    office.items(f"user:{office.people['王芳']}", [-3], node="recheck")
    with office.store.reading() as session:
        found = {count.node_id: count for count in counts(session, office.actor("王芳"), NOW)}
        assert open_total(session, office.actor("王芳"), NOW) == COUNT_LIMIT + 1
    assert found["first_review"].count == COUNT_LIMIT + 1
    assert (found["recheck"].count, found["recheck"].overdue) == (3, 2)
    assert found["recheck"].step_name == "资格复审"


def test_somebody_without_lists_counts_nothing(office: Office) -> None:
    office.items(queue(office), [1])
    with office.store.reading() as session:
        assert counts(session, office.actor("赵敏"), NOW) == []
        assert open_total(session, office.actor("赵敏"), NOW) == 0


def test_the_next_item_follows_in_the_list_and_begins_again_at_the_end(office: Office) -> None:
    one, two, three = office.items(queue(office), [1, 2, 3])
    office.items(queue(office), [1], node="recheck")
    narrow = Filter("recruitment_registration", "first_review")
    actor = office.actor("王芳")
    with office.store.reading() as session:

        def after(item: int) -> int | None:
            place = place_of(session, item)
            return next_item(session, actor, NOW, narrow=narrow, after=place, skip=item).work_item_id

        assert [after(one), after(two), after(three)] == [two, three, one]
        assert next_item(session, actor, NOW, narrow=narrow).waiting == 3


def test_the_last_item_has_no_next(office: Office) -> None:
    (item,) = office.items(queue(office), [1])
    with office.store.reading() as session:
        found = next_item(session, office.actor("王芳"), NOW, narrow=Filter(), after=place_of(session, item), skip=item)
    assert found.work_item_id is None


def test_open_items_are_found_by_number_or_among_named_cases(office: Office) -> None:
    one, two = office.items(queue(office), [1, 2])
    actor = office.actor("王芳")
    with office.store.reading() as session:
        assert [row.work_item_id for row in search(session, actor, NOW, f"bm-{one:06d}")] == [one]
        named = [("recruitment_registration", f"BM-{two:06d}")]
        assert [row.work_item_id for row in search(session, actor, NOW, "张三", cases=named)] == [two]
        assert search(session, office.actor("赵敏"), NOW, "BM-") == []


def test_cases_are_seen_by_who_began_them_and_by_supervisors(office: Office) -> None:
    office.items(queue(office), [1], place=office.street, initiator="赵敏")
    office.items(queue(office), [1])
    with office.store.reading() as session:
        assert len(started_cases(session, office.actor("赵敏")).rows) == 1
        assert len(all_cases(session, office.actor("孙部长")).rows) == 2
        assert len(all_cases(session, office.actor("孙部长"), organisation_id=office.street).rows) == 1
        assert all_cases(session, office.actor("王芳")).rows == ()


def steps_of_machine(session: Session, read: Callable[[], object]) -> int:
    """How many hundreds of instructions SQLite needs for a reading: a measure that no busy machine disturbs."""
    ticks: list[int] = []
    raw: Any = session.connection().connection.driver_connection
    raw.set_progress_handler(lambda: ticks.append(1), 100)
    read()
    raw.set_progress_handler(None, 100)
    return len(ticks)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("order", list(Order))
def test_a_page_costs_the_same_in_a_list_twenty_times_as_long(office: Office, order: Order) -> None:
    actor = office.actor("王芳")
    narrow = Filter("recruitment_registration", "first_review")

    def cost() -> int:
        with office.store.reading() as session:
            middle = my_work(session, actor, NOW, order=order, limit=50).next
            return steps_of_machine(
                session,
                lambda: (
                    my_work(session, actor, NOW, order=order, after=middle, limit=50),
                    my_work(session, actor, NOW, narrow=narrow, limit=50),
                    counts(session, actor, NOW),
                    next_item(session, actor, NOW, narrow=narrow),
                    open_total(session, actor, NOW, Filter(overdue_before=NOW)),
                    flags_of(session, actor, NOW, my_work(session, actor, NOW, limit=50).rows),
                    my_copies(session, actor, limit=50),
                    unread_copies(session, actor),
                ),
            )

    office.copied("王芳", office.items(queue(office), [n % 200 for n in range(COUNT_LIMIT + 1)]))
    short = cost()
    office.copied("王芳", office.items(queue(office), [n % 200 for n in range(19 * COUNT_LIMIT)]))
    assert cost() <= short * 1.3


def test_a_cursor_beyond_the_end_gives_an_empty_page(office: Office) -> None:
    (item,) = office.items(queue(office), [1])
    with office.store.reading() as session:
        place = place_of(session, item)
        beyond = type(place)(place.at + timedelta(days=1), 1)
        assert my_work(session, office.actor("王芳"), NOW, after=beyond).rows == []
