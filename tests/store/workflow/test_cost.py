"""What a completion may cost in statements and commits, so that speed is not lost by accident."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import event

from engine.kernel.store import Store
from engine.workflow.work_items import CompleteWorkItem
from tests.store.workflow.conftest import Office
from tests.store.workflow.test_work_items import two_reviews


@contextmanager
def counted(store: Store) -> Iterator[list[str]]:
    seen: list[str] = []

    def statement(_c: object, _cursor: object, text: str, *_: object) -> None:
        seen.append(text.split("\n", maxsplit=1)[0])

    def commit(_c: object) -> None:
        seen.append("COMMIT")

    event.listen(store.engine, "before_cursor_execute", statement)
    event.listen(store.engine, "commit", commit)
    yield seen
    event.remove(store.engine, "before_cursor_execute", statement)
    event.remove(store.engine, "commit", commit)


@pytest.mark.parametrize("cache_size", [100], indirect=True)
def test_a_completion_is_one_commit_and_at_most_ten_statements(office: Office) -> None:
    clerk = office.person("王敏")
    office.person("甲", "county_head")
    office.deploy(two_reviews())
    office.start("two_reviews")
    item = office.todo(clerk)[0].work_item_id
    with counted(office.engine.store) as seen:
        office.do(CompleteWorkItem(item, "pass", "同意"), clerk, key="form-1")
    statements = [text for text in seen if not text.startswith(("COMMIT", "BEGIN"))]
    assert seen.count("COMMIT") == 1
    assert len(statements) <= 10, "\n".join(statements)
