"""Definitions: deployed diagrams and tables, immutable by version, parsed once per process."""

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.decision import (
    DecisionError,
    DecisionModel,
    DecisionResult,
    FeelError,
    Finding,
    Severity,
    Value,
    check_decisions,
    compile_expression,
    parse_decisions,
    parse_duration,
)
from engine.identity.roles import ROLE_IDS
from engine.identity.users import load_actor
from engine.kernel.clock import Clock, local_clock
from engine.kernel.command import CommandContext
from engine.kernel.errors import Forbidden, NotFound, ShegongError
from engine.workflow.calendars import WorkingCalendar
from engine.workflow.delegates import DELEGATES
from engine.workflow.diagram import Diagram, DiagramError, Node, check_diagram, read_diagram
from engine.workflow.readers import PROPERTY as READERS
from engine.workflow.spiff import CompiledProcess, Environment, compile_process
from engine.workflow.tables import DecisionDefinition, Deployment, ProcessDefinition


class DeploymentRefused(ShegongError):
    """流程文件有错误，没有部署。请按提示修改后重新上传。"""

    code = "deployment_refused"

    def __init__(self, findings: Mapping[str, list[Finding]]) -> None:
        self.findings = findings
        lines = [f"{name}：{finding.message}" for name, found in findings.items() for finding in found]
        super().__init__("；".join(lines[:5]))


@dataclass(frozen=True)
class DeployedDecisions:
    """The decisions a definition sees: those deployed with it, else the latest of their name."""

    models: Mapping[str, DecisionModel]
    clock: Clock

    def decide(self, decision_id: str, variables: Mapping[str, Value]) -> DecisionResult:
        if decision_id not in self.models:
            raise NotFound(f"决策表“{decision_id}”没有部署。")
        model, now = self.models[decision_id], local_clock(self.clock)
        return model.evaluate(decision_id, variables, strict=True, clock=now)


@dataclass(frozen=True)
class FeelExpressions:
    """FEEL for the adapter; a name that does not exist or a wrong type is an error, never silently null."""

    tables: DeployedDecisions
    clock: Clock

    def evaluate(self, text: str, variables: Mapping[str, Value]) -> Value:
        return compile_expression(text).evaluate(variables, strict=True, clock=local_clock(self.clock))

    def decide(self, decision_id: str, variables: Mapping[str, Value]) -> Value:
        return self.tables.decide(decision_id, variables).value


@dataclass(frozen=True)
class Definition:
    """A compiled version of a process with everything it needs to run."""

    id: int
    key: str
    version: int
    name: str
    process: CompiledProcess
    tables: DeployedDecisions
    environment: Environment
    properties: Mapping[str, str]

    def node(self, node_id: str) -> Node:
        return self.process.nodes[node_id]


@dataclass
class DefinitionCache:
    """Definitions by id, compiled at first use; a definition never changes, so nothing is ever thrown out."""

    clock: Clock
    calendar: WorkingCalendar
    _compiled: dict[int, Definition] = field(default_factory=dict)

    def get(self, session: Session, definition_id: int) -> Definition:
        """The compiled definition."""
        if definition_id not in self._compiled:
            self._compiled[definition_id] = self._compile(session, session.get_one(ProcessDefinition, definition_id))
        return self._compiled[definition_id]

    def latest(self, session: Session, key: str) -> Definition:
        """The newest version of the process `key`."""
        query = select(ProcessDefinition.id).where(ProcessDefinition.key == key)
        found = session.scalar(query.order_by(ProcessDefinition.version.desc()).limit(1))
        if found is None:
            raise NotFound(f"流程“{key}”没有部署。")
        return self.get(session, found)

    def due(self, duration: Value, working: bool, start: datetime) -> datetime:
        """`start` plus an ISO 8601 duration; whole days are working days when `working`."""
        return due_after(duration, start, self.calendar if working else None)

    def _compile(self, session: Session, row: ProcessDefinition) -> Definition:
        siblings = select(ProcessDefinition).where(ProcessDefinition.deployment_id == row.deployment_id)
        drawings = {sibling.key: read_diagram(sibling.xml) for sibling in session.scalars(siblings)}
        tables = DeployedDecisions(decision_models(session, row.deployment_id), self.clock)
        process = compile_process(_needed(drawings, row.key), row.key)
        environment = Environment(FeelExpressions(tables, self.clock), self.clock.now, self.due)
        drawn = drawings[row.key].process(row.key)
        properties = {} if drawn is None else drawn.properties
        return Definition(row.id, row.key, row.version, row.name, process, tables, environment, properties)


