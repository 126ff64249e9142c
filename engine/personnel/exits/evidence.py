"""Files that an exit rests on, by kind of evidence, and what the person adds to his defence [domain 6.1, 6.2]."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from engine.kernel.actor import Actor
from engine.kernel.command import CommandContext
from engine.kernel.errors import Conflict, NotFound
from engine.personnel.case_files import CaseFile, FilePurpose, Material, add_material, files_of
from engine.personnel.exits.cases import ExitCase, exit_numbered
from engine.personnel.exits.terms import EvidenceKind, ExitGround, ExitState
from engine.personnel.files import remove_file

_E = ExitState
GATHERING = frozenset({_E.VERIFYING, _E.GUARD_CHECK, _E.NOTIFIED, _E.DEFENCE, _E.STREET_DECIDED})
"""While the street may add evidence."""
DEFENCE = "defence"
"""Kind of what the person himself hands in."""


@dataclass(frozen=True, slots=True)
class AddExitEvidence:
    """The street's clerk keeps a piece of evidence; the person adds to his defence within the window."""

    number: str
    kind: EvidenceKind
    material: Material

    def execute(self, context: CommandContext) -> int:
        case = exit_numbered(context.session, self.number)
        kind = self.kind.value if may_gather(context.actor, case) else DEFENCE
        if kind == DEFENCE:
            _check_own(context, case)
        elif case.state not in GATHERING:
            raise Conflict(f"当前状态为“{case.state.label}”，不能再补充证据")
        file = add_material(context, case.files, kind, self.material)
        context.record("exit.file_added", f"exit_case:{case.id}", chain=f"exit_case:{case.id}", kind=kind,
                       digest=file.file.sha256)  # fmt: skip
        return file.id


@dataclass(frozen=True, slots=True)
class RemoveExitEvidence:
    """Takes a wrong file out before the evidence is submitted; later nothing goes."""

    number: str
    file_id: int

    def execute(self, context: CommandContext) -> None:
        case = exit_numbered(context.session, self.number)
        given = files_of(context.session, case.files, FilePurpose.MATERIAL)
        found = [file for file in given if file.id == self.file_id]
        if not found or not may_gather(context.actor, case):
            raise NotFound()
        if case.state is not ExitState.VERIFYING:
            raise Conflict("证据已提交核查，不能删除；可以补充上传")
        digest, stored = found[0].file.sha256, found[0].file_id
        context.session.delete(found[0])
        context.session.flush()
        remove_file(context, stored)
        context.record("exit.file_removed", f"exit_case:{case.id}", chain=f"exit_case:{case.id}", digest=digest)


def may_gather(actor: Actor, case: ExitCase) -> bool:
    """Whether the actor gathers evidence for the street."""
    return actor.has_role("street_clerk", organisation_id=case.street_id)


def is_person(actor: Actor, case: ExitCase) -> bool:
    """Whether it is the actor's own exit."""
    return actor.user_id is not None and actor.user_id == case.worker.user_id


def known_to_the_person(case: ExitCase) -> bool:
    """What the person handed in or agreed to he knows of; of the employer's own step from its notice on."""
    by_himself = case.ground in (
        ExitGround.RESIGNATION, ExitGround.AGREEMENT, ExitGround.EXPIRY, ExitGround.RETIREMENT,
    )  # fmt: skip
    return by_himself or case.defence_until is not None


def filed_kinds(session: Session, case: ExitCase) -> set[EvidenceKind]:
    """The kinds of evidence of which a file is there."""
    kinds = {file.kind for file in files_of(session, case.files, FilePurpose.MATERIAL)}
    return {kind for kind in EvidenceKind if kind.value in kinds}


def own_files(session: Session, actor: Actor, case: ExitCase) -> Sequence[CaseFile]:
    """What the person may open of his own exit: what he handed in, and the papers that were served on him."""
    served = {paper.kind for paper in case.papers} | ({"certificate", "handover"} if case.last_day_over else set())
    served |= {"review_reply"} if case.review_answer else set()
    return [
        file for file in files_of(session, case.files)
        if file.kind in served or (file.added_by == actor.user_id and file.kind == DEFENCE)
    ]  # fmt: skip


def _check_own(context: CommandContext, case: ExitCase) -> None:
    if not is_person(context.actor, case) or case.state in (ExitState.VERIFYING, ExitState.GUARD_CHECK):
        raise NotFound()
    if case.state is not ExitState.DEFENCE or case.defence_until is None or context.now > case.defence_until:
        raise Conflict("不在陈述申辩期内，不能补充材料")
