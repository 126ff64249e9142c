"""Deploying versions of a process."""

from engine.kernel.actor import SYSTEM
from engine.workflow.definitions import DefinitionCache, Deploy
from tests.store.workflow.conftest import Office
from tests.store.workflow.drawing import Drawing


def drawn(end: str) -> dict[str, bytes]:
    return {"short.bpmn": Drawing("short").start().end("over", end).chain("begin", "over").xml()}


def newest(office: Office) -> int:
    with office.engine.reading() as session:
        return office.engine.service(DefinitionCache).latest(session, "short").version


def test_the_same_files_again_make_no_new_version(office: Office) -> None:
    for _ in range(2):
        office.do(Deploy(drawn("结束")), SYSTEM)
    assert newest(office) == 1


def test_earlier_files_deployed_again_are_in_force_again(office: Office) -> None:
    for end in ("结束", "办结", "结束"):
        office.do(Deploy(drawn(end)), SYSTEM)
    assert newest(office) == 3
