"""Material of a case: who may add it at which stage, and who may open which file [N 10; domain 10.3.6]."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from engine.kernel.actor import Actor
from engine.kernel.command import CommandContext
from engine.kernel.errors import Conflict, NotFound
from engine.personnel.case_files import CaseFile, FilePurpose, Material, add_material, files_of
from engine.personnel.fault_tolerance.cases import ClearingCase, FaultCase
from engine.personnel.fault_tolerance.terms import FOR_THE_PERSON, ClearingState, FaultPaper, FaultState

READERS = ("discipline_officer", "organisation_officer", "county_head")
"""The roles that the diagrams name as readers."""
_F, _C = FaultState, ClearingState
ENDED = frozenset({_F.CLOSED, _F.NOT_ACCEPTED, _F.WITHDRAWN, _C.CLOSED, _C.NOT_CLEARED})
OPEN_TO_THE_PERSON = frozenset({_F.OPENED, _F.SUPPLEMENT, _F.INVESTIGATING, _F.WAITING, _F.OBJECTED, _C.ASSESSING})
"""While the person, or who applied for him, may add material."""


def reads(actor: Actor, row: FaultCase | ClearingCase) -> bool:
    """Whether the actor is one of the named readers at the case's county."""
    return actor.has_role(*READERS, organisation_id=row.county_id)


def concerns(actor: Actor, row: FaultCase | ClearingCase) -> bool:
    """Whether it is the actor's own case, or one that he opened for another."""
    return actor.user_id is not None and actor.user_id in (row.worker.user_id, row.opened_by)


def may_add(actor: Actor, row: FaultCase | ClearingCase) -> bool:
    """Whether the actor may add material now."""
    if actor.has_role("discipline_officer", organisation_id=row.county_id):
        return row.state not in ENDED
    return concerns(actor, row) and row.state in OPEN_TO_THE_PERSON


def add(context: CommandContext, row: FaultCase | ClearingCase, material: Material) -> CaseFile:
    """Keeps a file; to strangers the case does not exist."""
    if not (reads(context.actor, row) or concerns(context.actor, row)):
        raise NotFound()
    if not may_add(context.actor, row):
        raise Conflict(f"当前状态为“{row.state.label}”，不能再补充材料")
    file = add_material(context, row.files, row.state.value, material)
    subject = "fault_case" if isinstance(row, FaultCase) else "clearing_case"
    context.record("material.added", f"{subject}:{row.id}", digest=file.file.sha256)
    return file


def open_files(session: Session, actor: Actor, row: FaultCase | ClearingCase) -> Sequence[CaseFile]:
    """The files that the actor may open: readers all of them, the person what he added and what was handed to him."""
    found = files_of(session, row.files)
    if reads(actor, row):
        return found
    if not concerns(actor, row):
        return ()
    return [file for file in found if (file.added_by == actor.user_id and file.purpose is FilePurpose.MATERIAL)
            or _handed_over(row, file)]  # fmt: skip


def _handed_over(row: FaultCase | ClearingCase, file: CaseFile) -> bool:
    if file.purpose is not FilePurpose.PAPER or FaultPaper(file.kind) not in FOR_THE_PERSON:
        return False
    return not isinstance(row, FaultCase) or row.delivered_on is not None
