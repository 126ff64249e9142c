"""Every hard clause of recruitment has a rule that exists and a test that exists."""

import importlib
import re
from pathlib import Path

import pytest

from engine.personnel.clauses import CLAUSES, Clause, ClauseKind
from engine.personnel.vocabulary import WorkerCategory

ROOT = Path(__file__).parents[3]
HARD_OF_RECRUITMENT = {
    "1.1", "1.2", "1.3", "2.1", "2.3", "4.1", "4.2", "4.3", "4.4", "4.5", "5.4", "5.5", "5.6", "5.7", "5.9", "6.5",
    "12.4", "L19",
}  # fmt: skip
TESTS = {
    name
    for path in (ROOT / "tests").rglob("test_*.py")
    if {"personnel", "process"} & set(path.parts)
    for name in re.findall(r"^def (test_\w+)", path.read_text(encoding="utf-8"), re.MULTILINE)
}


def test_the_list_holds_every_hard_clause_of_recruitment_once() -> None:
    ids = [entry.id for entry in CLAUSES]
    assert len(ids) == len(set(ids))
    assert {entry.id for entry in CLAUSES if entry.kind is ClauseKind.HARD} >= HARD_OF_RECRUITMENT


@pytest.mark.parametrize("entry", CLAUSES, ids=lambda entry: entry.id)
def test_each_clause_has_a_rule_and_a_test(entry: Clause) -> None:
    assert entry.enforced and entry.tests
    for name in entry.enforced:
        if name.endswith(".dmn"):
            assert list((ROOT / "bpmn").glob(f"*/{name}")), name
        else:
            module, _, attribute = name.rpartition(".")
            assert attribute in vars(importlib.import_module(f"engine.personnel.{module}")), name
    assert set(entry.tests) <= TESTS, set(entry.tests) - TESTS


def test_no_category_takes_on_new_grid_workers() -> None:
    assert "grid" not in "".join(category.value for category in WorkerCategory)
    assert all("网格" not in category.label for category in WorkerCategory)
