"""Runs one instance of a diagram in a throw-away database, for process authors at a shell."""

import tempfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy import select

from engine.decision import DecisionError, Value, clean, compile_expression, parse_decisions
from engine.identity.organisations import OrganisationKind, add_organisation
from engine.kernel.actor import SYSTEM
from engine.kernel.clock import SystemClock
from engine.kernel.command import CommandContext
from engine.kernel.errors import ShegongError
from engine.kernel.process_engine import ProcessEngine
from engine.kernel.settings import Settings
from engine.kernel.store import open_store
from engine.workflow.calendars import PlainCalendar
from engine.workflow.definitions import DefinitionCache, Deploy
from engine.workflow.diagram import DiagramError, read_diagram
from engine.workflow.instances import start
from engine.workflow.jobs import run_due_jobs
from engine.workflow.runs import LiveCache, ProcessFault, open_run
from engine.workflow.spiff import Execution, WaitKind
from engine.workflow.tables import Incident, ProcessInstance


@dataclass(frozen=True)
class Trace:
    """How far an instance came by itself."""

    state: str
    completed: list[str]
    """Ids of the nodes that were completed, in order."""
    open_items: list[dict[str, Any]]
    variables: dict[str, Value]
    incidents: list[dict[str, str]] = field(default_factory=list)


@dataclass(frozen=True)
class _Begin:
    process: str
    variables: Mapping[str, Value]

    def execute(self, context: CommandContext) -> int:
        county = add_organisation(context.session, OrganisationKind.COUNTY, "trace", "试运行")
        definition = context.service(DefinitionCache).latest(context.session, self.process)
        return start(context, definition, "trace", county.id, definition.name, self.variables).instance.id


@dataclass(frozen=True)
class _Look:
    instance_id: int

    def execute(self, context: CommandContext) -> Trace:
        instance = context.session.get_one(ProcessInstance, self.instance_id)
        execution = open_run(context, instance).execution
        query = select(Incident).where(Incident.kind != "assignment")  # nobody lives in a throw-away database
        incidents = [{"node": i.node_id or "", "message": i.message} for i in context.session.scalars(query)]
        return Trace(instance.state, list(execution.drain_completed()), _open(execution),
                     execution.variables(), incidents)  # fmt: skip


def trace_file(path: Path, variables: Mapping[str, Any], process: str | None = None) -> Trace:
    """Runs the process of the file to its end or its first wait.

    Diagrams and tables beside the file are deployed with it, so that calls and decisions are found.
    """
    own = read_diagram(path.read_bytes(), source=path.name)
    wanted = process or next(p.id for p in own.processes if p.executable)
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(Path(folder), f"sqlite:///{folder}/trace.db", b"\0" * 32)
        store = open_store(settings.database_url, settings.cipher())
        store.create_all()
        clock = SystemClock()
        services = {DefinitionCache: DefinitionCache(clock, PlainCalendar()), LiveCache: LiveCache(1)}
        try:
            return _run(ProcessEngine(settings, store, clock, services), path, wanted, variables)
        finally:
            store.close()


def _run(engine: ProcessEngine, path: Path, process: str, variables: Mapping[str, Any]) -> Trace:
    files = {path.name: path.read_bytes()} | _companions(path)
    engine.execute(Deploy(files, note="trace", lenient=True), actor=SYSTEM)
    values = {name: clean(value) for name, value in variables.items()}
    try:
        instance_id = engine.execute(_Begin(process, values), actor=SYSTEM)
    except ProcessFault as fault:
        node = "" if fault.follow_up is None else fault.follow_up.node_id
        return Trace("incident", list(fault.passed), [], dict(values), [{"node": node, "message": fault.message}])
    except ShegongError as error:
        return Trace("incident", [], [], dict(values), [{"node": "", "message": error.message}])
    while run_due_jobs(engine):
        pass
    return engine.execute(_Look(instance_id), actor=SYSTEM)


def _companions(path: Path) -> dict[str, bytes]:
    """The diagrams and tables of the folder that the file calls, and those which these call."""
    diagrams, tables = _by_process(path), _by_decision(path)
    found: dict[str, bytes] = {}
    open_files = [path]
    while open_files:
        for node in read_diagram(open_files.pop().read_bytes()).nodes.values():
            settings = node.settings
            called = diagrams.get(settings.called_process) or tables.get(settings.decision_id)
            if called is None or called == path or called.name in found:
                continue
            found[called.name] = called.read_bytes()
            if called.suffix == ".bpmn":
                open_files.append(called)
    return found


def _by_process(path: Path) -> dict[str, Path]:
    places: dict[str, Path] = {}
    for other in sorted(path.parent.glob("*.bpmn")):
        with suppress(DiagramError, OSError):
            places |= {process.id: other for process in read_diagram(other.read_bytes()).processes}
    return places


def _by_decision(path: Path) -> dict[str, Path]:
    places: dict[str, Path] = {}
    for other in sorted(path.parent.glob("*.dmn")):
        with suppress(DecisionError, OSError):
            places |= dict.fromkeys(parse_decisions(other.read_bytes()).decisions, other)
    return places


def _open(execution: Execution) -> list[dict[str, Any]]:
    rows = []
    for wait in execution.waits():
        row: dict[str, Any] = {"node": wait.node_id, "kind": wait.kind.value}
        if wait.kind is WaitKind.TIMER and wait.due_at is not None:
            row["due"] = wait.due_at.isoformat()
        if wait.kind is WaitKind.MESSAGE:
            row |= {"message": wait.message_name, "key": wait.correlation_key}
        rows.append(row)
    return rows


def plain(value: Any) -> Any:
    """FEEL values as JSON: whole numbers as integers, other numbers as decimals, the rest as FEEL writes it."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, Mapping):
        return {key: plain(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(inner) for inner in value]
    if value is None or isinstance(value, (str, bool, int)):
        return value
    return compile_expression("string(value)").evaluate({"value": value})
