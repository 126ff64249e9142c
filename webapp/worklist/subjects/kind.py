"""The part that every process brings to the pages of its work items."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from engine.kernel.command import Command
from engine.personnel.decisions import Decide
from forms.work_items.base import WorkItemForm


@dataclass(frozen=True, slots=True)
class Asked:
    """What a subject is loaded for: the case's number, the step (empty: the case as a whole), the day, the tables."""

    business_key: str
    form_id: str
    today: date
    decide: Decide
    seen: Mapping[str, str] = field(default_factory=dict)
    """What the last reviewer saw: field -> its value then; empty when nobody has reviewed the case."""
    whole: bool = True
    """False for who takes part in a confidential case without being a reader: he is shown his own part."""


@dataclass(frozen=True, slots=True)
class File:
    """A file of a case as it is handed to somebody who may see the case."""

    file_id: int
    label: str


def no_effect(_business_key: str, _form: WorkItemForm) -> Command[None] | None:
    """The step's values are only kept, or read by the diagram's service tasks."""
    return None


def no_files(_session: Session, _business_key: str) -> Mapping[int, File]:
    """A case without files."""
    return {}


def no_prefill(_subject: Any, _form_id: str) -> Mapping[str, Any]:
    """Forms of the process begin empty."""
    return {}


def nothing_seen(_subject: Any) -> Mapping[str, str]:
    """Nothing is compared at the next review."""
    return {}


def no_choices(_session: Session, _subject: Any, _form: Any) -> None:
    """No field of the process offers choices that depend on the case."""


@dataclass(frozen=True, slots=True)
class SubjectKind:
    """How the cases of one process are shown.

    `load` answers frozen rows for `template`; `prefill` gives first values of a step's form; `choices` fills its
    selections; `effect` is a command that runs in the same transaction just before the step is completed; `find`
    answers case numbers by the beginning of a name; `files` are what may be opened with the case; `seen` is what a
    reviewer has before him, kept with his decision and compared at the next review.
    """

    process_key: str
    template: str
    load: Callable[[Session, Asked], Any]
    find: Callable[[Session, str, int], Sequence[str]]
    prefill: Callable[[Any, str], Mapping[str, Any]] = no_prefill
    choices: Callable[[Session, Any, Any], None] = no_choices
    effect: Callable[[str, WorkItemForm], Command[None] | None] = no_effect
    files: Callable[[Session, str], Mapping[int, File]] = no_files
    seen: Callable[[Any], Mapping[str, str]] = nothing_seen
    desk: str = ""
    """Endpoint of the desk where steps with a page of their own are worked on; takes the case's number."""
