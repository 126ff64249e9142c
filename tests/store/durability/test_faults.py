"""A fault at every single statement: nothing is half-done, nothing acknowledged is lost, nothing is applied twice."""

import multiprocessing
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError

from engine.kernel.actor import SYSTEM
from engine.kernel.command import Command
from engine.kernel.errors import OutcomeUnknown
from engine.kernel.history import HistoryEvent
from engine.kernel.process_engine import ProcessEngine
from engine.kernel.store import Base
from engine.workflow.jobs import LEASE, run_due_jobs
from engine.workflow.tables import Job, ProcessInstance, WorkItem
from engine.workflow.work_items import CompleteWorkItem
from tests.store.durability import faults
from tests.store.durability.conftest import engine_on
from tests.store.durability.invariants import invariants
from tests.store.workflow.conftest import Office
from tests.store.workflow.drawing import Drawing

SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
POSTGRESQL = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
STRIDES = pytest.mark.parametrize("stride", [7, pytest.param(1, marks=pytest.mark.sweep)])
"""A process is killed at some points of its work always, at every one in a sweep (`pytest -m sweep`)."""
MOST = 80
"""More statements than any of these commands needs."""


def played() -> Drawing:
    """A review, a service task, a step for somebody else with a deadline, and a message waited for beside it."""
    drawing = Drawing("played").start().user("review", groups="county_clerk", organisation="county")
    drawing.service("note", "faulty.note").gateway("fork", "parallel")
    drawing.user("head", groups="county_head", organisation="county", deadline="3d").end("over")
    drawing.message("paid", "paid", "= businessKey").timer("pause", "PT1H").service("each", "faulty.many").end("out")
    drawing.chain("begin", "review", "note", "fork", "head", "over")
    return drawing.chain("fork", "paid", "pause", "each", "out")


def due() -> Drawing:
    drawing = Drawing("due").start().timer("pause", "PT1H").service("note", "faulty.note")
    drawing.user("review", groups="county_clerk", organisation="county").end()
    return drawing.chain("begin", "pause", "note", "review", "over")


def batched() -> Drawing:
    drawing = Drawing("batched").start().service("each", "faulty.many")
    drawing.user("review", groups="county_clerk", organisation="county").end()
    return drawing.chain("begin", "each", "review", "over")


@pytest.fixture(autouse=True)
def people(office: Office) -> None:
    office.person("王敏")
    office.person("周负责", "county_head")


def open_item(office: Office, case: int) -> int:
    with office.engine.reading() as session:
        query = select(WorkItem.id).where(WorkItem.instance_id == case, WorkItem.completed_at.is_(None))
        return session.scalars(query).one()


def told(office: Office, type_: str) -> int:
    """How often the history tells a thing."""
    with office.engine.reading() as session:
        return session.scalar(select(func.count()).where(HistoryEvent.type == type_)) or 0


def everything(engine: ProcessEngine) -> dict[str, list[Any]]:
    """All rows of all tables, as they stand."""
    with engine.store.engine.connect() as connection:
        tables = Base.metadata.sorted_tables
        return {t.name: sorted(map(repr, connection.exec_driver_sql(f"SELECT * FROM {t.name}"))) for t in tables}


@SQLITE
@pytest.mark.parametrize("cached", [True, False], ids=["cached", "restored"])
def test_an_error_at_any_statement_of_a_completion_leaves_nothing_half_done(office: Office, cached: bool) -> None:
    office.deploy(played())
    refused = 0
    for number in range(1, MOST):
        case = office.start("played", key=f"A-{number}")
        item, before = open_item(office, case), everything(office.engine)
        engine = office.engine if cached else engine_on(office.engine.store, office.engine.settings, office.clock)
        with faults.at_statement(office.engine.store, number, faults.error) as happened:
            try:
                engine.execute(CompleteWorkItem(item), actor=SYSTEM, idempotency_key=f"k-{number}")
            except (DBAPIError, OSError, faults.sqlite3.OperationalError):
                refused += 1
                assert everything(office.engine) == before
                engine.execute(CompleteWorkItem(item), actor=SYSTEM, idempotency_key=f"k-{number}")
        if not happened:
            break
    assert refused > 12
    assert told(office, "work_item.completed") == number


@SQLITE
def test_an_error_at_any_statement_of_a_start_leaves_no_case(office: Office) -> None:
    office.deploy(played())
    for number in range(1, MOST):
        before = everything(office.engine)
        with faults.at_statement(office.engine.store, number, faults.error) as happened:
            try:
                office.start("played", key=f"A-{number}")
            except (DBAPIError, faults.sqlite3.OperationalError):
                assert everything(office.engine) == before
        if not happened:
            break
    assert number > 8


