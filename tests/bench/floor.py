"""The floor: what the bare library needs for one step, with its state written without the spec and one real commit."""

import json
import re
import sqlite3
import tempfile
from pathlib import Path

from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.parser import BpmnParser
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
from SpiffWorkflow.util.task import TaskState

from tests.bench.office import FIELDS, bench_drawing


class Floor:
    """The same diagram in the stock dialect of the library."""

    def __init__(self, folder: Path, commit_bytes: int) -> None:
        self._spec = _stock_spec()
        self._serializer = BpmnWorkflowSerializer()
        self._bytes = commit_bytes
        self._database = sqlite3.connect(folder / "floor.db", isolation_level=None)
        self._database.execute("PRAGMA journal_mode=WAL")
        self._database.execute("PRAGMA synchronous=FULL")
        self._database.execute("CREATE TABLE IF NOT EXISTS state (id INTEGER PRIMARY KEY, body BLOB)")

    def start(self) -> BpmnWorkflow:
        workflow = BpmnWorkflow(self._spec)
        workflow.do_engine_steps()
        return workflow

    def complete(self, workflow: BpmnWorkflow) -> None:
        """Completes the ready user task, serialises the state and commits as many bytes as the engine writes."""
        task = next(t for t in workflow.get_tasks(state=TaskState.READY) if t.task_spec.manual)
        task.data.update(FIELDS, decision="pass")
        task.run()
        workflow.do_engine_steps()
        state = self._serializer.to_dict(workflow)
        for part in ("spec", "subprocess_specs"):
            state.pop(part, None)
        body = json.dumps(state).encode()
        self._database.execute("BEGIN IMMEDIATE")
        self._database.execute("INSERT INTO state (body) VALUES (?)", (body[: self._bytes].ljust(self._bytes),))
        self._database.execute("COMMIT")

    def close(self) -> None:
        self._database.close()


def _stock_spec() -> object:
    """The bench diagram with Python conditions, as the stock parser reads it."""
    xml = bench_drawing().xml().decode()
    xml = re.sub(r"<bpmn:extensionElements>.*?</bpmn:extensionElements>", "", xml)
    xml = xml.replace('= decision = "pass"', 'decision == "pass"').replace("scriptTask", "task")
    parser = BpmnParser()
    with tempfile.NamedTemporaryFile("w", suffix=".bpmn", delete=False, encoding="utf-8") as file:
        file.write(xml)
    try:
        parser.add_bpmn_file(file.name)
        return parser.get_spec("bench")
    finally:
        Path(file.name).unlink()