def _needed(drawings: Mapping[str, Diagram], key: str) -> list[bytes]:
    """The files of the process and of everything it calls; unrelated diagrams of a deployment may use the same ids."""
    found: dict[str, bytes] = {}
    wanted = [key]
    while wanted:
        drawing = drawings.get(wanted.pop())
        if drawing is not None and drawing.checksum not in found:
            found[drawing.checksum] = drawing.canonical
            wanted += [node.settings.called_process for node in drawing.nodes.values()]
    return list(found.values())


def due_after(duration: Value, start: datetime, calendar: WorkingCalendar | None) -> datetime:
    """`start` plus a duration: ISO text, days-time or years-months; in working days when a calendar is given."""
    if isinstance(duration, str):
        duration = parse_duration(duration)
    if isinstance(duration, timedelta):
        if calendar is None:
            return start + duration
        return calendar.add_workdays(start, duration.days) + (duration - timedelta(days=duration.days))
    moment = compile_expression("start + period").evaluate({"start": start, "period": duration}, strict=True)
    if not isinstance(moment, datetime):
        raise TypeError("期限不是有效的时间段")
    return moment


def decision_models(session: Session, deployment_id: int) -> dict[str, DecisionModel]:
    """Decision id -> parsed file: the newest of each name, those of the deployment first."""
    newest = select(DecisionDefinition).order_by(DecisionDefinition.version)
    rows = {row.key: row for row in session.scalars(newest)}
    own = newest.where(DecisionDefinition.deployment_id == deployment_id)
    rows |= {row.key: row for row in session.scalars(own)}
    parsed: dict[str, DecisionModel] = {}
    for row in rows.values():
        if row.checksum not in parsed:
            parsed[row.checksum] = parse_decisions(row.xml)
    return {key: parsed[row.checksum] for key, row in rows.items()}


MATTERS_OF_INSTALLATION = frozenset({
    "user_task.who", "user_task.form", "name.missing", "drawing.shape", "drawing.edge", "role.unknown",
    "delegate.unknown", "form.unknown",
})  # fmt: skip
"""Findings that do not keep a trial from running."""


@dataclass(frozen=True)
class Deploy:
    """Deploys diagrams and tables as one; refuses them all when one has an error.

    Answers the ids of the new or unchanged newest definitions by process key.
    """

    files: Mapping[str, bytes]
    note: str = ""
    approved_by: int | None = None
    lenient: bool = False
    """For trials: what the installation must bring - roles, forms, delegates, drawing - may be missing."""

    def execute(self, context: CommandContext) -> dict[str, int]:
        if not context.actor.is_system:
            self._authorise(context)
        diagrams = {name: data for name, data in self.files.items() if name.endswith(".bpmn")}
        tables = {name: data for name, data in self.files.items() if name.endswith(".dmn")}
        known = known_decisions(context.session) | {d for data in tables.values() for d in _decision_names(data)}
        findings = check_files(diagrams, tables, known, known_processes(context.session))
        passed_over = MATTERS_OF_INSTALLATION if self.lenient else frozenset[str]()
        errors = {
            name: [f for f in found if f.severity is Severity.ERROR and f.code not in passed_over]
            for name, found in findings.items()
        }
        if any(errors.values()):
            raise DeploymentRefused({name: found for name, found in errors.items() if found})
        return self._store(context, {n: read_diagram(d, source=n) for n, d in diagrams.items()}, tables)

    def _authorise(self, context: CommandContext) -> None:
        """Deployment needs a second person [security: 三员分立]."""
        if not context.actor.has_role("process_admin"):
            raise Forbidden("只有流程管理员可以部署流程。")
        if self.approved_by is None or self.approved_by == context.actor.user_id:
            raise Forbidden("部署流程需要另一名流程管理员复核。")
        if not load_actor(context.session, self.approved_by).has_role("process_admin"):
            raise Forbidden("复核人不是流程管理员，请由另一名流程管理员复核。")

    def _store(
        self, context: CommandContext, diagrams: Mapping[str, Diagram], tables: Mapping[str, bytes]
    ) -> dict[str, int]:
        session = context.session
        checksum = _checksum([d.canonical for d in diagrams.values()] + list(tables.values()))
        keys = {process.id for diagram in diagrams.values() for process in diagram.processes}
        decisions = {id_ for data in tables.values() for id_ in _decision_names(data)}
        if _in_force(session, keys, decisions) != {checksum}:
            latest = Deployment(
                at=context.now, deployed_by=context.actor.user_id, approved_by=self.approved_by,
                checksum=checksum, note=self.note,
            )  # fmt: skip
            session.add(latest)
            session.flush()
            for data in tables.values():
                _add_decisions(session, latest.id, data)
            for diagram in diagrams.values():
                _add_processes(session, latest.id, diagram)
            session.flush()
            context.record("deployment.made", f"deployment:{latest.id}", checksum=checksum, files=sorted(self.files))
        query = select(ProcessDefinition.key, ProcessDefinition.id).order_by(ProcessDefinition.version)
        return {key: id_ for key, id_ in session.execute(query) if key in keys}


