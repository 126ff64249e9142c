"""Every user task of the diagrams has a form and every form a task; what is offered in bulk can be done in bulk."""

from pathlib import Path

from engine.workflow.diagram import Node, read_diagram
from forms.work_items import FORMS, START_FORMS
from tests.architecture.files import ROOT

DIAGRAMS = sorted((ROOT / "bpmn").glob("*/*.bpmn"))


def nodes(kind: str) -> list[Node]:
    return [node for path in DIAGRAMS for node in _nodes(path) if node.kind == kind]


def _nodes(path: Path) -> list[Node]:
    return list(read_diagram(path.read_bytes(), source=path.name).nodes.values())


def officers_tasks() -> list[Node]:
    """User tasks that are offered to roles; those of a person in the case have pages of their own."""
    return [node for node in nodes("userTask") if not node.settings.assignee]


def test_every_task_of_an_officer_has_a_form() -> None:
    assert {node.settings.form_id for node in officers_tasks()} - set(FORMS) == set()


def test_every_form_has_a_task() -> None:
    assert set(FORMS) - {node.settings.form_id for node in nodes("userTask")} == set()


def test_every_start_form_has_a_start() -> None:
    assert set(START_FORMS) == {node.settings.form_id for node in nodes("startEvent") if node.settings.form_id}


def test_a_form_that_is_decided_in_bulk_asks_for_nothing_but_the_opinion() -> None:
    asking = {
        form_id
        for form_id, form in FORMS.items()
        if form.bulk and any(field.flags.required for field in form().step_fields())
    }
    assert asking == set()


def test_steps_of_the_exam_desk_are_never_decided_in_bulk() -> None:
    assert [form_id for form_id, form in FORMS.items() if form.desk and form.bulk] == []
