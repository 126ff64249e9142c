"""Names on lists of work: processes, steps, who has something, whose case it is."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from engine.workflow.case_progress import Present
from engine.workflow.definitions import Definition, DefinitionCache
from engine.workflow.worklist import newest_definitions
from webapp.visit import engine
from webapp.worklist.subjects import SUBJECTS
from webapp.worklist.trace import offered_words

MOST_FOUND = 50
SHOWN = 3
"""So many people of one step are named; the others are counted."""


def newest(session: Session, process_key: str) -> Definition | None:
    """The newest version of a process, where there is one."""
    found = newest_definitions(session).get(process_key)
    return None if found is None else engine().service(DefinitionCache).get(session, found)


def named_cases(session: Session, typed: str) -> list[tuple[str, str]]:
    """(process, case number) of the cases whose subject's name begins with what was typed."""
    return [(key, number) for key, kind in SUBJECTS.items() for number in kind.find(session, typed, MOST_FOUND)]


def present_words(steps: Sequence[Present]) -> list[tuple[str, str]]:
    """(step, who has it) of a case, in words."""
    return [(step.step_name or "保密环节", handlers(step)) for step in steps]


def handlers(step: Present) -> str:
    """钱国平、孟书瑶 等 5 人, or the post in which it waits."""
    names = [*step.people, *dict.fromkeys(words for queue in step.queues if (words := offered_words(queue)))]
    shown = "、".join(names[:SHOWN])
    return f"{shown} 等 {len(names)} 处" if len(names) > SHOWN else shown