def _in_force(session: Session, processes: Collection[str], decisions: Collection[str]) -> set[str | None]:
    """The checksums of the deployments that brought the newest version of these; None for what is not there yet."""
    found: set[str | None] = set()
    tables: tuple[tuple[type[ProcessDefinition] | type[DecisionDefinition], Collection[str]], ...] = (
        (ProcessDefinition, processes), (DecisionDefinition, decisions),
    )  # fmt: skip
    for table, keys in tables:
        for key in keys:
            newest = select(Deployment.checksum).join(table, table.deployment_id == Deployment.id)
            found.add(session.scalar(newest.where(table.key == key).order_by(table.version.desc()).limit(1)))
    return found


def check_files(
    diagrams: Mapping[str, bytes],
    tables: Mapping[str, bytes],
    known_decision_ids: set[str],
    known_process_ids: set[str],
) -> dict[str, list[Finding]]:
    """Everything wrong with the files, by file name; the files see each other and what is deployed."""
    processes = known_process_ids | {id_ for data in diagrams.values() for id_ in _process_ids(data)}
    found = {name: check_decisions(data) for name, data in tables.items()}
    for name, data in diagrams.items():
        found[name] = check_diagram(
            data,
            source=name,
            roles=ROLE_IDS,
            decisions=known_decision_ids,
            delegates=set(DELEGATES),
            processes=processes,
        )
    return found


def known_decisions(session: Session) -> set[str]:
    """The ids of all decisions deployed so far."""
    return set(session.scalars(select(DecisionDefinition.key).distinct()))


def known_processes(session: Session) -> set[str]:
    """The ids of all processes deployed so far."""
    return set(session.scalars(select(ProcessDefinition.key).distinct()))


def _process_ids(data: bytes) -> set[str]:
    try:
        return {process.id for process in read_diagram(data).processes}
    except DiagramError:  # said by its own check
        return set()


def _decision_names(data: bytes) -> dict[str, str]:
    try:
        return {id_: decision.name for id_, decision in parse_decisions(data).decisions.items()}
    except (DecisionError, FeelError):  # said by its own check
        return {}


def _add_decisions(session: Session, deployment_id: int, data: bytes) -> None:
    for key, name in _decision_names(data).items():
        version = _next_version(session, DecisionDefinition, key)
        session.add(
            DecisionDefinition(key=key, version=version, deployment_id=deployment_id, name=name or key, xml=data,
                               checksum=_checksum([data]))
        )  # fmt: skip


def _add_processes(session: Session, deployment_id: int, diagram: Diagram) -> None:
    for process in diagram.processes:
        version = _next_version(session, ProcessDefinition, process.id)
        session.add(
            ProcessDefinition(key=process.id, version=version, deployment_id=deployment_id, name=process.name,
                              readers=process.properties.get(READERS, ""), xml=diagram.canonical,
                              checksum=diagram.checksum)
        )  # fmt: skip


def _next_version(session: Session, table: type[ProcessDefinition] | type[DecisionDefinition], key: str) -> int:
    return (session.scalar(select(func.max(table.version)).where(table.key == key)) or 0) + 1


def _checksum(parts: list[bytes]) -> str:
    digest = hashlib.sha256()
    for part in parts:
        digest.update(hashlib.sha256(part).digest())
    return digest.hexdigest()
