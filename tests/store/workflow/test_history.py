"""The history is complete and a changed or missing row is found."""

from datetime import timedelta

from sqlalchemy import delete, select, text, update

from engine.kernel.actor import SYSTEM
from engine.kernel.history import HistoryEvent, verify_chain
from engine.workflow.housekeeping import Housekeeping
from engine.workflow.seals import missing_cases
from engine.workflow.tables import ProcessInstance
from engine.workflow.work_items import CompleteWorkItem
from tests.store.workflow.conftest import Office
from tests.store.workflow.test_work_items import two_reviews


def played(office: Office) -> int:
    clerk = office.person("王敏")
    office.deploy(two_reviews())
    case = office.start("two_reviews")
    office.do(CompleteWorkItem(office.todo(clerk)[0].work_item_id, "pass", "同意"), clerk)
    return case


def first_break(office: Office, case: int) -> str | None:
    with office.engine.reading() as session:
        instance = session.get_one(ProcessInstance, case)
        found = verify_chain(session, office.engine.store.cipher, f"instance:{case}", instance)
    return None if found is None else f"{found.number}:{found.reason}"


def test_every_act_is_an_event_of_the_case(office: Office) -> None:
    case = played(office)
    with office.engine.reading() as session:
        query = select(HistoryEvent.type).where(HistoryEvent.chain == f"instance:{case}").order_by(HistoryEvent.number)
        types = list(session.scalars(query))
    assert types == ["process_instance.started", "step.opened", "work_item.completed", "step.opened"]
    assert first_break(office, case) is None


def test_a_changed_event_is_named(office: Office) -> None:
    case = played(office)
    with office.engine.store.engine.begin() as connection:
        connection.execute(update(HistoryEvent).where(HistoryEvent.number == 3).values(actor_id=999))
    assert first_break(office, case) == "3:事件内容被改动"


def test_a_missing_event_is_named(office: Office) -> None:
    case = played(office)
    with office.engine.store.engine.begin() as connection:
        connection.execute(delete(HistoryEvent).where(HistoryEvent.number == 2))
    assert first_break(office, case) == "2:事件缺失"


def test_a_missing_tail_is_noticed(office: Office) -> None:
    case = played(office)
    with office.engine.store.engine.begin() as connection:
        connection.execute(delete(HistoryEvent).where(HistoryEvent.number == 4))
    assert first_break(office, case) == "4:末尾事件缺失"


def test_opinions_do_not_stand_readable_in_the_database(office: Office) -> None:
    clerk = office.person("王敏")
    office.deploy(two_reviews())
    office.start("two_reviews")
    office.do(CompleteWorkItem(office.todo(clerk)[0].work_item_id, "pass", "CANARY-OPINION"), clerk)
    with office.engine.store.engine.connect() as connection:
        for table in ("history_event", "submission", "process_instance"):
            for row in connection.execute(text(f"SELECT * FROM {table}")):
                assert b"CANARY" not in repr(tuple(row)).encode()


def sealed(office: Office, number: int = 3) -> list[int]:
    """Some cases and the daily seal behind them."""
    clerk = office.person("王敏")
    office.person("甲", "county_head")
    office.deploy(two_reviews())
    cases = [office.start("two_reviews", key=f"A-{n}") for n in range(number)]
    office.clock.advance(timedelta(days=1))
    office.do(Housekeeping(), SYSTEM)
    assert len(office.todo(clerk)) == number
    return cases


def problems(office: Office) -> list[str]:
    with office.engine.reading() as session:
        return [f"{each.chain}：{each.reason}" for each in missing_cases(session, office.engine.store.cipher)]


def remove(office: Office, case: int, *, with_history: bool) -> None:
    with office.engine.store.engine.begin() as connection:
        if with_history:
            connection.execute(delete(HistoryEvent).where(HistoryEvent.chain == f"instance:{case}"))
        connection.execute(delete(ProcessInstance).where(ProcessInstance.id == case))


def test_a_case_removed_with_its_whole_history_is_noticed(office: Office) -> None:
    cases = sealed(office)
    assert problems(office) == []
    remove(office, cases[1], with_history=True)
    (found,) = problems(office)
    assert "封存时有3件，现有2件" in found


def test_events_without_their_case_are_noticed(office: Office) -> None:
    cases = sealed(office)
    remove(office, cases[2], with_history=False)
    assert f"instance:{cases[2]}：事项本身已被移除" in problems(office)


def test_seals_follow_each_other_and_cost_nothing_where_nothing_is_new(office: Office) -> None:
    sealed(office)
    office.do(Housekeeping(), SYSTEM)
    office.start("two_reviews", key="B-1")
    office.clock.advance(timedelta(days=1))
    office.do(Housekeeping(), SYSTEM)
    with office.engine.reading() as session:
        seals = [event.facts for event in session.scalars(select(HistoryEvent).where(HistoryEvent.chain == "seals"))]
    assert [facts["number"] for facts in seals] == [3, 1]
    assert seals[1]["after"] == seals[0]["up_to"]
    assert problems(office) == []
