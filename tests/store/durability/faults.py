"""Faults at the n-th statement of a command: an error, a cut connection, the end of the process."""

import os
import signal
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from sqlalchemy import create_engine, event, text
from sqlalchemy.engine import Connection

from engine.kernel.actor import SYSTEM
from engine.kernel.clock import FixedClock
from engine.kernel.command import Command
from engine.kernel.process_engine import ProcessEngine
from engine.kernel.settings import Settings
from engine.kernel.store import Store, open_store
from engine.workflow.calendars import PlainCalendar
from engine.workflow.definitions import DefinitionCache
from engine.workflow.delegates import BATCHES, DELEGATES, BatchCall, Pending, ServiceCall
from engine.workflow.jobs import run_due_jobs
from engine.workflow.runs import LiveCache

ITEMS = 4
MASTER_KEY = bytes(range(32))


def note(call: ServiceCall) -> dict[str, object]:
    call.context.record("thing.noted", f"case:{call.instance.id}")
    return {"noted": True}


def each(call: BatchCall) -> None:
    for item in call.items:
        call.context.record("thing.handled", f"thing:{item}")


def many(call: ServiceCall) -> Pending:
    return call.start_batch("faulty.each", list(range(ITEMS)), chunk=2)


DELEGATES.setdefault("faulty.note", note)
DELEGATES.setdefault("faulty.many", many)
BATCHES.setdefault("faulty.each", each)


@contextmanager
def at_statement(store: Store, number: int, fault: Callable[[Connection], None]) -> Iterator[list[int]]:
    """Lets `fault` happen in place of the n-th statement or commit; the list has one entry when it did."""
    seen, happened = [0], list[int]()

    def count(connection: Connection) -> None:
        seen[0] += 1
        if seen[0] == number:
            happened.append(number)
            fault(connection)

    def execute(_cursor: object, _statement: object, _parameters: object, context: object) -> None:
        count(context.root_connection)  # type: ignore[attr-defined]

    hooks = [("do_execute", execute), ("do_executemany", execute), ("commit", count)]
    for name, hook in hooks:
        event.listen(store.engine, name, hook)
    try:
        yield happened
    finally:
        for name, hook in hooks:
            event.remove(store.engine, name, hook)


@contextmanager
def at_commit(store: Store, fault: Callable[[Connection], None]) -> Iterator[None]:
    """Lets `fault` happen just before a commit."""
    event.listen(store.engine, "commit", fault)
    try:
        yield
    finally:
        event.remove(store.engine, "commit", fault)


def error(_: Connection) -> None:
    raise sqlite3.OperationalError("disk I/O error")


def kill(_: Connection | None = None) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def cut(connection: Connection) -> None:
    """The administrator ends the connection."""
    number = connection.connection.dbapi_connection.info.backend_pid  # type: ignore[union-attr]
    other = create_engine(connection.engine.url)
    with other.connect() as control:
        control.execute(text("SELECT pg_terminate_backend(:number)"), {"number": number})
    other.dispose()


def fresh_engine(url: str, folder: Path, moment: datetime) -> ProcessEngine:
    """An engine as a process makes it that has just started."""
    settings = Settings(folder, url, MASTER_KEY)
    clock = FixedClock(moment)
    services = {DefinitionCache: DefinitionCache(clock, PlainCalendar()), LiveCache: LiveCache(10)}
    return ProcessEngine(settings, open_store(url, settings.cipher()), clock, services)


def act_and_die(url: str, folder: Path, moment: datetime, number: int, act: "Command[object] | str") -> None:
    """In a process of its own: runs a command (or the due jobs) and is killed at the n-th statement; 0 = behind it."""
    engine = fresh_engine(url, folder, moment)
    if number == 0:
        engine.on_commit = kill  # type: ignore[assignment]
    with at_statement(engine.store, number, kill):
        if isinstance(act, str):
            run_due_jobs(engine, "victim")
        else:
            engine.execute(act, actor=SYSTEM, idempotency_key="form-1")
