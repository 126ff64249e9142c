"""Where the diagram of exit, its delegates, its steps and its roles meet, nothing is missing or left over."""

import re
from pathlib import Path

import engine.delegates.exits as room
from engine.delegates.exits.closing import SIGNED_TASKS
from engine.delegates.exits.commands import REVIEW_REQUESTED
from engine.identity.roles import ROLE_IDS
from engine.personnel.exits.terms import ClosingTask
from engine.workflow.diagram import read_diagram

DRAWING = Path(__file__).parents[3] / "bpmn" / "exit" / "exit.bpmn"
DIAGRAM = read_diagram(DRAWING.read_bytes(), source=DRAWING.name)
NODES = DIAGRAM.nodes.values()


def test_every_step_says_who_decides_what_on_which_basis_and_until_when() -> None:
    for node in NODES:
        if node.kind == "userTask":
            settings = node.settings
            assert settings.decisions, node.id
            assert settings.basis, node.id
            assert settings.stage, node.id
            assert settings.deadline is not None, node.id
            assert set(settings.candidate_groups) <= ROLE_IDS, node.id


def test_what_delegates_read_of_a_step_names_a_step_that_exists() -> None:
    steps = {node.id for node in NODES if node.kind == "userTask"}
    sources = [path.read_text("utf-8") for path in Path(str(room.__file__)).parent.glob("*.py")]
    calls = r"(?:signed|values_of|opinion_of)\(\s*call,([^)]*)\)"
    read = {name for text in sources for call in re.findall(calls, text) for name in re.findall(r'"([a-z_]+)"', call)}
    assert read
    assert read <= steps


def test_every_closing_task_is_signed_by_somebody_or_done_by_the_software() -> None:
    steps = {node.id for node in NODES if node.kind == "userTask"}
    assert set(SIGNED_TASKS) == set(ClosingTask) - {ClosingTask.ACCOUNTS}
    assert set(SIGNED_TASKS.values()) <= steps


def test_the_message_of_a_review_is_the_one_the_diagram_waits_for() -> None:
    assert f'name="{REVIEW_REQUESTED}"' in DRAWING.read_text("utf-8")