@SQLITE
def test_an_error_at_any_statement_of_a_worker_only_delays_its_job(office: Office) -> None:
    office.deploy(due())
    for number in range(1, MOST):
        office.start("due", key=f"A-{number}")
        office.clock.advance(timedelta(hours=1))
        failing = faults.at_statement(office.engine.store, number, faults.error)
        with suppress(DBAPIError, faults.sqlite3.OperationalError), failing as happened:
            run_due_jobs(office.engine, "worker")
        assert invariants(office.engine) == []
        office.clock.advance(2 * LEASE)
        run_due_jobs(office.engine, "worker")
        assert told(office, "timer.fired") == number
        if not happened:
            break
    assert number > 12
    office.clock.advance(timedelta(hours=1))
    office.work()
    assert told(office, "thing.noted") == number


@POSTGRESQL
def test_a_connection_cut_at_any_statement_of_a_completion_is_made_good(office: Office) -> None:
    office.deploy(played())
    for number in range(1, MOST):
        case = office.start("played", key=f"A-{number}")
        item = open_item(office, case)
        with faults.at_statement(office.engine.store, number, faults.cut) as happened:
            office.engine.execute(CompleteWorkItem(item), actor=SYSTEM, idempotency_key=f"k-{number}")
        assert invariants(office.engine) == []
        if not happened:
            break
    assert number > 12
    assert told(office, "thing.noted") == number


@POSTGRESQL
def test_a_connection_cut_while_committing_says_that_the_outcome_is_unknown(office: Office) -> None:
    office.deploy(played())
    item = open_item(office, office.start("played"))
    with faults.at_commit(office.engine.store, faults.cut), pytest.raises(OutcomeUnknown):
        office.engine.execute(CompleteWorkItem(item), actor=SYSTEM)
    office.engine.execute(CompleteWorkItem(item), actor=SYSTEM)
    assert told(office, "work_item.completed") == 1


class Victim:
    """Processes that are killed in the middle of what they do, on the database of the test."""

    def __init__(self, office: Office, url: str, folder: Path) -> None:
        self.office, self.url, self.folder = office, url, folder
        self.processes = multiprocessing.get_context("forkserver")
        self.processes.set_forkserver_preload(["tests.store.durability.faults"])

    def killed(self, number: int, act: Command[Any] | str) -> bool:
        """Whether the process met its end at the n-th statement; False when it needed fewer."""
        self.office.engine.store.close()
        arguments = (self.url, self.folder, self.office.clock.now(), number, act)
        process = self.processes.Process(target=faults.act_and_die, args=arguments)
        process.start()
        process.join(60)
        assert process.exitcode in (0, -9)
        return process.exitcode == -9


@pytest.fixture
def victim(office: Office, database_url: str, tmp_path: Path) -> Iterator[Victim]:
    return Victim(office, database_url, tmp_path)


@STRIDES
def test_a_process_killed_at_any_point_of_a_completion_loses_and_doubles_nothing(
    office: Office, victim: Victim, stride: int
) -> None:
    office.deploy(played())
    item = open_item(office, office.start("played"))
    command, deaths = CompleteWorkItem(item), 0
    for number in range(2, MOST, stride):
        if not victim.killed(number, command):
            break
        deaths += 1
        assert invariants(office.engine) == []
        assert told(office, "work_item.completed") == 0
    assert deaths > 12 / stride
    office.engine.execute(command, actor=SYSTEM, idempotency_key="form-1")
    assert told(office, "work_item.completed") == told(office, "thing.noted") == 1


def test_a_process_killed_right_behind_its_commit_has_done_its_work_once(office: Office, victim: Victim) -> None:
    office.deploy(played())
    command = CompleteWorkItem(open_item(office, office.start("played")))
    assert victim.killed(0, command)
    assert told(office, "work_item.completed") == 1
    office.engine.execute(command, actor=SYSTEM, idempotency_key="form-1")
    assert told(office, "work_item.completed") == told(office, "thing.noted") == 1


@STRIDES
@pytest.mark.parametrize(("drawing", "event", "times"), [(due(), "thing.noted", 1), (batched(), "thing.handled", 4)])
def test_a_worker_killed_at_any_point_is_followed_by_one_that_applies_each_job_once(
    office: Office, victim: Victim, drawing: Drawing, event: str, times: int, stride: int
) -> None:
    office.deploy(drawing)
    case = office.start(drawing.id)
    office.clock.advance(timedelta(hours=1))
    deaths = 0
    for number in range(2, MOST, stride):
        if not victim.killed(number, "work"):
            break
        deaths += 1
        assert invariants(office.engine) == []
        office.clock.advance(2 * LEASE)
    assert deaths > 8 / stride
    office.work()
    assert told(office, event) == times
    assert open_item(office, case)
    with office.engine.reading() as session:
        assert session.scalar(select(func.count()).select_from(Job)) == 0
        assert session.get_one(ProcessInstance, case).state == "active"
