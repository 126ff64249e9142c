"""Evidence that the records themselves hold: absence, summonses, yearly results [N 11.2, 11.5; domain 6.1]."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.identity.organisations import Organisation
from engine.kernel.command import CommandContext
from engine.kernel.errors import Conflict, NotFound
from engine.personnel.appraisal.cases import AppraisalCase
from engine.personnel.appraisal.terms import OPEN_STATES
from engine.personnel.case_files import Material, add_material
from engine.personnel.documents.exit_papers import Paper, exit_pdf
from engine.personnel.exits.absence_ledger import absence_entries, absence_of, return_notices
from engine.personnel.exits.cases import ExitCase, exit_numbered
from engine.personnel.exits.evidence import GATHERING, may_gather
from engine.personnel.exits.terms import EvidenceKind
from engine.personnel.workers import Worker


@dataclass(frozen=True, slots=True)
class CollectRecords:
    """The street's clerk takes what the system knows into the evidence, as it stands today. Answers how many files."""

    number: str

    def execute(self, context: CommandContext) -> int:
        case = exit_numbered(context.session, self.number)
        if not may_gather(context.actor, case):
            raise NotFound()
        if case.state not in GATHERING:
            raise Conflict(f"当前状态为“{case.state.label}”，不能再补充证据")
        found = [(kind, lines) for kind, lines in _records(context, case.worker) if lines]
        if not found:
            raise Conflict("系统中没有可以附上的旷工、催告或考核记录")
        office = context.session.get_one(Organisation, case.street_id).name
        for kind, lines in found:
            title = f"{kind.label}（系统记录）"
            page = Paper(title, case.number, "", (f"{case.worker.name}：", *lines), (), ("核对人",), office)
            file = add_material(context, case.files, kind.value, Material(title, exit_pdf(page, context.now)))
            context.record("exit.file_added", f"exit_case:{case.id}", chain=f"exit_case:{case.id}", kind=kind.value,
                           digest=file.file.sha256)  # fmt: skip
        return len(found)


def _records(context: CommandContext, worker: Worker) -> Sequence[tuple[EvidenceKind, Sequence[str]]]:
    session = context.session
    entries = [
        f"{entry.starts_on} 起旷工 {entry.days} 个工作日{f'（{entry.note}）' if entry.note else ''}"
        for entry in absence_entries(session, worker.id)
    ]
    total = [absence_of(session, worker, context.today).text] if entries else []
    served = [
        f"返岗催告书 {notice.number}：{notice.served_on} {notice.way.label}，凭证：{notice.proof}"
        for notice in return_notices(session, worker.id)
    ]
    years = [
        f"{row.year} 年度：{row.grade.label if row.grade else '不定等次'}（{row.state.label}）"
        for row in _results(session, worker.id)
    ]
    return (
        (EvidenceKind.ATTENDANCE_LEDGER, [*entries, *total]), (EvidenceKind.RETURN_NOTICE, served),
        (EvidenceKind.APPRAISAL_RECORD, years),
    )  # fmt: skip


def open_appeals(session: Session, worker_id: int) -> list[int]:
    """Years whose result may still be changed by a review or an appeal [N 11.2]."""
    return [row.year for row in _results(session, worker_id) if row.state in OPEN_STATES]


def _results(session: Session, worker_id: int) -> Sequence[AppraisalCase]:
    """Yearly results that the person has been told, the oldest first."""
    query = select(AppraisalCase).where(
        AppraisalCase.worker_id == worker_id,
        (AppraisalCase.grade.is_not(None) & (AppraisalCase.notified_at.is_not(None) | AppraisalCase.number.is_(None))),
    )
    return session.scalars(query.order_by(AppraisalCase.year)).all()


def records_exist(session: Session, case: ExitCase) -> bool:
    """Whether the records hold anything for the case."""
    worker_id = case.worker_id
    return bool(absence_entries(session, worker_id) or _results(session, worker_id))
